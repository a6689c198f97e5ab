#include "config/trunk_config.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "config/answer_config.hpp"
#include "config/option_rules.hpp"

namespace stirline::config {
namespace {

using tables::Trunk;
constexpr std::array kSides{Choice<tables::Side>{"a", tables::Side::a}, Choice<tables::Side>{"b", tables::Side::b}};
constexpr std::array kRoles{
    Choice<tables::Role>{"pass", tables::Role::pass}, Choice<tables::Role>{"sign", tables::Role::sign},
    Choice<tables::Role>{"verify", tables::Role::verify}, Choice<tables::Role>{"both", tables::Role::both}};
constexpr std::array kInsertAts{
    Choice<tables::InsertAt>{"after_via", tables::InsertAt::after_via},
    Choice<tables::InsertAt>{"before_content_length", tables::InsertAt::before_content_length},
    Choice<tables::InsertAt>{"before_blank_line", tables::InsertAt::before_blank_line}};
constexpr std::array kOriginators{
    Choice<tables::OriginatorSource>{"asserted_then_from", tables::OriginatorSource::asserted_then_from},
    Choice<tables::OriginatorSource>{"from", tables::OriginatorSource::from}};
constexpr std::array kTokenProfiles{Choice<tables::TokenProfile>{"lenient", tables::TokenProfile::lenient},
                                    Choice<tables::TokenProfile>{"strict", tables::TokenProfile::strict}};
constexpr std::array kTooLarges{Choice<tables::TooLarge>{"fragment", tables::TooLarge::fragment},
                                Choice<tables::TooLarge>{"pass", tables::TooLarge::pass}};
constexpr std::array kRedirects{Choice<tables::Redirect>{"rewrite", tables::Redirect::rewrite},
                                Choice<tables::Redirect>{"302", tables::Redirect::moved}};
constexpr std::array kPuzzles{Choice<tables::Puzzles>{"announced", tables::Puzzles::announced},
                              Choice<tables::Puzzles>{"everybody", tables::Puzzles::everybody},
                              Choice<tables::Puzzles>{"nobody", tables::Puzzles::nobody}};
const auto kMostAttests = std::span(kAttests).first<3>();

constexpr TextRule kSenderDomainRule{"a domain in small letters, or *. and one", tables::is_sender_domain};
constexpr TextRule kSenderCodeRule{"a service provider code: 1 to 64 printable characters without blanks and commas",
                                   tables::is_sender_code};
constexpr TextRule kUuidRule{"a UUID such as 123e4567-e89b-12d3-a456-426614174000", is_uuid};
constexpr TextRule kTokenRule{"shaken, msg, div or rcd", [](std::string_view text) {
                                return text == "shaken" || text == "msg" || text == "div" || text == "rcd";
                              }};
constexpr TextRule kCountryRule{"0 to 3 digits",
                                [](std::string_view text) { return is_digits(text, 0, kMaxCountryDigits); }};
constexpr TextRule kPrefixRule{"0 to 5 digits",
                               [](std::string_view text) { return is_digits(text, 0, kMaxPrefixDigits); }};
constexpr TextRule kRoutingRule{"0 to 8 digits",
                                [](std::string_view text) { return is_digits(text, 0, kMaxRoutingDigits); }};

void read_peers(Section& section, std::vector<IpPrefix>& peers) {
  section.list("peers", "an IP prefix such as 192.0.2.0/24, host bits zero, named once", toml::node_type::string,
               Need::required, [&](const toml::node& node, const std::string&) {
                 const auto text = node.value_exact<std::string_view>();
                 const std::optional<IpPrefix> prefix = text ? parse_prefix(*text) : std::nullopt;
                 const bool good = prefix && std::ranges::find(peers, *prefix) == peers.end();
                 if (good) {
                   peers.push_back(*prefix);
                 }
                 return good;
               });
  if (peers.size() > tables::kMaxPeers) {
    section.fail("peers", "at most " + std::to_string(tables::kMaxPeers) + " prefixes", std::to_string(peers.size()));
  }
}

void read_ports(Section& section, std::vector<std::uint16_t>& ports) {
  section.numbers<std::uint16_t>("ports", ports, 1, 65'535);
  std::set<std::uint16_t> seen;
  for (const std::uint16_t port : ports) {
    if (!seen.insert(port).second) {
      section.fail("ports", "each port once", std::to_string(port) + " a second time");
    }
  }
  if (ports.empty() || ports.size() > tables::kMaxTrunkPorts) {
    section.fail("ports", "1 to " + std::to_string(tables::kMaxTrunkPorts) + " ports", std::to_string(ports.size()));
  }
}

// What is signed, and by whom priorities are.
void read_tokens(Section& section, Trunk& trunk) {
  std::vector<std::string> types = {"shaken", "msg"};
  section.texts("tokens", types, kTokenRule);
  const auto wanted = [&](std::string_view type) { return std::ranges::find(types, type) != types.end(); };
  trunk.sign_calls = wanted("shaken");
  trunk.sign_messages = wanted("msg");
  trunk.sign_diversions = wanted("div");
  trunk.sign_rich_call_data = wanted("rcd");
  if (trunk.sign_rich_call_data && !trunk.sign_calls) {
    section.fail("tokens", "shaken beside rcd", "rcd alone");
  }
  section.texts("priorities", trunk.priorities, kNameRule);
  if (trunk.priorities.size() > tables::kMaxPriorityNamespaces) {
    section.fail("priorities", "at most " + std::to_string(tables::kMaxPriorityNamespaces) + " namespaces",
                 std::to_string(trunk.priorities.size()));
  }
  section.text("priority_credential", trunk.priority_credential, kNameRule,
               trunk.priorities.empty() ? Need::optional : Need::required);
  if (trunk.priorities.empty() && !trunk.priority_credential.empty()) {
    section.fail("priority_credential", "priorities beside it", trunk.priority_credential);
  }
}

// What the law calls us for the calls on this trunk decides what we do where the file is silent (47 CFR 64.6302;
// STIR-RG-01). Whoever hands on the calls of others knows neither caller nor right to the number: C (ATIS-1000088).
struct Duties {
  std::string_view provider;
  tables::Role role = tables::Role::both;
  char unknown_attest = '-';
  char attest_at_most = 'A';
};
constexpr std::array kDuties{
    Duties{"originating", tables::Role::both, '-', 'A'},
    Duties{"gateway", tables::Role::both, 'C', 'C'},
    Duties{"intermediate", tables::Role::both, 'C', 'C'},
    Duties{"terminating", tables::Role::verify, '-', 'A'},
};

void read_duties(Section& section, Trunk& trunk) {
  std::array<Choice<Duties>, kDuties.size()> choices;
  std::ranges::transform(kDuties, choices.begin(),
                         [](const Duties& duties) { return Choice<Duties>{duties.provider, duties}; });
  Duties duties = kDuties.front();
  section.choice<Duties>("provider", duties, choices);
  trunk.role = duties.role;
  trunk.unknown_attest = duties.unknown_attest;
  trunk.attest_at_most = duties.attest_at_most;
  section.choice<tables::Role>("role", trunk.role, kRoles);
  const bool attest_known =
      section.choice<char>("unknown_attest", trunk.unknown_attest, kAttests) || !section.has("unknown_attest");
  section.text("unknown_credential", trunk.unknown_credential, kNameRule,
               trunk.unknown_attest == '-' ? Need::optional : Need::required);
  if (attest_known && trunk.unknown_attest == '-' && !trunk.unknown_credential.empty()) {
    section.fail("unknown_credential", "unknown_attest A, B or C beside it", trunk.unknown_credential);
  }
  section.choice<char>("attest_at_most", trunk.attest_at_most, kMostAttests);
}

}  // namespace

Trunk read_trunk(Section& section) {
  constexpr std::uint32_t kMostSeconds = tables::kMaxToleranceSeconds;
  Trunk trunk;
  trunk.line = section.line();
  trunk.ports = {5060};
  section.text("name", trunk.name, kNameRule, Need::required);
  section.text("pair", trunk.pair, kNameRule, Need::required);
  section.choice<tables::Side>("side", trunk.side, kSides);
  read_duties(section, trunk);
  read_peers(section, trunk.peers);
  read_ports(section, trunk.ports);
  section.flag("trusted", trunk.trusted);
  section.flag("trust_domain", trunk.trust_domain);
  if (trunk.trusted && !trunk.trust_domain) {
    section.fail("trust_domain", "true where the peer is trusted", "false");
  }
  section.flag("attestation_info", trunk.attestation_info);
  section.flag("tell_reasons", trunk.tell_reasons);
  section.texts("unsigned_destinations", trunk.unsigned_destinations, kNumberRule);
  if (trunk.unsigned_destinations.size() > tables::kMaxUnsignedDestinations) {
    section.fail("unsigned_destinations", "at most " + std::to_string(tables::kMaxUnsignedDestinations) + " prefixes",
                 std::to_string(trunk.unsigned_destinations.size()));
  }
  section.texts("sender_domains", trunk.sender_domains, kSenderDomainRule);
  section.texts("sender_codes", trunk.sender_codes, kSenderCodeRule);
  for (const auto& [key, list] :
       {std::pair("sender_domains", &trunk.sender_domains), std::pair("sender_codes", &trunk.sender_codes)}) {
    if (list->size() > tables::kMaxSenders) {
      section.fail(key, "at most " + std::to_string(tables::kMaxSenders), std::to_string(list->size()));
    }
  }
  section.text("identity_bypass", trunk.identity_bypass, kNameRule,
               section.has("identity_bypass_until") ? Need::required : Need::optional);
  section.time("identity_bypass_until", trunk.identity_bypass_until,
               trunk.identity_bypass.empty() ? Need::optional : Need::required);
  section.number<std::uint32_t>("largest_message", trunk.largest_message, 1, tables::kMostMessageOctets);
  section.number<std::uint32_t>("new_per_second", trunk.new_per_second, 0, tables::kMaxNewPerSecond);
  section.number<std::uint32_t>("new_burst", trunk.new_burst, 0, tables::kMaxNewPerSecond);
  if (trunk.new_burst != 0 && trunk.new_per_second == 0) {
    section.fail("new_burst", "new_per_second beside it", std::to_string(trunk.new_burst));
  }
  section.text("fixed_origid", trunk.fixed_origid, kUuidRule);
  read_tokens(section, trunk);
  section.choice<tables::InsertAt>("insert_at", trunk.insert_at, kInsertAts);
  section.choice<tables::OriginatorSource>("originator", trunk.originator, kOriginators);
  section.choice<tables::TokenProfile>("profile", trunk.profile, kTokenProfiles);
  section.choice<tables::TooLarge>("too_large", trunk.too_large, kTooLarges);
  section.choice<tables::Redirect>("redirect", trunk.redirect, kRedirects);
  section.choice<tables::Puzzles>("puzzles", trunk.puzzles, kPuzzles);
  section.text("no_puzzle_to", trunk.no_puzzle_to, kRedirectionRule);
  section.number<std::uint32_t>("fresh_seconds", trunk.fresh_seconds, 1, kMostSeconds);
  section.number<std::uint32_t>("future_seconds", trunk.future_seconds, 0, kMostSeconds);
  section.number<std::uint32_t>("diverted_seconds", trunk.diverted_seconds, 1, tables::kMaxDivertedSeconds);
  section.number<std::uint32_t>("date_seconds", trunk.date_seconds, 1, kMostSeconds);
  section.number<std::uint32_t>("certificate_wait_ms", trunk.certificate_wait_ms, 0, tables::kMaxCertificateWaitMs);
  section.text("country_code", trunk.country_code, kCountryRule);
  section.text("national_prefix", trunk.national_prefix, kPrefixRule);
  section.text("international_prefix", trunk.international_prefix, kPrefixRule);
  section.text("routing_prefix", trunk.routing_prefix, kRoutingRule);
  section.number<std::uint8_t>("national_digits", trunk.national_digits, 0, kMaxE164Digits);
  section.flag("accept_bare_digits", trunk.accept_bare_digits);
  section.flag("accept_leading_plus", trunk.accept_leading_plus);
  Section answer = section.table("answer");
  read_answers(answer, trunk.answers);
  return trunk;
}

}  // namespace stirline::config
