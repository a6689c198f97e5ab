// The one judgement on certificate chains, in the daemon and in the offline command: good against the given anchors or
// not, from when to when, and for whom the signer may speak (RFC 8226; RFC 5280 6).
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/tables/certificate_table.hpp"
#include "crypto_workers/certificate/chain.hpp"

namespace stirline::control {

// A trust file that cannot be used.
struct TrustProblem {
  enum class List : std::uint8_t { anchors, crls };
  List list = List::anchors;
  std::size_t index = 0;  // in its list
  std::filesystem::path file;
  std::string text;
};

// Reads all files; every problem is reported. A CRL file holds lists, certificates of their signers, or both. A list
// whose signer is unknown counts too: the operator names the file, and it can only revoke more.
[[nodiscard]] std::expected<crypto::ChainValidator, std::vector<TrustProblem>> load_trust(
    const std::vector<std::filesystem::path>& anchors, const std::vector<std::filesystem::path>& crls);

struct Validity {
  std::int64_t not_before = 0;  // seconds since 1970, inclusive
  std::int64_t not_after = 0;
};

// When all certificates of `pem` are valid, not the leaf alone: an intermediate may end earlier, and the data plane
// must notice even while control is away. That of the leaf if the chain cannot be read.
[[nodiscard]] Validity chain_validity(std::string_view pem, const crypto::CertificateFacts& leaf);

// What the data plane needs to know about the chain `pem` that `x5u` serves.
struct ChainJudgement {
  config::tables::Certificate record;
  std::string text;  // why it may not be used; empty if it may
};
[[nodiscard]] ChainJudgement judge_chain(const crypto::ChainValidator& trust, std::string x5u, std::string_view pem,
                                         std::int64_t now);

}  // namespace stirline::control
