// From the configuration to what the data plane is given: keys, chains, anchors and ranges read, checked, and laid out
// as table images.
//
// Two steps, because time goes on: gather() reads every file once and finds every mistake; judge() gives the standing
// of other people's certificates at a point in time, from what was gathered, without touching a file.
#pragma once

#include <cstdint>
#include <expected>
#include <set>
#include <string>
#include <vector>

#include "config/config_error.hpp"
#include "config/control_config.hpp"
#include "config/tables/certificate_table.hpp"
#include "config/tables/image.hpp"
#include "control/chain_cache.hpp"
#include "control/secret_image.hpp"
#include "control/trust_regimes.hpp"

namespace stirline::control {

// What is public about a signing credential.
struct CredentialFacts {
  std::string name;
  std::string x5u;
  std::int64_t not_before = 0;  // of the whole chain, seconds since 1970
  std::int64_t not_after = 0;
};

struct X5uChain {
  std::string url;
  std::string pem;  // as read
};

struct Gathered {
  config::tables::Image trunks;
  config::tables::Image numbers;
  SecretImage credentials;
  std::vector<CredentialFacts> credential_facts;
  std::size_t trunk_count = 0;
  std::size_t number_count = 0;
  TrustRegimes regimes;
  crypto::ReferencedScopes scopes;  // TNAuthLists that certificates name by URL
  std::vector<X5uChain> x5u_chains;
  std::vector<X5uChain> own_chains;   // of the credentials: what is published under their x5u
  std::vector<std::string> warnings;  // what is allowed and yet worth a word
};

// All mistakes at once, in the order of their lines: files that cannot be read, keys that are no P-256 keys or do not
// match their leaf certificate, own chains that do not validate at `now` against the configured anchors, ranges that
// contradict each other. Private keys are wiped from everything but the returned SecretImage.
[[nodiscard]] std::expected<Gathered, config::ConfigErrors> gather(const config::ControlConfig& config,
                                                                   std::int64_t now);

struct Judged {
  config::tables::Image image;  // of the certificate table
  std::vector<config::tables::Certificate> certificates;
  std::size_t configured = 0;         // the first of them: those of the configuration
  std::set<ListName> lists;           // what the configuration and its chains need fetched
  std::vector<std::string> warnings;  // chains that may not be used and why; what has expired
};

// `fetched`: records of chains that came by themselves; those of the configuration go before them. Chains that `cache`
// knows under the same epochs are not validated again.
[[nodiscard]] Judged judge(const Gathered& gathered, std::int64_t now, ChainCache& cache,
                           const std::vector<config::tables::Certificate>& fetched = {});

}  // namespace stirline::control
