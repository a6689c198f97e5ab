#include "config/policy/statistics/profile.hpp"

#include <cmath>

namespace stirline::config::policy {

Decay::Decay(std::uint32_t half_life_minutes) : half_life_(half_life_minutes) {
  const double half_life = half_life_minutes;
  for (std::uint32_t i = 0; i < kSteps; ++i) {
    few_[i] = static_cast<float>(std::exp2(-static_cast<double>(i) / half_life));
    many_[i] = static_cast<float>(std::exp2(-static_cast<double>(i) * kSteps / half_life));
  }
}

DecayMinute decay_minute(std::uint32_t minute, const Decay& decay) {
  const std::uint32_t half_life = decay.half_life_minutes();
  return {minute, static_cast<std::uint32_t>(std::uint64_t{minute} * DistinctSketch::kStepsInHalfLife / half_life),
          minute / half_life};
}

// A clock that goes back changes nothing until it is past again.
void Profile::decay_to(const DecayMinute& now, const Decay& decay) {
  if (now.minute <= minute) {
    return;
  }
  const float left = decay.after(now.minute - minute);
  for (float& figure : figures) {
    figure *= left;
  }
  minute = now.minute;
  called.fade(step, now.step);
  step = now.step;
}

void Profile::set_name(std::string_view text) {
  const std::string_view kept = text.substr(0, kMaxName);
  std::ranges::transform(kept, name_octets.begin(),
                         [](char octet) { return octet >= ' ' && octet <= '~' ? octet : '?'; });
  name_length = static_cast<std::uint8_t>(kept.size());
}

}  // namespace stirline::config::policy
