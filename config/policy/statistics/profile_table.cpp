#include "config/policy/statistics/profile_table.hpp"

#include <limits>

namespace stirline::config::policy {
namespace {

constexpr std::uint8_t kMostHeat = std::numeric_limits<std::uint8_t>::max();

void cool(ProfileLine& line, std::uint8_t half_life) {
  const auto passed = static_cast<std::uint8_t>(half_life - line.half_life);
  if (passed == 0) {
    return;
  }
  for (std::uint8_t& heat : line.heat) {
    heat = passed < 8 ? static_cast<std::uint8_t>(heat >> passed) : std::uint8_t{0};
  }
  line.half_life = half_life;
}

// The one with least heat; among equals one that nobody outside can name before.
std::size_t coldest(const ProfileLine& line, std::uint64_t mixed) {
  std::size_t found = mixed % ProfileLine::kPlaces;
  for (std::size_t i = 0; i < ProfileLine::kPlaces; ++i) {
    if (line.subjects[i] == 0) {
      return i;
    }
    found = line.heat[i] < line.heat[found] ? i : found;
  }
  return found;
}

}  // namespace

std::uint32_t ProfileTable::line_of(std::uint64_t mixed) const {
  return static_cast<std::uint32_t>((mixed >> 32) * lines_.size() >> 32);
}

std::uint32_t ProfileTable::place_for(std::uint32_t line_number, std::uint64_t mixed, const DecayMinute& now) {
  ProfileLine& line = lines_[line_number];
  cool(line, static_cast<std::uint8_t>(now.half_life));
  std::size_t at = ProfileLine::kPlaces;
  for (std::size_t i = 0; i < ProfileLine::kPlaces; ++i) {
    at = line.subjects[i] == mixed ? i : at;
  }
  if (at == ProfileLine::kPlaces) {
    at = coldest(line, mixed);
    (line.subjects[at] == 0 ? used_ : displaced_) += 1;
    line.subjects[at] = mixed;
    line.heat[at] = 0;
  }
  line.heat[at] = line.heat[at] == kMostHeat ? kMostHeat : static_cast<std::uint8_t>(line.heat[at] + 1);
  const std::size_t index = line_number * ProfileLine::kPlaces + at;
  __builtin_prefetch(&profiles_[index], 1);
  __builtin_prefetch(&profiles_[index].figures, 1);
  return static_cast<std::uint32_t>(index);
}

std::uint32_t ProfileTable::find(std::uint32_t line, std::uint64_t mixed) const {
  for (std::size_t i = 0; i < ProfileLine::kPlaces; ++i) {
    if (lines_[line].subjects[i] == mixed) {
      return static_cast<std::uint32_t>(line * ProfileLine::kPlaces + i);
    }
  }
  return kNone;
}

Profile& ProfileTable::open(std::uint32_t place, const Subject& subject, const DecayMinute& now, const Decay& decay) {
  Profile& profile = profiles_[place];
  if (profile.subject == subject.key) {
    profile.decay_to(now, decay);
    return profile;
  }
  const auto life = static_cast<std::uint16_t>(profile.life + 1);
  profile = {};
  profile.subject = subject.key;
  profile.kind = subject.kind;
  profile.claimed = subject.claimed;
  profile.minute = now.minute;
  profile.step = now.step;
  profile.life = life;
  return profile;
}

}  // namespace stirline::config::policy
