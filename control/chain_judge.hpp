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

// What the data plane and the offline command need to know about the chain served by `x5u`.
[[nodiscard]] config::tables::Certificate to_record(std::string x5u, const crypto::ChainVerdict& verdict);

}  // namespace stirline::control
