// Calls that have begun and of which nobody knows yet how they end: so that an answer and a BYE find whose figures they
// belong to (SPIT-CL-14). Fixed memory: one cache line tells which of seven places a call has; the oldest makes way.
//
// Plain memory; one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "config/policy/statistics/score_settings.hpp"

namespace stirline::config::policy {

struct alignas(64) OpenCallLine {
  static constexpr std::size_t kPlaces = 7;

  std::array<std::uint64_t, kPlaces> names{};  // 0: free
  std::array<std::uint8_t, kPlaces> since{};   // when they came, in units of 8 seconds, modulo 256
  std::uint8_t unused = 0;
};
static_assert(sizeof(OpenCallLine) == 64);

struct alignas(64) OpenCall {
  std::uint32_t since = 0;  // seconds since 1970: it began, or was answered
  bool answered = false;
  std::uint64_t called = 0;                                 // mixed
  std::array<std::uint32_t, kStatisticsSubjects> places{};  // of their profiles
  std::array<std::uint16_t, kStatisticsSubjects> lives{};   // Profile::life there; see CallStatistics
  std::array<bool, kStatisticsSubjects> known{};            // is there such a subject?
};
static_assert(sizeof(OpenCall) == 64);

class OpenCalls {
 public:
  static constexpr std::uint32_t kNone = 0xffff'ffff;

  OpenCalls() = default;
  // `calls` are kPlaces times as many as `lines`, of which there is at least one; all zero. They outlive this.
  OpenCalls(std::span<OpenCallLine> lines, std::span<OpenCall> calls) : lines_(lines), calls_(calls) {}

  void prefetch(std::uint64_t name) const { __builtin_prefetch(&lines_[line_of(name)], 1); }
  [[nodiscard]] std::uint32_t find(std::uint64_t name) const;
  // The place of `name`, now at the latest; fetches it. `now`: seconds since 1970.
  [[nodiscard]] std::uint32_t take(std::uint64_t name, std::uint32_t now);
  void forget(std::uint32_t place);

  [[nodiscard]] OpenCall& operator[](std::uint32_t place) { return calls_[place]; }
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }  // that made way for others

 private:
  [[nodiscard]] std::size_t line_of(std::uint64_t name) const {
    return static_cast<std::size_t>((name >> 32) * lines_.size() >> 32);
  }

  std::span<OpenCallLine> lines_;
  std::span<OpenCall> calls_;
  std::uint64_t forgotten_ = 0;
};

}  // namespace stirline::config::policy
