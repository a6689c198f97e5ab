// Calls that are refused as if nobody were at home (SPIT-PL-04): their callers hear it ring, and are told only then.
// The answer is repeated until its ACK comes, for whoever has heard it ring sends the INVITE no more (RFC 3261 17.2.1).
//
// Of a call only its answer is kept, all but the status line. A fixed number of places; no heap after construction.
// Thread: one poll core.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "config/tables/answer_policy.hpp"
#include "dataplane/packet/reply.hpp"
#include "dataplane/packet/slot_index.hpp"

namespace stirline::dataplane {

class RingingCalls {
 public:
  static constexpr std::uint32_t kPlaces = 1'024;
  static constexpr std::size_t kMaxRest = 2'048;  // octets of an answer behind its status line

  // Who hears it ring.
  struct Caller {
    Reply reply;
    std::uint16_t port = 0;     // index of the port that leads to him
    std::uint64_t watched = 0;  // of his request: Datagram::watched
  };
  struct Call {
    std::uint64_t key = 0;
    Caller caller;
    config::tables::Answer given = config::tables::Answer::forward;  // forward: it rings
    std::uint64_t pause = 0;                                         // TSC cycles, before the next copy of the answer
    std::uint64_t forgotten_at = 0;                                  // TSC cycles: no ACK comes any more
    std::size_t length = 0;
    std::array<char, kMaxRest> text{};

    [[nodiscard]] std::string_view rest() const { return {text.data(), length}; }
  };

  // `socket`: NUMA node, or SOCKET_ID_ANY; `hz`: TSC cycles a second.
  RingingCalls(int socket, std::uint64_t hz);

  [[nodiscard]] std::uint32_t used() const { return index_.taken(); }

  // Rings until `until`, in TSC cycles. False: no place, or `rest` is too long. The key is of no call that is here.
  [[nodiscard]] bool add(std::uint64_t key, const Caller& caller, std::string_view rest, std::uint64_t until);

  // Null: it is not here. Lasts until the next call of add(), remove() or take_due().
  [[nodiscard]] Call* find(std::uint64_t key);

  // It was told `answer`, and is told so again in due time.
  void answered(Call& call, config::tables::Answer answer, std::uint64_t now);
  void remove(const Call& call);

  // Calls `visit(call)` with each that has rung long enough, which is to answer it; and with each whose answer is to be
  // repeated. Who has sent no ACK for 64*T1 is forgotten.
  template <typename Visit>
  void take_due(std::uint64_t now, Visit&& visit) {
    if (now < next_due_) {
      return;
    }
    for (std::uint32_t place = 0; place < kPlaces; ++place) {
      if (due_[place] > now) {
        continue;
      }
      Call& call = calls_[place];
      const bool was_answered = call.given != config::tables::Answer::forward;
      if (was_answered && now >= call.forgotten_at) {
        remove(call);
        continue;
      }
      visit(call);
      if (was_answered) {
        repeat_later(call, now);
      }
    }
    find_next_due();
  }

 private:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  [[nodiscard]] std::size_t place_of(const Call& call) const { return static_cast<std::size_t>(&call - calls_.data()); }
  void repeat_later(Call& call, std::uint64_t now);
  void find_next_due();

  std::vector<Call> calls_;
  std::vector<std::uint64_t> due_;  // by place; kNever: it is free
  SlotIndex index_;
  std::uint64_t hz_;
  std::uint64_t next_due_ = kNever;
};

}  // namespace stirline::dataplane
