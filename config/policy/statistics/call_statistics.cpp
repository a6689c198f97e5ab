#include "config/policy/statistics/call_statistics.hpp"

#include <algorithm>
#include <memory>

#include "config/policy/list_table_layout.hpp"

namespace stirline::config::policy {
namespace {

constexpr std::uint64_t kSubscribers = 10'000;  // numbers with one prefix
constexpr unsigned kSubscriberDigits = 4;
constexpr std::uint64_t kNear = 10;  // a called number that is so close to the one before is the next one in turn
constexpr Key kIsText = Key{1} << 63;
constexpr std::uint16_t kUnwanted = 607;  // RFC 8197

std::uint32_t minute_of(std::int64_t now) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(now, 0, INT64_C(0xffff'ffff) * 60) / 60);
}

std::uint32_t second_of(std::int64_t now) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(now, 0, 0xffff'ffff));
}

std::size_t lines_for(std::uint32_t profiles) {
  return std::max<std::size_t>((profiles + ProfileLine::kPlaces - 1) / ProfileLine::kPlaces, 1);
}

static_assert(OpenCallLine::kPlaces == ProfileLine::kPlaces);  // so lines_for() is for both

std::array<std::uint32_t, kStatisticsSubjects> by_kind(const CallStatistics::Limits& limits) {
  return {limits.callers, limits.signers, limits.trunks, limits.prefixes};
}

// The next elements of `memory`, made there.
template <typename T>
std::span<T> carve(std::span<std::byte>& memory, std::size_t count) {
  T* const first = reinterpret_cast<T*>(memory.data());
  std::uninitialized_value_construct_n(first, count);
  memory = memory.subspan(count * sizeof(T));
  return {first, count};
}

bool is_night(std::uint32_t minute, const ScoreSettings& settings) {
  const std::uint32_t of_day = minute % kMinutesOfDay;
  return settings.night_from <= settings.night_to ? of_day >= settings.night_from && of_day < settings.night_to
                                                  : of_day >= settings.night_from || of_day < settings.night_to;
}

bool is_next(Key called, Key before) {
  return is_number(called) && is_number(before) && digits_of(called) == digits_of(before) && called != before &&
         (called > before ? called - before : before - called) <= kNear;
}

bool is_neighbour(Key caller, Key called) {
  return caller != called && prefix_of(called) != kNoKey && prefix_of(caller) == prefix_of(called);
}

Figure attestation_figure(Authentication authentication) {
  switch (authentication) {
    case Authentication::verified_a:
    case Authentication::asserted:  // a trusted peer answers for it
      return Figure::attested_a;
    case Authentication::verified_b:
      return Figure::attested_b;
    case Authentication::verified_c:
    case Authentication::signed_:
      return Figure::attested_c;
    case Authentication::failed:
      return Figure::failed;
    case Authentication::none:
      break;
  }
  return Figure::unsigned_calls;
}

}  // namespace

CallFate fate_of(std::uint16_t status) {
  switch (status) {
    case 401:
    case 402:
    case 407:
    case 419:
    case 428:
    case 470:
      return CallFate::goes_on;
    case 404:
    case 410:
    case 484:
    case 604:
      return CallFate::unallocated;
    default:
      break;
  }
  return status < 200 || (status >= 300 && status < 400) ? CallFate::goes_on
         : status < 300                                  ? CallFate::answered
                                                         : CallFate::refused;
}

Key prefix_of(Key number) {
  if (!is_number(number) || digits_of(number) <= kSubscriberDigits) {
    return kNoKey;
  }
  return Key{digits_of(number) - kSubscriberDigits} << kNumberLengthAt | value_of(number) / kSubscribers;
}

std::size_t CallStatistics::octets_for(const Limits& limits) {
  std::size_t octets = lines_for(limits.open_calls) * (sizeof(OpenCallLine) + OpenCallLine::kPlaces * sizeof(OpenCall));
  octets += lines_for(limits.callers) * sizeof(ComplaintLine);
  for (const std::uint32_t profiles : by_kind(limits)) {
    octets += lines_for(profiles) * (sizeof(ProfileLine) + ProfileLine::kPlaces * sizeof(Profile));
  }
  return octets;
}

CallStatistics::CallStatistics(const Limits& limits, std::span<std::byte> memory, const KeySecret& secret,
                               std::uint32_t half_life_minutes)
    : secret_(secret), decay_(half_life_minutes) {
  const auto sizes = by_kind(limits);
  for (std::size_t i = 0; i < kStatisticsSubjects; ++i) {
    const auto lines = carve<ProfileLine>(memory, lines_for(sizes[i]));
    tables_[i] = ProfileTable(lines, carve<Profile>(memory, lines.size() * ProfileLine::kPlaces));
  }
  const auto lines = carve<OpenCallLine>(memory, lines_for(limits.open_calls));
  open_ = OpenCalls(lines, carve<OpenCall>(memory, lines.size() * OpenCallLine::kPlaces));
  complaints_ = Complaints(carve<ComplaintLine>(memory, lines_for(limits.callers)));
}

void CallStatistics::set_half_life(std::uint32_t minutes) {
  if (minutes != decay_.half_life_minutes()) {
    decay_ = Decay(minutes);
    minute_ = {};
  }
}

// What is only claimed is another subject on each trunk: who lies there about a number harms nobody elsewhere, and
// never whoever proves that the number is his.
void CallStatistics::prepare(const BegunCall& call, CallSubjects& subjects) const {
  const auto add = [&](SubjectKind kind, Key key, bool claimed) {
    const auto i = static_cast<std::size_t>(kind);
    Key of_trunk = key;
    if (claimed && key != kNoKey) {
      of_trunk = layout::mixed_key(secret_, key ^ (call.trunk << 1)) | kIsText;
    }
    ProfileTable::Subject& subject = subjects.subjects[i];
    subject.key = of_trunk;
    subject.mixed = layout::mixed_key(secret_, of_trunk);
    subject.kind = kind;
    subject.claimed = claimed;
    subjects.places[i] = tables_[i].line_of(subject.mixed);
    if (key != kNoKey) {
      tables_[i].prefetch_line(subjects.places[i]);
    }
  };
  const bool claimed = call.shown == kNoKey;
  const Key caller = claimed ? call.claimed : call.shown;
  add(SubjectKind::caller, caller, claimed);
  add(SubjectKind::signer, call.signer, false);
  add(SubjectKind::trunk, call.trunk, false);
  add(SubjectKind::prefix, prefix_of(caller), claimed);
  subjects.called_mixed = layout::mixed_key(secret_, call.called);
  subjects.is_neighbour = claimed && is_neighbour(caller, call.called);
  if (call.name != 0) {
    open_.prefetch(call.name);
  }
}

const DecayMinute& CallStatistics::minute_at(std::int64_t now) {
  const std::uint32_t minute = minute_of(now);
  if (minute != minute_.minute) {
    minute_ = decay_minute(minute, decay_);
  }
  return minute_;
}

void CallStatistics::locate(CallSubjects& subjects, const BegunCall& call) {
  const DecayMinute& now = minute_at(call.now);
  for (std::size_t i = 0; i < kStatisticsSubjects; ++i) {
    if (subjects.subjects[i].key != kNoKey) {
      subjects.places[i] = tables_[i].place_for(subjects.places[i], subjects.subjects[i].mixed, now);
    }
  }
  // Of two calls with one name the later one is open: who names all his calls alike is counted all the same, and only
  // the ends of the others are lost.
  subjects.open = call.name == 0 ? OpenCalls::kNone : open_.take(call.name, second_of(call.now));
}

void CallStatistics::count(const CallSubjects& subjects, const BegunCall& call, const ScoreSettings& settings) {
  OpenCall* const open = subjects.open == OpenCalls::kNone ? nullptr : &open_[subjects.open];
  if (open != nullptr) {
    *open = {.since = second_of(call.now), .called = subjects.called_mixed};
  }
  const DecayMinute& now = minute_at(call.now);
  const bool night = is_night(now.minute, settings);
  const Figure attestation = attestation_figure(call.authentication);
  for (std::size_t i = 0; i < kStatisticsSubjects; ++i) {
    if (subjects.subjects[i].key == kNoKey) {
      continue;
    }
    Profile& profile = tables_[i].open(subjects.places[i], subjects.subjects[i], now, decay_);
    profile.add(Figure::calls);
    profile.add(attestation);
    profile.add(Figure::night, night ? 1 : 0);
    profile.add(Figure::neighbour, subjects.is_neighbour ? 1 : 0);
    if (profile.kind == SubjectKind::caller) {
      profile.add(Figure::sequential, is_next(call.called, profile.last_called) ? 1 : 0);
      profile.last_called = call.called;
      profile.called.add(subjects.called_mixed);
    }
    if (open != nullptr) {
      open->places[i] = subjects.places[i];
      open->lives[i] = profile.life;
      open->known[i] = true;
    }
  }
}

void CallStatistics::look(const CallSubjects& subjects, const BegunCall& call) {
  for (std::size_t i = 0; i < kStatisticsSubjects; ++i) {
    if (subjects.subjects[i].key != kNoKey) {
      tables_[i].open(subjects.places[i], subjects.subjects[i], minute_at(call.now), decay_);
    }
  }
}

std::uint8_t CallStatistics::score(const CallSubjects& subjects, const ScoreSettings& settings) const {
  CallScores scores;
  for (std::size_t i = 0; i < kStatisticsSubjects; ++i) {
    const auto kind = static_cast<SubjectKind>(i);
    if (!subjects.has(kind)) {
      continue;
    }
    const Profile& known = profile(subjects, kind);
    scores.of[i] = score_of(known, settings);
    if (kind == SubjectKind::signer || kind == SubjectKind::trunk) {
      scores.neighbours = std::max(scores.neighbours, neighbour_points(known, settings));
    }
  }
  return combined_score(scores, subjects.is_neighbour, settings);
}

void CallStatistics::name(const CallSubjects& subjects, SubjectKind kind, std::string_view text) {
  if (subjects.has(kind)) {
    Profile& named = profile(subjects, kind);
    if (named.name_length == 0) {
      named.set_name(text);
    }
  }
}

// Whoever has lost his place meanwhile has lost his figures, too.
template <typename Act>
void CallStatistics::for_each_profile(const OpenCall& call, std::int64_t now, Act&& act) {
  for (std::size_t i = 0; i < kStatisticsSubjects; ++i) {
    Profile& profile = tables_[i][call.places[i]];
    if (call.known[i] && profile.life == call.lives[i]) {
      profile.decay_to(minute_at(now), decay_);
      act(profile);
    }
  }
}

// Of the caller alone: neither his carrier nor his neighbours are what the called one means.
void CallStatistics::complain(const OpenCall& call, std::int64_t now) {
  constexpr auto kCaller = static_cast<std::size_t>(SubjectKind::caller);
  Profile& caller = tables_[kCaller][call.places[kCaller]];
  if (call.known[kCaller] && caller.life == call.lives[kCaller]) {
    add_complaint(caller, call.called, 1, now);
  }
}

void CallStatistics::add_complaint(Profile& caller, std::uint64_t called_mixed, float weight, std::int64_t now) {
  caller.decay_to(minute_at(now), decay_);
  caller.add(Figure::complaints, weight * complaints_.weigh(called_mixed, layout::mixed_key(secret_, caller.subject),
                                                            minute_of(now) / kMinutesOfDay));
}

bool CallStatistics::complain(const Complaint& complaint, std::int64_t now) {
  constexpr auto kCaller = static_cast<std::size_t>(SubjectKind::caller);
  CallSubjects subjects;
  prepare(
      {.shown = complaint.shown, .claimed = complaint.claimed, .called = complaint.called, .trunk = complaint.trunk},
      subjects);
  const ProfileTable::Subject& caller = subjects.subjects[kCaller];
  if (caller.key == kNoKey) {
    return false;
  }
  const std::uint32_t place = tables_[kCaller].find(subjects.places[kCaller], caller.mixed);
  if (place == ProfileTable::kNone || tables_[kCaller][place].subject != caller.key) {
    return false;
  }
  add_complaint(tables_[kCaller][place], subjects.called_mixed, complaint.weight, now);
  return true;
}

void CallStatistics::answer(std::uint64_t name, std::uint16_t status, std::int64_t now) {
  const std::uint32_t place = open_.find(name);
  if (name == 0 || place == OpenCalls::kNone || open_[place].answered) {
    return;
  }
  if (status == kUnwanted) {
    complain(open_[place], now);
  }
  const CallFate fate = fate_of(status);
  if (fate == CallFate::goes_on) {
    if (status >= 300) {
      open_.forget(place);
    }
    return;
  }
  for_each_profile(open_[place], now, [fate](Profile& profile) {
    profile.add(Figure::resolved);
    profile.add(Figure::answered, fate == CallFate::answered ? 1 : 0);
    profile.add(Figure::unallocated, fate == CallFate::unallocated ? 1 : 0);
  });
  if (fate == CallFate::answered) {
    open_[place].answered = true;
    open_[place].since = second_of(now);
  } else {
    open_.forget(place);
  }
}

void CallStatistics::end(std::uint64_t name, std::int64_t now, const ScoreSettings& settings) {
  const std::uint32_t place = open_.find(name);
  if (name == 0 || place == OpenCalls::kNone || !open_[place].answered) {
    return;
  }
  if (second_of(now) - open_[place].since < settings.short_seconds) {
    for_each_profile(open_[place], now, [](Profile& profile) { profile.add(Figure::short_calls); });
  }
  open_.forget(place);
}

}  // namespace stirline::config::policy
