#include "config/dataplane_config.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "config/option_rules.hpp"
#include "config/toml_reader.hpp"

namespace stirline::config {
namespace {

using PortKindChoice = std::pair<std::string_view, PortKind>;
using IdleChoice = std::pair<std::string_view, Idle>;
using OnBadChoice = std::pair<std::string_view, OnBad>;

constexpr std::array kPortKinds{PortKindChoice{"pci", PortKind::pci}, PortKindChoice{"af_packet", PortKind::af_packet},
                                PortKindChoice{"tap", PortKind::tap}, PortKindChoice{"pcap", PortKind::pcap},
                                PortKindChoice{"null", PortKind::null}};
constexpr std::array kIdles{IdleChoice{"busy", Idle::busy}, IdleChoice{"adaptive", Idle::adaptive}};
constexpr std::array kOnBads{OnBadChoice{"forward", OnBad::forward}, OnBadChoice{"drop", OnBad::drop}};
constexpr std::array<std::string_view, 4> kEngines{"auto", "ifma", "scalar", "openssl"};

constexpr std::uint16_t kMaxCpu = 1'023;
constexpr std::size_t kMaxPorts = 32;

// DPDK takes devices as "net_x,key=value,...": what would end or add a value is not for names.
constexpr std::string_view kDeviceSeparators = ",= ";

bool is_interface(std::string_view text) {
  return !text.empty() && text.size() <= 15 && text != "." && text != ".." &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '/' && c != ':'; }) &&
         text.find_first_of(kDeviceSeparators) == std::string_view::npos;
}

bool is_pci_address(std::string_view text) {
  constexpr std::string_view kShape = "hhhh:hh:hh.o";
  return text.size() == kShape.size() && std::ranges::equal(text, kShape, [](char c, char shape) {
           const bool octal = c >= '0' && c <= '7';
           const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
           return shape == 'o' ? octal : shape == 'h' ? hex : c == shape;
         });
}

constexpr TextRule kInterfaceRule{"an interface name of 1 to 15 characters", is_interface};
constexpr TextRule kPciRule{"a PCI address such as 0000:03:00.0", is_pci_address};

void read_memory(Section section, MemoryConfig& memory) {
  section.flag("hugepages", memory.hugepages);
  section.number<std::uint32_t>("megabytes", memory.megabytes, 64, 1'048'576);
  section.number<std::uint32_t>("packets", memory.packets, 511, 1'048'575);
}

