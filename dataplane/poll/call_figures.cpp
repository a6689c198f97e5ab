#include "dataplane/poll/call_figures.hpp"

#include <algorithm>
#include <bit>
#include <new>

#include <openssl/rand.h>

namespace stirline::dataplane {

namespace policy = config::policy;
using policy::SubjectKind;

namespace {

constexpr std::uint32_t kSigners = 1'024;
constexpr std::uint32_t kTrunks = 256;
constexpr float kLeastTold = 3;  // calls: who has hardly called is of no interest to people

policy::CallStatistics::Limits limits_of(const config::LimitConfig& limits) {
  return {.callers = limits.callers,
          .prefixes = limits.callers / 4,
          .signers = kSigners,
          .trunks = kTrunks,
          .open_calls = limits.callers};
}

std::size_t profiles_for(const config::LimitConfig& limits) {
  return policy::CallStatistics::octets_for(limits_of(limits)) / sizeof(policy::Profile) + 1;
}

policy::KeySecret random_secret() {
  policy::KeySecret secret;
  if (RAND_priv_bytes(secret.data(), static_cast<int>(secret.size())) != 1) {
    throw std::bad_alloc();  // as it is at the start, and there is no more to say
  }
  return secret;
}

}  // namespace

CallFigures::CallFigures(const config::LimitConfig& limits, int socket)
    : memory_(profiles_for(limits), socket),
      secret_(random_secret()),
      statistics_(limits_of(limits), std::as_writable_bytes(memory_.all()), secret_, settings_.half_life_minutes) {}

// The highest bit of a text's key is always set; what places are found by must not be.
std::uint64_t CallFigures::name_of(std::string_view call_id) const {
  return std::rotl(policy::text_key(secret_, policy::KeyKind::identity, call_id), 32);
}

std::uint8_t CallFigures::begin(const Begun& begun, const policy::CommonRules& rules) {
  settings_ = rules.score_settings();
  statistics_.set_half_life(settings_.half_life_minutes);
  const policy::KeySecret& secret = rules.secret();
  const auto text = [&](policy::KeyKind kind, std::string_view word) {
    return word.empty() ? policy::kNoKey : policy::text_key(secret, kind, word);
  };
  policy::BegunCall call;
  call.claimed = begun.caller.empty() ? policy::kNoKey : policy::identity_key(secret, begun.caller);
  call.shown = begun.shown ? call.claimed : policy::kNoKey;
  call.called = begun.called;
  call.signer = text(policy::KeyKind::spc, begun.signer);
  call.trunk = text(policy::KeyKind::trunk, begun.trunk);
  call.authentication = begun.authentication;
  call.now = begun.now;
  call.name = begun.again ? 0 : name_of(begun.call_id);
  policy::CallSubjects subjects;
  statistics_.prepare(call, subjects);
  statistics_.locate(subjects, call);
  if (begun.again) {
    statistics_.look(subjects, call);
  } else {
    statistics_.count(subjects, call, settings_);
  }
  name_subjects(subjects, begun);
  tell(subjects);
  return statistics_.score(subjects, settings_);
}

void CallFigures::name_subjects(const policy::CallSubjects& subjects, const Begun& begun) {
  statistics_.name(subjects, SubjectKind::caller, begun.caller);
  statistics_.name(subjects, SubjectKind::signer, begun.signer);
  statistics_.name(subjects, SubjectKind::trunk, begun.trunk);
  statistics_.name(subjects, SubjectKind::prefix,
                   begun.caller.substr(0, begun.caller.size() - std::min<std::size_t>(begun.caller.size(), 4)));
}

void CallFigures::tell(const policy::CallSubjects& subjects) {
  for (std::size_t i = 0; i < policy::kStatisticsSubjects; ++i) {
    const auto kind = static_cast<SubjectKind>(i);
    if (!subjects.has(kind)) {
      continue;
    }
    policy::Profile& profile = statistics_.profile(subjects, kind);
    const auto minute = static_cast<std::uint16_t>(profile.minute);
    const float calls = profile.of(policy::Figure::calls);
    const auto doublings = static_cast<std::uint8_t>(std::bit_width(static_cast<std::uint32_t>(calls)));
    const bool is_news = profile.told_minute != minute || doublings > profile.told_doublings;
    if (is_news && calls >= kLeastTold && told_.push(profile)) {
      profile.told_minute = minute;
      profile.told_doublings = doublings;
    }
  }
}

void CallFigures::answer(std::string_view call_id, std::uint16_t status, std::int64_t now) {
  if (status >= 200) {
    statistics_.answer(name_of(call_id), status, now);
  }
}

void CallFigures::end(std::string_view call_id, std::int64_t now) {
  statistics_.end(name_of(call_id), now, settings_);
}

CallFigures::Complained CallFigures::take_complaints(std::int64_t now) {
  Complained complained;
  complaints_.consume_all([&](const policy::Complaint& complaint) {
    ++(statistics_.complain(complaint, now) ? complained.counted : complained.unknown);
  });
  return complained;
}

}  // namespace stirline::dataplane
