#include "config/tables/trunk_table.hpp"

#include <algorithm>
#include <unordered_set>

#include "config/tables/image_reader.hpp"
#include "config/tables/image_writer.hpp"
#include "config/text_rules.hpp"

namespace stirline::config::tables {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += text.empty() ? name : "," + name;
  }
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    names.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return names;
}

// Texts of one rule, one comma between two.
template <typename Rule>
bool is_list(std::string_view text, std::size_t most, Rule rule) {
  const std::vector<std::string> items = split(text);
  return items.size() <= most && std::ranges::all_of(items, rule) && joined(items) == text;
}

bool is_namespace_list(std::string_view text) {
  return is_list(text, kMaxPriorityNamespaces, is_name);
}

bool is_prefix_list(std::string_view text) {
  return is_list(text, kMaxUnsignedDestinations,
                 [](std::string_view prefix) { return is_digits(prefix, 1, kMaxE164Digits); });
}

bool is_sender_domain_list(std::string_view text) {
  return is_list(text, kMaxSenders, is_sender_domain);
}

bool is_sender_code_list(std::string_view text) {
  return is_list(text, kMaxSenders, is_sender_code);
}

std::size_t pool_bytes(const Trunk& trunk) {
  return trunk.name.size() + trunk.pair.size() + trunk.peers.size() * sizeof(PeerRecord) +
         trunk.ports.size() * sizeof(std::uint16_t) + trunk.unknown_credential.size() + trunk.fixed_origid.size() +
         trunk.country_code.size() + trunk.national_prefix.size() + trunk.international_prefix.size() +
         trunk.routing_prefix.size() + joined(trunk.priorities).size() + trunk.priority_credential.size() +
         joined(trunk.unsigned_destinations).size() + joined(trunk.sender_domains).size() +
         joined(trunk.sender_codes).size() + trunk.identity_bypass.size() + trunk.answers.redirect_to.size() +
         trunk.answers.rejection_card.size() + trunk.answers.block_text.size() + trunk.no_puzzle_to.size();
}

std::vector<PeerRecord> peer_records(const std::vector<IpPrefix>& peers) {
  std::vector<PeerRecord> records;
  records.reserve(peers.size());
  for (const IpPrefix& peer : peers) {
    records.push_back({static_cast<std::uint8_t>(peer.address.family), peer.bits, peer.address.octets});
  }
  return records;
}

// Family known, no more bits than the family has, and every bit behind the prefix zero.
bool is_peer(const PeerRecord& record) {
  const unsigned most = record.family == 4 ? 32 : 128;
  if ((record.family != 4 && record.family != 6) || record.bits > most) {
    return false;
  }
  for (unsigned bit = record.bits; bit < record.octets.size() * 8; ++bit) {
    if ((record.octets[bit / 8] & (0x80U >> (bit % 8))) != 0) {
      return false;
    }
  }
  return true;
}

AnswerPolicy decode_answers(ImageReader& reader, const TrunkRecord& record) {
  AnswerPolicy answers;
  answers.redirect_to = reader.text(record.redirect_to, "redirect_to", empty_or(is_redirection));
  answers.rejection_card = reader.text(record.rejection_card, "rejection_card", empty_or(is_https_url));
  answers.block_text = reader.text(record.block_text, "block_text", is_block_text);
  answers.no_identity = reader.enumerator(record.answer_no_identity, Answer::done, "answer_no_identity");
  answers.invalid = reader.enumerator(record.answer_invalid, Answer::done, "answer_invalid");
  answers.replayed = reader.enumerator(record.answer_replayed, Answer::done, "answer_replayed");
  answers.malformed = reader.enumerator(record.answer_malformed, Answer::done, "answer_malformed");
  answers.overload = reader.enumerator(record.answer_overload, Answer::done, "answer_overload");
  answers.over_limit = reader.enumerator(record.answer_over_limit, Answer::done, "answer_over_limit");
  answers.wrong_sender = reader.enumerator(record.answer_wrong_sender, Answer::done, "answer_wrong_sender");
  answers.by_rule = reader.enumerator(record.answer_by_rule, Answer::done, "answer_by_rule");
  answers.privacy = reader.enumerator(record.answer_privacy, Answer::done, "answer_privacy");
  answers.unannounced = reader.enumerator(record.answer_unannounced, Answer::done, "answer_unannounced");
  answers.retry_after = record.retry_after;
  reader.require(record.retry_after <= kMaxRetryAfter, "retry_after", "is out of range");
  answers.ring_seconds = record.ring_seconds;
  reader.require(record.ring_seconds <= kMaxRingSeconds, "ring_seconds", "is out of range");
  return answers;
}

