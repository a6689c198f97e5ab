#include "tests/golden/packet_text.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <stdexcept>
#include <utility>

#include "tests/golden/text_block.hpp"

namespace stirline::golden {
namespace {

std::uint64_t number(const std::string& text, std::uint64_t largest, int base = 10) {
  std::size_t used = 0;
  const std::uint64_t value = std::stoull(text, &used, base);
  if (used != text.size() || value > largest || text[0] == '-') {
    throw std::invalid_argument("not a number up to " + std::to_string(largest) + ": " + text);
  }
  return value;
}

std::uint16_t number16(const std::string& text, int base = 10) {
  return static_cast<std::uint16_t>(number(text, 0xFFFF, base));
}

std::uint8_t number8(const std::string& text) {
  return static_cast<std::uint8_t>(number(text, 0xFF));
}

bool yes(const std::string& text) {
  if (text != "yes" && text != "no") {
    throw std::invalid_argument("yes or no, not " + text);
  }
  return text == "yes";
}

std::pair<std::string, std::string> from_to(const std::string& text) {
  const std::size_t at = text.find(" > ");
  if (at == std::string::npos) {
    throw std::invalid_argument("expected: source > destination");
  }
  return {text.substr(0, at), text.substr(at + 3)};
}

Octets octets(const std::string& hex_digits) {
  const std::string text = octets_of_hex(hex_digits);
  return {text.begin(), text.end()};
}

std::string hex_text(const auto& octets) {
  return hex(std::string(std::begin(octets), std::end(octets)));
}

std::array<std::uint8_t, 6> mac(std::string text) {
  std::erase(text, ':');
  const Octets read = octets(text);
  if (read.size() != 6) {
    throw std::invalid_argument("not a MAC address: " + text);
  }
  std::array<std::uint8_t, 6> address{};
  std::ranges::copy(read, address.begin());
  return address;
}

std::string mac_text(const std::array<std::uint8_t, 6>& address) {
  std::string text = hex_text(address);
  for (std::size_t at = 10; at > 0; at -= 2) {
    text.insert(at, ":");
  }
  return text;
}

std::string hex16(std::uint16_t value) {
  const std::array<char, 2> text{static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)};
  return hex({text.data(), text.size()});
}

Computed computed(const std::string& text) {
  if (text == "right") {
    return {};
  }
  if (text == "zero") {
    return {Computed::How::zero, 0};
  }
  if (text == "bad") {
    return {Computed::How::bad, 0};
  }
  return {Computed::How::value, number16(text, 16)};
}

std::string computed_text(const Computed& field) {
  switch (field.how) {
    case Computed::How::right:
      return "right";
    case Computed::How::zero:
      return "zero";
    case Computed::How::bad:
      return "bad";
    case Computed::How::value:
      break;
  }
  return hex16(field.value);
}

void set_vlan(PacketSpec& spec, const std::string& value) {
  const std::size_t colon = value.find(':');
  if (colon == std::string::npos) {
    spec.vlans.push_back({0x8100, number16(value)});
  } else {
    spec.vlans.push_back({number16(value.substr(0, colon), 16), number16(value.substr(colon + 1))});
  }
}

void set_flags(PacketSpec& spec, const std::string& value) {
  spec.dont_fragment = value.contains("df");
  spec.reserved_flag = value.contains("rf");
  if (!spec.dont_fragment && !spec.reserved_flag) {
    throw std::invalid_argument("flags are df and rf");
  }
}

void set_extension(PacketSpec& spec, const std::string& value) {
  const std::size_t colon = value.find(':');
  if (colon == std::string::npos) {
    throw std::invalid_argument("expected: type:hex");
  }
  spec.extensions.push_back({number8(value.substr(0, colon)), octets(value.substr(colon + 1))});
}

void set_udp(PacketSpec& spec, const std::string& value) {
  spec.udp = value != "none";
  if (spec.udp) {
    const auto [source, destination] = from_to(value);
    spec.source_port = number16(source);
    spec.destination_port = number16(destination);
  }
}

using Setter = std::function<void(PacketSpec&, const std::string&)>;

const std::map<std::string_view, Setter>& setters() {
  using S = PacketSpec;
  using T = const std::string;
  static const std::map<std::string_view, Setter> kSetters{
      {"mac",
       [](S& s, T& v) {
         s.mac_source = mac(from_to(v).first);
         s.mac_destination = mac(from_to(v).second);
       }},
      {"vlan", set_vlan},
      {"ethertype", [](S& s, T& v) { s.ether_type = number16(v, 16); }},
      {"ip", [](S& s, T& v) { std::tie(s.source, s.destination) = from_to(v); }},
      {"class", [](S& s, T& v) { s.traffic_class = number8(v); }},
      {"flow", [](S& s, T& v) { s.flow_label = static_cast<std::uint32_t>(number(v, 0xFFFFF)); }},
      {"ttl", [](S& s, T& v) { s.ttl = number8(v); }},
      {"id", [](S& s, T& v) { s.id = static_cast<std::uint32_t>(number(v, 0xFFFFFFFF)); }},
      {"flags", set_flags},
      {"more", [](S& s, T& v) { s.more_fragments = yes(v); }},
      {"offset", [](S& s, T& v) { s.fragment_offset = number16(v); }},
      {"fragment_header", [](S& s, T& v) { s.fragment_header = yes(v); }},
      {"options", [](S& s, T& v) { s.ip_options = octets(v); }},
      {"extension", set_extension},
      {"protocol",
       [](S& s, T& v) {
         s.protocol = number8(v);
         s.udp = s.protocol == 17;
       }},
      {"ip_length", [](S& s, T& v) { s.ip_length = number16(v); }},
      {"ip_checksum", [](S& s, T& v) { s.ip_checksum = computed(v); }},
      {"udp", set_udp},
      {"udp_length", [](S& s, T& v) { s.udp_length = number16(v); }},
      {"udp_checksum", [](S& s, T& v) { s.udp_checksum = computed(v); }},
      {"truncate", [](S& s, T& v) { s.truncate = number16(v); }},
      {"pad", [](S& s, T& v) { s.pad = number16(v); }},
  };
  return kSetters;
}

// Collects the lines of what differs from the default.
class Lines {
 public:
  void put(bool differs, const char* key, const std::string& value) {
    if (differs) {
      lines_.push_back(std::string(key) + " = " + value);
    }
  }
  void put_number(std::uint64_t value, std::uint64_t standard, const char* key) {
    put(value != standard, key, std::to_string(value));
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

void put_ip(const PacketSpec& spec, const PacketSpec& standard, Lines& out) {
  out.put(spec.source != standard.source || spec.destination != standard.destination, "ip",
          spec.source + " > " + spec.destination);
  out.put_number(spec.traffic_class, 0, "class");
  out.put_number(spec.flow_label, 0, "flow");
  out.put_number(spec.ttl, standard.ttl, "ttl");
  out.put_number(spec.id, 0, "id");
  const std::string both = spec.dont_fragment && spec.reserved_flag ? " " : "";
  out.put(spec.dont_fragment || spec.reserved_flag, "flags",
          (spec.dont_fragment ? "df" : "") + both + (spec.reserved_flag ? "rf" : ""));
  out.put(spec.more_fragments, "more", "yes");
  out.put_number(spec.fragment_offset, 0, "offset");
  out.put(spec.fragment_header, "fragment_header", "yes");
  out.put(!spec.ip_options.empty(), "options", hex_text(spec.ip_options));
  for (const ExtensionHeader& extension : spec.extensions) {
    out.put(true, "extension", std::to_string(extension.type) + ":" + hex_text(extension.body));
  }
  out.put_number(spec.protocol, 17, "protocol");
  out.put(spec.ip_length.has_value(), "ip_length", std::to_string(spec.ip_length.value_or(0)));
  out.put(spec.ip_checksum != Computed{}, "ip_checksum", computed_text(spec.ip_checksum));
  out.put(!spec.udp && spec.protocol == 17, "udp", "none");
  if (spec.udp) {
    out.put(spec.source_port != 5060 || spec.destination_port != 5060, "udp",
            std::to_string(spec.source_port) + " > " + std::to_string(spec.destination_port));
    out.put(spec.udp_length.has_value(), "udp_length", std::to_string(spec.udp_length.value_or(0)));
    out.put(spec.udp_checksum != Computed{}, "udp_checksum", computed_text(spec.udp_checksum));
  }
}

}  // namespace

bool set_field(PacketSpec& spec, std::string_view key, const std::string& value) {
  const auto setter = setters().find(key);
  if (setter == setters().end()) {
    return false;
  }
  setter->second(spec, value);
  return true;
}

std::vector<std::string> lines_of(const PacketSpec& spec) {
  const PacketSpec standard;
  Lines out;
  out.put(spec.mac_source != standard.mac_source || spec.mac_destination != standard.mac_destination, "mac",
          mac_text(spec.mac_source) + " > " + mac_text(spec.mac_destination));
  for (const VlanTag& tag : spec.vlans) {
    out.put(true, "vlan", (tag.type == 0x8100 ? "" : hex16(tag.type) + ":") + std::to_string(tag.control));
  }
  if (spec.ether_type) {
    out.put(true, "ethertype", hex16(*spec.ether_type));
  } else {
    put_ip(spec, standard, out);
  }
  out.put(spec.truncate.has_value(), "truncate", std::to_string(spec.truncate.value_or(0)));
  out.put_number(spec.pad, 0, "pad");
  std::vector<std::string> lines = out.take();
  std::ranges::move(payload_lines(spec.payload), std::back_inserter(lines));
  return lines;
}

std::vector<std::string> payload_lines(const std::string& payload) {
  if (payload.empty()) {
    return {};
  }
  const bool text = readable(payload);
  std::vector<std::string> lines = text ? text_of_octets(payload) : hex_of_octets(payload);
  std::string marker = "END";
  while (std::ranges::find(lines, marker) != lines.end()) {
    marker += "_";
  }
  lines.insert(lines.begin(), (text ? "sip <<" : "hex <<") + marker);
  lines.push_back(marker);
  return lines;
}

}  // namespace stirline::golden
