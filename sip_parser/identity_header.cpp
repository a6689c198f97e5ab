#include "sip_parser/identity_header.hpp"

#include <algorithm>
#include <utility>

#include "sip_parser/absolute_uri.hpp"
#include "sip_parser/characters.hpp"
#include "sip_parser/parameters.hpp"

namespace stirline::sip {
namespace {

using detail::is;
using Step = detail::ParameterCursor::Step;

constexpr std::size_t kMaxDigestOctets = 8192;  // STIR-HDR-11

// full = 1*b64u "." 1*b64u "." 1*b64u, compact = ".." 1*b64u, blanks and folds anywhere between (STIR-HDR-01).
IdentityError read_digest(std::string_view digest, bool& compact) {
  std::size_t octets = 0;
  std::size_t dots = 0;
  std::size_t segment = 0;
  std::size_t empty_segments = 0;
  for (const char c : digest) {
    if (is(c, detail::kBlank)) {
      continue;
    }
    ++octets;
    if (c == '.') {
      ++dots;
      empty_segments += segment == 0 ? 1U : 0U;
      segment = 0;
    } else if (is(c, detail::kBase64Url)) {
      ++segment;
    } else {
      return IdentityError::bad_digest;
    }
  }
  if (octets > kMaxDigestOctets) {
    return IdentityError::too_long;
  }
  compact = empty_segments == 2;
  const bool good = dots == 2 && segment > 0 && (empty_segments == 0 || compact);
  return good ? IdentityError::none : IdentityError::bad_digest;
}

struct Seen {
  bool info = false;
  bool alg = false;
  bool ppt = false;
};

bool first_time(bool& seen) {
  return !std::exchange(seen, true);
}

IdentityError take(std::string_view message, const detail::ParameterItem& item, Seen& seen, IdentityHeader& identity) {
  const std::string_view name = text(message, item.name);
  const std::string_view value = text(message, item.value);
  if (!detail::all(name, detail::kToken)) {
    return IdentityError::bad_parameter;
  }
  if (detail::equal_ignoring_case(name, "info")) {
    if (!first_time(seen.info)) {
      return IdentityError::bad_parameter;
    }
    if (item.form != detail::ValueForm::bracketed || !detail::is_absolute_uri(value)) {
      return IdentityError::bad_info;
    }
    identity.info = item.value;
    return IdentityError::none;
  }
  const bool is_token = item.form == detail::ValueForm::bare && !value.empty() && detail::all(value, detail::kToken);
  if (detail::equal_ignoring_case(name, "alg")) {
    if (!first_time(seen.alg) || !is_token) {
      return IdentityError::bad_parameter;
    }
    identity.alg = item.value;
  } else if (detail::equal_ignoring_case(name, "ppt")) {
    const bool is_quoted =
        item.form == detail::ValueForm::quoted && !value.empty() && detail::all(value, detail::kToken);
    if (!first_time(seen.ppt) || (!is_token && !is_quoted)) {
      return IdentityError::bad_parameter;
    }
    identity.ppt = item.value;
  } else if (item.form == detail::ValueForm::bare && value.empty()) {
    return IdentityError::bad_parameter;
  }
  return IdentityError::none;  // what is unknown is ignored (STIR-HDR-07)
}

IdentityError read(std::string_view message, IdentityHeader& identity) {
  const std::size_t begin = identity.whole.offset;
  const std::size_t end = identity.whole.end();
  const std::size_t semicolon = std::min(message.substr(0, end).find(';', begin), end);
  identity.digest = detail::trimmed(message, begin, semicolon);
  if (const auto error = read_digest(text(message, identity.digest), identity.compact); error != IdentityError::none) {
    return error;
  }
  if (semicolon + 1 == end) {
    return IdentityError::bad_parameter;
  }
  Seen seen;
  detail::ParameterCursor cursor(message, semicolon < end ? detail::span_between(semicolon + 1, end) : Span{});
  detail::ParameterItem item;
  for (Step step = cursor.next(item); step != Step::end; step = cursor.next(item)) {
    if (step != Step::item) {
      return IdentityError::bad_parameter;
    }
    if (const auto error = take(message, item, seen, identity); error != IdentityError::none) {
      return error;
    }
  }
  return seen.info ? IdentityError::none : IdentityError::no_info;
}

}  // namespace

void detail::read_identity(std::string_view message, Span where, IdentityHeader& identity) {
  identity = {};
  if (!lies_inside(message, where)) {
    identity.error = IdentityError::bad_digest;
    return;
  }
  identity.whole = trimmed(message, where.offset, where.end());
  identity.error = read(message, identity);
}

IdentityHeader parse_identity(std::string_view message, Span where) {
  IdentityHeader identity;
  detail::read_identity(message, where, identity);
  return identity;
}

}  // namespace stirline::sip
