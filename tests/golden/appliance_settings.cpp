#include "tests/golden/appliance_settings.hpp"

#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace stirline::golden {
namespace {

namespace tables = config::tables;

constexpr const char* kOrigid = "123e4567-e89b-42d3-a456-426614174000";

template <typename T>
using Names = std::map<std::string_view, T>;

template <typename T>
T choice(const Names<T>& names, const std::string& value) {
  const auto found = names.find(value);
  if (found == names.end()) {
    throw std::invalid_argument("unknown value " + value);
  }
  return found->second;
}

bool yes(const std::string& value) {
  return choice(Names<bool>{{"yes", true}, {"no", false}}, value);
}

config::OnBad on_bad(const std::string& value) {
  return choice(Names<config::OnBad>{{"forward", config::OnBad::forward}, {"drop", config::OnBad::drop}}, value);
}

tables::Role role(const std::string& value) {
  return choice(Names<tables::Role>{{"pass", tables::Role::pass},
                                    {"sign", tables::Role::sign},
                                    {"verify", tables::Role::verify},
                                    {"both", tables::Role::both}},
                value);
}

tables::InsertAt insert_at(const std::string& value) {
  return choice(Names<tables::InsertAt>{{"after_via", tables::InsertAt::after_via},
                                        {"before_content_length", tables::InsertAt::before_content_length},
                                        {"before_blank_line", tables::InsertAt::before_blank_line}},
                value);
}

std::uint32_t number(const std::string& value) {
  return static_cast<std::uint32_t>(std::stoul(value));
}

using Setter = std::function<void(Setup&, const std::string&)>;

const Names<Setter>& setters() {
  using S = Setup;
  using V = const std::string;
  static const Names<Setter> kSetters{
      {"now", [](S& s, V& v) { s.now = std::stoll(v); }},
      {"tables", [](S& s, V& v) { s.with_tables = yes(v); }},
      {"mtu",
       [](S& s, V& v) {
         for (auto& port : s.config.ports) {
           port.mtu = static_cast<std::uint16_t>(number(v));
         }
       }},
      {"bad_input.truncated", [](S& s, V& v) { s.config.bad_input.truncated = on_bad(v); }},
      {"bad_input.checksum", [](S& s, V& v) { s.config.bad_input.checksum = on_bad(v); }},
      {"bad_input.extension_headers", [](S& s, V& v) { s.config.bad_input.extension_headers = on_bad(v); }},
      {"bad_input.overlapping_fragments", [](S& s, V& v) { s.config.bad_input.overlapping_fragments = on_bad(v); }},
      {"bad_input.fragments", [](S& s, V& v) { s.config.bad_input.fragments = on_bad(v); }},
      {"bad_input.malformed_sip", [](S& s, V& v) { s.config.bad_input.malformed_sip = on_bad(v); }},
      {"limits.reassemblies", [](S& s, V& v) { s.config.limits.reassemblies = number(v); }},
      {"limits.reassemblies_per_source", [](S& s, V& v) { s.config.limits.reassemblies_per_source = number(v); }},
      {"trunk.role", [](S& s, V& v) { s.tables.trunks[0].role = role(v); }},
      {"trunk.trusted", [](S& s, V& v) { s.tables.trunks[0].trusted = yes(v); }},
      {"trunk.insert_at", [](S& s, V& v) { s.tables.trunks[0].insert_at = insert_at(v); }},
      {"trunk.trust_domain", [](S& s, V& v) { s.tables.trunks[0].trust_domain = yes(v); }},
      {"trunk.attestation_info", [](S& s, V& v) { s.tables.trunks[0].attestation_info = yes(v); }},
      {"trunk.largest_message", [](S& s, V& v) { s.tables.trunks[0].largest_message = number(v); }},
      {"trunk.identity_bypass", [](S& s, V& v) { s.tables.trunks[0].identity_bypass = v; }},
      {"trunk.identity_bypass_until", [](S& s, V& v) { s.tables.trunks[0].identity_bypass_until = std::stoll(v); }},
      {"trunk.sign_rich_call_data", [](S& s, V& v) { s.tables.trunks[0].sign_rich_call_data = yes(v); }},
      {"credential.display_name",
       [](S& s, V& v) { s.tables.credentials[0].rich_call_data.rcd = "{\"nam\":\"" + v + "\"}"; }},
      {"trunk.attest_at_most", [](S& s, V& v) { s.tables.trunks[0].attest_at_most = v.front(); }},
      {"trunk.unsigned_destinations", [](S& s, V& v) { s.tables.trunks[0].unsigned_destinations = {std::string(v)}; }},
      {"trunk.sign_diversions", [](S& s, V& v) { s.tables.trunks[0].sign_diversions = yes(v); }},
      {"trunk.too_large",
       [](S& s, V& v) {
         s.tables.trunks[0].too_large = choice(
             Names<tables::TooLarge>{{"fragment", tables::TooLarge::fragment}, {"pass", tables::TooLarge::pass}}, v);
       }},
  };
  return kSetters;
}

config::PortConfig port(const char* name, const std::filesystem::path& in, const std::filesystem::path& out) {
  config::PortConfig port;
  port.name = name;
  port.kind = config::PortKind::pcap;
  port.rx_pcap = in.string();
  port.tx_pcap = out.string();
  return port;
}

}  // namespace

std::expected<Setup, std::string> make_setup(const Captures& captures, const Settings& settings) {
  Setup setup;
  setup.config.ports = {port("a", captures.a_in, captures.a_out), port("b", captures.b_in, captures.b_out)};
  setup.config.pairs = {{.name = "wire", .a = "a", .b = "b"}};
  setup.config.memory.hugepages = false;
  setup.config.memory.packets = 1'023;
  setup.config.cores.poll = {0};
  setup.config.cores.crypto = {0};
  setup.config.cores.idle = config::Idle::adaptive;
  setup.config.limits.reassembly_timeout_ms = 50;
  setup.config.limits.job_deadline_us = 5'000'000;  // a busy test machine is no reason to give up on a signature
  setup.tables = test::lab_tables();
  setup.tables.trunks[0].fixed_origid = kOrigid;
  for (const auto& [key, value] : settings) {
    const auto setter = setters().find(key);
    if (setter == setters().end()) {
      return std::unexpected("unknown setting " + key);
    }
    try {
      setter->second(setup, value);
    } catch (const std::exception& error) {
      return std::unexpected("setting " + key + ": " + error.what());
    }
  }
  return setup;
}

}  // namespace stirline::golden
