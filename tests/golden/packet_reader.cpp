#include "tests/golden/packet_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include <arpa/inet.h>

namespace stirline::golden {
namespace {

// Reads from the front; every reader returns zero and sets `failed` when the octets are at an end.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> octets) : octets_(octets) {}

  std::uint64_t number(std::size_t octets) {
    std::uint64_t value = 0;
    for (const std::uint8_t octet : take(octets)) {
      value = value << 8 | octet;
    }
    return value;
  }
  std::uint16_t number16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint8_t number8() { return static_cast<std::uint8_t>(number(1)); }

  std::span<const std::uint8_t> take(std::size_t octets) {
    if (octets > octets_.size()) {
      failed_ = true;
      return {};
    }
    const auto taken = octets_.first(octets);
    octets_ = octets_.subspan(octets);
    return taken;
  }

  void limit(std::size_t octets) { octets_ = octets_.first(std::min(octets, octets_.size())); }
  [[nodiscard]] std::size_t left() const { return octets_.size(); }
  [[nodiscard]] bool failed() const { return failed_; }
  std::string rest() {
    const auto taken = take(left());
    return {taken.begin(), taken.end()};
  }

 private:
  std::span<const std::uint8_t> octets_;
  bool failed_ = false;
};

std::string address_text(std::span<const std::uint8_t> octets) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (!octets.empty()) {
    inet_ntop(octets.size() == 16 ? AF_INET6 : AF_INET, octets.data(), text.data(), text.size());
  }
  return text.data();
}

Octets vector_of(std::span<const std::uint8_t> octets) {
  return {octets.begin(), octets.end()};
}

void read_ipv4(Reader& in, PacketSpec& spec) {
  const std::size_t all = in.left();
  const std::size_t header = (in.number8() & 15U) * 4U;
  spec.traffic_class = in.number8();
  spec.ip_length = in.number16();
  spec.id = in.number16();
  const std::uint16_t fragment = in.number16();
  spec.reserved_flag = (fragment & 0x8000) != 0;
  spec.dont_fragment = (fragment & 0x4000) != 0;
  spec.more_fragments = (fragment & 0x2000) != 0;
  spec.fragment_offset = static_cast<std::uint16_t>((fragment & 0x1FFF) * 8);
  spec.ttl = in.number8();
  spec.protocol = in.number8();
  spec.ip_checksum = {Computed::How::value, in.number16()};
  spec.source = address_text(in.take(4));
  spec.destination = address_text(in.take(4));
  spec.ip_options = vector_of(in.take(header < 20 ? 0 : header - 20));
  if (*spec.ip_length <= all) {
    const std::size_t pad = all - *spec.ip_length;
    spec.pad = pad;
    in.limit(in.left() - std::min(pad, in.left()));
  }
}

void read_ipv6(Reader& in, PacketSpec& spec) {
  const std::uint64_t first = in.number(4);
  spec.traffic_class = static_cast<std::uint8_t>(first >> 20);
  spec.flow_label = first & 0xFFFFF;
  spec.ip_length = in.number16();
  std::uint8_t next = in.number8();
  spec.ttl = in.number8();
  spec.source = address_text(in.take(16));
  spec.destination = address_text(in.take(16));
  if (*spec.ip_length <= in.left()) {
    spec.pad = in.left() - *spec.ip_length;
    in.limit(*spec.ip_length);
  }
  while (!in.failed() && (next == 0 || next == 43 || next == 60)) {
    ExtensionHeader extension{.type = next, .body = {}};
    next = in.number8();
    extension.body = vector_of(in.take(std::size_t{in.number8()} * 8 + 6));
    spec.extensions.push_back(std::move(extension));
  }
  if (next == 44) {
    next = in.number8();
    in.take(1);
    const std::uint16_t fragment = in.number16();
    spec.fragment_header = true;
    spec.fragment_offset = fragment & 0xFFF8;
    spec.more_fragments = (fragment & 1) != 0;
    spec.id = static_cast<std::uint32_t>(in.number(4));
  }
  spec.protocol = next;
}