void read_cores(Section section, CoreConfig& cores) {
  section.number<std::uint16_t>("main", cores.main, 0, kMaxCpu);
  section.numbers<std::uint16_t>("poll", cores.poll, 0, kMaxCpu, Need::required);
  section.numbers<std::uint16_t>("crypto", cores.crypto, 0, kMaxCpu, Need::required);
  const bool idle_known = section.choice<Idle>("idle", cores.idle, kIdles) || !section.has("idle");
  section.number<std::uint32_t>("idle_max_us", cores.idle_max_us, 1, 100'000);
  std::set<std::uint16_t> taken{cores.main};
  for (const auto& [key, cpus] : {std::pair{"poll", &cores.poll}, std::pair{"crypto", &cores.crypto}}) {
    for (const std::uint16_t cpu : *cpus) {
      if (!taken.insert(cpu).second && idle_known && cores.idle == Idle::busy) {
        section.fail(key, "a CPU of its own for each core, or idle = \"adaptive\"",
                     "CPU " + std::to_string(cpu) + " a second time");
      }
    }
  }
}

void read_limits(Section section, LimitConfig& limits) {
  section.number<std::uint32_t>("parked", limits.parked, 1, 65'536);
  section.number<std::uint32_t>("job_deadline_us", limits.job_deadline_us, 100, 10'000'000);
  section.number<std::uint32_t>("waiting", limits.waiting, 1, 65'536);
  section.number<std::uint32_t>("reasons", limits.reasons, 1, 65'536);
  section.number<std::uint32_t>("outgoing", limits.outgoing, 0, 1'048'576);
  section.number<std::uint32_t>("signed_kib", limits.signed_kib, 64, 16'777'216);
  section.number<std::uint32_t>("transactions", limits.transactions, 1, 67'108'864);
  section.number<std::uint32_t>("tokens", limits.tokens, 1, 16'777'216);
  section.number<std::uint32_t>("sources", limits.sources, 1, 16'777'216);
  section.number<std::uint32_t>("callers", limits.callers, 64, 16'777'216);
  section.number<std::uint32_t>("large_buffers", limits.large_buffers, 1, 65'536);
  section.number<std::uint32_t>("reassemblies", limits.reassemblies, 1, 65'536);
  section.number<std::uint32_t>("reassemblies_per_source", limits.reassemblies_per_source, 1, 65'536);
  section.number<std::uint32_t>("reassembly_timeout_ms", limits.reassembly_timeout_ms, 10, 60'000);
  if (limits.reassemblies_per_source > limits.reassemblies) {
    section.fail("reassemblies_per_source", "at most reassemblies (" + std::to_string(limits.reassemblies) + ")",
                 std::to_string(limits.reassemblies_per_source));
  }
}

void read_bad_input(Section section, BadInputConfig& bad_input) {
  section.choice<OnBad>("truncated", bad_input.truncated, kOnBads);
  section.choice<OnBad>("checksum", bad_input.checksum, kOnBads);
  section.choice<OnBad>("extension_headers", bad_input.extension_headers, kOnBads);
  section.choice<OnBad>("overlapping_fragments", bad_input.overlapping_fragments, kOnBads);
  section.choice<OnBad>("fragments", bad_input.fragments, kOnBads);
  section.choice<OnBad>("malformed_sip", bad_input.malformed_sip, kOnBads);
}

void read_records(Section section, RecordsConfig& records) {
  section.flag("enabled", records.enabled);
  section.number<std::uint32_t>("queue_kib", records.queue_kib, 64, 1'048'576);
}

void read_capture(Section& section, std::string_view key, std::string& into, Need need) {
  std::filesystem::path path;
  if (section.path(key, path, need)) {
    into = path.string();
    if (into.find_first_of(kDeviceSeparators) != std::string::npos) {
      section.fail(key, "a file name without ',', '=' or space", into);
    }
  }
}

PortConfig read_port(Section& section) {
  PortConfig port;
  section.text("name", port.name, kNameRule, Need::required);
  const bool kind_known = section.choice<PortKind>("kind", port.kind, kPortKinds) || !section.has("kind");
  const bool is_pcap = port.kind == PortKind::pcap;
  const bool has_device = !is_pcap && port.kind != PortKind::null;
  section.text("device", port.device, port.kind == PortKind::pci ? kPciRule : kInterfaceRule,
               has_device && kind_known ? Need::required : Need::optional);
  read_capture(section, "rx_pcap", port.rx_pcap, Need::optional);
  read_capture(section, "tx_pcap", port.tx_pcap, is_pcap ? Need::required : Need::optional);
  for (const auto& [key, fits] :
       {std::pair{"device", has_device}, std::pair{"rx_pcap", is_pcap}, std::pair{"tx_pcap", is_pcap}}) {
    if (!fits && kind_known && section.has(key)) {
      section.fail(key, "no such option for this kind of port", key);
    }
  }
  section.number<std::uint16_t>("mtu", port.mtu, 576, 9'000);
  section.number<std::uint16_t>("descriptors", port.descriptors, 64, 32'768);
  if ((port.descriptors & (port.descriptors - 1)) != 0) {
    section.fail("descriptors", "a power of two", std::to_string(port.descriptors));
  }
  return port;
}

PairConfig read_pair(Section& section, const std::vector<PortConfig>& ports, std::map<std::string, std::string>& used) {
  PairConfig pair;
  section.text("name", pair.name, kNameRule, Need::required);
  section.text("a", pair.a, kNameRule, Need::required);
  section.text("b", pair.b, kNameRule, Need::required);
  for (const auto& [key, port] : {std::pair{"a", &pair.a}, std::pair{"b", &pair.b}}) {
    if (port->empty()) {
      continue;
    }
    if (std::ranges::find(ports, *port, &PortConfig::name) == ports.end()) {
      section.fail(key, "the name of a [[port]]", *port);
    } else if (const auto [before, is_new] = used.emplace(*port, pair.name); !is_new) {
      section.fail(key, "a port that is in no pair yet (it is in pair " + before->second + ")", *port);
    }
  }
  return pair;
}

void read_ports_and_pairs(Section& root, DataplaneConfig& config) {
  NameSet port_names("a port name");
  NameSet devices("a device");
  std::vector<Section> port_sections = root.tables("port");
  for (Section& section : port_sections) {
    config.ports.push_back(read_port(section));
    port_names.add(section, "name", config.ports.back().name);
    devices.add(section, "device", config.ports.back().device);
  }
  NameSet pair_names("a pair name");
  std::map<std::string, std::string> used;
  for (Section& section : root.tables("pair", Need::required)) {
    config.pairs.push_back(read_pair(section, config.ports, used));
    pair_names.add(section, "name", config.pairs.back().name);
  }
  for (std::size_t i = 0; i < port_sections.size(); ++i) {
    const std::string& name = config.ports[i].name;
    if (!name.empty() && !used.contains(name)) {
      port_sections[i].fail("name", "a port that is in a [[pair]]", name);
    }
  }
  if (config.ports.size() > kMaxPorts) {
    root.fail("port", "at most 32 ports", std::to_string(config.ports.size()));
  }
}

DataplaneConfig read_document(TomlFile& file) {
  DataplaneConfig config;
  Section root = file.root();
  read_socket_path(root, "socket", config.socket);
  root.text("element_id", config.element_id, kNameRule);
  std::filesystem::path origid_key;
  if (root.path("origid_key_file", origid_key)) {
    config.origid_key_file = origid_key.string();
  }
  root.word("log_level", config.log_level, kLogLevels);
  root.word("engine", config.engine, kEngines);
  read_memory(root.table("memory"), config.memory);
  read_cores(root.table("cores"), config.cores);
  read_limits(root.table("limits"), config.limits);
  read_bad_input(root.table("bad_input"), config.bad_input);
  read_records(root.table("records"), config.records);
  read_ports_and_pairs(root, config);
  file.report_unknown();
  return config;
}

std::expected<DataplaneConfig, ConfigErrors> finish(TomlFile& document) {
  DataplaneConfig config;
  if (document.parsed()) {
    config = read_document(document);
  }
  if (ConfigErrors errors = document.take_errors(); !errors.empty()) {
    return std::unexpected(std::move(errors));
  }
  return config;
}

}  // namespace

std::expected<DataplaneConfig, ConfigErrors> load_dataplane_config(const std::filesystem::path& file) {
  TomlFile document = TomlFile::read(file);
  return finish(document);
}

std::expected<DataplaneConfig, ConfigErrors> read_dataplane_config(const std::filesystem::path& file,
                                                                   std::string_view text) {
  TomlFile document(file, text);
  return finish(document);
}

std::vector<std::string> dataplane_options() {
  TomlFile document("", "[[port]]\n[[pair]]\n");
  static_cast<void>(read_document(document));
  return document.options();
}

}  // namespace stirline::config
