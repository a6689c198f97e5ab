// The keys and certificates of one generation, ready for one crypto core. Built by the main thread, read by that core
// alone, destroyed when the last job of the generation is done.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crypto_workers/certificate/claim_constraints.hpp"
#include "crypto_workers/certificate/tn_auth_list.hpp"
#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/stir/reason.hpp"

namespace stirline::crypto {

// A signing credential: key and the URL under which its chain is published.
struct Credential {
  std::unique_ptr<SigningKey> key;
  std::string x5u;
  std::int64_t not_before = 0;  // seconds since 1970
  std::int64_t not_after = 0;
};

// What is known about the certificate an x5u serves: validated by control, only used here.
struct Certificate {
  Reason standing = Reason::certificate_unknown;  // verified: chain good, may be used
  std::unique_ptr<VerifyingKey> key;              // set if standing is verified
  std::int64_t not_before = 0;
  std::int64_t not_after = 0;
  TnAuthList scope;
  ClaimConstraints constraints;  // empty: none (STIR-CE-05)
  std::vector<std::string> namespaces =
      {};  // of Resource-Priority, in lower case, that its holder may sign (STIR-RP-02)
};

class Keyring {
 public:
  // Indices are given in the order of the calls, from 0.
  std::uint32_t add(Credential credential);
  void add(std::string x5u, Certificate certificate);  // a second certificate under one x5u replaces the first

  [[nodiscard]] const Credential* credential(std::uint32_t index) const;  // nullptr if there is none
  [[nodiscard]] const Certificate* certificate(
      std::string_view x5u) const;  // exact string (STIR-CF-03); nullptr if unknown
  [[nodiscard]] std::size_t credentials() const { return credentials_.size(); }
  [[nodiscard]] std::size_t certificates() const { return certificates_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::vector<Credential> credentials_;
  std::unordered_map<std::string, Certificate, Hash, std::equal_to<>> certificates_;
};

}  // namespace stirline::crypto
