// Events of watched messages, with frames, as a pcapng file: each port is two interfaces, "west in" and "west out", and
// each frame says in a comment of which message it is and, once that is known, what was decided about it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "config/wire/watch.hpp"
#include "control/watching/pcapng.hpp"

namespace stirline::control {

class CaptureWriter {
 public:
  // What the file goes on with; empty: nothing. The first octets of a file are Pcapng::begin().
  [[nodiscard]] std::string take(const config::wire::WatchEvent& event);

  [[nodiscard]] std::uint64_t frames() const { return frames_; }

 private:
  static constexpr std::size_t kMostMessages = 65'536;  // of which it is known what was decided
  using Message = std::pair<std::uint16_t, std::uint64_t>;

  struct Story {
    std::string name;      // "INVITE to_peer carrier-b"
    std::string decision;  // "signed A", once it is made
  };
  Story& story_of(const Message& message);

  Pcapng file_;
  std::map<Message, Story> stories_;
  std::deque<Message> order_;
  std::uint64_t frames_ = 0;
};

}  // namespace stirline::control
