// A stream cut into segments, and what the framer makes of it. Used by tests and fuzzers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sip_parser/stream_framer.hpp"

namespace stirline::sip::test {

inline bool same(const FrameStep& a, const FrameStep& b) {
  return a.kind == b.kind && a.size == b.size && a.error.code == b.error.code && a.error.offset == b.error.offset &&
         a.error.header == b.error.header;
}

struct Frame {
  std::size_t at = 0;  // octets of the stream in front of it
  FrameStep step;
};

// Everything up to the end of the stream or the refusal; the last one is `incomplete` or `refused`.
using Frames = std::vector<Frame>;

inline bool same(const Frames& a, const Frames& b) {
  return std::ranges::equal(a, b, [](const Frame& x, const Frame& y) { return x.at == y.at && same(x.step, y.step); });
}

// A connection whose octets come in pieces. Each call of the framer sees the unread octets in a heap block of their own
// and of exactly their size.
class Connection {
 public:
  explicit Connection(std::string stream, const Strictness& strictness = {})
      : stream_(std::move(stream)), framer_(strictness) {}

  // The next `octets` of the stream, or what is left of it, have come.
  void receive(std::size_t octets) {
    received_ = std::min(received_ + octets, stream_.size());
    if (!frames_.empty() && frames_.back().step.kind == FrameStep::Kind::incomplete) {
      frames_.pop_back();
    }
    for (bool done = ended(); !done;) {
      const std::string_view unread = std::string_view(stream_).substr(at_, received_ - at_);
      const auto block = std::make_unique<char[]>(unread.size());
      std::ranges::copy(unread, block.get());
      const FrameStep step = framer_.next({block.get(), unread.size()});
      frames_.push_back({at_, step});
      done = step.kind == FrameStep::Kind::incomplete || step.kind == FrameStep::Kind::refused;
      at_ += done ? 0 : step.size;
    }
  }

  [[nodiscard]] bool ended() const { return !frames_.empty() && frames_.back().step.kind == FrameStep::Kind::refused; }
  [[nodiscard]] std::size_t received() const { return received_; }
  [[nodiscard]] const Frames& frames() const { return frames_; }
  [[nodiscard]] StreamFramer& framer() { return framer_; }

 private:
  std::string stream_;
  StreamFramer framer_;
  std::size_t received_ = 0;
  std::size_t at_ = 0;
  Frames frames_;
};

// `next_size()` says how many octets the next segment has; at least one.
template <typename NextSize>
Frames frames_of(std::string_view stream, NextSize&& next_size, const Strictness& strictness = {}) {
  Connection connection{std::string(stream), strictness};
  do {
    connection.receive(next_size());
  } while (connection.received() < stream.size());
  return connection.frames();
}

inline Frames frames_of(std::string_view stream, const Strictness& strictness = {}) {
  return frames_of(stream, [&stream] { return stream.size(); }, strictness);
}

}  // namespace stirline::sip::test
