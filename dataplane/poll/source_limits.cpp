#include "dataplane/poll/source_limits.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <string_view>

#include <rte_jhash.h>

#include "config/text_rules.hpp"

namespace stirline::dataplane {
namespace {

constexpr std::ptrdiff_t kPrefixOctets = 8;
constexpr std::ptrdiff_t kAddressOctets = 4;  // IPv4

constexpr std::uint8_t kPrefixBits = kPrefixOctets * 8;
constexpr std::uint8_t kAddressBits = kAddressOctets * 8;

}  // namespace

config::IpPrefix source_prefix(const config::IpAddress& address) {
  const bool ipv6 = address.family == config::IpAddress::Family::v6;
  config::IpPrefix prefix{{address.family, {}}, ipv6 ? kPrefixBits : kAddressBits};
  std::ranges::copy_n(address.octets.begin(), ipv6 ? kPrefixOctets : kAddressOctets, prefix.address.octets.begin());
  return prefix;
}

SourceLimits::SourceLimits(std::uint32_t sources, int socket, std::uint32_t seed, std::uint64_t second)
    : sources_(sources, socket), index_(sources, socket), seed_(seed), second_(second) {}

SourceLimits::Taken SourceLimits::take(const Request& request) {
  const Name name = name_of(request);
  const std::uint64_t now = request.now_cycles;
  Taken taken;
  const std::uint32_t slot = place_for(name, now, taken.forgot);
  Source& source = sources_[slot];
  const std::uint64_t cost = std::max<std::uint64_t>(second_ / request.per_second, 1);
  const std::uint64_t most = cost * request.burst;
  // A reload may have made the bucket smaller since, and a debt taken over may be that of a larger one.
  const std::uint64_t owed = source.owes_until > now ? std::min(source.owes_until - now, most) : 0;
  taken.over = owed + cost > most;
  source.owes_until = now + (taken.over ? owed : owed + cost);
  if (taken.over) {
    ++source.shed;
    tell(source, request);
  }
  return taken;
}

SourceLimits::Name SourceLimits::name_of(const Request& request) const {
  const bool ipv6 = request.source.family == config::IpAddress::Family::v6;
  Name name;
  for (const std::uint8_t octet : std::span(request.source.octets).first(ipv6 ? kPrefixOctets : kAddressOctets)) {
    name.prefix = name.prefix << 8 | octet;
  }
  std::uint32_t low = seed_;
  std::uint32_t high = 0;
  alignas(std::uint32_t) std::array<char, config::kMaxNameBytes> trunk{};  // rte_jhash() reads whole words
  const std::string_view fits = request.trunk.substr(0, trunk.size());
  std::ranges::copy(fits, trunk.begin());
  rte_jhash_2hashes(trunk.data(), static_cast<std::uint32_t>(fits.size()), &low, &high);
  name.trunk = (std::uint64_t{high} << 32 | low) << 1 | (ipv6 ? 1U : 0U);
  return name;
}

std::uint32_t SourceLimits::hash_of(const Name& name) const {
  return rte_jhash_3words(static_cast<std::uint32_t>(name.prefix), static_cast<std::uint32_t>(name.prefix >> 32),
                          static_cast<std::uint32_t>(name.trunk), seed_);
}

std::uint32_t SourceLimits::place_for(const Name& name, std::uint64_t now_cycles, bool& forgot) {
  const std::uint32_t hash = hash_of(name);
  const std::uint32_t known = index_.find(hash, [&](std::uint32_t slot) { return sources_[slot].name == name; });
  if (known != kNoSlot) {
    leave_list(known);
    become_newest(known);
    return known;
  }
  std::uint64_t debt = 0;
  if (index_.taken() == sources_.size()) {
    const std::uint32_t leaving = oldest_;
    debt = sources_[leaving].owes_until;
    forgot = debt > now_cycles;
    leave_list(leaving);
    index_.give_back(leaving);
  }
  const std::uint32_t slot = index_.take(hash);
  sources_[slot] = {.name = name, .owes_until = debt};
  become_newest(slot);
  return slot;
}

void SourceLimits::leave_list(std::uint32_t slot) {
  const Source& source = sources_[slot];
  (source.older == kNoSlot ? oldest_ : sources_[source.older].newer) = source.newer;
  (source.newer == kNoSlot ? newest_ : sources_[source.newer].older) = source.older;
}

void SourceLimits::become_newest(std::uint32_t slot) {
  sources_[slot].older = newest_;
  sources_[slot].newer = kNoSlot;
  (newest_ == kNoSlot ? oldest_ : sources_[newest_].newer) = slot;
  newest_ = slot;
}

void SourceLimits::tell(Source& source, const Request& request) {
  if (!std::has_single_bit(source.shed) && request.now_cycles - source.told_at < second_) {
    return;
  }
  ShedSource shed{.prefix = source_prefix(request.source), .shed = source.shed, .trunk_name = {}};
  const std::string_view name = request.trunk.substr(0, shed.trunk_name.size());
  shed.trunk_length = static_cast<std::uint8_t>(name.size());
  std::ranges::copy(name, shed.trunk_name.begin());
  if (queue_.push(shed)) {
    source.told_at = request.now_cycles;
  }
}

}  // namespace stirline::dataplane