Trunk decode_trunk(ImageReader& reader, const TrunkRecord& record) {
  const auto prefix_digits = [](std::string_view text) { return is_digits(text, 0, kMaxPrefixDigits); };
  Trunk trunk;
  trunk.name = reader.text(record.name, "name", is_name);
  trunk.pair = reader.text(record.pair, "pair", is_name);
  for (const PeerRecord& peer : reader.array<PeerRecord>(record.peers, "peers", kMaxPeers)) {
    if (reader.require(is_peer(peer), "peers", "holds an impossible prefix")) {
      trunk.peers.push_back({{static_cast<IpAddress::Family>(peer.family), peer.octets}, peer.bits});
    }
  }
  reader.require(!trunk.peers.empty(), "peers", "is empty");
  trunk.ports = reader.array<std::uint16_t>(record.ports, "ports", kMaxTrunkPorts);
  reader.require(!trunk.ports.empty(), "ports", "is empty");
  reader.require(std::ranges::count(trunk.ports, 0) == 0, "ports", "holds port 0");
  trunk.unknown_credential = reader.text(record.unknown_credential, "unknown_credential", empty_or(is_name));
  trunk.fixed_origid = reader.text(record.fixed_origid, "fixed_origid", empty_or(is_uuid));
  trunk.country_code = reader.text(record.country_code, "country_code",
                                   [](std::string_view text) { return is_digits(text, 0, kMaxCountryDigits); });
  trunk.national_prefix = reader.text(record.national_prefix, "national_prefix", prefix_digits);
  trunk.international_prefix = reader.text(record.international_prefix, "international_prefix", prefix_digits);
  trunk.routing_prefix = reader.text(record.routing_prefix, "routing_prefix",
                                     [](std::string_view text) { return is_digits(text, 0, kMaxRoutingDigits); });
  trunk.priorities = split(reader.text(record.priorities, "priorities", is_namespace_list));
  trunk.priority_credential = reader.text(record.priority_credential, "priority_credential", empty_or(is_name));
  reader.require(trunk.priorities.empty() == trunk.priority_credential.empty(), "priority_credential",
                 "does not go with priorities");
  trunk.unsigned_destinations =
      split(reader.text(record.unsigned_destinations, "unsigned_destinations", is_prefix_list));
  trunk.sender_domains = split(reader.text(record.sender_domains, "sender_domains", is_sender_domain_list));
  trunk.sender_codes = split(reader.text(record.sender_codes, "sender_codes", is_sender_code_list));
  trunk.identity_bypass = reader.text(record.identity_bypass, "identity_bypass", empty_or(is_name));
  trunk.answers = decode_answers(reader, record);
  trunk.no_puzzle_to = reader.text(record.no_puzzle_to, "no_puzzle_to", empty_or(is_redirection));
  trunk.puzzles = reader.enumerator(record.puzzles, Puzzles::nobody, "puzzles");
  trunk.identity_bypass_until = record.identity_bypass_until;
  trunk.largest_message = record.largest_message;
  reader.require(record.largest_message <= kMostMessageOctets, "largest_message", "is out of range");
  trunk.new_per_second = record.new_per_second;
  trunk.new_burst = record.new_burst;
  reader.require(record.new_per_second <= kMaxNewPerSecond, "new_per_second", "is out of range");
  reader.require(record.new_burst <= kMaxNewPerSecond, "new_burst", "is out of range");
  trunk.trust_domain = reader.flag(record.trust_domain, "trust_domain");
  trunk.sign_rich_call_data = reader.flag(record.sign_rich_call_data, "sign_rich_call_data");
  trunk.tell_reasons = reader.flag(record.tell_reasons, "tell_reasons");
  trunk.attestation_info = reader.flag(record.attestation_info, "attestation_info");
  trunk.attest_at_most = record.attest_at_most;
  reader.require(is_attest(record.attest_at_most) && record.attest_at_most != '-', "attest_at_most",
                 "is not A, B or C");
  trunk.sign_calls = reader.flag(record.sign_calls, "sign_calls");
  trunk.sign_messages = reader.flag(record.sign_messages, "sign_messages");
  trunk.sign_diversions = reader.flag(record.sign_diversions, "sign_diversions");
  trunk.fresh_seconds = record.fresh_seconds;
  trunk.future_seconds = record.future_seconds;
  trunk.diverted_seconds = record.diverted_seconds;
  trunk.date_seconds = record.date_seconds;
  trunk.certificate_wait_ms = record.certificate_wait_ms;
  reader.require(record.fresh_seconds <= kMaxToleranceSeconds, "fresh_seconds", "is out of range");
  reader.require(record.future_seconds <= kMaxToleranceSeconds, "future_seconds", "is out of range");
  reader.require(record.diverted_seconds <= kMaxDivertedSeconds, "diverted_seconds", "is out of range");
  reader.require(record.certificate_wait_ms <= kMaxCertificateWaitMs, "certificate_wait_ms", "is out of range");
  reader.require(record.date_seconds <= kMaxToleranceSeconds, "date_seconds", "is out of range");
  trunk.side = reader.enumerator(record.side, Side::b, "side");
  trunk.role = reader.enumerator(record.role, Role::both, "role");
  trunk.trusted = reader.flag(record.trusted, "trusted");
  trunk.unknown_attest = record.unknown_attest;
  reader.require(is_attest(record.unknown_attest), "unknown_attest", "is not A, B, C or -");
  reader.require(record.unknown_attest == '-' || !trunk.unknown_credential.empty(), "unknown_credential", "is empty");
  trunk.insert_at = reader.enumerator(record.insert_at, InsertAt::before_blank_line, "insert_at");
  trunk.originator = reader.enumerator(record.originator, OriginatorSource::from, "originator");
  trunk.profile = reader.enumerator(record.profile, TokenProfile::strict, "profile");
  trunk.too_large = reader.enumerator(record.too_large, TooLarge::pass, "too_large");
  trunk.redirect = reader.enumerator(record.redirect, Redirect::moved, "redirect");
  reader.zero(record.reserved);
  trunk.accept_bare_digits = reader.flag(record.accept_bare_digits, "accept_bare_digits");
  trunk.accept_leading_plus = reader.flag(record.accept_leading_plus, "accept_leading_plus");
  trunk.national_digits = record.national_digits;
  reader.require(record.national_digits <= kMaxE164Digits, "national_digits", "is more than 15");
  trunk.regime = record.regime;
  reader.require(record.regime < kMaxRegimes, "regime", "is out of range");
  return trunk;
}

}  // namespace

