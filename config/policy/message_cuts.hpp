// What a rule's transformations take out of a request that goes on: header fields by name, parts of its body by media
// type (SPIT-PL-03). As edits: everything else stays as it is.
//
// Of a multipart the parts that fit go, with their delimiters; a multipart that loses all of them goes as a whole; a
// body that goes as a whole takes the fields that describe it along. A session description is never taken out: without
// it there is no call. A body that two readers could read differently stays (BodyErrorCode), and so does what is inside
// of parts that are no multiparts (message/cpim).
//
// Pure; no heap; bounded by kMaxListedTexts times the size of the message. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/policy/rule_set.hpp"
#include "sip_parser/edit_list.hpp"
#include "sip_parser/message.hpp"

namespace stirline::config::policy {

// "image/png", "image/*" or "*/*": in small letters, without parameters, and not a session description.
[[nodiscard]] bool is_removable_type(std::string_view range);

// Does the rule take anything out at all?
[[nodiscard]] bool has_cuts(const RuleSet& rules, std::size_t rule);

struct Cuts {
  std::uint16_t fields = 0;    // header lines that go
  std::uint16_t parts = 0;     // parts of the body; 1 for a body that goes as a whole
  bool body_unread = false;    // a body that had to be looked at cannot be read safely, and stays
  bool is_incomplete = false;  // more than an EditList holds: fields, or parts, or both stay
};

using LengthText = std::array<char, 8>;  // of a Content-Length

// `message` was parsed from `octets` without error. `edits` gets what is to go, and a Content-Length that is right
// then, written to `length`, which must outlive it.
[[nodiscard]] Cuts cut(const RuleSet& rules, std::size_t rule, const sip::Message& message, std::string_view octets,
                       LengthText& length, sip::EditList& edits);

}  // namespace stirline::config::policy
