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
#include "control/certificates/list_name.hpp"
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

// Reads all files; every problem is reported. A CRL file holds lists, certificates of their signers, or both, and the
// order of files does not matter. A list whose signer is unknown counts too: the operator names the file. One that its
// issuer, known from these files, did not sign is a problem (STIR-CE-09).
[[nodiscard]] std::expected<crypto::ChainValidator, std::vector<TrustProblem>> load_trust(
    const std::vector<std::filesystem::path>& anchors, const std::vector<std::filesystem::path>& crls,
    const crypto::TrustRules& rules = {});

using crypto::Validity;

// When all certificates of `pem` are valid, not the leaf alone: an intermediate may end earlier, and the data plane
// must notice even while control is away. That of the leaf if the chain cannot be read.
[[nodiscard]] Validity chain_validity(std::string_view pem, const crypto::CertificateFacts& leaf);

// What the data plane needs to know about the chain `pem` that `x5u` serves.
struct ChainJudgement {
  config::tables::Certificate record;
  std::string text;                   // why it may not be used; empty if it may
  std::vector<std::string> warnings;  // what does not fail the chain and should be told
  std::vector<ListName> lists = {};   // what this judgement leans on and has to be fetched
};
[[nodiscard]] ChainJudgement judgement_of(const crypto::ChainVerdict& verdict, std::string x5u, std::string_view pem);
[[nodiscard]] ChainJudgement judge_chain(const crypto::ChainValidator& trust, std::string x5u, std::string_view pem,
                                         std::int64_t now);

}  // namespace stirline::control
