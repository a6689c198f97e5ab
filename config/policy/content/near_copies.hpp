// Texts that were seen often of late, near copies counted as copies: what bulk senders do, whatever it is that they
// send (SPIT-CL-01). Two texts are near if their SimHashes differ in few bits; such a pair has one of four quarters of
// 16 bits in common, by which it is found. If they differ in three or fewer, always.
//
// Fixed memory, taken at the start: 40 octets a text and as much again; the oldest makes room. Counts halve with time,
// which is told to it. Thread: one poll core.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "config/policy/content/text_tokens.hpp"

namespace stirline::config::policy::content {

class NearCopies {
 public:
  static constexpr unsigned kMostDifferent = 6;     // bits
  static constexpr std::uint32_t kFewestWords = 5;  // of a text: with fewer everything is near everything

  // `places`: texts that are remembered, 1 to 65,535.
  explicit NearCopies(std::uint32_t places);

  // Counts a text of `corpus` (any number: texts of two are never near) and says how many of its like there have been,
  // itself included; 0: it is too short. `half_life` in seconds, not 0; `now` in seconds since 1970.
  [[nodiscard]] double see(const Likeness& likeness, std::uint64_t corpus, std::int64_t now, std::uint32_t half_life);

  [[nodiscard]] std::uint32_t used() const { return used_; }

 private:
  static constexpr std::size_t kBands = 4;
  static constexpr std::uint32_t kNone = 0;   // texts are counted from 1
  static constexpr unsigned kMostLooks = 32;  // of one band

  struct Text {
    std::uint64_t bits = 0;
    std::uint64_t corpus = 0;
    std::int64_t seen = 0;
    float count = 0;
    std::array<std::uint16_t, kBands> next{};
  };

  [[nodiscard]] std::uint32_t find(std::uint64_t bits, std::uint64_t corpus) const;
  [[nodiscard]] std::size_t head_of(std::size_t band, const Text& text) const;
  void link(std::uint32_t place);
  void unlink(std::uint32_t place);

  std::vector<Text> texts_;           // 0 is nobody
  std::vector<std::uint16_t> heads_;  // of all bands
  std::uint32_t buckets_;
  std::uint32_t used_ = 0;
  std::uint32_t next_ = 1;
};

}  // namespace stirline::config::policy::content