void read_udp(Reader& in, PacketSpec& spec) {
  spec.udp = spec.protocol == 17 && spec.fragment_offset == 0 && in.left() >= 8;
  if (spec.udp) {
    spec.source_port = in.number16();
    spec.destination_port = in.number16();
    spec.udp_length = in.number16();
    const std::uint16_t sum = in.number16();
    spec.udp_checksum = sum == 0 ? Computed{Computed::How::zero, 0} : Computed{Computed::How::value, sum};
  }
  spec.payload = in.rest();
}

std::optional<PacketSpec> read_packet(const Octets& octets) {
  PacketSpec spec;
  Reader in(octets);
  std::ranges::copy(in.take(6), spec.mac_destination.begin());
  std::ranges::copy(in.take(6), spec.mac_source.begin());
  std::uint16_t type = in.number16();
  while (!in.failed() && (type == 0x8100 || type == 0x88A8 || type == 0x9100)) {
    spec.vlans.push_back({type, in.number16()});
    type = in.number16();
  }
  if (type == 0x0800) {
    read_ipv4(in, spec);
  } else if (type == 0x86DD) {
    read_ipv6(in, spec);
  } else {
    return std::nullopt;
  }
  read_udp(in, spec);
  return in.failed() || spec.source.empty() ? std::nullopt : std::optional(spec);
}

// Sets a field back to its default if the frame stays the same.
template <typename T>
void simplify(PacketSpec& spec, T PacketSpec::* field, const Octets& octets) {
  PacketSpec simpler = spec;
  simpler.*field = PacketSpec{}.*field;
  if (build(simpler) == octets) {
    spec = std::move(simpler);
  }
}

PacketSpec as_ethernet(const Octets& octets) {
  PacketSpec spec;
  Octets whole = octets;
  if (octets.size() < 14) {
    spec.truncate = octets.size();
    whole.resize(14);
  }
  Reader in(whole);
  std::ranges::copy(in.take(6), spec.mac_destination.begin());
  std::ranges::copy(in.take(6), spec.mac_source.begin());
  spec.ether_type = in.number16();
  spec.payload = in.rest();
  return spec;
}

}  // namespace

PacketSpec describe(const Octets& octets) {
  auto read = read_packet(octets);
  if (!read || build(*read) != octets) {
    return as_ethernet(octets);
  }
  PacketSpec spec = std::move(*read);
  simplify(spec, &PacketSpec::ip_length, octets);
  simplify(spec, &PacketSpec::ip_checksum, octets);
  simplify(spec, &PacketSpec::fragment_header, octets);
  if (spec.udp) {
    simplify(spec, &PacketSpec::udp_length, octets);
    simplify(spec, &PacketSpec::udp_checksum, octets);
  }
  return spec;
}

Joined join(std::span<const Octets> frames) {
  Joined joined;
  std::string data;
  bool more = true;
  while (more && joined.count < frames.size()) {
    const PacketSpec part = describe(frames[joined.count]);
    if (part.ether_type || !part.is_fragment() || part.fragment_offset != data.size()) {
      return {};
    }
    if (joined.count == 0) {
      if (!part.udp) {
        return {};
      }
      joined.whole = part;
      data.assign(8, '\0');
      joined.data = 8 + part.payload.size();
    }
    data += part.payload;
    more = part.more_fragments;
    ++joined.count;
  }
  if (more || joined.data % 8 != 0) {
    return {};
  }
  PacketSpec& whole = joined.whole;
  whole.payload = data.substr(8);
  whole.more_fragments = false;
  whole.fragment_header = false;
  whole.udp_length.reset();
  whole.udp_checksum = {};
  const PacketSpec checksum_right = whole;
  for (const auto how : {Computed::How::right, Computed::How::zero}) {
    whole = checksum_right;
    whole.udp_checksum.how = how;
    const auto parts = split(whole, joined.data);
    if (std::ranges::equal(parts, frames.first(joined.count), {}, [](const PacketSpec& part) { return build(part); })) {
      return joined;
    }
  }
  return {};
}

}  // namespace stirline::golden
