// Watching some messages on their way through the data plane: the request, which control sends, and the
// events, which poll cores write and nobody in between looks into.
//
// An event is a head of fixed size, texts behind it, and perhaps the octets of a frame. Events stand one behind the
// other in a `watched` message. Both ends check what they read. Pure functions over memory of the caller.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "config/wire/call_record.hpp"
#include "config/wire/protocol.hpp"

namespace stirline::config::wire {

enum class WatchBy : std::uint8_t {
  nothing,  // no more: ends the watch
  number,   // canonical, in From, P-Asserted-Identity, To or Request-URI
  call_id,
  trunk,  // everything of it
};

inline constexpr std::size_t kMaxWatchedDigits = 31;
inline constexpr std::size_t kMaxWatchText = 255;
inline constexpr std::uint32_t kMaxWatchSeconds = 3'600;

struct WatchRequest {
  WatchBy by = WatchBy::nothing;
  bool octets = false;         // with the frames as they came and as they left
  std::uint32_t seconds = 0;   // 1..kMaxWatchSeconds: then the data plane ends it by itself; 0 with `nothing`
  std::string_view text = {};  // digits, a Call-ID, a trunk's name; empty with `nothing`
};

struct WatchRequestHead {
  std::uint8_t by = 0;
  std::uint8_t octets = 0;
  std::uint16_t length = 0;  // of the text behind
  std::uint32_t seconds = 0;
};
static_assert(sizeof(WatchRequestHead) == 8);

[[nodiscard]] std::string encode_watch(const WatchRequest& request);
// The text lies in `octets`. The error says what is wrong.
[[nodiscard]] std::expected<WatchRequest, std::string> decode_watch(std::string_view octets);

enum class WatchKind : std::uint8_t {
  arrived,     // read: what it is, where it came in, where it would leave
  decided,     // what, and why
  parked,      // it waits: for what
  resumed,     // it waits no more
  sent,        // it was given to its port
  answered,    // by us: it goes no further
  ended,       // dropped: `what` is the counter
  packet_in,   // a frame of it as it came
  packet_out,  // a frame that was sent for it
};
inline constexpr std::size_t kWatchKinds = static_cast<std::size_t>(WatchKind::packet_out) + 1;
[[nodiscard]] std::string_view to_string(WatchKind kind);

inline constexpr std::size_t kMaxWatchedOctets = 16'384;  // of a frame; what is longer is cut

// All views are the maker's; of a decoded event they lie in the octets it was read from.
struct WatchEvent {
  WatchKind kind = WatchKind::arrived;
  Flow flow = Flow::from_peer;
  std::uint16_t core = 0;          // of the poll core
  std::uint16_t status = 0;        // arrived: of a response; answered: of our answer; else 0
  std::uint32_t watch = 0;         // the number of the watch, as its result says
  std::uint32_t sequence = 0;      // of that core; a gap is what found no room
  std::uint64_t message = 0;       // of that core; never 0
  std::uint64_t time_ns = 0;       // since 1970
  std::uint32_t whole = 0;         // octets of the frame before it was cut
  std::string_view trunk = {};     // arrived only
  std::string_view in_port = {};   // arrived, packet_in
  std::string_view out_port = {};  // arrived, sent, answered, packet_out
  std::string_view what = {};      // arrived: the method; any octets may be in there
  std::string_view reason = {};    // a name such as "orig_mismatch"; may be empty
  std::string_view call_id = {};   // arrived only; any octets may be in there
  std::string_view octets = {};    // of the frame
};

struct WatchEventHead {
  static constexpr std::size_t kTexts = 6;
  std::uint16_t bytes = 0;  // of the whole event: stands first, as in RecordHead
  std::uint8_t kind = 0;
  std::uint8_t flow = 0;
  std::uint16_t core = 0;
  std::uint16_t status = 0;
  std::uint32_t watch = 0;
  std::uint32_t sequence = 0;
  std::uint64_t message = 0;
  std::uint64_t time_ns = 0;
  std::uint32_t whole = 0;
  std::uint16_t octets = 0;
  std::array<std::uint8_t, kTexts> lengths{};
  std::array<std::uint8_t, 4> reserved{};
};
static_assert(sizeof(WatchEventHead) == 48);

inline constexpr std::size_t kMaxWatchEventBytes = sizeof(WatchEventHead) + 3 * kMaxRecordName + kMaxRecordMethod +
                                                   kMaxRecordReason + kMaxRecordCallId + kMaxWatchedOctets;
static_assert(kMaxWatchEventBytes <= kMaxPayload);

// Writes `event` and returns how many octets it has; texts and frames that are too long are cut.
std::size_t encode_watch_event(const WatchEvent& event, std::span<char, kMaxWatchEventBytes> out);

// Takes the first event off `octets`. Everything is checked but the contents of texts from the network. The error says
// what is wrong.
[[nodiscard]] std::expected<WatchEvent, std::string> decode_watch_event(std::string_view& octets);

}  // namespace stirline::config::wire
