// Table images: what goes in comes out, and each kind of lie in an image is named and refused.
#include <cstring>
#include <functional>

#include <gtest/gtest.h>

#include "config/tables/records.hpp"
#include "config/text_rules.hpp"
#include "crypto_workers/job/keyring.hpp"
#include "tests/unit/config/sample_tables.hpp"

namespace stirline::config::tables::tables_test {
namespace {

using test::sample_certificates;
using test::sample_credentials;
using test::sample_numbers;
using test::sample_trunks;

// Changes `member` octets of record `index` of `image`.
template <typename Record, typename Change>
Image changed(Image image, std::size_t index, Change&& change) {
  Record record;
  std::byte* const where = image.data() + sizeof(ImageHeader) + index * sizeof(Record);
  std::memcpy(&record, where, sizeof(record));
  change(record);
  std::memcpy(where, &record, sizeof(record));
  return image;
}

template <typename Result>
std::string error_of(const Result& result) {
  return result ? "accepted" : result.error().text;
}

TEST(Tables, KindsHaveNames) {
  EXPECT_EQ(to_string(TableKind::trunks), "trunks");
  EXPECT_EQ(to_string(TableKind::numbers), "numbers");
  EXPECT_EQ(to_string(TableKind::credentials), "credentials");
  EXPECT_EQ(to_string(TableKind::certificates), "certificates");
}

TEST(Tables, TrunksSurviveTheJourney) {
  const auto before = sample_trunks();
  const auto after = decode_trunks(encode_trunks(before));
  ASSERT_TRUE(after) << after.error().text;
  ASSERT_EQ(after->size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Trunk& a = before[i];
    const Trunk& b = (*after)[i];
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.pair, b.pair);
    EXPECT_EQ(a.side, b.side);
    EXPECT_EQ(a.role, b.role);
    EXPECT_EQ(a.peers, b.peers);
    EXPECT_EQ(a.ports, b.ports);
    EXPECT_EQ(a.trusted, b.trusted);
    EXPECT_EQ(a.unknown_attest, b.unknown_attest);
    EXPECT_EQ(a.unknown_credential, b.unknown_credential);
    EXPECT_EQ(a.fixed_origid, b.fixed_origid);
    EXPECT_EQ(a.sign_calls, b.sign_calls);
    EXPECT_EQ(a.sign_messages, b.sign_messages);
    EXPECT_EQ(a.sign_diversions, b.sign_diversions);
    EXPECT_EQ(a.trust_domain, b.trust_domain);
    EXPECT_EQ(a.attestation_info, b.attestation_info);
    EXPECT_EQ(a.sign_rich_call_data, b.sign_rich_call_data);
    EXPECT_EQ(a.tell_reasons, b.tell_reasons);
    EXPECT_EQ(a.largest_message, b.largest_message);
    EXPECT_EQ(a.new_per_second, b.new_per_second);
    EXPECT_EQ(a.new_burst, b.new_burst);
    EXPECT_EQ(a.identity_bypass, b.identity_bypass);
    EXPECT_EQ(a.identity_bypass_until, b.identity_bypass_until);
    EXPECT_EQ(a.answers, b.answers);
    EXPECT_EQ(a.attest_at_most, b.attest_at_most);
    EXPECT_EQ(a.unsigned_destinations, b.unsigned_destinations);
    EXPECT_EQ(a.priorities, b.priorities);
    EXPECT_EQ(a.priority_credential, b.priority_credential);
    EXPECT_EQ(a.diverted_seconds, b.diverted_seconds);
    EXPECT_EQ(a.certificate_wait_ms, b.certificate_wait_ms);
    EXPECT_EQ(a.insert_at, b.insert_at);
    EXPECT_EQ(a.originator, b.originator);
    EXPECT_EQ(a.profile, b.profile);
    EXPECT_EQ(a.too_large, b.too_large);
    EXPECT_EQ(a.redirect, b.redirect);
    EXPECT_EQ(a.puzzles, b.puzzles);
    EXPECT_EQ(a.no_puzzle_to, b.no_puzzle_to);
    EXPECT_EQ(a.sender_domains, b.sender_domains);
    EXPECT_EQ(a.sender_codes, b.sender_codes);
    EXPECT_EQ(a.fresh_seconds, b.fresh_seconds);
    EXPECT_EQ(a.future_seconds, b.future_seconds);
    EXPECT_EQ(a.date_seconds, b.date_seconds);
    EXPECT_EQ(a.country_code, b.country_code);
    EXPECT_EQ(a.national_prefix, b.national_prefix);
    EXPECT_EQ(a.international_prefix, b.international_prefix);
    EXPECT_EQ(a.routing_prefix, b.routing_prefix);
    EXPECT_EQ(a.national_digits, b.national_digits);
    EXPECT_EQ(a.accept_bare_digits, b.accept_bare_digits);
    EXPECT_EQ(a.accept_leading_plus, b.accept_leading_plus);
    EXPECT_EQ(a.regime, b.regime);
  }
}

TEST(Tables, CredentialsSurviveTheJourney) {
  const auto before = sample_credentials();
  const auto after = decode_credentials(encode_credentials(before));
  ASSERT_TRUE(after) << after.error().text;
  ASSERT_EQ(after->size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].name, (*after)[i].name);
    EXPECT_EQ(before[i].x5u, (*after)[i].x5u);
    EXPECT_EQ(before[i].scalar, (*after)[i].scalar);
    EXPECT_EQ(before[i].point, (*after)[i].point);
    EXPECT_EQ(before[i].not_before, (*after)[i].not_before);
    EXPECT_EQ(before[i].not_after, (*after)[i].not_after);
  }
}

