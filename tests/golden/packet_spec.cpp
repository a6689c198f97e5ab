#include "tests/golden/packet_spec.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include <arpa/inet.h>

namespace stirline::golden {
namespace {

void put8(Octets& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value));
}

void put16(Octets& out, std::size_t value) {
  put8(out, value >> 8);
  put8(out, value);
}

void put32(Octets& out, std::size_t value) {
  put16(out, value >> 16);
  put16(out, value);
}

void put(Octets& out, const auto& octets) {
  out.insert(out.end(), std::begin(octets), std::end(octets));
}

Octets address(const std::string& text, bool ipv6) {
  Octets octets(ipv6 ? 16 : 4);
  if (inet_pton(ipv6 ? AF_INET6 : AF_INET, text.c_str(), octets.data()) != 1) {
    throw std::invalid_argument("not an address of the right family: " + text);
  }
  return octets;
}

// RFC 1071, word by word as the text says it.
std::uint16_t checksum(const Octets& octets) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < octets.size(); i += 2) {
    const unsigned low = i + 1 < octets.size() ? octets[i + 1] : 0U;
    sum += (static_cast<unsigned>(octets[i]) << 8) | low;
  }
  while (sum > 0xFFFF) {
    sum = (sum >> 16) + (sum & 0xFFFF);
  }
  return static_cast<std::uint16_t>(~sum);
}

std::uint16_t resolve(const Computed& field, std::uint16_t right) {
  switch (field.how) {
    case Computed::How::zero:
      return 0;
    case Computed::How::bad:
      return right == 0xFFFE ? 0x0001 : static_cast<std::uint16_t>(right ^ 0x0001);
    case Computed::How::value:
      return field.value;
    case Computed::How::right:
      break;
  }
  return right;
}

// What IP carries: UDP header and data, or the payload alone.
Octets transport(const PacketSpec& spec) {
  Octets data;
  if (spec.udp) {
    const std::size_t length = spec.payload.size() + 8;
    put16(data, spec.source_port);
    put16(data, spec.destination_port);
    put16(data, spec.udp_length.value_or(static_cast<std::uint16_t>(length)));
    put16(data, 0);
    put(data, spec.payload);
    Octets summed = address(spec.source, spec.ipv6());
    put(summed, address(spec.destination, spec.ipv6()));
    put32(summed, data.size());
    put32(summed, 17);
    put(summed, data);
    const std::uint16_t sum = checksum(summed);
    const std::uint16_t field = resolve(spec.udp_checksum, sum == 0 ? 0xFFFF : sum);
    data[6] = static_cast<std::uint8_t>(field >> 8);
    data[7] = static_cast<std::uint8_t>(field);
  } else {
    put(data, spec.payload);
  }
  return data;
}

void put_ipv4(Octets& out, const PacketSpec& spec, const Octets& data) {
  if (spec.ip_options.size() % 4 != 0 || spec.ip_options.size() > 40) {
    throw std::invalid_argument("IPv4 options must be a multiple of 4 octets, 40 at most");
  }
  Octets header;
  const std::size_t length = 20 + spec.ip_options.size();
  put8(header, 0x40 | (length / 4));
  put8(header, spec.traffic_class);
  put16(header, spec.ip_length.value_or(static_cast<std::uint16_t>(length + data.size())));
  put16(header, spec.id);
  put16(header, (spec.reserved_flag ? 0x8000U : 0U) | (spec.dont_fragment ? 0x4000U : 0U) |
                    (spec.more_fragments ? 0x2000U : 0U) | (spec.fragment_offset / 8U));
  put8(header, spec.ttl);
  put8(header, spec.protocol);
  put16(header, 0);
  put(header, address(spec.source, false));
  put(header, address(spec.destination, false));
  put(header, spec.ip_options);
  const std::uint16_t sum = resolve(spec.ip_checksum, checksum(header));
  header[10] = static_cast<std::uint8_t>(sum >> 8);
  header[11] = static_cast<std::uint8_t>(sum);
  put(out, header);
  put(out, data);
}

void put_ipv6(Octets& out, const PacketSpec& spec, const Octets& data) {
  Octets chain;
  for (std::size_t i = 0; i < spec.extensions.size(); ++i) {
    const ExtensionHeader& extension = spec.extensions[i];
    if (extension.body.size() % 8 != 6) {
      throw std::invalid_argument("the body of an extension header is 6 octets, or 8 n more");
    }
    const std::uint8_t last = spec.is_fragment() ? 44 : spec.protocol;
    put8(chain, i + 1 < spec.extensions.size() ? spec.extensions[i + 1].type : last);
    put8(chain, extension.body.size() / 8);
    put(chain, extension.body);
  }
  if (spec.is_fragment()) {
    put8(chain, spec.protocol);
    put8(chain, 0);
    put16(chain, spec.fragment_offset | (spec.more_fragments ? 1U : 0U));
    put32(chain, spec.id);
  }
  put32(out, 0x6000'0000U | (static_cast<unsigned>(spec.traffic_class) << 20) | spec.flow_label);
  put16(out, spec.ip_length.value_or(static_cast<std::uint16_t>(chain.size() + data.size())));
  const std::uint8_t upper = spec.is_fragment() ? 44 : spec.protocol;
  put8(out, spec.extensions.empty() ? upper : spec.extensions.front().type);
  put8(out, spec.ttl);
  put(out, address(spec.source, true));
  put(out, address(spec.destination, true));
  put(out, chain);
  put(out, data);
}

}  // namespace

Octets build(const PacketSpec& spec) {
  Octets frame;
  put(frame, spec.mac_destination);
  put(frame, spec.mac_source);
  for (const VlanTag& tag : spec.vlans) {
    put16(frame, tag.type);
    put16(frame, tag.control);
  }
  if (spec.ether_type) {
    put16(frame, *spec.ether_type);
    put(frame, spec.payload);
  } else if (spec.ipv6()) {
    put16(frame, 0x86DD);
    put_ipv6(frame, spec, transport(spec));
  } else {
    put16(frame, 0x0800);
    put_ipv4(frame, spec, transport(spec));
  }
  frame.resize(frame.size() + spec.pad);
  if (spec.truncate) {
    frame.resize(std::min(frame.size(), *spec.truncate));
  }
  return frame;
}

std::vector<PacketSpec> split(const PacketSpec& spec, std::size_t data) {
  if (data == 0 || data % 8 != 0) {
    throw std::invalid_argument("the data of a fragment is a multiple of 8 octets");
  }
  const Octets whole = transport(spec);
  std::vector<PacketSpec> fragments;
  for (std::size_t at = 0; at < whole.size(); at += data) {
    PacketSpec fragment = spec;
    const std::size_t length = std::min(data, whole.size() - at);
    fragment.fragment_header = spec.ipv6();
    fragment.fragment_offset = static_cast<std::uint16_t>(at);
    fragment.more_fragments = at + length < whole.size();
    const auto begin = whole.begin() + static_cast<std::ptrdiff_t>(at);
    fragment.payload.assign(begin, begin + static_cast<std::ptrdiff_t>(length));
    fragment.udp = false;
    if (at == 0) {  // its UDP header speaks of the whole datagram
      fragment.udp = true;
      fragment.payload.erase(0, 8);
      fragment.udp_length = static_cast<std::uint16_t>((whole[4] << 8) | whole[5]);
      fragment.udp_checksum = {Computed::How::value, static_cast<std::uint16_t>((whole[6] << 8) | whole[7])};
    }
    fragments.push_back(std::move(fragment));
  }
  return fragments;
}

}  // namespace stirline::golden
