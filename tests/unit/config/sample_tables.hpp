// One filled table of each kind, every field away from its default where there is a choice.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "config/tables/certificate_table.hpp"
#include "config/tables/credential_table.hpp"
#include "config/tables/number_table.hpp"
#include "config/tables/trunk_table.hpp"

namespace stirline::config::tables::test {

inline std::vector<Trunk> sample_trunks() {
  Trunk carrier;
  carrier.name = "carrier";
  carrier.pair = "west";
  carrier.side = Side::a;
  carrier.role = Role::verify;
  carrier.peers = {*parse_prefix("192.0.2.0/24"), *parse_prefix("2001:db8::/33"), *parse_prefix("198.51.100.7")};
  carrier.ports = {5060, 5080};
  carrier.trusted = true;
  carrier.unknown_attest = 'C';
  carrier.unknown_credential = "main";
  carrier.fixed_origid = "123e4567-e89b-12d3-a456-426614174000";
  carrier.sign_calls = false;
  carrier.sign_messages = false;
  carrier.sign_diversions = true;
  carrier.trust_domain = false;
  carrier.attestation_info = true;
  carrier.tell_reasons = false;
  carrier.sign_rich_call_data = true;
  carrier.largest_message = 65'535;
  carrier.new_per_second = 1'000'000;
  carrier.new_burst = 20;
  carrier.identity_bypass = "OSIP99-1234567890ABCDEF";
  carrier.identity_bypass_until = 1'800'000'000;
  carrier.answers = {.no_identity = Answer::use_identity,
                     .invalid = Answer::stir,
                     .replayed = Answer::rejected,
                     .malformed = Answer::bad_request,
                     .overload = Answer::overloaded,
                     .over_limit = Answer::overloaded,
                     .wrong_sender = Answer::inappropriate,
                     .by_rule = Answer::unwanted,
                     .privacy = Answer::server_error,
                     .unannounced = Answer::redirected,
                     .retry_after = 3'600,
                     .ring_seconds = 60,
                     .redirect_to = "sip:why@announce.example.net",
                     .rejection_card = "https://card.example.net/who",
                     .block_text = "v=analytics1;url=https://example.net"};
  carrier.attest_at_most = 'B';
  carrier.unsigned_destinations = {"1900", "44"};
  carrier.sender_domains = {"carrier.example", "*.carrier.example"};
  carrier.sender_codes = {"1234", "777X"};
  carrier.redirect = Redirect::moved;
  carrier.puzzles = Puzzles::nobody;
  carrier.no_puzzle_to = "sip:test@ivr.example.net";
  carrier.priorities = {"ets", "wps"};
  carrier.priority_credential = "main";
  carrier.diverted_seconds = 3'600;
  carrier.certificate_wait_ms = 20;
  carrier.insert_at = InsertAt::before_blank_line;
  carrier.originator = OriginatorSource::from;
  carrier.profile = TokenProfile::strict;
  carrier.too_large = TooLarge::pass;
  carrier.fresh_seconds = 30;
  carrier.future_seconds = 5;
  carrier.date_seconds = 7;
  carrier.country_code = "49";
  carrier.national_prefix = "0";
  carrier.international_prefix = "00";
  carrier.routing_prefix = "1010288";
  carrier.national_digits = 10;
  carrier.accept_bare_digits = false;
  carrier.accept_leading_plus = false;
  carrier.regime = 3;
  Trunk plain;
  plain.name = "plain";
  plain.pair = "west";
  plain.peers = {*parse_prefix("0.0.0.0/0")};
  plain.ports = {5060};
  return {carrier, plain};
}

inline std::vector<NumberRange> sample_numbers() {
  NumberRange a;
  a.first = 100;
  a.last = 199;
  a.credential = 0;
  a.digits = 3;
  a.attest = 'A';
  NumberRange b = a;
  b.first = 300;
  b.last = 300;
  b.credential = kNoCredential;
  b.attest = '-';
  NumberRange c = a;
  c.digits = 15;
  c.first = 0;
  c.last = 999'999'999'999'999;
  c.attest = 'C';
  NumberRange d = a;
  d.trunk = 1;
  d.attest = 'B';
  d.credential = 2;
  return {a, b, c, d};
}

inline std::vector<Credential> sample_credentials() {
  std::vector<Credential> credentials(2);
  for (std::size_t i = 0; i < credentials.size(); ++i) {
    credentials[i].name = i == 0 ? "main" : "spare";
    credentials[i].x5u = i == 0 ? "https://cert.example.org/passport.cer" : "https://cert.example.org:8443/2.pem";
    credentials[i].scalar.fill(static_cast<std::uint8_t>(0x11 + i));
    credentials[i].point.fill(static_cast<std::uint8_t>(0x21 + i));
    credentials[i].point[0] = 4;
    credentials[i].not_before = 1'700'000'000;
    credentials[i].not_after = 1'800'000'000;
  }
  credentials[1].rich_call_data = {"\"why\"", R"({"icn":"https://a.example/i.png","nam":"A"})",
                                   R"({"/icn":"sha256-RojgWwU6xUtI4q82+kHPyHm1JKbm7+663bMvzymhkl4"})"};
  return credentials;
}

inline std::vector<Certificate> sample_certificates() {
  using Kind = crypto::TnEntry::Kind;
  Certificate good;
  good.x5u = "https://cert.example.org/passport.cer";
  good.standing = crypto::Reason::verified;
  good.point.fill(0x33);
  good.point[0] = 4;
  good.not_before = 1;
  good.not_after = 2'000'000'000;
  good.scope = {{Kind::spc, "1234", 1}, {Kind::range, "12155550100", 100}, {Kind::one, "*31#", 1}};
  good.constraints.must_include = {"attest"};
  good.constraints.permitted = {{"attest", {"A", "B"}}, {"origid", {""}}};
  good.constraints.must_exclude = {"rph", "div"};
  good.domains = {"a.example.org", "example.org"};
  good.namespaces = {"ets", "wps"};
  good.subject = "CN=SHAKEN 1234,O=Carrier \\\"A\\\",C=US";
  good.regime = 2;
  Certificate bad;
  bad.x5u = "http://cert.example.net/other.cer";
  bad.standing = crypto::Reason::certificate_revoked;
  return {good, bad};
}

}  // namespace stirline::config::tables::test
