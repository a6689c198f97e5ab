#include "config/wire/watch.hpp"

#include <algorithm>
#include <cstring>

#include "config/text_rules.hpp"
#include "config/wire/short_texts.hpp"

namespace stirline::config::wire {
namespace {

struct EventText {
  std::string_view WatchEvent::* member;
  std::size_t most;
};
constexpr std::array<EventText, WatchEventHead::kTexts> kEventTexts = {{
    {&WatchEvent::trunk, kMaxRecordName},
    {&WatchEvent::in_port, kMaxRecordName},
    {&WatchEvent::out_port, kMaxRecordName},
    {&WatchEvent::what, kMaxRecordMethod},
    {&WatchEvent::reason, kMaxRecordReason},
    {&WatchEvent::call_id, kMaxRecordCallId},
}};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_watched_number(std::string_view text) {
  return !text.empty() && text.size() <= kMaxWatchedDigits &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '#' || c == '*'; });
}

// A Call-ID is a word, or two with '@' between (RFC 3261 25.1): nothing that is no visible character.
bool is_call_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxWatchText &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

const char* fault_of(const WatchRequest& request) {
  const bool bounded = request.seconds >= 1 && request.seconds <= kMaxWatchSeconds;
  switch (request.by) {
    case WatchBy::nothing:
      return request.text.empty() && request.seconds == 0 && !request.octets ? nullptr : "nothing is watched for long";
    case WatchBy::number:
      return !bounded                          ? "a watch lasts 1 to 3600 seconds"
             : is_watched_number(request.text) ? nullptr
                                               : "the number is none";
    case WatchBy::call_id:
      return !bounded ? "a watch lasts 1 to 3600 seconds" : is_call_id(request.text) ? nullptr : "the Call-ID is none";
    case WatchBy::trunk:
      return !bounded                ? "a watch lasts 1 to 3600 seconds"
             : is_name(request.text) ? nullptr
                                     : "the trunk's name is none";
  }
  return "an unknown kind of watch";
}

bool is_name_or_none(std::string_view text) {
  return text.empty() || is_name(text);
}

const char* fault_of(const WatchEventHead& head, std::size_t there) {
  if (head.bytes < sizeof(head) || head.bytes > there || head.bytes > kMaxWatchEventBytes) {
    return "a watched event of a wrong length";
  }
  if (head.kind >= kWatchKinds || head.flow > static_cast<std::uint8_t>(Flow::to_peer) || head.status > kMaxStatus) {
    return "a watched event of an unknown kind, flow or status";
  }
  if (head.watch == 0 || head.message == 0 ||
      std::ranges::any_of(head.reserved, [](auto octet) { return octet != 0; })) {
    return "a watched event of no watch or no message, or with reserved octets";
  }
  const bool is_packet = head.kind >= static_cast<std::uint8_t>(WatchKind::packet_in);
  const bool is_cut = head.octets == kMaxWatchedOctets && head.whole > head.octets;
  if (head.octets > kMaxWatchedOctets || (head.whole != head.octets && !is_cut) || (!is_packet && head.whole != 0)) {
    return "a watched event whose frame has a wrong length";
  }
  return nullptr;
}

}  // namespace

std::string encode_watch(const WatchRequest& request) {
  const WatchRequestHead head{.by = static_cast<std::uint8_t>(request.by),
                              .octets = static_cast<std::uint8_t>(request.octets ? 1 : 0),
                              .length = static_cast<std::uint16_t>(request.text.size()),
                              .seconds = request.seconds};
  std::string octets(sizeof(head), '\0');
  std::memcpy(octets.data(), &head, sizeof(head));
  return octets.append(request.text);
}

