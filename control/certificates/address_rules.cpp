#include "control/certificates/address_rules.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace stirline::control {

namespace {

using config::IpAddress;
using config::IpPrefix;

struct Row {
  std::string_view prefix;
  AddressKind kind;
};

// The first row that holds the address decides.
constexpr std::array kRows{
    Row{"0.0.0.0/8", AddressKind::unspecified},
    Row{"10.0.0.0/8", AddressKind::private_use},
    Row{"100.64.0.0/10", AddressKind::shared},
    Row{"127.0.0.0/8", AddressKind::loopback},
    Row{"169.254.0.0/16", AddressKind::link_local},
    Row{"172.16.0.0/12", AddressKind::private_use},
    Row{"192.0.0.0/24", AddressKind::reserved},
    Row{"192.0.2.0/24", AddressKind::documentation},
    Row{"192.88.99.0/24", AddressKind::reserved},
    Row{"192.168.0.0/16", AddressKind::private_use},
    Row{"198.18.0.0/15", AddressKind::benchmarking},
    Row{"198.51.100.0/24", AddressKind::documentation},
    Row{"203.0.113.0/24", AddressKind::documentation},
    Row{"224.0.0.0/4", AddressKind::multicast},
    Row{"240.0.0.0/4", AddressKind::reserved},
    Row{"::/128", AddressKind::unspecified},
    Row{"::1/128", AddressKind::loopback},
    Row{"::/96", AddressKind::mapped},
    Row{"::ffff:0.0.0.0/96", AddressKind::mapped},
    Row{"64:ff9b::/96", AddressKind::mapped},
    Row{"64:ff9b:1::/48", AddressKind::mapped},
    Row{"2001::/32", AddressKind::mapped},
    Row{"2001:db8::/32", AddressKind::documentation},
    Row{"2001:2::/48", AddressKind::benchmarking},
    Row{"2001::/23", AddressKind::reserved},
    Row{"2002::/16", AddressKind::mapped},
    Row{"3fff::/20", AddressKind::documentation},
    Row{"fc00::/7", AddressKind::unique_local},
    Row{"fe80::/10", AddressKind::link_local},
    Row{"ff00::/8", AddressKind::multicast},
    Row{"2000::/3", AddressKind::global},
    Row{"::/0", AddressKind::reserved},
};

struct Entry {
  IpPrefix prefix;
  AddressKind kind = AddressKind::reserved;
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> parsed = [] {
    std::vector<Entry> list;
    for (const Row& row : kRows) {
      list.push_back({config::parse_prefix(row.prefix).value(), row.kind});
    }
    return list;
  }();
  return parsed;
}

}  // namespace

AddressKind kind_of(const IpAddress& address) {
  const auto found =
      std::ranges::find_if(entries(), [&](const Entry& entry) { return entry.prefix.contains(address); });
  return found == entries().end() ? AddressKind::global : found->kind;
}

std::string_view to_string(AddressKind kind) {
  switch (kind) {
    case AddressKind::global:
      return "global";
    case AddressKind::unspecified:
      return "unspecified";
    case AddressKind::private_use:
      return "private";
    case AddressKind::shared:
      return "carrier-grade NAT";
    case AddressKind::loopback:
      return "loopback";
    case AddressKind::link_local:
      return "link-local";
    case AddressKind::unique_local:
      return "unique local";
    case AddressKind::multicast:
      return "multicast";
    case AddressKind::documentation:
      return "documentation";
    case AddressKind::benchmarking:
      return "benchmarking";
    case AddressKind::mapped:
      return "IPv4-in-IPv6";
    case AddressKind::reserved:
      break;
  }
  return "reserved";
}

bool AddressRules::allow(const IpAddress& address) const {
  return kind_of(address) == AddressKind::global ||
         std::ranges::any_of(lab_prefixes, [&](const IpPrefix& prefix) { return prefix.contains(address); });
}

}  // namespace stirline::control
