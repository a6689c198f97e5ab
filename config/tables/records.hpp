// The layouts of table images, octet for octet. Internal to config/tables: users see the structs of the *_table.hpp.
//
// Whoever changes a layout changes schema_hash() with it: the hash is computed from the lists of fields below.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/tables/number_table.hpp"

namespace stirline::config::tables {

static_assert(std::endian::native == std::endian::little, "images are little-endian and read in place");

inline constexpr std::uint32_t kImageMagic = 0x42415453;  // "STAB"

// At the start of an image; `records` records of `record_bytes` octets follow, then `pool_bytes` octets of pool, then
// nothing.
struct ImageHeader {
  std::uint64_t schema = 0;
  std::uint32_t magic = kImageMagic;
  std::uint16_t kind = 0;
  std::uint16_t record_bytes = 0;
  std::uint64_t records = 0;
  std::uint64_t pool_bytes = 0;
};
static_assert(sizeof(ImageHeader) == 32);

// Octets of the pool. Slices lie in the pool one behind the other, in the order in which a reader meets them: none
// overlaps, none is missing, so that reading an image never makes more of it than it is.
struct Slice {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

struct TrunkRecord {
  Slice name;
  Slice pair;
  Slice peers;  // PeerRecord[]
  Slice ports;  // std::uint16_t[]
  Slice unknown_credential;
  Slice fixed_origid;
  Slice country_code;
  Slice national_prefix;
  Slice international_prefix;
  Slice routing_prefix;
  Slice priorities;  // names, separated by commas
  Slice priority_credential;
  Slice unsigned_destinations;  // digits, separated by commas
  Slice sender_domains;         // separated by commas
  Slice sender_codes;           // likewise
  Slice identity_bypass;
  Slice redirect_to;
  Slice rejection_card;
  Slice block_text;
  Slice no_puzzle_to;
  std::uint32_t fresh_seconds = 0;
  std::uint32_t future_seconds = 0;
  std::uint32_t diverted_seconds = 0;
  std::uint32_t date_seconds = 0;
  std::uint32_t certificate_wait_ms = 0;
  std::uint32_t largest_message = 0;
  std::uint32_t new_per_second = 0;
  std::uint32_t new_burst = 0;
  std::int64_t identity_bypass_until = 0;
  std::uint8_t side = 0;
  std::uint8_t role = 0;
  std::uint8_t trusted = 0;
  char unknown_attest = '-';
  std::uint8_t insert_at = 0;
  std::uint8_t originator = 0;
  std::uint8_t profile = 0;
  std::uint8_t too_large = 0;
  std::uint8_t accept_bare_digits = 0;
  std::uint8_t accept_leading_plus = 0;
  std::uint8_t national_digits = 0;
  std::uint8_t sign_calls = 0;
  std::uint8_t sign_messages = 0;
  std::uint8_t sign_diversions = 0;
  std::uint16_t regime = 0;
  std::uint8_t trust_domain = 0;
  std::uint8_t attestation_info = 0;
  char attest_at_most = 'A';
  std::uint8_t tell_reasons = 0;
  std::uint8_t sign_rich_call_data = 0;
  std::uint8_t answer_no_identity = 0;
  std::uint8_t answer_invalid = 0;
  std::uint8_t answer_replayed = 0;
  std::uint8_t answer_malformed = 0;
  std::uint8_t answer_overload = 0;
  std::uint8_t answer_privacy = 0;
  std::uint8_t answer_unannounced = 0;
  std::uint16_t retry_after = 0;
  std::uint8_t answer_over_limit = 0;
  std::uint8_t answer_wrong_sender = 0;
  std::uint8_t redirect = 0;
  std::uint8_t ring_seconds = 0;
  std::uint8_t answer_by_rule = 0;
  std::uint8_t puzzles = 0;
  std::uint8_t reserved[4] = {};
};
static_assert(sizeof(TrunkRecord) == 240);

struct PeerRecord {
  std::uint8_t family = 0;  // 4 or 6
  std::uint8_t bits = 0;
  std::array<std::uint8_t, 16> octets{};
};
static_assert(sizeof(PeerRecord) == 18);

struct CredentialRecord {
  Slice name;
  Slice x5u;
  Slice crn;  // JSON texts
  Slice rcd;
  Slice rcdi;
  std::int64_t not_before = 0;
  std::int64_t not_after = 0;
  std::array<std::uint8_t, 32> scalar{};
  std::array<std::uint8_t, 65> point{};
  std::uint8_t reserved[7] = {};
};
static_assert(sizeof(CredentialRecord) == 160);

struct CertificateRecord {
  Slice x5u;
  Slice scope;        // ScopeRecord[]; their values follow it in the pool
  Slice constraints;  // ConstraintRecord[]; their texts follow it in the pool
  Slice domains;      // NameRecord[]; their texts follow it in the pool
  Slice namespaces;   // likewise
  Slice subject;
  std::int64_t not_before = 0;
  std::int64_t not_after = 0;
  std::array<std::uint8_t, 65> point{};
  std::uint8_t standing = 0;
  std::uint16_t regime = 0;
  std::uint8_t reserved[4] = {};
};
static_assert(sizeof(CertificateRecord) == 136);

struct ScopeRecord {
  std::uint64_t count = 0;
  Slice value;
  std::uint8_t kind = 0;
  std::uint8_t reserved[7] = {};
};
static_assert(sizeof(ScopeRecord) == 24);

// One text of a certificate's claim constraints. A `permitted_value` belongs to the `permitted_claim` before it.
enum class ConstraintPart : std::uint8_t { must_include, permitted_claim, permitted_value, must_exclude };
struct ConstraintRecord {
  Slice text;
  std::uint8_t part = 0;
  std::uint8_t reserved[3] = {};
};
static_assert(sizeof(ConstraintRecord) == 12);

// One text of a list of texts.
struct NameRecord {
  Slice text;
};
static_assert(sizeof(NameRecord) == 8);

// One field of a record, as it enters the schema hash.
struct Field {
  std::string_view name;
  std::size_t offset = 0;
  std::size_t bytes = 0;
};

inline constexpr std::array kImageFields{
    Field{"image.schema", offsetof(ImageHeader, schema), sizeof(ImageHeader::schema)},
    Field{"image.magic", offsetof(ImageHeader, magic), sizeof(ImageHeader::magic)},
    Field{"image.kind", offsetof(ImageHeader, kind), sizeof(ImageHeader::kind)},
    Field{"image.record_bytes", offsetof(ImageHeader, record_bytes), sizeof(ImageHeader::record_bytes)},
    Field{"image.records", offsetof(ImageHeader, records), sizeof(ImageHeader::records)},
    Field{"image.pool_bytes", offsetof(ImageHeader, pool_bytes), sizeof(ImageHeader::pool_bytes)},
    Field{"slice.offset", offsetof(Slice, offset), sizeof(Slice::offset)},
    Field{"slice.length", offsetof(Slice, length), sizeof(Slice::length)},
};

inline constexpr std::array kTrunkFields{
    Field{"trunk.name", offsetof(TrunkRecord, name), sizeof(Slice)},
    Field{"trunk.pair", offsetof(TrunkRecord, pair), sizeof(Slice)},
    Field{"trunk.peers", offsetof(TrunkRecord, peers), sizeof(Slice)},
    Field{"trunk.ports", offsetof(TrunkRecord, ports), sizeof(Slice)},
    Field{"trunk.unknown_credential", offsetof(TrunkRecord, unknown_credential), sizeof(Slice)},
    Field{"trunk.fixed_origid", offsetof(TrunkRecord, fixed_origid), sizeof(Slice)},
    Field{"trunk.country_code", offsetof(TrunkRecord, country_code), sizeof(Slice)},
    Field{"trunk.national_prefix", offsetof(TrunkRecord, national_prefix), sizeof(Slice)},
    Field{"trunk.international_prefix", offsetof(TrunkRecord, international_prefix), sizeof(Slice)},
    Field{"trunk.routing_prefix", offsetof(TrunkRecord, routing_prefix), sizeof(Slice)},
    Field{"trunk.priorities", offsetof(TrunkRecord, priorities), sizeof(Slice)},
    Field{"trunk.priority_credential", offsetof(TrunkRecord, priority_credential), sizeof(Slice)},
    Field{"trunk.diverted_seconds", offsetof(TrunkRecord, diverted_seconds), sizeof(TrunkRecord::diverted_seconds)},
    Field{"trunk.certificate_wait_ms", offsetof(TrunkRecord, certificate_wait_ms),
          sizeof(TrunkRecord::certificate_wait_ms)},
    Field{"trunk.sign_calls", offsetof(TrunkRecord, sign_calls), sizeof(TrunkRecord::sign_calls)},
    Field{"trunk.sign_messages", offsetof(TrunkRecord, sign_messages), sizeof(TrunkRecord::sign_messages)},
    Field{"trunk.largest_message", offsetof(TrunkRecord, largest_message), sizeof(TrunkRecord::largest_message)},
    Field{"trunk.new_per_second", offsetof(TrunkRecord, new_per_second), sizeof(TrunkRecord::new_per_second)},
    Field{"trunk.new_burst", offsetof(TrunkRecord, new_burst), sizeof(TrunkRecord::new_burst)},
    Field{"trunk.sender_domains", offsetof(TrunkRecord, sender_domains), sizeof(Slice)},
    Field{"trunk.sender_codes", offsetof(TrunkRecord, sender_codes), sizeof(Slice)},
    Field{"trunk.identity_bypass", offsetof(TrunkRecord, identity_bypass), sizeof(Slice)},
    Field{"trunk.identity_bypass_until", offsetof(TrunkRecord, identity_bypass_until),
          sizeof(TrunkRecord::identity_bypass_until)},
    Field{"trunk.trust_domain", offsetof(TrunkRecord, trust_domain), sizeof(TrunkRecord::trust_domain)},
    Field{"trunk.sign_rich_call_data", offsetof(TrunkRecord, sign_rich_call_data),
          sizeof(TrunkRecord::sign_rich_call_data)},
    Field{"trunk.tell_reasons", offsetof(TrunkRecord, tell_reasons), sizeof(TrunkRecord::tell_reasons)},
    Field{"trunk.attestation_info", offsetof(TrunkRecord, attestation_info), sizeof(TrunkRecord::attestation_info)},
    Field{"trunk.attest_at_most", offsetof(TrunkRecord, attest_at_most), sizeof(TrunkRecord::attest_at_most)},
    Field{"trunk.unsigned_destinations", offsetof(TrunkRecord, unsigned_destinations), sizeof(Slice)},
    Field{"trunk.sign_diversions", offsetof(TrunkRecord, sign_diversions), sizeof(TrunkRecord::sign_diversions)},
    Field{"trunk.redirect_to", offsetof(TrunkRecord, redirect_to), sizeof(Slice)},
    Field{"trunk.no_puzzle_to", offsetof(TrunkRecord, no_puzzle_to), sizeof(Slice)},
    Field{"trunk.puzzles", offsetof(TrunkRecord, puzzles), sizeof(TrunkRecord::puzzles)},
    Field{"trunk.rejection_card", offsetof(TrunkRecord, rejection_card), sizeof(Slice)},
    Field{"trunk.block_text", offsetof(TrunkRecord, block_text), sizeof(Slice)},
    Field{"trunk.ring_seconds", offsetof(TrunkRecord, ring_seconds), sizeof(TrunkRecord::ring_seconds)},
    Field{"trunk.retry_after", offsetof(TrunkRecord, retry_after), sizeof(TrunkRecord::retry_after)},
    Field{"trunk.answer_no_identity", offsetof(TrunkRecord, answer_no_identity),
          sizeof(TrunkRecord::answer_no_identity)},
    Field{"trunk.answer_invalid", offsetof(TrunkRecord, answer_invalid), sizeof(TrunkRecord::answer_invalid)},
    Field{"trunk.answer_replayed", offsetof(TrunkRecord, answer_replayed), sizeof(TrunkRecord::answer_replayed)},
    Field{"trunk.answer_malformed", offsetof(TrunkRecord, answer_malformed), sizeof(TrunkRecord::answer_malformed)},
    Field{"trunk.answer_overload", offsetof(TrunkRecord, answer_overload), sizeof(TrunkRecord::answer_overload)},
    Field{"trunk.answer_over_limit", offsetof(TrunkRecord, answer_over_limit), sizeof(TrunkRecord::answer_over_limit)},
    Field{"trunk.answer_privacy", offsetof(TrunkRecord, answer_privacy), sizeof(TrunkRecord::answer_privacy)},
    Field{"trunk.answer_wrong_sender", offsetof(TrunkRecord, answer_wrong_sender),
          sizeof(TrunkRecord::answer_wrong_sender)},
    Field{"trunk.answer_by_rule", offsetof(TrunkRecord, answer_by_rule), sizeof(TrunkRecord::answer_by_rule)},
    Field{"trunk.answer_unannounced", offsetof(TrunkRecord, answer_unannounced),
          sizeof(TrunkRecord::answer_unannounced)},
    Field{"trunk.fresh_seconds", offsetof(TrunkRecord, fresh_seconds), sizeof(TrunkRecord::fresh_seconds)},
    Field{"trunk.future_seconds", offsetof(TrunkRecord, future_seconds), sizeof(TrunkRecord::future_seconds)},
    Field{"trunk.date_seconds", offsetof(TrunkRecord, date_seconds), sizeof(TrunkRecord::date_seconds)},
    Field{"trunk.side{a,b}", offsetof(TrunkRecord, side), sizeof(TrunkRecord::side)},
    Field{"trunk.role{pass,sign,verify,both}", offsetof(TrunkRecord, role), sizeof(TrunkRecord::role)},
    Field{"trunk.trusted", offsetof(TrunkRecord, trusted), sizeof(TrunkRecord::trusted)},
    Field{"trunk.unknown_attest", offsetof(TrunkRecord, unknown_attest), sizeof(TrunkRecord::unknown_attest)},
    Field{"trunk.insert_at{via,length,blank}", offsetof(TrunkRecord, insert_at), sizeof(TrunkRecord::insert_at)},
    Field{"trunk.originator{asserted,from}", offsetof(TrunkRecord, originator), sizeof(TrunkRecord::originator)},
    Field{"trunk.profile{lenient,strict}", offsetof(TrunkRecord, profile), sizeof(TrunkRecord::profile)},
    Field{"trunk.too_large{fragment,pass}", offsetof(TrunkRecord, too_large), sizeof(TrunkRecord::too_large)},
    Field{"trunk.redirect{rewrite,moved}", offsetof(TrunkRecord, redirect), sizeof(TrunkRecord::redirect)},
    Field{"trunk.bare_digits", offsetof(TrunkRecord, accept_bare_digits), sizeof(TrunkRecord::accept_bare_digits)},
    Field{"trunk.leading_plus", offsetof(TrunkRecord, accept_leading_plus), sizeof(TrunkRecord::accept_leading_plus)},
    Field{"trunk.national_digits", offsetof(TrunkRecord, national_digits), sizeof(TrunkRecord::national_digits)},
    Field{"trunk.regime", offsetof(TrunkRecord, regime), sizeof(TrunkRecord::regime)},
    Field{"peer.family{4,6}", offsetof(PeerRecord, family), sizeof(PeerRecord::family)},
    Field{"peer.bits", offsetof(PeerRecord, bits), sizeof(PeerRecord::bits)},
    Field{"peer.octets", offsetof(PeerRecord, octets), sizeof(PeerRecord::octets)},
};

inline constexpr std::array kNumberFields{
    Field{"number.first", offsetof(NumberRange, first), sizeof(NumberRange::first)},
    Field{"number.last", offsetof(NumberRange, last), sizeof(NumberRange::last)},
    Field{"number.trunk", offsetof(NumberRange, trunk), sizeof(NumberRange::trunk)},
    Field{"number.credential", offsetof(NumberRange, credential), sizeof(NumberRange::credential)},
    Field{"number.digits", offsetof(NumberRange, digits), sizeof(NumberRange::digits)},
    Field{"number.attest", offsetof(NumberRange, attest), sizeof(NumberRange::attest)},
};

inline constexpr std::array kCredentialFields{
    Field{"credential.name", offsetof(CredentialRecord, name), sizeof(Slice)},
    Field{"credential.x5u", offsetof(CredentialRecord, x5u), sizeof(Slice)},
    Field{"credential.crn", offsetof(CredentialRecord, crn), sizeof(Slice)},
    Field{"credential.rcd", offsetof(CredentialRecord, rcd), sizeof(Slice)},
    Field{"credential.rcdi", offsetof(CredentialRecord, rcdi), sizeof(Slice)},
    Field{"credential.not_before", offsetof(CredentialRecord, not_before), sizeof(CredentialRecord::not_before)},
    Field{"credential.not_after", offsetof(CredentialRecord, not_after), sizeof(CredentialRecord::not_after)},
    Field{"credential.scalar", offsetof(CredentialRecord, scalar), sizeof(CredentialRecord::scalar)},
    Field{"credential.point", offsetof(CredentialRecord, point), sizeof(CredentialRecord::point)},
};

inline constexpr std::array kCertificateFields{
    Field{"certificate.x5u", offsetof(CertificateRecord, x5u), sizeof(Slice)},
    Field{"certificate.scope", offsetof(CertificateRecord, scope), sizeof(Slice)},
    Field{"certificate.constraints", offsetof(CertificateRecord, constraints), sizeof(Slice)},
    Field{"certificate.domains", offsetof(CertificateRecord, domains), sizeof(Slice)},
    Field{"certificate.namespaces", offsetof(CertificateRecord, namespaces), sizeof(Slice)},
    Field{"certificate.subject", offsetof(CertificateRecord, subject), sizeof(Slice)},
    Field{"certificate.regime", offsetof(CertificateRecord, regime), sizeof(CertificateRecord::regime)},
    Field{"certificate.not_before", offsetof(CertificateRecord, not_before), sizeof(CertificateRecord::not_before)},
    Field{"certificate.not_after", offsetof(CertificateRecord, not_after), sizeof(CertificateRecord::not_after)},
    Field{"certificate.point", offsetof(CertificateRecord, point), sizeof(CertificateRecord::point)},
    Field{"certificate.standing", offsetof(CertificateRecord, standing), sizeof(CertificateRecord::standing)},
    Field{"scope.count", offsetof(ScopeRecord, count), sizeof(ScopeRecord::count)},
    Field{"scope.value", offsetof(ScopeRecord, value), sizeof(Slice)},
    Field{"scope.kind{spc,range,one}", offsetof(ScopeRecord, kind), sizeof(ScopeRecord::kind)},
    Field{"constraint.text", offsetof(ConstraintRecord, text), sizeof(Slice)},
    Field{"name.text", offsetof(NameRecord, text), sizeof(Slice)},
    Field{"constraint.part{in,claim,value,ex}", offsetof(ConstraintRecord, part), sizeof(ConstraintRecord::part)},
};

}  // namespace stirline::config::tables
