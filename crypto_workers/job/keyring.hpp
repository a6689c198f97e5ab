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
#include "crypto_workers/passport/rich_call_text.hpp"
#include "crypto_workers/stir/reason.hpp"

namespace stirline::crypto {

// A signing credential: key and the URL under which its chain is published.
struct Credential {
  std::unique_ptr<SigningKey> key;
  std::string x5u;
  std::int64_t not_before = 0;  // seconds since 1970
  std::int64_t not_after = 0;
  RichCallText rich_call_data = {};  // of those who call under it (STIR-RC-01)
};

// The trust regime of trunks that name none. Regimes are numbered by control.
inline constexpr std::uint16_t kDefaultRegime = 0;

// In place of a regime: what holds for an x5u whoever asks, namely that it cannot be fetched.
inline constexpr std::uint16_t kEveryRegime = 0xffff;

// What is known about the certificate an x5u serves: validated by control, only used here.
struct Certificate {
  // verified: chain good, may be used. certificate_unavailable holds until `not_after` and no longer, so that the next
  // call asks for the certificate again (STIR-CF-05).
  Reason standing = Reason::certificate_unknown;
  std::unique_ptr<VerifyingKey> key;  // set if standing is verified
  std::int64_t not_before = 0;
  std::int64_t not_after = 0;
  TnAuthList scope;
  ClaimConstraints constraints;  // empty: none (STIR-CE-05)
  std::vector<std::string> namespaces =
      {};                                 // of Resource-Priority, in lower case, that its holder may sign (STIR-RP-02)
  std::vector<std::string> domains = {};  // in lower case, for whose users its holder speaks (STIR-ID-07)
  std::string subject = {};               // RFC 2253 form; may be empty
  std::uint16_t regime = kDefaultRegime;  // under whose anchors it was judged

  // Is `host` one of the domains, whole? Letters of either case are the same.
  [[nodiscard]] bool covers_domain(std::string_view host) const;
};

class Keyring {
 public:
  // Indices are given in the order of the calls, from 0.
  std::uint32_t add(Credential credential);
  // A second certificate under one x5u and regime replaces the first. One of every regime counts where the regime
  // itself holds none.
  void add(std::string x5u, Certificate certificate);

  [[nodiscard]] const Credential* credential(std::uint32_t index) const;  // nullptr if there is none
  // Exact string (STIR-CF-03); nullptr if unknown. What another regime holds of this x5u does not count.
  [[nodiscard]] const Certificate* certificate(std::uint16_t regime, std::string_view x5u) const;
  [[nodiscard]] std::size_t credentials() const { return credentials_.size(); }
  [[nodiscard]] std::size_t certificates() const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::vector<Credential> credentials_;
  using ByX5u = std::unordered_map<std::string, Certificate, Hash, std::equal_to<>>;
  std::vector<ByX5u> regimes_;
  ByX5u everywhere_;  // of kEveryRegime
};

}  // namespace stirline::crypto
