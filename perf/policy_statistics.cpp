#include "perf/policy_statistics.hpp"

#include <algorithm>
#include <new>
#include <random>
#include <string>

#include <sys/mman.h>

namespace stirline::perf {

using namespace config::policy;

namespace {

constexpr KeySecret kSecret{4, 3, 2, 1};
constexpr std::uint32_t kCallers = 24'000;
constexpr std::uint32_t kStrangers = 20;  // one call of so many is somebody's who was never seen
constexpr std::int64_t kCallsPerSecond = 1'000;

std::byte* large_pages(std::size_t octets) {
  constexpr std::size_t kPage = std::size_t{2} << 20;
  const std::size_t whole = (octets + kPage - 1) / kPage * kPage;
  void* const memory = std::aligned_alloc(kPage, whole);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  madvise(memory, whole, MADV_HUGEPAGE);  // where the system has none, small ones do
  return static_cast<std::byte*>(memory);
}

}  // namespace

PolicyStatistics::PolicyStatistics(std::size_t calls)
    : memory_(large_pages(octets())), statistics_({}, {memory_.get(), octets()}, kSecret, settings_.half_life_minutes) {
  std::mt19937_64 dice(17);
  for (std::size_t i = 0; i < calls; ++i) {
    const std::uint64_t caller = dice() % kStrangers == 0 ? dice() % 10'000'000 : dice() % kCallers;
    BegunCall call;
    call.claimed = identity_key(kSecret, std::to_string(12'150'000'000 + 97 * caller));
    call.authentication = static_cast<Authentication>(caller % 7);
    call.shown = call.authentication == Authentication::verified_a ? call.claimed : kNoKey;
    call.called = identity_key(kSecret, std::to_string(13'030'000'000 + dice() % 10'000'000));
    call.signer = text_key(kSecret, KeyKind::spc, std::to_string(caller % 20));
    call.trunk = text_key(kSecret, KeyKind::trunk, std::to_string(caller % 4));
    call.name = dice() | 1;
    calls_.push_back(call);
  }
}

std::span<const BegunCall> PolicyStatistics::next_calls(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    at_hand_[i] = calls_[next_];
    at_hand_[i].now = now_ + static_cast<std::int64_t>(counted_++) / kCallsPerSecond;
    at_hand_[i].name ^= counted_ << 20;  // another call each round
    next_ = (next_ + 1) % calls_.size();
  }
  return {at_hand_.data(), count};
}

void PolicyStatistics::count_one_by_one(std::span<const BegunCall> calls) {
  for (const BegunCall& call : calls) {
    CallSubjects subjects;
    statistics_.prepare(call, subjects);
    statistics_.locate(subjects, call);
    statistics_.count(subjects, call, settings_);
  }
}

void PolicyStatistics::count_burst(std::span<const BegunCall> calls) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    statistics_.prepare(calls[i], subjects_[i]);
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    statistics_.locate(subjects_[i], calls[i]);
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    statistics_.count(subjects_[i], calls[i], settings_);
  }
}

void PolicyStatistics::score_last() {
  for (const CallSubjects& subjects : subjects_) {
    scores_ += statistics_.score(subjects, settings_);
  }
}

}  // namespace stirline::perf
