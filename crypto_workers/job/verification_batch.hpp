// Judges the tokens of many messages with one call to the engine. Part of the processor.
//
// A message's tokens stay together: what they prove they prove jointly (RFC 8224 6.2.1, RFC 8946 4.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "crypto_workers/job/job.hpp"
#include "crypto_workers/job/keyring.hpp"
#include "crypto_workers/job/token_hashes.hpp"
#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/passport/diversion_chain.hpp"
#include "crypto_workers/passport/open.hpp"

namespace stirline::crypto {

class VerificationBatch {
 public:
  explicit VerificationBatch(Engine& engine);  // the engine must outlive it

  // Opens the tokens of `job`; job and keyring must stay until finish(). Finishes what came before if there is no room
  // left.
  void add(const Keyring* keyring, VerifyJob& job);

  // Judges signatures, signers and chains, and concludes every job that was added.
  void finish();

 private:
  // One token, open. Its place here is its slot in the opener.
  struct Token {
    OpenedToken opened;
    const Certificate* certificate = nullptr;
    Reason authority = Reason::verified;  // what is wrong with the signer, should the signature be good
  };
  struct Message {
    VerifyJob* job = nullptr;
    std::size_t first_token = 0;
    DiversionLinks links;  // if the call was diverted
  };

  void open(const Expectation& expectation, std::size_t index);
  void note_with_originals(const Keyring* keyring, const Expectation& expectation, std::size_t index);
  void note(const Keyring* keyring, std::size_t index, bool has_original);
  void judge_chain(const Message& message);
  void request_signatures(const Message& message);
  void conclude(const Message& message) const;
  void hash_tokens(VerifyJob& job);

  Engine& engine_;
  Opener opener_;
  DiversionReader diversions_;
  TokenHashes hashes_;
  MediaKeyClaim media_keys_;  // of the message that is being opened
  std::vector<Token> tokens_;
  std::size_t token_count_ = 0;
  std::array<Message, kMaxBatch> messages_;
  std::size_t message_count_ = 0;
  std::array<VerifyRequest, kMaxBatch> requests_;
  struct Asked {
    IdentityVerdict* verdict = nullptr;
    const Token* token = nullptr;
  };
  std::array<Asked, kMaxBatch> asked_;  // whom each request is about
  std::size_t request_count_ = 0;
};

}  // namespace stirline::crypto
