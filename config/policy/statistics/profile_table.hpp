// Profiles by their subjects, in memory that is taken at the start: one cache line tells where a subject lies or who
// makes way for it (SPIT-CL-14).
//
// A line has seven places. Whoever is called upon gains heat, which halves every half-life; who has least makes way. So
// a flood of new subjects displaces those that do little, and never one that does much. Where a subject lies depends on
// a secret: nobody outside can aim at a line. Plain memory; one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "config/policy/statistics/profile.hpp"

namespace stirline::config::policy {

struct alignas(64) ProfileLine {
  static constexpr std::size_t kPlaces = 7;

  std::array<std::uint64_t, kPlaces> subjects{};  // mixed; 0: free
  std::array<std::uint8_t, kPlaces> heat{};
  std::uint8_t half_life = 0;  // in which the heat was looked at last, modulo 256
};
static_assert(sizeof(ProfileLine) == 64);

class ProfileTable {
 public:
  ProfileTable() = default;
  // `profiles` are kPlaces times as many as `lines`, of which there is at least one; all zero. They outlive the table.
  ProfileTable(std::span<ProfileLine> lines, std::span<Profile> profiles) : lines_(lines), profiles_(profiles) {}

  // `mixed`: mixed_key() of the subject.
  [[nodiscard]] std::uint32_t line_of(std::uint64_t mixed) const;
  void prefetch_line(std::uint32_t line) const { __builtin_prefetch(&lines_[line], 1); }

  struct Subject {
    Key key = kNoKey;
    std::uint64_t mixed = 0;
    SubjectKind kind = SubjectKind::caller;
    bool claimed = false;
  };
  // Where the subject lies, now at the latest; fetches the profile there, which may be of whoever made way.
  [[nodiscard]] std::uint32_t place_for(std::uint32_t line, std::uint64_t mixed, const DecayMinute& now);
  // Where it lies, for who only wants to know; kNone: nowhere.
  static constexpr std::uint32_t kNone = 0xffff'ffff;
  [[nodiscard]] std::uint32_t find(std::uint32_t line, std::uint64_t mixed) const;
  // The profile there, as of now: a new one if it is somebody else's still.
  Profile& open(std::uint32_t place, const Subject& subject, const DecayMinute& now, const Decay& decay);

  [[nodiscard]] Profile& operator[](std::uint32_t place) { return profiles_[place]; }
  [[nodiscard]] const Profile& operator[](std::uint32_t place) const { return profiles_[place]; }
  [[nodiscard]] std::size_t size() const { return profiles_.size(); }
  [[nodiscard]] std::uint64_t used() const { return used_; }
  [[nodiscard]] std::uint64_t displaced() const { return displaced_; }  // who made way, ever

 private:
  std::span<ProfileLine> lines_;
  std::span<Profile> profiles_;
  std::uint64_t used_ = 0;
  std::uint64_t displaced_ = 0;
};

}  // namespace stirline::config::policy
