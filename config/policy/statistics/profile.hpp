// What is counted about one caller, signer, trunk or prefix: 192 octets in three cache lines, and everything in them
// decays (SPIT-CL-14).
//
// Time is minutes since 1970, so that nothing is computed twice in a minute. Plain data; one thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/policy/identity_key.hpp"
#include "config/policy/statistics/distinct_sketch.hpp"
#include "config/policy/statistics/score_settings.hpp"

namespace stirline::config::policy {

enum class Figure : std::uint8_t {
  calls,
  resolved,  // of them those that were answered or refused
  answered,
  short_calls,
  unallocated,
  sequential,
  neighbour,
  attested_a,
  attested_b,
  attested_c,
  unsigned_calls,
  failed,
  night,
  complaints,  // weighted
};
inline constexpr std::size_t kFigures = static_cast<std::size_t>(Figure::complaints) + 1;
using Figures = std::array<float, kFigures>;
static_assert(kFigures == 14);  // with what stands behind them in a profile they are one cache line

// How much is left after some minutes. Made anew when the half-life changes.
class Decay {
 public:
  explicit Decay(std::uint32_t half_life_minutes);

  [[nodiscard]] float after(std::uint32_t minutes) const {
    return minutes >= kSteps * kSteps ? 0.0F : few_[minutes % kSteps] * many_[minutes / kSteps];
  }
  [[nodiscard]] std::uint32_t half_life_minutes() const { return half_life_; }

 private:
  static constexpr std::uint32_t kSteps = 512;  // so many minutes, and so many times as many: half a year

  std::uint32_t half_life_;
  std::array<float, kSteps> few_{};
  std::array<float, kSteps> many_{};
};

// A minute, and what follows from it: computed once for all calls of that minute.
struct DecayMinute {
  std::uint32_t minute = 0;     // since 1970
  std::uint32_t step = 0;       // of DistinctSketch
  std::uint32_t half_life = 0;  // how many have passed
};
[[nodiscard]] DecayMinute decay_minute(std::uint32_t minute, const Decay& decay);

struct alignas(64) Profile {
  static constexpr std::size_t kMaxName = 64;

  // What every call reads and writes.
  Key subject = kNoKey;      // kNoKey: free
  Key last_called = kNoKey;  // a number
  std::uint32_t minute = 0;  // to which it has decayed
  std::uint32_t step = 0;    // to which the sketch has faded
  DistinctSketch called;

  Figures figures{};
  std::uint16_t told_minute = 0;  // modulo 65,536: when main was last told of it
  std::uint16_t life = 0;         // another one for each subject that has had this place
  SubjectKind kind = SubjectKind::caller;
  bool claimed = false;  // nobody has shown that it is he
  std::uint8_t name_length = 0;
  std::uint8_t told_doublings = 0;  // of its calls, by then

  // What people are told.
  std::array<char, kMaxName> name_octets{};

  [[nodiscard]] float of(Figure figure) const { return figures[static_cast<std::size_t>(figure)]; }
  void add(Figure figure, float amount = 1) { figures[static_cast<std::size_t>(figure)] += amount; }
  void decay_to(const DecayMinute& now, const Decay& decay);

  [[nodiscard]] std::string_view name() const { return {name_octets.data(), name_length}; }
  void set_name(std::string_view text);  // what is too long is cut, what is not plain ASCII is "?"
};
static_assert(sizeof(Profile) == 192);

}  // namespace stirline::config::policy