TEST(Tables, CertificatesSurviveTheJourney) {
  const auto before = sample_certificates();
  const auto after = decode_certificates(encode_certificates(before));
  ASSERT_TRUE(after) << after.error().text;
  ASSERT_EQ(after->size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].x5u, (*after)[i].x5u);
    EXPECT_EQ(before[i].standing, (*after)[i].standing);
    EXPECT_EQ(before[i].point, (*after)[i].point);
    EXPECT_EQ(before[i].not_before, (*after)[i].not_before);
    EXPECT_EQ(before[i].not_after, (*after)[i].not_after);
    ASSERT_EQ(before[i].scope.size(), (*after)[i].scope.size());
    for (std::size_t j = 0; j < before[i].scope.size(); ++j) {
      EXPECT_EQ(before[i].scope[j].kind, (*after)[i].scope[j].kind);
      EXPECT_EQ(before[i].scope[j].value, (*after)[i].scope[j].value);
      EXPECT_EQ(before[i].scope[j].count, (*after)[i].scope[j].count);
    }
    EXPECT_EQ(before[i].domains, (*after)[i].domains);
    EXPECT_EQ(before[i].namespaces, (*after)[i].namespaces);
    EXPECT_EQ(before[i].subject, (*after)[i].subject);
    EXPECT_EQ(before[i].regime, (*after)[i].regime);
    const crypto::ClaimConstraints& a = before[i].constraints;
    const crypto::ClaimConstraints& b = (*after)[i].constraints;
    EXPECT_EQ(a.must_include, b.must_include);
    EXPECT_EQ(a.must_exclude, b.must_exclude);
    ASSERT_EQ(a.permitted.size(), b.permitted.size());
    for (std::size_t j = 0; j < a.permitted.size(); ++j) {
      EXPECT_EQ(a.permitted[j].claim, b.permitted[j].claim);
      EXPECT_EQ(a.permitted[j].values, b.permitted[j].values);
    }
  }
}

TEST(Tables, EmptyTablesAreTables) {
  EXPECT_TRUE(decode_trunks(encode_trunks({})));
  EXPECT_TRUE(decode_credentials(encode_credentials({})));
  EXPECT_TRUE(decode_certificates(encode_certificates({})));
  const Image image = encode_numbers({});
  const auto numbers = NumberTable::open(image);
  ASSERT_TRUE(numbers);
  EXPECT_EQ(numbers->find(0, "100"), nullptr);
}

