// From the text an x5u serves to a verdict on its signer (RFC 5280 6; RFC 8226; RFC 9060; STIR-CE-04 .. STIR-CE-11).
//
// Trust comes from the given anchors alone: no system store, no fetching, no AIA. Off the packet path; allocates; one
// thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto_workers/certificate/facts.hpp"
#include "crypto_workers/certificate/referenced_scopes.hpp"
#include "crypto_workers/certificate/revocation.hpp"
#include "crypto_workers/certificate/trust_rules.hpp"
#include "crypto_workers/stir/reason.hpp"

namespace stirline::crypto {

struct ChainVerdict {
  Reason standing = Reason::certificate_malformed;  // verified: the leaf may sign PASSporTs
  std::string text;                                 // a sentence on what is wrong; empty if verified
  CertificateFacts facts;                           // of the leaf, with the scope that goes by reference
  Validity validity;                                // if verified: while all of the path are valid, anchor included
  std::vector<std::string> missing_scopes;          // URLs of TNAuthLists by reference that are not known
  // What a path that leads to an anchor names elsewhere, good or not otherwise: TNAuthLists by reference, known or not
  // (STIR-CE-04), and the https URLs of its distribution points (STIR-CE-09).
  std::vector<std::string> scope_urls;
  std::vector<std::string> list_urls;
  bool uncovered = false;             // it fails for want of a current revocation list
  std::vector<std::string> warnings;  // what does not fail the chain and should be told
  // Asked again with `at` from `steady_from` to `steady_until`, the same validator says the same.
  std::int64_t steady_from = 0;
  std::int64_t steady_until = -1;
};

class ChainValidator {
 public:
  explicit ChainValidator(TrustRules rules = {});
  ~ChainValidator();
  ChainValidator(ChainValidator&&) noexcept;
  ChainValidator& operator=(ChainValidator&&) noexcept;

  // Adds the certificates of `pem` as trust anchors (and as signers of CRLs); returns how many. The error is a
  // sentence.
  [[nodiscard]] std::expected<std::size_t, std::string> add_anchors(std::string_view pem);

  // Certificates that may sign CRLs and nothing else: the STI-PA's.
  [[nodiscard]] std::expected<void, std::string> add_crl_signers(std::string_view pem);

  // Add anchors and signers first. `fetched_from`: the URL that served the list, if one did.
  [[nodiscard]] std::expected<void, std::string> add_crl(std::string_view pem, CrlTrust trust,
                                                         std::string_view fetched_from = {});

  // The list that `url` serves now, in place of what it served before. If it is refused, that one stays.
  [[nodiscard]] std::expected<void, std::string> replace_crl(std::string_view pem, const std::string& url);
  void forget_crl(std::string_view url);

  [[nodiscard]] const RevocationLists& revocation_lists() const;
  [[nodiscard]] const TrustRules& rules() const;

  // SHA-256 over rules and anchors, and over lists and their signers, in the order in which they came, those that were
  // replaced or forgotten too: equal epochs, equal verdicts (STIR-CE-13).
  using Epoch = std::array<std::uint8_t, 32>;
  [[nodiscard]] const Epoch& trust_epoch() const;
  [[nodiscard]] const Epoch& crl_epoch() const;

  // `chain`: PEM, leaf first, each next certificate issues the one before (STIR-CF-02), at most 10 certificates and
  // 64 KiB; intermediates that are missing may stand among the anchors. Where the rules are not SHAKEN's, one
  // certificate in DER will do too. `at`: seconds since 1970.
  [[nodiscard]] ChainVerdict validate(std::string_view chain, std::int64_t at,
                                      const ReferencedScopes& scopes = {}) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stirline::crypto
