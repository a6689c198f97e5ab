#include "sip_parser/action.hpp"

#include <algorithm>

#include "sip_parser/body/media_type.hpp"
#include "sip_parser/characters.hpp"
#include "sip_parser/value_list.hpp"
#include "sip_parser/via.hpp"

namespace stirline::sip {
namespace {

using detail::equal_ignoring_case;
using detail::ValueList;

Action action_for_error(std::string_view octets, ErrorCode code) {
  switch (code) {
    case ErrorCode::not_sip:
    case ErrorCode::keepalive:
      return Action::pass;
    case ErrorCode::bad_name_addr:
    case ErrorCode::bad_via:
    case ErrorCode::bad_date:
    case ErrorCode::too_long:
    case ErrorCode::header_count:
    case ErrorCode::header_block:
    case ErrorCode::fold_limit:
    case ErrorCode::value_count:
      return Action::flag;
    default:
      return equal_ignoring_case(octets.substr(0, 4), "SIP/") ? Action::drop : Action::reject;
  }
}

// Calls `good(value)` for each comma-separated value of each `id` field until it says false; true if it never did.
template <typename Predicate>
bool all_values(const Message& message, std::string_view octets, HeaderId id, Predicate&& good) {
  for (const HeaderLine& header : message.headers()) {
    if (header.id != id) {
      continue;
    }
    ValueList list(octets, header.value());
    Span value;
    while (list.next(value) == ValueList::Step::value) {
      if (!good(value)) {
        return false;
      }
    }
  }
  return true;
}

bool carries_identity(Scheme scheme) {
  return scheme == Scheme::sip || scheme == Scheme::sips || scheme == Scheme::tel;
}

// "%00" to "%1F" and "%7F": a reader that stops there sees another user.
bool hides_control(std::string_view user) {
  for (std::size_t at = user.find('%'); at != std::string_view::npos; at = user.find('%', at + 1)) {
    const std::string_view escape = user.substr(at, 3);
    if (escape.size() == 3 && (escape[1] == '0' || escape[1] == '1' || equal_ignoring_case(escape, "%7F"))) {
      return true;
    }
  }
  return false;
}

bool is_call(const Message& message, std::string_view octets) {
  const HeaderLine* type = message.first(HeaderId::content_type);
  if (type != nullptr && !message.body().empty()) {
    const auto media = read_media_type(octets, type->value());
    if (!media ||
        (!is_media_type(octets, *media, "application", "sdp") && !is_media_type(octets, *media, "multipart"))) {
      return false;
    }
  }
  // Without Accept, SDP is accepted (RFC 3261 20.1).
  const auto is_other = [octets](Span value) {
    const auto range = read_media_type(octets, value);
    return !range || (!is_media_type(octets, *range, "application", "sdp") &&
                      !is_media_type(octets, *range, "application", "*") && !is_media_type(octets, *range, "*", "*"));
  };
  return message.count(HeaderId::accept) == 0 || !all_values(message, octets, HeaderId::accept, is_other);
}

bool is_address_literal(std::string_view host) {
  return host.starts_with('[') ||
         std::ranges::all_of(host, [](char c) { return detail::is(c, detail::kDigit) || c == '.'; });
}

bool is_query_between_users(const Message& message, std::string_view octets) {
  const Uri& uri = message.request_uri();
  const bool to_user = uri.scheme == Scheme::tel || (!uri.user.empty() && !is_address_literal(text(octets, uri.host)));
  return to_user && message.max_forwards() != std::uint8_t{0} && message.count(HeaderId::require) == 0 &&
         message.count(HeaderId::proxy_require) == 0 &&
         !equal_ignoring_case(text(octets, message.top_via().branch), "z9hG4bK");
}

bool is_plain_binding(const Message& message, std::string_view octets) {
  const auto& contact = message.contact();
  return contact && (contact->uri.scheme == Scheme::sip || contact->uri.scheme == Scheme::sips) &&
         contact->uri.headers.empty() && text(octets, contact->uri.user) == text(octets, message.to().uri.user);
}

bool names_broadcast(const Message& message, std::string_view octets) {
  return !all_values(message, octets, HeaderId::via, [octets](Span value) {
    Via via;
    return detail::read_via(octets, value, via).code != ErrorCode::ok || text(octets, via.host) != "255.255.255.255";
  });
}

bool is_worked_on(const Message& message, std::string_view octets) {
  const Scheme target = message.request_uri().scheme;
  const Scheme called = message.to().uri.scheme;
  if (!carries_identity(message.from().uri.scheme) || (!carries_identity(called) && called != Scheme::urn) ||
      (!carries_identity(target) && target != Scheme::urn)) {
    return false;
  }
  switch (message.method()) {
    case Method::invite:
      return is_call(message, octets);
    case Method::message:
    case Method::subscribe:
    case Method::notify:
    case Method::refer:
    case Method::publish:
      return true;
    case Method::options:
      return is_query_between_users(message, octets);
    case Method::register_:
      return is_plain_binding(message, octets);
    case Method::other:
    case Method::ack:
    case Method::bye:
    case Method::cancel:
    case Method::prack:
    case Method::update:
    case Method::info:
      break;
  }
  return false;
}

}  // namespace

Action action_for(const Message& message, std::string_view octets, const std::expected<void, ParseError>& result) {
  if (!result) {
    return action_for_error(octets, result.error().code);
  }
  if (message.date_malformed() || !message.request_uri().headers.empty()) {
    return Action::flag;
  }
  if (message.kind() == Kind::response) {
    return names_broadcast(message, octets) ? Action::pass : Action::extract;
  }
  if (!is_worked_on(message, octets)) {
    return Action::pass;
  }
  const bool hidden =
      hides_control(text(octets, message.from().uri.user)) || hides_control(text(octets, message.to().uri.user));
  return hidden ? Action::flag : Action::extract;
}

std::string_view to_string(Action action) {
  switch (action) {
    case Action::extract:
      return "extract";
    case Action::pass:
      return "pass";
    case Action::flag:
      return "flag";
    case Action::reject:
      return "reject";
    case Action::drop:
      return "drop";
  }
  return "unknown";
}

}  // namespace stirline::sip
