#include "config/policy/content/text_body.hpp"

#include <array>

#include "config/policy/content/html_text.hpp"
#include "sip_parser/body/body_parts.hpp"
#include "sip_parser/characters.hpp"
#include "sip_parser/headers/subject.hpp"
#include "sip_parser/parameters.hpp"
#include "sip_parser/utf8.hpp"

namespace stirline::config::policy::content {
namespace {

using sip::detail::equal_ignoring_case;

constexpr auto kNowhere = std::string_view::npos;

struct TypeName {
  std::string_view type;
  std::string_view subtype;
};
// What programs tell each other: nothing that people read, and nothing that is hidden from us.
constexpr std::array kSignalling = {
    TypeName{"application", "sdp"},
    TypeName{"application", "isup"},
    TypeName{"application", "pidf+xml"},
    TypeName{"application", "im-iscomposing+xml"},
    TypeName{"application", "resource-lists+xml"},
    TypeName{"message", "imdn+xml"},
    TypeName{"message", "sipfrag"},
};

bool is_signalling(std::string_view octets, const sip::MediaType& media) {
  for (const TypeName& name : kSignalling) {
    if (sip::is_media_type(octets, media, name.type, name.subtype)) {
      return true;
    }
  }
  return false;
}

// No charset is US-ASCII (RFC 2045 5.2), which UTF-8 contains; octets that are not UTF-8 are found later.
bool is_readable_charset(std::string_view octets, const sip::MediaType& media) {
  sip::detail::ParameterCursor cursor(octets, media.params);
  sip::detail::ParameterItem item;
  while (cursor.next(item) == sip::detail::ParameterCursor::Step::item) {
    if (equal_ignoring_case(sip::text(octets, item.name), "charset")) {
      const std::string_view charset = sip::text(octets, item.value);
      return equal_ignoring_case(charset, "utf-8") || equal_ignoring_case(charset, "us-ascii");
    }
  }
  return true;
}

bool is_readable(std::string_view text) {
  return text.find('\0') == kNowhere && sip::detail::is_utf8(text);
}

sip::Span between(std::size_t begin, std::size_t end) {
  return {static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(end - begin)};
}

// The next line of `where`, without its end; `at` moves behind it. CPIM is often written with bare LF.
std::string_view next_line(std::string_view octets, sip::Span where, std::size_t& at) {
  const std::string_view rest = octets.substr(at, where.end() - at);
  const std::size_t end = rest.find('\n');
  at += end == kNowhere ? rest.size() : end + 1;
  std::string_view line = rest.substr(0, end);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

bool is_field(std::string_view line, std::string_view name) {
  return line.size() > name.size() && equal_ignoring_case(line.substr(0, name.size()), name) &&
         line[name.size()] == ':';
}

}  // namespace

bool may_have_text(const sip::Message& message, std::string_view octets) {
  if (message.count(sip::HeaderId::subject) != 0) {
    return true;
  }
  if (message.body().empty()) {
    return false;
  }
  const sip::HeaderLine* const type = message.first(sip::HeaderId::content_type);
  const auto media = type != nullptr ? sip::read_media_type(octets, type->value())
                                     : std::expected<sip::MediaType, sip::FieldError>(std::unexpect);
  return !media || !is_signalling(octets, *media);
}

TextFound TextBody::outcome() const {
  return has_text_ ? TextFound::text : has_unread_ ? TextFound::unknown : TextFound::none;
}

TextFound TextBody::take(std::string_view plain) {
  text_.clear();
  has_unread_ = !is_readable(plain);
  has_text_ = !has_unread_ && !plain.empty();
  if (has_text_) {
    text_.add(plain);
  }
  return outcome();
}

TextFound TextBody::read(const sip::Message& message, std::string_view octets) {
  text_.clear();
  has_text_ = false;
  has_unread_ = false;
  if (!message.body().empty()) {
    const auto parts = sip::read_body_parts(message, octets);
    if (!parts) {
      has_unread_ = true;
    } else {
      for (const sip::BodyPart& part : parts->view()) {
        add(octets, {.type = part.type, .content = part.content, .encoded = part.encoded}, false);
      }
    }
  }
  // A harmless Subject above a body that nobody can read says nothing about the body.
  if (has_text_ || !has_unread_) {
    add_subject(message, octets);
  }
  return outcome();
}

void TextBody::add(std::string_view octets, const Part& part, bool is_wrapped) {
  if (part.content.empty()) {
    return;
  }
  if (part.type && is_signalling(octets, *part.type)) {
    return;
  }
  const std::string_view content = sip::text(octets, part.content);
  if (part.type && sip::is_media_type(octets, *part.type, "message", "cpim") && !is_wrapped && !part.encoded) {
    add_wrapped(octets, part.content);
    return;
  }
  const bool is_text = !part.type || sip::is_media_type(octets, *part.type, "text");
  if (!is_text || part.encoded || (part.type && !is_readable_charset(octets, *part.type)) || !is_readable(content)) {
    has_unread_ = true;
    return;
  }
  text_.part();
  if (part.type && (sip::is_media_type(octets, *part.type, "text", "html") ||
                    sip::is_media_type(octets, *part.type, "text", "xml"))) {
    add_html(content, text_);
  } else {
    text_.add(content);
  }
  has_text_ = true;
}

// Header lines of the message, a blank line, header lines of the content, a blank line, the content (RFC 3862 2.1). The
// content's own lines are those of MIME.
void TextBody::add_wrapped(std::string_view octets, sip::Span content) {
  std::size_t at = content.offset;
  for (std::string_view line = next_line(octets, content, at); !line.empty(); line = next_line(octets, content, at)) {
    if (is_field(line, "Subject") && is_readable(line)) {
      text_.part();
      text_.add(line.substr(line.find(':') + 1));
    }
  }
  Part inner;
  for (std::string_view line = next_line(octets, content, at); !line.empty(); line = next_line(octets, content, at)) {
    const std::size_t colon = line.find(':');
    const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
    if (colon == kNowhere || begin == kNowhere) {
      continue;
    }
    const std::string_view value = line.substr(begin);
    if (is_field(line, "Content-Type")) {
      const auto offset = static_cast<std::size_t>(value.data() - octets.data());
      const auto type = sip::read_media_type(octets, between(offset, offset + value.size()));
      if (!type) {
        has_unread_ = true;
        return;
      }
      inner.type = *type;
    } else if (is_field(line, "Content-Transfer-Encoding") || is_field(line, "Content-Encoding")) {
      inner.encoded = !equal_ignoring_case(value, "7bit") && !equal_ignoring_case(value, "8bit") &&
                      !equal_ignoring_case(value, "binary") && !equal_ignoring_case(value, "identity");
    }
  }
  inner.content = between(at, content.end());
  add(octets, inner, true);
}

void TextBody::add_subject(const sip::Message& message, std::string_view octets) {
  std::array<char, sip::kMaxSubjectBytes> buffer;
  const auto subject = sip::read_subject(message, octets, buffer);
  if (!subject || subject->empty() || !is_readable(*subject)) {
    return;
  }
  text_.part();
  text_.add(*subject);
  has_text_ = true;
}

}  // namespace stirline::config::policy::content
