// What an operator watches just now (stirline trace, stirline capture): written by the main thread, read by all poll
// cores.
//
// While nothing is watched a poll core reads one word of it a message. The rest is a sequence lock over words that are
// atomic each: nobody waits, nothing is ever freed, and a reader that meets a writer tries again with the next message.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "config/wire/watch.hpp"

namespace stirline::dataplane {

struct Watch {
  std::uint32_t number = 0;  // never 0
  config::wire::WatchBy by = config::wire::WatchBy::nothing;
  bool octets = false;
  std::uint16_t length = 0;     // of the text
  std::uint64_t wall_ns = 0;    // since 1970, at ...
  std::uint64_t at_cycles = 0;  // ... this TSC
  std::array<char, config::wire::kMaxWatchText + 1> text{};

  [[nodiscard]] std::string_view wanted() const { return {text.data(), length}; }
};

class alignas(64) WatchBoard {
 public:
  // Main thread. Its number is the result.
  std::uint32_t start(const config::wire::WatchRequest& request, std::uint64_t wall_ns, std::uint64_t now_cycles) {
    Watch watch;
    watch.number = ++last_ == 0 ? ++last_ : last_;
    watch.by = request.by;
    watch.octets = request.octets;
    watch.length = static_cast<std::uint16_t>(std::min(request.text.size(), config::wire::kMaxWatchText));
    watch.wall_ns = wall_ns;
    watch.at_cycles = now_cycles;
    std::ranges::copy(request.text.substr(0, watch.length), watch.text.begin());
    std::array<std::uint64_t, kWords> words;
    std::memcpy(words.data(), &watch, sizeof(watch));
    const std::uint32_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);
    for (std::size_t i = 0; i < kWords; ++i) {
      words_[i].store(words[i], std::memory_order_release);
    }
    version_.store(version + 2, std::memory_order_release);
    current_.store(watch.number, std::memory_order_release);
    return watch.number;
  }
  void stop() { current_.store(0, std::memory_order_relaxed); }

  // Any thread: the number of the watch; 0: there is none.
  [[nodiscard]] std::uint32_t current() const { return current_.load(std::memory_order_relaxed); }

  // False: it is being written. The caller looks whether it is the one he asked for.
  [[nodiscard]] bool read(Watch& watch) const {
    const std::uint32_t before = version_.load(std::memory_order_acquire);
    std::array<std::uint64_t, kWords> words;
    for (std::size_t i = 0; i < kWords; ++i) {
      words[i] = words_[i].load(std::memory_order_acquire);
    }
    if (before % 2 != 0 || version_.load(std::memory_order_relaxed) != before) {
      return false;
    }
    std::memcpy(static_cast<void*>(&watch), words.data(), sizeof(watch));
    return true;
  }

 private:
  static_assert(std::is_trivially_copyable_v<Watch> && sizeof(Watch) % sizeof(std::uint64_t) == 0);
  static constexpr std::size_t kWords = sizeof(Watch) / sizeof(std::uint64_t);

  std::atomic<std::uint32_t> current_{0};
  std::atomic<std::uint32_t> version_{0};
  std::array<std::atomic<std::uint64_t>, kWords> words_{};
  std::uint32_t last_ = 0;  // main thread's
};

}  // namespace stirline::dataplane