TEST(Tables, NumbersAreFound) {
  const Image image = encode_numbers(sample_numbers());
  const auto table = NumberTable::open(image);
  ASSERT_TRUE(table) << table.error().text;
  ASSERT_EQ(table->ranges().size(), 4U);
  const auto attest = [&](std::uint32_t trunk, std::string_view number) {
    const NumberRange* const range = table->find(trunk, number);
    return range == nullptr ? '?' : range->attest;
  };
  EXPECT_EQ(attest(0, "100"), 'A');
  EXPECT_EQ(attest(0, "199"), 'A');
  EXPECT_EQ(attest(0, "099"), '?');
  EXPECT_EQ(attest(0, "200"), '?');
  EXPECT_EQ(attest(0, "300"), '-');
  EXPECT_EQ(attest(0, "0100"), '?') << "another length is another number";
  EXPECT_EQ(attest(0, "000000000000000"), 'C');
  EXPECT_EQ(attest(0, "999999999999999"), 'C');
  EXPECT_EQ(attest(0, "9999999999999999"), '?');
  EXPECT_EQ(attest(1, "150"), 'B');
  EXPECT_EQ(attest(2, "150"), '?');
  EXPECT_EQ(attest(0, ""), '?');
  EXPECT_EQ(attest(0, "1*0"), '?');
}

