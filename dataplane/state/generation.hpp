// Everything the data plane knows about trunks, numbers, keys and certificates, as of one commit by control. Immutable
// once built.
//
// Built and destroyed by the main thread; read by poll cores (through Publication) and, by way of the jobs they hand
// out, by crypto cores. Lives until the last job that refers to it is done.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "config/tables/number_table.hpp"
#include "config/tables/trunk_table.hpp"
#include "config/wire/channel.hpp"
#include "crypto_workers/job/keyring.hpp"
#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/stir/authentication_service.hpp"
#include "crypto_workers/stir/marks.hpp"
#include "crypto_workers/stir/verification_service.hpp"
#include "dataplane/packet/frame.hpp"
#include "sip_parser/edit_list.hpp"

namespace stirline::dataplane {

// A trunk in the form the poll cores use.
struct Trunk {
  config::tables::Trunk config;
  std::uint32_t index = 0;
  crypto::SignPolicy sign_policy;  // its texts are those of `config`
  crypto::VerifyPolicy verify_policy;
  crypto::Originator originator = crypto::Originator::asserted_then_from;
  std::string bypass_line;                                         // a header line; empty: none
  std::array<std::string, config::tables::kAnswers> answer_lines;  // header lines that go with each answer of our own
  crypto::TrustDomain domain = crypto::TrustDomain::same;
  sip::InsertPosition insert_at = sip::InsertPosition::after_via;
  std::uint32_t unknown_credential = config::tables::kNoCredential;
  std::optional<std::uint32_t> priority_credential;  // for rph

  [[nodiscard]] bool signs() const {
    return config.role == config::tables::Role::sign || config.role == config::tables::Role::both;
  }
  [[nodiscard]] bool verifies() const {
    return config.role == config::tables::Role::verify || config.role == config::tables::Role::both;
  }
};

enum class Direction : std::uint8_t { from_peer, to_peer };

struct TrunkMatch {
  const Trunk* trunk = nullptr;
  Direction direction = Direction::from_peer;
};

// The images of one commit, as received, and what came with it.
struct StagedTables {
  config::wire::MappedImage trunks;
  config::wire::MappedImage numbers;
  config::wire::MappedImage credentials;
  config::wire::MappedImage certificates;
  bool signing_stopped = false;  // control knows the clock to be wrong
};

class Generation {
 public:
  // Decodes and cross-checks all four tables and makes the keys for every engine. `pairs`: names of the port pairs, by
  // index; `engines`: one per crypto core. The error says which table refuses and why; nothing has then been changed
  // anywhere.
  [[nodiscard]] static std::expected<std::unique_ptr<const Generation>, std::string> build(
      std::uint64_t number, StagedTables tables, const std::vector<std::string>& pairs,
      const std::vector<std::unique_ptr<crypto::Engine>>& engines);

  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] std::int64_t loaded_at() const { return loaded_at_; }  // seconds since 1970

  // Is there any trunk with this UDP port at this pair? The question asked of every UDP packet: one bit.
  [[nodiscard]] bool port_of_interest(std::uint16_t pair, std::uint16_t udp_port) const {
    return pairs_[pair].ports.test(udp_port);
  }

  // The trunk that a packet entering `side` of `pair` belongs to; `any_port` for fragments, whose ports are not known
  // yet.
  [[nodiscard]] TrunkMatch match(std::uint16_t pair, config::tables::Side side, const Frame& frame,
                                 bool any_port) const;

  [[nodiscard]] const config::tables::NumberTable& numbers() const { return number_table_; }
  [[nodiscard]] const crypto::Keyring* keyring(std::size_t crypto_core) const { return keyrings_[crypto_core].get(); }
  [[nodiscard]] const std::vector<std::unique_ptr<Trunk>>& trunks() const { return trunks_; }
  [[nodiscard]] bool signing_stopped() const { return signing_stopped_; }  // INL-AV-03
  [[nodiscard]] std::size_t credentials() const { return credentials_; }
  [[nodiscard]] std::size_t certificates() const { return certificates_; }

 private:
  Generation() = default;

  struct Peer {
    config::IpPrefix prefix;
    const Trunk* trunk = nullptr;
  };
  struct PairState {
    std::bitset<65'536> ports;
    std::array<std::vector<Peer>, 2> peers;  // by the side of the pair at which the peer is; longest prefixes first
  };

  [[nodiscard]] std::expected<void, std::string> load_trunks(config::tables::ImageView image,
                                                             const std::vector<std::string>& pairs,
                                                             const std::vector<std::string>& credential_names);
  [[nodiscard]] std::expected<std::vector<std::string>, std::string> load_keys(
      const StagedTables& tables, const std::vector<std::unique_ptr<crypto::Engine>>& engines);
  [[nodiscard]] std::expected<void, std::string> load_numbers(config::wire::MappedImage image);

  std::uint64_t number_ = 0;
  std::int64_t loaded_at_ = 0;
  std::vector<std::unique_ptr<Trunk>> trunks_;
  std::vector<PairState> pairs_;
  config::wire::MappedImage number_image_;
  config::tables::NumberTable number_table_;
  std::vector<std::unique_ptr<crypto::Keyring>> keyrings_;
  std::size_t credentials_ = 0;
  std::size_t certificates_ = 0;
  bool signing_stopped_ = false;
};

}  // namespace stirline::dataplane
