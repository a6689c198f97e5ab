// The fields of a parsed message as text, by name: what `stirline parse` prints and what the ground truth of the
// carrier corpus names. Offline use only: the text is copied into strings on the heap.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "sip_parser/message.hpp"

namespace stirline::sip {

inline constexpr std::array<std::string_view, 19> kFieldNames = {
    "method",       "status",   "ruri_user",    "ruri_host", "from_user", "from_host", "from_tag",
    "to_user",      "to_host",  "to_tag",       "callid",    "cseq",      "nvia",      "branch",
    "contact_host", "pai_user", "identity_len", "date",      "clen"};
using Fields = std::array<std::string, kFieldNames.size()>;

// `message` was parsed from `octets` without error. A field that is absent is an empty string; of several values the
// first one counts. Numbers are decimal, without leading zeros (status with its three digits). identity_len is the
// length of the first Identity value in octets, folds unfolded; a fold in Date reads as one space.
[[nodiscard]] Fields fields_of(const Message& message, std::string_view octets);

}  // namespace stirline::sip
