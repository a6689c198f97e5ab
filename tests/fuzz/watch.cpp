// Any octets as a request to watch, and as events of a watch: read or refused, and what is read says the same when it
// is written again. The first octet chooses which.
#include "config/wire/watch.hpp"

#include <array>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::watch {
namespace {

using namespace stirline::config::wire;

void request(std::string_view octets) {
  const auto read = decode_watch(octets);
  if (!read) {
    check(!read.error().empty(), "a refusal has a reason");
    return;
  }
  check(encode_watch(*read) == octets, "a request has one form only");
}

void events(std::string_view octets) {
  std::array<char, kMaxWatchEventBytes> again;
  while (!octets.empty()) {
    const std::string_view before = octets;
    const auto event = decode_watch_event(octets);
    if (!event) {
      check(!event.error().empty(), "a refusal has a reason");
      return;
    }
    if (event->whole != event->octets.size()) {
      check(event->octets.size() == kMaxWatchedOctets, "only a frame that is too long is cut");
      continue;  // written again it would be one that was never longer
    }
    const std::size_t bytes = encode_watch_event(*event, again);
    check(octets.size() + bytes == before.size(), "an event is as long as it says");
    check(before.starts_with(std::string_view(again.data(), bytes)), "an event has one form only");
  }
}

int run(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view octets(reinterpret_cast<const char*>(data) + 1, size - 1);
  data[0] == 'r' ? request(octets) : events(octets);
  return 0;
}

const Target kTarget("watch", run);

}  // namespace
}  // namespace stirline::fuzz::watch
