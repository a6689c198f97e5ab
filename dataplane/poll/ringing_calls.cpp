#include "dataplane/poll/ringing_calls.hpp"

#include <algorithm>

namespace stirline::dataplane {
namespace {

// RFC 3261 17.2.1: timer G begins with T1 and doubles up to T2; timer H is 64*T1.
constexpr std::uint64_t kT1Ms = 500;
constexpr std::uint64_t kT2Ms = 4'000;
constexpr std::uint64_t kMs = 1'000;  // of a second

}  // namespace

RingingCalls::RingingCalls(int socket, std::uint64_t hz)
    : calls_(kPlaces), due_(kPlaces, kNever), index_(kPlaces, socket), hz_(hz) {}

bool RingingCalls::add(std::uint64_t key, const Caller& caller, std::string_view rest, std::uint64_t until) {
  const std::uint32_t place = rest.size() <= kMaxRest ? index_.take(static_cast<std::uint32_t>(key)) : kNoSlot;
  if (place == kNoSlot) {
    return false;
  }
  Call& call = calls_[place];
  call.key = key;
  call.caller = caller;
  call.given = config::tables::Answer::forward;
  call.length = rest.copy(call.text.data(), call.text.size());
  due_[place] = until;
  next_due_ = std::min(next_due_, until);
  return true;
}

RingingCalls::Call* RingingCalls::find(std::uint64_t key) {
  const std::uint32_t place =
      index_.find(static_cast<std::uint32_t>(key), [&](std::uint32_t slot) { return calls_[slot].key == key; });
  return place == kNoSlot ? nullptr : &calls_[place];
}

void RingingCalls::answered(Call& call, config::tables::Answer answer, std::uint64_t now) {
  call.given = answer;
  call.pause = hz_ * kT1Ms / kMs;
  call.forgotten_at = now + 64 * call.pause;
  due_[place_of(call)] = now + call.pause;
  next_due_ = std::min(next_due_, now + call.pause);  // too early at worst: then it is looked for
}

void RingingCalls::repeat_later(Call& call, std::uint64_t now) {
  call.pause = std::min(2 * call.pause, hz_ * kT2Ms / kMs);
  due_[place_of(call)] = now + call.pause;
}

void RingingCalls::remove(const Call& call) {
  const std::size_t place = place_of(call);
  due_[place] = kNever;
  index_.give_back(static_cast<std::uint32_t>(place));
}

void RingingCalls::find_next_due() {
  next_due_ = *std::ranges::min_element(due_);
}

}  // namespace stirline::dataplane
