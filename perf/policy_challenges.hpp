// Calls that bring the solution of a puzzle or the receipt of a payment, all of them right, for benchmarks.
#pragma once

#include <string>
#include <vector>

#include "crypto_workers/payment/payment_receipt.hpp"
#include "crypto_workers/puzzle/hashcash.hpp"

namespace stirline::perf {

class PolicyChallenges {
 public:
  explicit PolicyChallenges(std::size_t calls);

  // As a packet core does it, from the text of the header field on.
  [[nodiscard]] bool is_solved(std::size_t call);
  [[nodiscard]] bool is_paid(std::size_t call);
  // What costs most and is wrong: a puzzle that is its own solution, and of no minute of ours.
  [[nodiscard]] bool is_refused(std::size_t call);

 private:
  struct Call {
    std::string call_id;
    std::string from;
    std::string to;
    std::string puzzle;
    std::string foreign_puzzle;
    std::string receipt;
  };
  std::vector<Call> calls_;
  crypto::Hashcash puzzles_;
  crypto::PaymentOffers offers_;
  crypto::ReceiptReader reader_;
};

}  // namespace stirline::perf
