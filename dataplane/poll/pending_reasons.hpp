// What the answers to a call will say about its tokens (STIR-ER-01, STIR-ER-03). A call that went on although tokens of
// it failed is remembered by its transaction, until its final answer has had time for its copies; every answer but 100
// (Trying) says the same.
//
// Bounded: where there is no room, the oldest call is forgotten, and its answers pass as they are. Memory is taken at
// start. Thread: one poll core.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "crypto_workers/stir/complaints.hpp"
#include "dataplane/packet/slot_index.hpp"
#include "dataplane/poll/transaction.hpp"

namespace stirline::dataplane {

class PendingReasons {
 public:
  // `calls`: at most so many, and at least one; `linger_cycles`: how long after its final answer a call is kept, in TSC
  // cycles (64*T1).
  PendingReasons(std::uint32_t calls, int socket, std::uint32_t hash_seed, std::uint64_t linger_cycles);

  enum class Remembered : std::uint8_t { yes, in_place_of_another, no };  // no: the transaction has too long a name

  // `octets` are the request's. A copy of a request replaces what was known of it.
  Remembered remember(std::string_view octets, const TransactionPlace& place, const crypto::Complaints& complaints,
                      bool name_tokens);

  // The header line for an answer with this status: in `line`, or empty.
  [[nodiscard]] std::string_view line_for(std::string_view octets, const TransactionPlace& place, std::uint16_t status,
                                          std::uint64_t now_cycles, crypto::ReasonLine& line);

  [[nodiscard]] std::uint32_t used() const { return index_.taken(); }
  [[nodiscard]] bool empty() const { return index_.taken() == 0; }

 private:
  static constexpr std::size_t kMaxNameBytes = 192;
  struct Name {
    alignas(std::uint32_t) std::array<char, kMaxNameBytes> text;  // rte_jhash() reads words
    std::uint16_t length = 0;
    [[nodiscard]] std::string_view view() const { return {text.data(), length}; }
  };
  struct Call {
    Name name;
    bool name_tokens = false;
    std::uint64_t final_at = 0;  // TSC cycles; 0: there has been no final answer
    crypto::Complaints complaints;
  };
  [[nodiscard]] static bool write_name(std::string_view octets, const TransactionPlace& place, Name& name);
  [[nodiscard]] std::uint32_t hash_of(const Name& name) const;
  [[nodiscard]] std::uint32_t find(const Name& name, std::uint32_t hash) const;

  std::vector<Call> calls_;
  SlotIndex index_;
  std::vector<std::uint32_t> by_age_;  // slots in the order in which they were taken, around
  std::uint32_t oldest_ = 0;
  std::uint32_t hash_seed_;
  std::uint64_t linger_cycles_;
};

}  // namespace stirline::dataplane
