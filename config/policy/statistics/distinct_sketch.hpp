// How many different numbers somebody has called, estimated in 40 octets: HyperLogLog with 64 registers of four bits,
// of which old ones fade (SPIT-CL-14).
//
// A register that is one lower stands for half as many numbers; so a sixteenth of them is lowered sixteen times in a
// half-life. The error is some 13 %, less below a hundred. Plain data; one thread.
#pragma once

#include <array>
#include <cstdint>

namespace stirline::config::policy {

class DistinctSketch {
 public:
  static constexpr unsigned kRegisters = 64;
  static constexpr unsigned kStepsInHalfLife = 16;

  // `hash`: of what is counted, in no order that anybody outside can foresee.
  void add(std::uint64_t hash);

  // From step `from` to step `to`, of which there are kStepsInHalfLife in a half-life, counted from any moment.
  void fade(std::uint32_t from, std::uint32_t to);

  // What either of them has seen; both faded to the same step.
  void merge(const DistinctSketch& other);

  [[nodiscard]] float estimate() const;

 private:
  static constexpr unsigned kWords = kRegisters / 16;  // 16 registers a word
  static constexpr unsigned kMaxRank = 15;

  void recount();

  std::array<std::uint64_t, kWords> words_{};
  std::uint32_t sum_ = kRegisters << kMaxRank;  // of 2^-register, in units of 2^-15
  std::uint32_t zeros_ = kRegisters;            // registers that are 0
};
static_assert(sizeof(DistinctSketch) == 40);

}  // namespace stirline::config::policy
