// Who has called whom lately, and what was said about it: in memory, bounded, the oldest makes way (SPIT-MK-03).
// Identities are keys under a secret of the process; no text of a stranger's is kept but the names of trunks.
//
// One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/policy/identity_key.hpp"
#include "control/feedback/consensus.hpp"
#include "control/feedback/reporter_weight.hpp"

namespace stirline::control {

class CallWindow {
 public:
  using Key = config::policy::Key;

  struct Limits {
    std::size_t pairs = 500'000;     // of caller and called user
    std::int64_t seconds = 604'800;  // after their last call
  };
  explicit CallWindow(const Limits& limits);

  // A call that was let on to its called user. Views are the caller's.
  struct Call {
    std::string_view called;  // canonical
    std::string_view caller;  // likewise
    std::string_view trunk;
    std::string_view call_id = {};
    bool shown = false;     // it was he
    std::uint8_t core = 0;  // that has counted it
    std::int64_t at = 0;    // seconds since 1970
  };
  void note(const Call& call);

  struct Pair {
    Key called = config::policy::kNoKey;
    Key subject = config::policy::kNoKey;  // the caller, or the caller as this trunk claims him
    Key call_id = config::policy::kNoKey;  // of the last call
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::int64_t said_at = 0;  // 0: nothing was said
    std::uint64_t row = 0;     // of the verdict; 0: none, or it was taken back
    double weight = 0;
    FeedbackVerdict verdict = FeedbackVerdict::wanted;
    FeedbackOutcome outcome = FeedbackOutcome::open;
    std::uint16_t trunk = 0;
    std::uint8_t core = 0;
    bool shown = false;
  };
  // Null: that caller has not called. Good until the next call of anything but const functions.
  [[nodiscard]] const Pair* find(std::string_view called, std::string_view caller, std::int64_t now);
  [[nodiscard]] bool is_of_call(const Pair& pair, std::string_view call_id) const;
  [[nodiscard]] std::string_view trunk(const Pair& pair) const { return trunks_[pair.trunk]; }

  // How the called user of `pair` tells his callers apart, as if he said this now.
  [[nodiscard]] ReporterChoice choice(const Pair& pair, FeedbackVerdict verdict) const;

  // He has said it; `row`: where it is kept. Replaces what he said before.
  void say(std::string_view called, std::string_view caller, FeedbackVerdict verdict, double weight, std::uint64_t row,
           std::int64_t now);
  // It is taken back: it counts no longer, and he is not asked again about the same call.
  void unsay(std::string_view called, std::string_view caller);

  // What others make of everything said about the caller of this pair: the rows whose outcome has changed.
  struct Settled {
    std::uint64_t row = 0;
    FeedbackOutcome before = FeedbackOutcome::open;
    FeedbackOutcome now = FeedbackOutcome::open;
  };
  [[nodiscard]] std::vector<Settled> settle(std::string_view called, std::string_view caller);

  [[nodiscard]] std::size_t size() const { return pairs_.size(); }

 private:
  struct Subject {
    std::size_t called = 0;          // different users
    std::vector<Key> opinions = {};  // names of pairs in which something was said, the oldest first
  };
  struct User {
    std::size_t callers = 0;
    std::size_t unwanted = 0;
  };
  static constexpr std::size_t kMostOpinions = 512;  // of one caller that are looked at
  static constexpr std::size_t kMostTrunks = 4'096;

  [[nodiscard]] Key key(std::string_view text) const;
  [[nodiscard]] Key pair_name(std::string_view called, std::string_view caller) const;
  [[nodiscard]] Key subject_of(const Call& call) const;
  [[nodiscard]] std::uint16_t trunk_index(std::string_view name);
  void enter(Key name, const Pair& pair);
  void leave(Key name, const Pair& pair);
  void forget_old(std::int64_t now);

  Limits limits_;
  config::policy::KeySecret secret_;
  std::unordered_map<Key, Pair> pairs_;
  std::unordered_map<Key, Subject> subjects_;
  std::unordered_map<Key, User> users_;
  std::deque<std::pair<Key, std::int64_t>> order_;  // of their last calls, as they were when they were noted here
  std::vector<std::string> trunks_;
};

}  // namespace stirline::control
