#include "dataplane/state/generation.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "config/tables/certificate_table.hpp"
#include "config/tables/credential_table.hpp"
#include "config/trunk_reading.hpp"

namespace stirline::dataplane {
namespace {

namespace tables = config::tables;

sip::InsertPosition insert_position(tables::InsertAt at) {
  switch (at) {
    case tables::InsertAt::after_via:
      return sip::InsertPosition::after_via;
    case tables::InsertAt::before_content_length:
      return sip::InsertPosition::before_content_length;
    case tables::InsertAt::before_blank_line:
      return sip::InsertPosition::before_blank_line;
  }
  return sip::InsertPosition::after_via;
}

void derive_answer_lines(Trunk& trunk) {
  const tables::AnswerPolicy& answers = trunk.config.answers;
  const auto lines = [&](tables::Answer answer) -> std::string& {
    return trunk.answer_lines[static_cast<std::size_t>(answer)];
  };
  if (!answers.redirect_to.empty()) {
    lines(tables::Answer::redirected) = "Contact: <" + answers.redirect_to + ">\r\n";
  }
  if (!answers.rejection_card.empty()) {  // STIR-BL-02
    lines(tables::Answer::rejected) = "Call-Info: <" + answers.rejection_card + ">;purpose=jwscard\r\n";
  }
  if (!answers.block_text.empty()) {  // STIR-BL-05
    lines(tables::Answer::network_blocked) = "Reason: SIP;cause=603;text=\"" + answers.block_text + "\"\r\n";
  }
  if (answers.retry_after != 0) {
    lines(tables::Answer::overloaded) = "Retry-After: " + std::to_string(answers.retry_after) + "\r\n";
  }
}

// Fills what is derived from `trunk.config`; the policies keep views of its strings, so `trunk` must not move
// afterwards.
void derive_policies(Trunk& trunk) {
  const tables::Trunk& config = trunk.config;
  trunk.domain = config.trust_domain ? crypto::TrustDomain::same : crypto::TrustDomain::other;
  trunk.originator = config::originator_of(config);
  if (!config.identity_bypass.empty()) {
    trunk.bypass_line = "P-Identity-Bypass: " + config.identity_bypass + "\r\n";
  }
  derive_answer_lines(trunk);
  trunk.insert_at = insert_position(config.insert_at);
  trunk.sign_policy.dial_plan = config::dial_plan_of(config);
  trunk.sign_policy.originator = trunk.originator;
  trunk.sign_policy.calls = config.sign_calls;
  trunk.sign_policy.messages = config.sign_messages;
  trunk.sign_policy.diversions = config.sign_diversions;
  trunk.sign_policy.priorities = config.priorities;
  trunk.sign_policy.unsigned_destinations = config.unsigned_destinations;
  trunk.sign_policy.date_tolerance_seconds = config.date_seconds;
  trunk.verify_policy = {
      .fresh_seconds = config.fresh_seconds,
      .future_seconds = config.future_seconds,
      .diverted_seconds = config.diverted_seconds,
      .profile = config.profile == tables::TokenProfile::strict ? crypto::Profile::strict : crypto::Profile::lenient,
      .regime = config.regime,
  };
}

std::expected<std::unique_ptr<crypto::Keyring>, std::string> make_keyring(
    crypto::Engine& engine, const std::vector<tables::Credential>& credentials,
    const std::vector<tables::Certificate>& certificates) {
  auto keyring = std::make_unique<crypto::Keyring>();
  for (const tables::Credential& record : credentials) {
    auto key = engine.make_signing_key(record.scalar);
    if (!key) {
      return std::unexpected("credentials: " + record.name + ": not a P-256 private key");
    }
    keyring->add({.key = std::move(*key),
                  .x5u = record.x5u,
                  .not_before = record.not_before,
                  .not_after = record.not_after,
                  .rich_call_data = record.rich_call_data});
  }
  for (const tables::Certificate& record : certificates) {
    crypto::Certificate certificate{.standing = record.standing,
                                    .key = nullptr,
                                    .not_before = record.not_before,
                                    .not_after = record.not_after,
                                    .scope = crypto::TnAuthList(record.scope),
                                    .constraints = record.constraints,
                                    .namespaces = record.namespaces,
                                    .domains = record.domains,
                                    .subject = record.subject,
                                    .regime = record.regime};
    if (record.standing == crypto::Reason::verified) {
      auto key = engine.make_verifying_key(record.point);
      if (!key) {
        return std::unexpected("certificates: " + record.x5u + ": not a point of P-256");
      }
      certificate.key = std::move(*key);
    }
    keyring->add(record.x5u, std::move(certificate));
  }
  return keyring;
}

}  // namespace

std::expected<std::unique_ptr<const Generation>, std::string> Generation::build(
    std::uint64_t number, StagedTables staged, const std::vector<std::string>& pairs,
    const std::vector<std::unique_ptr<crypto::Engine>>& engines) {
  std::unique_ptr<Generation> generation(new Generation());
  generation->number_ = number;
  generation->signing_stopped_ = staged.signing_stopped;
  generation->loaded_at_ =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  auto names = generation->load_keys(staged, engines);
  if (!names) {
    return std::unexpected(std::move(names.error()));
  }
  if (auto loaded = generation->load_trunks(staged.trunks.view(), pairs, *names); !loaded) {
    return std::unexpected(std::move(loaded.error()));
  }
  if (auto loaded = generation->load_numbers(std::move(staged.numbers)); !loaded) {
    return std::unexpected(std::move(loaded.error()));
  }
  return std::unique_ptr<const Generation>(std::move(generation));
}

std::expected<std::vector<std::string>, std::string> Generation::load_keys(
    const StagedTables& staged, const std::vector<std::unique_ptr<crypto::Engine>>& engines) {
  auto credentials = tables::decode_credentials(staged.credentials.view());
  if (!credentials) {
    return std::unexpected(std::move(credentials.error().text));
  }
  auto certificates = tables::decode_certificates(staged.certificates.view());
  if (!certificates) {
    return std::unexpected(std::move(certificates.error().text));
  }
  std::vector<std::string> names;
  for (const tables::Credential& credential : *credentials) {
    if (!crypto::is_well_made(credential.rich_call_data)) {
      return std::unexpected("credentials: " + credential.name + ": no token may say what its callers show");
    }
    names.push_back(credential.name);
  }
  credentials_ = credentials->size();
  certificates_ = certificates->size();
  for (const std::unique_ptr<crypto::Engine>& engine : engines) {
    auto keyring = make_keyring(*engine, *credentials, *certificates);
    if (!keyring) {
      return std::unexpected(std::move(keyring.error()));
    }
    keyrings_.push_back(std::move(*keyring));
  }
  return names;
}

std::expected<void, std::string> Generation::load_trunks(tables::ImageView image, const std::vector<std::string>& pairs,
                                                         const std::vector<std::string>& credential_names) {
  auto records = tables::decode_trunks(image);
  if (!records) {
    return std::unexpected(std::move(records.error().text));
  }
  pairs_.resize(pairs.size());
  for (tables::Trunk& record : *records) {
    const auto pair = std::ranges::find(pairs, record.pair);
    if (pair == pairs.end()) {
      return std::unexpected("trunks: " + record.name + ": this data plane has no port pair \"" + record.pair + "\"");
    }
    auto trunk = std::make_unique<Trunk>();
    trunk->config = std::move(record);
    trunk->index = static_cast<std::uint32_t>(trunks_.size());
    const auto index_of = [&](const std::string& name) {
      return static_cast<std::uint32_t>(std::ranges::find(credential_names, name) - credential_names.begin());
    };
    for (const std::string& name : {trunk->config.unknown_credential, trunk->config.priority_credential}) {
      if (!name.empty() && index_of(name) == credential_names.size()) {
        return std::unexpected("trunks: " + trunk->config.name + ": no credential \"" + name + "\"");
      }
    }
    if (!trunk->config.unknown_credential.empty()) {
      trunk->unknown_credential = index_of(trunk->config.unknown_credential);
    }
    if (!trunk->config.priority_credential.empty()) {
      trunk->priority_credential = index_of(trunk->config.priority_credential);
    }
    derive_policies(*trunk);
    PairState& state = pairs_[static_cast<std::size_t>(pair - pairs.begin())];
    for (const std::uint16_t port : trunk->config.ports) {
      state.ports.set(port);
    }
    for (const config::IpPrefix& prefix : trunk->config.peers) {
      state.peers[std::to_underlying(trunk->config.side)].push_back({prefix, trunk.get()});
    }
    trunks_.push_back(std::move(trunk));
  }
  for (PairState& state : pairs_) {
    for (std::vector<Peer>& peers : state.peers) {
      // The longest prefix first; of equal ones the trunk that stands first in the configuration.
      std::ranges::sort(peers, {},
                        [](const Peer& peer) { return std::pair(-int{peer.prefix.bits}, peer.trunk->index); });
    }
  }
  return {};
}

std::expected<void, std::string> Generation::load_numbers(config::wire::MappedImage image) {
  number_image_ = std::move(image);
  auto table = tables::NumberTable::open(number_image_.view());
  if (!table) {
    return std::unexpected(std::move(table.error().text));
  }
  number_table_ = *table;
  for (const tables::NumberRange& range : number_table_.ranges()) {
    if (range.trunk >= trunks_.size()) {
      return std::unexpected("numbers: a range names trunk " + std::to_string(range.trunk) + " of " +
                             std::to_string(trunks_.size()));
    }
    if (range.attest != '-' && range.credential >= credentials_) {
      return std::unexpected("numbers: a range names credential " + std::to_string(range.credential) + " of " +
                             std::to_string(credentials_));
    }
  }
  return {};
}

TrunkMatch Generation::match(std::uint16_t pair, tables::Side side, const Frame& frame, bool any_port) const {
  const PairState& state = pairs_[pair];
  const auto serves = [&](const Trunk& trunk) {
    return any_port || std::ranges::find(trunk.config.ports, frame.destination_port) != trunk.config.ports.end();
  };
  for (const Peer& peer : state.peers[std::to_underlying(side)]) {
    if (peer.prefix.contains(frame.source) && serves(*peer.trunk)) {
      return {peer.trunk, Direction::from_peer};
    }
  }
  const tables::Side other = side == tables::Side::a ? tables::Side::b : tables::Side::a;
  for (const Peer& peer : state.peers[std::to_underlying(other)]) {
    if (peer.prefix.contains(frame.destination) && serves(*peer.trunk)) {
      return {peer.trunk, Direction::to_peer};
    }
  }
  return {};
}

}  // namespace stirline::dataplane
