// How callers, signers, trunks and prefixes of numbers stand, by what all poll cores have counted together: for people
// (SPIT-CL-14). One thread: main.
//
// Bounded: of each kind, who has called least makes way. What has decayed to nothing is forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "config/policy/statistics/spam_score.hpp"

namespace stirline::dataplane {

class Reputation {
 public:
  static constexpr std::size_t kMostOfKind = 1'024;  // on each core
  static constexpr std::size_t kShownOfKind = 32;

  // What is told from now on is as of `now`, seconds since 1970.
  void begin(const config::policy::ScoreSettings& settings, std::int64_t now);
  // What a core has counted about somebody, all of it, in place of what it told before.
  void see(const config::policy::Profile& profile, std::uint32_t core);

  struct Row {
    config::policy::Profile profile;  // of all cores together, as of now
    config::policy::SpamScore score;
  };
  // The worst of each kind, the kinds in their order.
  [[nodiscard]] std::vector<Row> worst_first() const;

  [[nodiscard]] const config::policy::ScoreSettings& settings() const { return settings_; }

 private:
  using Name = std::tuple<config::policy::SubjectKind, config::policy::Key, bool, std::uint32_t>;  // the last: the core
  using Profiles = std::map<Name, config::policy::Profile>;

  void make_room(config::policy::SubjectKind kind);
  [[nodiscard]] std::vector<config::policy::Profile> merged() const;

  config::policy::ScoreSettings settings_;
  config::policy::Decay decay_{config::policy::ScoreSettings().half_life_minutes};
  config::policy::DecayMinute now_;
  Profiles profiles_;
};

}  // namespace stirline::dataplane