TEST(Tables, HeaderLiesAreRefused) {
  const Image good = encode_trunks(sample_trunks());
  const auto with_header = [&](const std::function<void(ImageHeader&)>& change) {
    Image image = good;
    ImageHeader header;
    std::memcpy(&header, image.data(), sizeof(header));
    change(header);
    std::memcpy(image.data(), &header, sizeof(header));
    return error_of(decode_trunks(image));
  };
  EXPECT_EQ(with_header([](auto& h) { h.magic ^= 1; }), "trunks: image does not begin like a table");
  EXPECT_EQ(with_header([](auto& h) { h.schema ^= 1; }), "trunks: image was written by another version");
  EXPECT_EQ(with_header([](auto& h) { h.kind = 2; }), "trunks: image is of another kind");
  EXPECT_EQ(with_header([](auto& h) { h.record_bytes = 8; }), "trunks: image has records of another size");
  EXPECT_EQ(with_header([](auto& h) { h.records = 0xffff'ffff'ffff'ffff; }),
            "trunks: image is too short for its records");
  EXPECT_EQ(with_header([](auto& h) { h.records = 0x8000'0000'0000'0000 / 3; }),
            "trunks: image is too short for its records");
  EXPECT_EQ(with_header([](auto& h) { h.pool_bytes = 0xffff'ffff'ffff'ffff; }),
            "trunks: image does not end where its pool ends");
  EXPECT_EQ(with_header([](auto& h) { --h.records; }), "trunks: image does not end where its pool ends");
  EXPECT_EQ(error_of(decode_trunks({})), "trunks: image is shorter than its header");
  EXPECT_EQ(error_of(decode_credentials(good)), "credentials: image is of another kind");
}

TEST(Tables, TrailingOctetsAreRefused) {
  Image image = encode_trunks(sample_trunks());
  image.push_back(std::byte{0});
  EXPECT_FALSE(decode_trunks(image));
  ImageHeader header;
  std::memcpy(&header, image.data(), sizeof(header));
  ++header.pool_bytes;
  std::memcpy(image.data(), &header, sizeof(header));
  EXPECT_EQ(error_of(decode_trunks(image)), "trunks: pool holds octets that no record refers to");
}

TEST(Tables, TrunkLiesAreRefused) {
  const Image good = encode_trunks(sample_trunks());
  const auto with = [&](const std::function<void(TrunkRecord&)>& change) {
    return error_of(decode_trunks(changed<TrunkRecord>(good, 0, change)));
  };
  EXPECT_EQ(with([](auto&) {}), "accepted");
  EXPECT_EQ(with([](auto& r) { r.name.offset = 1; }),
            "trunks: record 0: name does not begin where the field before it ended");
  EXPECT_EQ(with([](auto& r) { r.name.length = 0xffff'ffff; }), "trunks: record 0: name runs past the pool");
  EXPECT_EQ(with([](auto& r) { r.name.length = 0; }), "trunks: record 0: name has a value that is not allowed");
  EXPECT_EQ(with([](auto& r) { --r.peers.length; }), "trunks: record 0: peers has an impossible length");
  EXPECT_EQ(with([](auto& r) { r.side = 2; }), "trunks: record 0: side is out of range");
  EXPECT_EQ(with([](auto& r) { r.role = 4; }), "trunks: record 0: role is out of range");
  EXPECT_EQ(with([](auto& r) { r.trusted = 2; }), "trunks: record 0: trusted is neither 0 nor 1");
  EXPECT_EQ(with([](auto& r) { r.unknown_attest = 'D'; }), "trunks: record 0: unknown_attest is not A, B, C or -");
  EXPECT_EQ(with([](auto& r) { r.attest_at_most = '-'; }), "trunks: record 0: attest_at_most is not A, B or C");
  EXPECT_EQ(with([](auto& r) { r.insert_at = 3; }), "trunks: record 0: insert_at is out of range");
  EXPECT_EQ(with([](auto& r) { r.originator = 2; }), "trunks: record 0: originator is out of range");
  EXPECT_EQ(with([](auto& r) { r.profile = 2; }), "trunks: record 0: profile is out of range");
  EXPECT_EQ(with([](auto& r) { r.too_large = 255; }), "trunks: record 0: too_large is out of range");
  EXPECT_EQ(with([](auto& r) { r.redirect = 2; }), "trunks: record 0: redirect is out of range");
  EXPECT_EQ(with([](auto& r) { r.puzzles = 3; }), "trunks: record 0: puzzles is out of range");
  EXPECT_EQ(with([](auto& r) { r.accept_bare_digits = 255; }),
            "trunks: record 0: accept_bare_digits is neither 0 nor 1");
  EXPECT_EQ(with([](auto& r) { r.accept_leading_plus = 2; }),
            "trunks: record 0: accept_leading_plus is neither 0 nor 1");
  EXPECT_EQ(with([](auto& r) { r.national_digits = 16; }), "trunks: record 0: national_digits is more than 15");
  EXPECT_EQ(with([](auto& r) { r.fresh_seconds = 86'401; }), "trunks: record 0: fresh_seconds is out of range");
  EXPECT_EQ(with([](auto& r) { r.largest_message = 65'536; }), "trunks: record 0: largest_message is out of range");
  EXPECT_EQ(with([](auto& r) { r.reserved[0] = 1; }), "trunks: record 0: reserved is not zero");
}

TEST(Tables, TrunkContentsAreChecked) {
  const auto with = [](const std::function<void(Trunk&)>& change) {
    auto trunks = sample_trunks();
    change(trunks[1]);
    return error_of(decode_trunks(encode_trunks(trunks)));
  };
  EXPECT_EQ(with([](Trunk& t) { t.name = "carrier"; }), "trunks: record 1: name is used twice");
  EXPECT_EQ(with([](Trunk& t) { t.name = "with space"; }), "trunks: record 1: name has a value that is not allowed");
  EXPECT_EQ(with([](Trunk& t) { t.name = std::string(65, 'x'); }),
            "trunks: record 1: name has a value that is not allowed");
  EXPECT_EQ(with([](Trunk& t) { t.peers.clear(); }), "trunks: record 1: peers is empty");
  EXPECT_EQ(with([](Trunk& t) { t.peers.resize(kMaxPeers + 1, t.peers[0]); }),
            "trunks: record 1: peers has an impossible length");
  EXPECT_EQ(with([](Trunk& t) { t.peers[0].bits = 33; }), "trunks: record 1: peers holds an impossible prefix");
  EXPECT_EQ(with([](Trunk& t) { t.peers[0].address.octets[3] = 1; }),
            "trunks: record 1: peers holds an impossible prefix");
  EXPECT_EQ(with([](Trunk& t) { t.peers[0].address.octets[15] = 1; }),
            "trunks: record 1: peers holds an impossible prefix");
  EXPECT_EQ(with([](Trunk& t) { t.peers[0].address.family = static_cast<IpAddress::Family>(5); }),
            "trunks: record 1: peers holds an impossible prefix");
  EXPECT_EQ(with([](Trunk& t) { t.ports.clear(); }), "trunks: record 1: ports is empty");
  EXPECT_EQ(with([](Trunk& t) { t.ports = {5060, 0}; }), "trunks: record 1: ports holds port 0");
  EXPECT_EQ(with([](Trunk& t) { t.unknown_attest = 'A'; }), "trunks: record 1: unknown_credential is empty");
  EXPECT_EQ(with([](Trunk& t) { t.fixed_origid = "123"; }),
            "trunks: record 1: fixed_origid has a value that is not allowed");
  const std::string bad_priorities = "trunks: record 1: priorities has a value that is not allowed";
  for (const std::string name : {"", "e ts", ","}) {
    EXPECT_EQ(with([&](Trunk& t) {
                t.priorities = {"wps", name, "ets"};
                t.priority_credential = "main";
              }),
              bad_priorities);
  }
  EXPECT_EQ(with([](Trunk& t) {
              t.priorities.assign(kMaxPriorityNamespaces + 1, "ets");
              t.priority_credential = "main";
            }),
            bad_priorities);
  EXPECT_EQ(with([](Trunk& t) { t.priorities = {"ets"}; }),
            "trunks: record 1: priority_credential does not go with priorities");
  EXPECT_EQ(with([](Trunk& t) { t.certificate_wait_ms = kMaxCertificateWaitMs + 1; }),
            "trunks: record 1: certificate_wait_ms is out of range");
  EXPECT_EQ(with([](Trunk& t) { t.answers.retry_after = kMaxRetryAfter + 1; }),
            "trunks: record 1: retry_after is out of range");
  EXPECT_EQ(with([](Trunk& t) { t.answers.ring_seconds = kMaxRingSeconds + 1; }),
            "trunks: record 1: ring_seconds is out of range");
  EXPECT_EQ(with([](Trunk& t) { t.new_per_second = kMaxNewPerSecond + 1; }),
            "trunks: record 1: new_per_second is out of range");
  EXPECT_EQ(with([](Trunk& t) { t.new_burst = kMaxNewPerSecond + 1; }), "trunks: record 1: new_burst is out of range");
  EXPECT_EQ(with([](Trunk& t) { t.answers.over_limit = static_cast<Answer>(kAnswers); }),
            "trunks: record 1: answer_over_limit is out of range");
  EXPECT_EQ(with([](Trunk& t) { t.answers.invalid = static_cast<Answer>(kAnswers); }),
            "trunks: record 1: answer_invalid is out of range");
  EXPECT_EQ(with([](Trunk& t) { t.answers.wrong_sender = static_cast<Answer>(kAnswers); }),
            "trunks: record 1: answer_wrong_sender is out of range");
  EXPECT_EQ(with([](Trunk& t) { t.sender_domains = {"a.example", "B.example"}; }),
            "trunks: record 1: sender_domains has a value that is not allowed");
  EXPECT_EQ(with([](Trunk& t) { t.sender_codes.assign(kMaxSenders + 1, "1"); }),
            "trunks: record 1: sender_codes has a value that is not allowed");
  EXPECT_EQ(with([](Trunk& t) { t.answers.block_text = "a\"\r\nEvil: 1"; }),
            "trunks: record 1: block_text has a value that is not allowed");
  EXPECT_EQ(with([](Trunk& t) { t.answers.redirect_to = "sip:a@b>\r\n"; }),
            "trunks: record 1: redirect_to has a value that is not allowed");
  EXPECT_EQ(with([](Trunk& t) { t.no_puzzle_to = "http://a.example"; }),
            "trunks: record 1: no_puzzle_to has a value that is not allowed");
  EXPECT_EQ(with([](Trunk& t) { t.answers.rejection_card = "http://b"; }),
            "trunks: record 1: rejection_card has a value that is not allowed");
  EXPECT_EQ(with([](Trunk& t) { t.diverted_seconds = kMaxDivertedSeconds + 1; }),
            "trunks: record 1: diverted_seconds is out of range");
  EXPECT_EQ(with([](Trunk& t) { t.country_code = "1234"; }),
            "trunks: record 1: country_code has a value that is not allowed");
  EXPECT_EQ(with([](Trunk& t) { t.national_prefix = "0x"; }),
            "trunks: record 1: national_prefix has a value that is not allowed");
}

TEST(Tables, NumberLiesAreRefused) {
  const auto with = [](std::size_t index, const std::function<void(NumberRange&)>& change) {
    auto ranges = sample_numbers();
    change(ranges[index]);
    return error_of(NumberTable::open(encode_numbers(ranges)));
  };
  EXPECT_EQ(with(0, [](auto& r) { r.digits = 0; }), "numbers: record 0: digits is not 1 to 15");
  EXPECT_EQ(with(0, [](auto& r) { r.digits = 16; }), "numbers: record 0: digits is not 1 to 15");
  EXPECT_EQ(with(0, [](auto& r) { r.first = 200; }), "numbers: record 0: first is behind last");
  EXPECT_EQ(with(1, [](auto& r) { r.last = 1'000; }), "numbers: record 1: last has more digits than the range");
  EXPECT_EQ(with(2, [](auto& r) { r.last = ~std::uint64_t{0}; }),
            "numbers: record 2: last has more digits than the range");
  EXPECT_EQ(with(0, [](auto& r) { r.attest = 'D'; }), "numbers: record 0: attest is not A, B, C or -");
  EXPECT_EQ(with(0, [](auto& r) { r.credential = kNoCredential; }),
            "numbers: record 0: credential is there without attestation, or missing with it");
  EXPECT_EQ(with(1, [](auto& r) { r.credential = 1; }),
            "numbers: record 1: credential is there without attestation, or missing with it");
  EXPECT_EQ(with(1, [](auto& r) { r.reserved[5] = 1; }), "numbers: record 1: reserved is not zero");
  EXPECT_EQ(with(1, [](auto& r) { r.first = 199; }),
            "numbers: record 1: first is out of order or overlaps the record before");
  EXPECT_EQ(with(3, [](auto& r) { r.trunk = 0; }),
            "numbers: record 3: first is out of order or overlaps the record before");
}

TEST(Tables, UnalignedNumbersAreRefused) {
  Image image = encode_numbers(sample_numbers());
  image.insert(image.begin(), std::byte{0});
  EXPECT_EQ(error_of(NumberTable::open(ImageView(image).subspan(1))), "numbers: image is not aligned");
}

TEST(Tables, CredentialContentsAreChecked) {
  const auto with = [](const std::function<void(Credential&)>& change) {
    auto credentials = sample_credentials();
    change(credentials[1]);
    return error_of(decode_credentials(encode_credentials(credentials)));
  };
  constexpr std::array<std::uint8_t, 32> kOrder{0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                                                0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                                                0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
  EXPECT_EQ(with([](Credential& c) { c.name = "main"; }), "credentials: record 1: name is used twice");
  EXPECT_EQ(with([](Credential& c) { c.x5u = "https://a/<b>"; }),
            "credentials: record 1: x5u has a value that is not allowed");
  EXPECT_EQ(with([](Credential& c) { c.x5u = std::string(513, 'x'); }),
            "credentials: record 1: x5u has a value that is not allowed");
  EXPECT_EQ(with([](Credential& c) { c.scalar = {}; }), "credentials: record 1: scalar is not a private key");
  EXPECT_EQ(with([&](Credential& c) { c.scalar = kOrder; }), "credentials: record 1: scalar is not a private key");
  EXPECT_EQ(with([&](Credential& c) {
              c.scalar = kOrder;
              --c.scalar[31];
            }),
            "accepted");
  EXPECT_EQ(with([](Credential& c) { c.scalar.fill(0xff); }), "credentials: record 1: scalar is not a private key");
  EXPECT_EQ(with([](Credential& c) { c.point[0] = 2; }), "credentials: record 1: point is not uncompressed");
  EXPECT_EQ(with([](Credential& c) { c.not_before = c.not_after + 1; }),
            "credentials: record 1: not_before is behind not_after");
}

TEST(Tables, CertificateContentsAreChecked) {
  using Kind = crypto::TnEntry::Kind;
  const auto with = [](const std::function<void(Certificate&)>& change) {
    auto certificates = sample_certificates();
    change(certificates[0]);
    return error_of(decode_certificates(encode_certificates(certificates)));
  };
  EXPECT_EQ(with([](Certificate& c) { c.x5u = ""; }), "certificates: record 0: x5u has a value that is not allowed");
  EXPECT_EQ(with([](Certificate& c) {
              c.x5u = "http://cert.example.net/other.cer";
              c.regime = 0;
            }),
            "certificates: record 1: x5u is used twice");
  EXPECT_EQ(with([](Certificate& c) { c.x5u = "http://cert.example.net/other.cer"; }), "accepted");
  EXPECT_EQ(with([](Certificate& c) { c.subject = "CN=a\nb"; }),
            "certificates: record 0: subject has a value that is not allowed");
  EXPECT_EQ(with([](Certificate& c) { c.subject = std::string(256, 'a'); }),
            "certificates: record 0: subject has a value that is not allowed");
  EXPECT_EQ(with([](Certificate& c) { c.regime = kMaxRegimes; }), "certificates: record 0: regime is out of range");
  // What could not be fetched holds for every regime, and nothing else does.
  EXPECT_EQ(with([](Certificate& c) { c.regime = crypto::kEveryRegime; }),
            "certificates: record 0: standing and regime do not fit");
  EXPECT_EQ(with([](Certificate& c) { c.standing = crypto::Reason::certificate_unavailable; }),
            "certificates: record 0: standing and regime do not fit");
  EXPECT_EQ(with([](Certificate& c) {
              c.regime = crypto::kEveryRegime;
              c.standing = crypto::Reason::certificate_unavailable;
            }),
            "accepted");
  for (const char* domain : {"", "Example.org", "*.example.org", "a b"}) {
    EXPECT_EQ(with([&](Certificate& c) { c.domains[1] = domain; }),
              "certificates: record 0: domains has a value that is not allowed");
  }
  for (const char* name : {"", "ETS", "ets.0"}) {
    EXPECT_EQ(with([&](Certificate& c) { c.namespaces[0] = name; }),
              "certificates: record 0: namespaces has a value that is not allowed");
  }
  EXPECT_EQ(with([](Certificate& c) { c.domains.resize(257, "a"); }),
            "certificates: record 0: domains has an impossible length");
  EXPECT_EQ(with([](Certificate& c) { c.standing = static_cast<crypto::Reason>(crypto::kReasons); }),
            "certificates: record 0: standing is out of range");
  EXPECT_EQ(with([](Certificate& c) { c.point[0] = 0; }), "certificates: record 0: point is not uncompressed");
  EXPECT_EQ(with([](Certificate& c) { c.not_after = 0; }), "certificates: record 0: not_before is behind not_after");
  EXPECT_EQ(with([](Certificate& c) { c.scope[0].value = ""; }),
            "certificates: record 0: scope has a value that is not allowed");
  EXPECT_EQ(with([](Certificate& c) { c.scope[0].value = "\x80"; }),
            "certificates: record 0: scope has a value that is not allowed");
  EXPECT_EQ(with([](Certificate& c) { c.scope[0].count = 2; }), "certificates: record 0: scope count is not 1");
  EXPECT_EQ(with([](Certificate& c) { c.scope[1].value = "12a"; }),
            "certificates: record 0: scope has a value that is not allowed");
  EXPECT_EQ(with([](Certificate& c) { c.scope[1].count = 1; }),
            "certificates: record 0: scope count leaves the digits of the range");
  EXPECT_EQ(with([](Certificate& c) { c.scope[1].count = ~std::uint64_t{0}; }),
            "certificates: record 0: scope count leaves the digits of the range");
  EXPECT_EQ(with([](Certificate& c) { c.scope[2].value = "1234567890123456"; }),
            "certificates: record 0: scope has a value that is not allowed");
  EXPECT_EQ(with([](Certificate& c) { c.scope[2].kind = static_cast<Kind>(3); }),
            "certificates: record 0: scope kind is out of range");
  EXPECT_EQ(with([](Certificate& c) { c.scope.resize(1'025, c.scope[0]); }),
            "certificates: record 0: scope has an impossible length");
}

// STIR-CE-05
TEST(Tables, ConstraintsOutOfOrderAreRefused) {
  auto certificates = sample_certificates();
  certificates[0].scope.clear();
  const Image good = encode_certificates(certificates);
  // The constraint records lie behind the x5u of the first certificate.
  const std::size_t first =
      sizeof(ImageHeader) + certificates.size() * sizeof(CertificateRecord) + certificates[0].x5u.size();
  const auto with_part = [&](std::size_t index, ConstraintPart part) {
    Image image = good;
    image[first + index * sizeof(ConstraintRecord) + offsetof(ConstraintRecord, part)] = static_cast<std::byte>(part);
    return error_of(decode_certificates(image));
  };
  EXPECT_EQ(with_part(0, ConstraintPart::must_include), "accepted");
  const std::string out_of_order = "certificates: record 0: constraint part is out of order";
  EXPECT_EQ(with_part(0, ConstraintPart::permitted_value), out_of_order) << "a value without its claim";
  EXPECT_EQ(with_part(3, ConstraintPart::must_include), out_of_order);
  EXPECT_EQ(with_part(7, ConstraintPart::permitted_claim), out_of_order);
  EXPECT_EQ(with_part(0, static_cast<ConstraintPart>(4)), "certificates: record 0: constraint part is out of range");
}

TEST(Tables, SlicesMayNotShareOctets) {
  const Image good = encode_credentials(sample_credentials());
  const Image shared = changed<CredentialRecord>(good, 1, [](CredentialRecord& r) { r.x5u.offset = 4; });
  EXPECT_EQ(error_of(decode_credentials(shared)),
            "credentials: record 1: x5u does not begin where the field before it ended");
}

TEST(Tables, TheSchemaHashIsStable) {
  EXPECT_EQ(schema_hash(), schema_hash());
  EXPECT_NE(schema_hash(), 0U);
}

TEST(Wipe, LeavesZeros) {
  std::array<std::uint8_t, 32> secret{};
  secret.fill(0x5a);
  wipe(std::as_writable_bytes(std::span(secret)));
  EXPECT_EQ(secret, (std::array<std::uint8_t, 32>{}));
}

TEST(Wipe, CredentialsWipeTheirScalar) {
  alignas(Credential) std::array<std::byte, sizeof(Credential)> place{};
  auto* const credential = new (place.data()) Credential;
  credential->scalar.fill(0x5a);
  const std::size_t offset =
      static_cast<std::size_t>(reinterpret_cast<std::byte*>(credential->scalar.data()) - place.data());
  credential->~Credential();
  for (std::size_t i = 0; i < 32; ++i) {
    EXPECT_EQ(place[offset + i], std::byte{0});
  }
}

}  // namespace
}  // namespace stirline::config::tables::tables_test