bool is_sender_domain(std::string_view text) {
  return is_small_host(text.starts_with("*.") ? text.substr(2) : text);
}

bool is_sender_code(std::string_view text) {
  return is_spc(text) && !text.contains(',');
}

Image encode_trunks(const std::vector<Trunk>& trunks) {
  std::size_t pool = 0;
  for (const Trunk& trunk : trunks) {
    pool += pool_bytes(trunk);
  }
  ImageWriter<TrunkRecord> writer(TableKind::trunks, trunks.size(), pool);
  for (const Trunk& trunk : trunks) {
    TrunkRecord record;
    record.name = writer.put(trunk.name);
    record.pair = writer.put(trunk.pair);
    record.peers = writer.put(peer_records(trunk.peers));
    record.ports = writer.put(trunk.ports);
    record.unknown_credential = writer.put(trunk.unknown_credential);
    record.fixed_origid = writer.put(trunk.fixed_origid);
    record.country_code = writer.put(trunk.country_code);
    record.national_prefix = writer.put(trunk.national_prefix);
    record.international_prefix = writer.put(trunk.international_prefix);
    record.routing_prefix = writer.put(trunk.routing_prefix);
    record.priorities = writer.put(joined(trunk.priorities));
    record.priority_credential = writer.put(trunk.priority_credential);
    record.unsigned_destinations = writer.put(joined(trunk.unsigned_destinations));
    record.sender_domains = writer.put(joined(trunk.sender_domains));
    record.sender_codes = writer.put(joined(trunk.sender_codes));
    record.identity_bypass = writer.put(trunk.identity_bypass);
    record.redirect_to = writer.put(trunk.answers.redirect_to);
    record.rejection_card = writer.put(trunk.answers.rejection_card);
    record.block_text = writer.put(trunk.answers.block_text);
    record.no_puzzle_to = writer.put(trunk.no_puzzle_to);
    record.puzzles = static_cast<std::uint8_t>(trunk.puzzles);
    record.retry_after = trunk.answers.retry_after;
    record.ring_seconds = trunk.answers.ring_seconds;
    record.answer_by_rule = static_cast<std::uint8_t>(trunk.answers.by_rule);
    record.answer_no_identity = static_cast<std::uint8_t>(trunk.answers.no_identity);
    record.answer_invalid = static_cast<std::uint8_t>(trunk.answers.invalid);
    record.answer_replayed = static_cast<std::uint8_t>(trunk.answers.replayed);
    record.answer_malformed = static_cast<std::uint8_t>(trunk.answers.malformed);
    record.answer_overload = static_cast<std::uint8_t>(trunk.answers.overload);
    record.answer_over_limit = static_cast<std::uint8_t>(trunk.answers.over_limit);
    record.answer_wrong_sender = static_cast<std::uint8_t>(trunk.answers.wrong_sender);
    record.answer_privacy = static_cast<std::uint8_t>(trunk.answers.privacy);
    record.answer_unannounced = static_cast<std::uint8_t>(trunk.answers.unannounced);
    record.identity_bypass_until = trunk.identity_bypass_until;
    record.largest_message = trunk.largest_message;
    record.new_per_second = trunk.new_per_second;
    record.new_burst = trunk.new_burst;
    record.trust_domain = trunk.trust_domain ? 1 : 0;
    record.sign_rich_call_data = trunk.sign_rich_call_data ? 1 : 0;
    record.tell_reasons = trunk.tell_reasons ? 1 : 0;
    record.attestation_info = trunk.attestation_info ? 1 : 0;
    record.attest_at_most = trunk.attest_at_most;
    record.sign_calls = trunk.sign_calls ? 1 : 0;
    record.sign_messages = trunk.sign_messages ? 1 : 0;
    record.sign_diversions = trunk.sign_diversions ? 1 : 0;
    record.fresh_seconds = trunk.fresh_seconds;
    record.future_seconds = trunk.future_seconds;
    record.diverted_seconds = trunk.diverted_seconds;
    record.date_seconds = trunk.date_seconds;
    record.certificate_wait_ms = trunk.certificate_wait_ms;
    record.side = static_cast<std::uint8_t>(trunk.side);
    record.role = static_cast<std::uint8_t>(trunk.role);
    record.trusted = trunk.trusted ? 1 : 0;
    record.unknown_attest = trunk.unknown_attest;
    record.insert_at = static_cast<std::uint8_t>(trunk.insert_at);
    record.originator = static_cast<std::uint8_t>(trunk.originator);
    record.profile = static_cast<std::uint8_t>(trunk.profile);
    record.too_large = static_cast<std::uint8_t>(trunk.too_large);
    record.redirect = static_cast<std::uint8_t>(trunk.redirect);
    record.accept_bare_digits = trunk.accept_bare_digits ? 1 : 0;
    record.accept_leading_plus = trunk.accept_leading_plus ? 1 : 0;
    record.national_digits = trunk.national_digits;
    record.regime = trunk.regime;
    writer.add(record);
  }
  return writer.take();
}

std::expected<std::vector<Trunk>, TableError> decode_trunks(ImageView image) {
  ImageReader reader(image, TableKind::trunks, sizeof(TrunkRecord));
  std::vector<Trunk> trunks;
  trunks.reserve(reader.records());
  std::unordered_set<std::string> names;
  for (std::size_t i = 0; i < reader.records() && !reader.failed(); ++i) {
    trunks.push_back(decode_trunk(reader, reader.record<TrunkRecord>(i)));
    reader.require(names.insert(trunks.back().name).second, "name", "is used twice");
  }
  reader.finish();
  if (reader.failed()) {
    return reader.error();
  }
  return trunks;
}

}  // namespace stirline::config::tables
