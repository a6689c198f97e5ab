#include "control/feedback/call_window.hpp"

#include <algorithm>
#include <new>

#include <openssl/rand.h>

namespace stirline::control {

namespace cp = config::policy;

namespace {

// Behind what no identity holds, so that no two pairs of texts fall together.
constexpr char kBetween = '\x1f';

cp::KeySecret random_secret() {
  cp::KeySecret secret;
  if (RAND_bytes(secret.data(), static_cast<int>(secret.size())) != 1) {
    throw std::bad_alloc();  // as it is at the start, and there is no more to say
  }
  return secret;
}

}  // namespace

CallWindow::CallWindow(const Limits& limits) : limits_(limits), secret_(random_secret()) {}

CallWindow::Key CallWindow::key(std::string_view text) const {
  return cp::text_key(secret_, cp::KeyKind::identity, text);
}

CallWindow::Key CallWindow::pair_name(std::string_view called, std::string_view caller) const {
  std::string both(called);
  both += kBetween;
  both += caller;
  return key(both);
}

// Who only claims a number is another one on each trunk, as statistics have it (SPIT-FW-02).
CallWindow::Key CallWindow::subject_of(const Call& call) const {
  return call.shown ? key(call.caller) : pair_name(call.caller, call.trunk);
}

std::uint16_t CallWindow::trunk_index(std::string_view name) {
  const auto found = std::ranges::find(trunks_, name);
  if (found != trunks_.end()) {
    return static_cast<std::uint16_t>(found - trunks_.begin());
  }
  if (trunks_.size() < kMostTrunks) {
    trunks_.emplace_back(name);
  }
  return static_cast<std::uint16_t>(trunks_.size() - 1);
}

void CallWindow::enter(Key name, const Pair& pair) {
  ++users_[pair.called].callers;
  Subject& subject = subjects_[pair.subject];
  ++subject.called;
  if (pair.row == 0) {
    return;
  }
  if (subject.opinions.size() == kMostOpinions) {
    subject.opinions.erase(subject.opinions.begin());
  }
  subject.opinions.push_back(name);
  users_[pair.called].unwanted += pair.verdict == FeedbackVerdict::unwanted ? 1U : 0U;
}

void CallWindow::leave(Key name, const Pair& pair) {
  const auto user = users_.find(pair.called);
  user->second.unwanted -= pair.row != 0 && pair.verdict == FeedbackVerdict::unwanted ? 1U : 0U;
  if (--user->second.callers == 0) {
    users_.erase(user);
  }
  const auto subject = subjects_.find(pair.subject);
  std::erase(subject->second.opinions, name);
  if (--subject->second.called == 0) {
    subjects_.erase(subject);
  }
}

// One place in the order for each pair; who has called again since goes to its end.
void CallWindow::forget_old(std::int64_t now) {
  while (!order_.empty() && (order_.front().second + limits_.seconds <= now || pairs_.size() > limits_.pairs)) {
    const auto [name, at] = order_.front();
    order_.pop_front();
    const auto found = pairs_.find(name);
    if (found->second.last > at) {
      order_.emplace_back(name, found->second.last);
      continue;
    }
    leave(name, found->second);
    pairs_.erase(found);
  }
}

void CallWindow::note(const Call& call) {
  const Key name = pair_name(call.called, call.caller);
  const auto [found, is_new] = pairs_.try_emplace(name);
  Pair& pair = found->second;
  if (!is_new) {
    leave(name, pair);
  }
  const Key subject = subject_of(call);
  if (pair.subject != subject) {
    pair.row = 0;  // what was said was said about somebody else of this name
  }
  pair.subject = subject;
  pair.shown = call.shown;
  pair.trunk = trunk_index(call.trunk);
  pair.core = call.core;
  pair.called = key(call.called);
  pair.call_id = key(call.call_id);
  pair.first = is_new ? call.at : pair.first;
  pair.last = std::max(pair.last, call.at);
  enter(name, pair);
  if (is_new) {
    order_.emplace_back(name, pair.last);
  }
  forget_old(call.at);
}

const CallWindow::Pair* CallWindow::find(std::string_view called, std::string_view caller, std::int64_t now) {
  forget_old(now);
  const auto found = pairs_.find(pair_name(called, caller));
  return found == pairs_.end() ? nullptr : &found->second;
}

bool CallWindow::is_of_call(const Pair& pair, std::string_view call_id) const {
  return pair.call_id == key(call_id);
}

ReporterChoice CallWindow::choice(const Pair& pair, FeedbackVerdict verdict) const {
  const auto user = users_.find(pair.called);
  if (user == users_.end()) {
    return {};
  }
  const bool was_unwanted = pair.row != 0 && pair.verdict == FeedbackVerdict::unwanted;
  const bool is_unwanted = verdict == FeedbackVerdict::unwanted;
  return {.callers = user->second.callers,
          .unwanted = user->second.unwanted - (was_unwanted ? 1U : 0U) + (is_unwanted ? 1U : 0U)};
}

void CallWindow::say(std::string_view called, std::string_view caller, FeedbackVerdict verdict, double weight,
                     std::uint64_t row, std::int64_t now) {
  const Key name = pair_name(called, caller);
  const auto found = pairs_.find(name);
  if (found == pairs_.end()) {
    return;
  }
  Pair& pair = found->second;
  leave(name, pair);
  pair.verdict = verdict;
  pair.weight = weight;
  pair.row = row;
  pair.outcome = FeedbackOutcome::open;
  pair.said_at = now;
  enter(name, pair);
}

void CallWindow::unsay(std::string_view called, std::string_view caller) {
  const Key name = pair_name(called, caller);
  const auto found = pairs_.find(name);
  if (found == pairs_.end()) {
    return;
  }
  leave(name, found->second);
  found->second.row = 0;
  found->second.weight = 0;
  enter(name, found->second);
}

std::vector<CallWindow::Settled> CallWindow::settle(std::string_view called, std::string_view caller) {
  const auto pair = pairs_.find(pair_name(called, caller));
  const auto subject = pair == pairs_.end() ? subjects_.end() : subjects_.find(pair->second.subject);
  if (subject == subjects_.end()) {
    return {};
  }
  std::vector<Opinion> opinions;
  opinions.reserve(subject->second.opinions.size());
  for (const Key name : subject->second.opinions) {
    const Pair& each = pairs_.find(name)->second;
    opinions.push_back({each.row, each.verdict, each.weight, each.outcome});
  }
  const std::vector<FeedbackOutcome> now = outcomes(opinions, subject->second.called);
  std::vector<Settled> settled;
  for (std::size_t i = 0; i < opinions.size(); ++i) {
    if (now[i] != opinions[i].outcome) {
      settled.push_back({opinions[i].row, opinions[i].outcome, now[i]});
      pairs_.find(subject->second.opinions[i])->second.outcome = now[i];
    }
  }
  return settled;
}

}  // namespace stirline::control
