#include "dataplane/reputation.hpp"

#include <algorithm>

namespace stirline::dataplane {

namespace policy = config::policy;

namespace {

constexpr float kGone = 0.5F;  // calls: less is nothing

}  // namespace

void Reputation::begin(const policy::ScoreSettings& settings, std::int64_t now) {
  if (settings != settings_) {
    settings_ = settings;
    decay_ = policy::Decay(settings.half_life_minutes);
    now_ = {};
  }
  const auto minute = static_cast<std::uint32_t>(now / 60);
  if (minute == now_.minute) {
    return;
  }
  now_ = policy::decay_minute(minute, decay_);
  for (auto& [name, profile] : profiles_) {
    profile.decay_to(now_, decay_);
  }
  std::erase_if(profiles_, [](const auto& each) { return each.second.of(policy::Figure::calls) < kGone; });
}

void Reputation::see(const policy::Profile& profile, std::uint32_t core) {
  const Name name{profile.kind, profile.subject, profile.claimed, core};
  const auto known = profiles_.find(name);
  if (known == profiles_.end()) {
    make_room(profile.kind);
  }
  profiles_[name] = profile;
}

void Reputation::make_room(policy::SubjectKind kind) {
  const auto first = profiles_.lower_bound({kind, policy::kNoKey, false, 0});
  const auto last =
      std::find_if(first, profiles_.end(), [kind](const auto& each) { return std::get<0>(each.first) != kind; });
  if (static_cast<std::size_t>(std::distance(first, last)) >= kMostOfKind) {
    profiles_.erase(std::min_element(first, last, [](const auto& one, const auto& other) {
      return one.second.of(policy::Figure::calls) < other.second.of(policy::Figure::calls);
    }));
  }
}

// Those of one subject lie side by side.
std::vector<policy::Profile> Reputation::merged() const {
  std::vector<policy::Profile> all;
  for (const auto& [name, told] : profiles_) {
    policy::Profile profile = told;
    profile.decay_to(now_, decay_);
    if (all.empty() || all.back().kind != profile.kind || all.back().subject != profile.subject ||
        all.back().claimed != profile.claimed) {
      all.push_back(profile);
      continue;
    }
    for (std::size_t i = 0; i < profile.figures.size(); ++i) {
      all.back().figures[i] += profile.figures[i];
    }
    all.back().called.merge(profile.called);
  }
  return all;
}

std::vector<Reputation::Row> Reputation::worst_first() const {
  std::vector<Row> rows;
  for (const policy::Profile& profile : merged()) {
    rows.push_back({profile, policy::explain_score(profile, settings_)});
  }
  std::ranges::sort(rows, [](const Row& one, const Row& other) {
    const auto rank = [](const Row& row) {
      return std::tuple(row.profile.kind, -int{row.score.score}, -row.profile.of(policy::Figure::calls),
                        row.profile.name());
    };
    return rank(one) < rank(other);
  });
  std::size_t of_kind = 0;
  std::erase_if(rows, [&, kind = policy::SubjectKind::caller](const Row& row) mutable {
    of_kind = row.profile.kind == kind ? of_kind + 1 : 1;
    kind = row.profile.kind;
    return of_kind > kShownOfKind;
  });
  return rows;
}

}  // namespace stirline::dataplane