std::expected<WatchRequest, std::string> decode_watch(std::string_view octets) {
  WatchRequestHead head;
  if (octets.size() < sizeof(head)) {
    return std::unexpected("watch: too short");
  }
  std::memcpy(&head, octets.data(), sizeof(head));
  octets.remove_prefix(sizeof(head));
  if (head.length != octets.size() || head.octets > 1) {
    return std::unexpected("watch: wrong length");
  }
  const WatchRequest request{
      .by = static_cast<WatchBy>(head.by), .octets = head.octets != 0, .seconds = head.seconds, .text = octets};
  if (const char* fault = fault_of(request)) {
    return std::unexpected(fault);
  }
  return request;
}

std::string_view to_string(WatchKind kind) {
  switch (kind) {
    case WatchKind::arrived:
      return "arrived";
    case WatchKind::decided:
      return "decided";
    case WatchKind::parked:
      return "parked";
    case WatchKind::resumed:
      return "resumed";
    case WatchKind::sent:
      return "sent";
    case WatchKind::answered:
      return "answered";
    case WatchKind::ended:
      return "ended";
    case WatchKind::packet_in:
      return "packet_in";
    case WatchKind::packet_out:
      return "packet_out";
  }
  return {};
}

std::size_t encode_watch_event(const WatchEvent& event, std::span<char, kMaxWatchEventBytes> out) {
  WatchEventHead head;
  head.kind = static_cast<std::uint8_t>(event.kind);
  head.flow = static_cast<std::uint8_t>(event.flow);
  head.core = event.core;
  head.status = event.status;
  head.watch = event.watch;
  head.sequence = event.sequence;
  head.message = event.message;
  head.time_ns = event.time_ns;
  char* at = out.data() + sizeof(head);
  for (std::size_t i = 0; i < kEventTexts.size(); ++i) {
    const std::string_view text = (event.*kEventTexts[i].member).substr(0, kEventTexts[i].most);
    head.lengths[i] = static_cast<std::uint8_t>(text.size());
    at = append(at, text);
  }
  const std::string_view octets = event.octets.substr(0, kMaxWatchedOctets);
  head.octets = static_cast<std::uint16_t>(octets.size());
  head.whole = static_cast<std::uint32_t>(event.octets.size());
  at = append(at, octets);
  const auto bytes = static_cast<std::size_t>(at - out.data());
  head.bytes = static_cast<std::uint16_t>(bytes);
  std::memcpy(out.data(), &head, sizeof(head));
  return bytes;
}

std::expected<WatchEvent, std::string> decode_watch_event(std::string_view& octets) {
  WatchEventHead head;
  if (octets.size() < sizeof(head)) {
    return std::unexpected("a watched event is cut off");
  }
  std::memcpy(&head, octets.data(), sizeof(head));
  if (const char* fault = fault_of(head, octets.size())) {
    return std::unexpected(fault);
  }
  WatchEvent event;
  event.kind = static_cast<WatchKind>(head.kind);
  event.flow = static_cast<Flow>(head.flow);
  event.core = head.core;
  event.status = head.status;
  event.watch = head.watch;
  event.sequence = head.sequence;
  event.message = head.message;
  event.time_ns = head.time_ns;
  event.whole = head.whole;
  std::string_view rest = take(octets, head.bytes).substr(sizeof(head));
  for (std::size_t i = 0; i < kEventTexts.size(); ++i) {
    if (head.lengths[i] > kEventTexts[i].most || head.lengths[i] > rest.size()) {
      return std::unexpected("a watched event whose texts do not fit its length");
    }
    event.*kEventTexts[i].member = take(rest, head.lengths[i]);
  }
  if (rest.size() != head.octets) {
    return std::unexpected("a watched event whose frame does not fit its length");
  }
  event.octets = rest;
  const auto is_word = [](char c) { return is_letter_or_digit(c) || c == '_'; };
  if (!is_name_or_none(event.trunk) || !is_name_or_none(event.in_port) || !is_name_or_none(event.out_port) ||
      !std::ranges::all_of(event.reason, is_word)) {
    return std::unexpected("a watched event with a name that is none");
  }
  return event;
}

}  // namespace stirline::config::wire
