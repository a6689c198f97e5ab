// The statistics component: how callers, signers, trunks and prefixes of numbers behave, counted call by call on a
// packet core (SPIT-CL-14, SPIT-FW-01). Nothing here blocks anybody: a score is one fact that rules may ask for
// (SPIT-FW-04).
//
// All memory is handed in at the start; every call costs the same few cache lines, whatever an attacker sends. One
// thread; no heap, no lock. Several packet cores have one each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "config/policy/facts.hpp"
#include "config/policy/identity_key.hpp"
#include "config/policy/statistics/complaints.hpp"
#include "config/policy/statistics/open_calls.hpp"
#include "config/policy/statistics/profile_table.hpp"
#include "config/policy/statistics/score_settings.hpp"
#include "config/policy/statistics/spam_score.hpp"

namespace stirline::config::policy {

// A call or message that begins. kNoKey: nobody knows.
struct BegunCall {
  Key shown = kNoKey;    // who calls, as far as that has been shown (SPIT-FW-02)
  Key claimed = kNoKey;  // who it says that it is
  Key called = kNoKey;
  Key signer = kNoKey;  // service provider code of a valid signature
  Key trunk = kNoKey;
  Authentication authentication = Authentication::none;
  std::int64_t now = 0;    // seconds since 1970
  std::uint64_t name = 0;  // a keyed hash of its Call-ID; 0: neither answer nor end will be told
};

// Where a call's subjects are counted.
struct CallSubjects {
  std::array<ProfileTable::Subject, kStatisticsSubjects> subjects;
  std::array<std::uint32_t, kStatisticsSubjects> places{};  // lines, then places of profiles
  std::uint32_t open = OpenCalls::kNone;                    // its place there
  std::uint64_t called_mixed = 0;
  bool is_neighbour = false;  // claims a number that differs from the called one in its last four digits alone

  [[nodiscard]] bool has(SubjectKind kind) const { return subjects[static_cast<std::size_t>(kind)].key != kNoKey; }
};

// What a called user has said of a call when it was over (SPIT-MK-03).
struct Complaint {
  Key shown = kNoKey;    // who had called: as BegunCall has it
  Key claimed = kNoKey;  // likewise
  Key called = kNoKey;   // who complains
  Key trunk = kNoKey;
  float weight = 0;  // above 0, at most 1
};

// What became of a request, as an answer tells (RFC 3261 21).
enum class CallFate : std::uint8_t {
  goes_on,      // provisional, or the caller is to try again: challenges, redirection
  answered,     // 2xx
  unallocated,  // 404, 410, 484, 604: the number is nobody's
  refused,      // all others
};
[[nodiscard]] CallFate fate_of(std::uint16_t status);

class CallStatistics {
 public:
  // How many of each are known at one time.
  struct Limits {
    std::uint32_t callers = 32'768;
    std::uint32_t prefixes = 8'192;
    std::uint32_t signers = 1'024;
    std::uint32_t trunks = 256;
    std::uint32_t open_calls = 32'768;
  };
  // Octets that the constructor wants; a few more profiles than asked for, as they lie in lines.
  [[nodiscard]] static std::size_t octets_for(const Limits& limits);

  // `memory`: octets_for() of it, zero, aligned to 64; outlives this. `secret`: random.
  CallStatistics(const Limits& limits, std::span<std::byte> memory, const KeySecret& secret,
                 std::uint32_t half_life_minutes);

  // Other settings: what has been counted stays.
  void set_half_life(std::uint32_t minutes);

  // The three steps of a call, for whoever has several at hand: each fetches what the next one reads.
  void prepare(const BegunCall& call, CallSubjects& subjects) const;
  void locate(CallSubjects& subjects, const BegunCall& call);  // count() or look() has to follow
  // Never a copy of a request that was counted before.
  void count(const CallSubjects& subjects, const BegunCall& call, const ScoreSettings& settings);

  // In place of count(), for a copy of a request that was counted: its subjects can be asked about.
  void look(const CallSubjects& subjects, const BegunCall& call);

  // What the figures say about a call that has been counted.
  [[nodiscard]] std::uint8_t score(const CallSubjects& subjects, const ScoreSettings& settings) const;

  // Names for people, for subjects that have none yet; of `caller` and `prefix` where they are not numbers.
  void name(const CallSubjects& subjects, SubjectKind kind, std::string_view text);

  [[nodiscard]] Profile& profile(const CallSubjects& subjects, SubjectKind kind) {
    const auto index = static_cast<std::size_t>(kind);
    return tables_[index][subjects.places[index]];
  }
  [[nodiscard]] const Profile& profile(const CallSubjects& subjects, SubjectKind kind) const {
    const auto index = static_cast<std::size_t>(kind);
    return tables_[index][subjects.places[index]];
  }

  // An answer to the call, and its BYE. What is not known of here changes nothing.
  void answer(std::uint64_t name, std::uint16_t status, std::int64_t now);
  void end(std::uint64_t name, std::int64_t now, const ScoreSettings& settings);

  // Counts it for the caller, if he is known here. False: he is not. Who has complained of him today already says
  // nothing new.
  [[nodiscard]] bool complain(const Complaint& complaint, std::int64_t now);

  [[nodiscard]] const ProfileTable& table(SubjectKind kind) const { return tables_[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] std::uint64_t calls_forgotten() const { return open_.forgotten(); }

 private:
  const DecayMinute& minute_at(std::int64_t now);
  void complain(const OpenCall& call, std::int64_t now);
  void add_complaint(Profile& caller, std::uint64_t called_mixed, float weight, std::int64_t now);
  template <typename Act>
  void for_each_profile(const OpenCall& call, std::int64_t now, Act&& act);

  std::array<ProfileTable, kStatisticsSubjects> tables_;
  OpenCalls open_;
  Complaints complaints_;
  KeySecret secret_;
  Decay decay_;
  DecayMinute minute_;  // that was asked about last
};

// All numbers that differ from `number` in their last four digits alone; kNoKey: it has no more than those.
[[nodiscard]] Key prefix_of(Key number);

}  // namespace stirline::config::policy
