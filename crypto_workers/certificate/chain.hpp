// From the PEM text an x5u serves to a verdict on its signer (RFC 5280 6; RFC 8226; RFC 9060; STIR-CE-06, -08, -11).
//
// Trust comes from the given anchors alone: no system store, no fetching, no AIA. Off the packet path; allocates; one
// thread at a time.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto_workers/certificate/facts.hpp"
#include "crypto_workers/certificate/revocation.hpp"
#include "crypto_workers/stir/reason.hpp"

namespace stirline::crypto {

struct ChainVerdict {
  Reason standing = Reason::certificate_malformed;  // verified: the leaf may sign PASSporTs
  std::string text;                                 // a sentence on what is wrong; empty if verified
  CertificateFacts facts;                           // of the leaf, as far as it could be read
};

class ChainValidator {
 public:
  ChainValidator();
  ~ChainValidator();
  ChainValidator(ChainValidator&&) noexcept;
  ChainValidator& operator=(ChainValidator&&) noexcept;

  // Adds the certificates of `pem` as trust anchors (and as signers of CRLs); returns how many. The error is a
  // sentence.
  [[nodiscard]] std::expected<std::size_t, std::string> add_anchors(std::string_view pem);

  // Certificates that may sign CRLs and nothing else: the STI-PA's.
  [[nodiscard]] std::expected<void, std::string> add_crl_signers(std::string_view pem);

  // Add anchors and signers first.
  [[nodiscard]] std::expected<void, std::string> add_crl(std::string_view pem, CrlTrust trust);

  [[nodiscard]] const RevocationLists& revocation_lists() const;

  // `pem_chain`: leaf first, each next certificate issues the one before (STIR-CF-02), at most 10 certificates and
  // 64 KiB; intermediates that are missing may stand among the anchors. `at`: seconds since 1970.
  [[nodiscard]] ChainVerdict validate(std::string_view pem_chain, std::int64_t at) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stirline::crypto
