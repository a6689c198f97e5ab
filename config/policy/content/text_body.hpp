// The text that a message has for people: its Subject and its body, MIME parts, CPIM wrappers and HTML undone
// (SPIT-CL-01; RFC 3428, RFC 3862, RFC 5621). What is encrypted, encoded, binary or in a character set other than UTF-8
// is nothing that could be judged, and says so.
//
// One thread at a time; no heap; bounded by kMaxTextOctets.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/policy/content/bounded_text.hpp"
#include "sip_parser/body/media_type.hpp"
#include "sip_parser/message.hpp"

namespace stirline::config::policy::content {

enum class TextFound : std::uint8_t {
  none,     // nothing for people: no body, or signalling alone, and no Subject
  text,     // text() has it
  unknown,  // there is something, and it cannot be read
};

// Whether a request could have text at all: it has a body that is no session description, or a Subject. Cheap; asked
// before anything is spent on it.
[[nodiscard]] bool may_have_text(const sip::Message& message, std::string_view octets);

class TextBody {
 public:
  // `message` was parsed from `octets` without error. A part that can be read counts, whatever stands beside it: to add
  // an encrypted part hides nothing.
  [[nodiscard]] TextFound read(const sip::Message& message, std::string_view octets);

  // Plain text that comes by another way: unknown if it is not UTF-8, or has NULs.
  [[nodiscard]] TextFound take(std::string_view plain);

  [[nodiscard]] std::string_view text() const { return text_.view(); }
  [[nodiscard]] bool is_cut() const { return text_.is_cut(); }

 private:
  struct Part {
    std::optional<sip::MediaType> type;
    sip::Span content;
    bool encoded = false;
  };
  void add(std::string_view octets, const Part& part, bool is_wrapped);
  void add_wrapped(std::string_view octets, sip::Span content);
  void add_subject(const sip::Message& message, std::string_view octets);
  [[nodiscard]] TextFound outcome() const;

  BoundedText text_;
  bool has_text_ = false;
  bool has_unread_ = false;
};

}  // namespace stirline::config::policy::content
