// Hashes of the tokens of many jobs at once, for the records of calls (STIR-RG-03). Part of the processor; one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crypto_workers/job/job.hpp"
#include "crypto_workers/p256/message_hash.hpp"
#include "crypto_workers/passport/open.hpp"

namespace stirline::crypto {

class TokenHashes {
 public:
  // `token` may hold blanks of folding; one longer than kMaxDigestBytes gets no hash. Token and hash must stay where
  // they are until finish(). Finishes what came before if there is no room left.
  void add(std::string_view token, TokenHash& hash);
  void finish();

 private:
  void add_unfolded(std::string_view token, TokenHash& hash);

  MessageHash engine_;
  std::array<HashJob, MessageHash::kMaxMessages> jobs_;
  std::array<TokenHash*, MessageHash::kMaxMessages> hashes_{};
  std::size_t count_ = 0;
  std::array<char, kMaxDigestBytes> unfolded_{};
};

}  // namespace stirline::crypto
