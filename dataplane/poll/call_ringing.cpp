// Polite refusals that take as long as nobody's answer does (SPIT-PL-04): it rings, then comes 480; 487 if the caller
// gives up before.
#include <rte_cycles.h>

#include "dataplane/poll/call_stage.hpp"

namespace stirline::dataplane {

using config::tables::Answer;

// As long as the trunk says and up to twice that, by chance: of the key, which nobody outside can foretell.
std::uint64_t CallStage::ringing_until(std::uint64_t key, const Trunk& trunk) {
  constexpr unsigned kChanceBits = 10;
  const std::uint64_t least = trunk.config.answers.ring_seconds * rte_get_tsc_hz();
  return rte_rdtsc() + least + (least >> kChanceBits) * (key >> (64 - kChanceBits));
}

// Whoever requires something of us, such as an answer to each 180 (RFC 3262), is told at once.
bool CallStage::rings(Datagram& datagram, const NamedRequest& request, const Trunk& trunk) {
  if (trunk.config.answers.ring_seconds == 0 || message_.method() != sip::Method::invite ||
      message_.first(sip::HeaderId::require) != nullptr) {
    return false;
  }
  const std::uint64_t key = decision_key(request, datagram);
  const RingingCalls::Call* const known = ringing_.find(key);  // a copy, and what was decided was forgotten for others
  if (known == nullptr && !begins_to_ring(datagram, key, trunk)) {
    return false;
  }
  const Answer answer = known == nullptr || known->given == Answer::forward ? Answer::ringing : known->given;
  remember(request, datagram, {.course = Decided::Course::answered, .answer = answer});
  answers_.answer(datagram, message_, trunk, answer);
  return true;
}

bool CallStage::begins_to_ring(const Datagram& datagram, std::uint64_t key, const Trunk& trunk) {
  const auto later = answers_.prepare(datagram, message_, trunk, Answer::unavailable);
  if (!later) {
    return false;
  }
  const std::string_view rest = later->text.substr(later->text.find("\r\n") + 2);
  const bool rings =
      ringing_.add(key, {.reply = later->reply, .port = other_side(datagram.out_port), .watched = datagram.watched},
                   rest, ringing_until(key, trunk));
  context_.counters.add(rings ? Counter::rung : Counter::ringing_full);
  return rings;
}

void CallStage::end_ringing(RingingCalls::Call& call, Answer answer, std::uint64_t now) {
  if (!decided_.replace(call.key, {.course = Decided::Course::answered, .answer = answer}, now)) {
    context_.counters.add(Counter::decisions_forgotten);
  }
  ringing_.answered(call, answer, now);
  answers_.answer_late(call, answer);
}

void CallStage::cancel_ringing(std::uint64_t key) {
  if (RingingCalls::Call* const call = ringing_.find(key); call != nullptr && call->given == Answer::forward) {
    end_ringing(*call, Answer::terminated, rte_rdtsc());
  }
}

void CallStage::acknowledge(std::uint64_t key) {
  if (const RingingCalls::Call* const call = ringing_.find(key); call != nullptr && call->given != Answer::forward) {
    ringing_.remove(*call);
  }
}

void CallStage::turn_ringing(std::uint64_t now) {
  ringing_.take_due(now, [&](RingingCalls::Call& call) {
    if (call.given == Answer::forward) {
      end_ringing(call, Answer::unavailable, now);
    } else {
      answers_.answer_late(call, call.given);
    }
  });
}

}  // namespace stirline::dataplane
