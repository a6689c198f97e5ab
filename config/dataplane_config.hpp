// Configuration of stirlined: memory, ports, pairs, cores, limits. What it does with calls comes as tables from
// control. Every option is explained in config/reference/stirlined.toml, which a test loads.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_error.hpp"

namespace stirline::config {

enum class PortKind : std::uint8_t {
  pci,        // a NIC bound to a DPDK driver; device = PCI address
  af_packet,  // a Linux interface; device = its name
  tap,        // a TAP interface made by us; device = its name
  pcap,       // files: rx_pcap is read once, tx_pcap written
  null,       // swallows and gives nothing
  existing,   // a device that EAL has already, under this name: made by tests and benchmarks, not accepted in files
};

struct PortConfig {
  std::string name;  // unique; how pairs refer to it
  PortKind kind = PortKind::af_packet;
  std::string device;
  std::string rx_pcap;  // kind pcap only
  std::string tx_pcap;
  std::uint16_t mtu = 1'500;          // octets of IP packet; 576..9000
  std::uint16_t descriptors = 1'024;  // receive and transmit ring, each
};

// Two ports that are one wire: what enters one leaves the other.
struct PairConfig {
  std::string name;
  std::string a;  // port names
  std::string b;
};

enum class Idle : std::uint8_t { busy, adaptive };
enum class OnBad : std::uint8_t { forward, drop };

struct CoreConfig {
  std::uint16_t main = 0;  // CPU of the main thread
  std::vector<std::uint16_t>
      poll;  // a CPU per poll core; CPUs may repeat when there are fewer of them (with idle adaptive)
  std::vector<std::uint16_t> crypto;  // a CPU per crypto core
  Idle idle = Idle::busy;
  std::uint32_t idle_max_us = 200;  // adaptive: longest sleep, microseconds
};

struct MemoryConfig {
  bool hugepages = true;
  std::uint32_t megabytes = 256;  // of DPDK memory
  std::uint32_t packets = 8'191;  // packet buffers per poll core; 2^n - 1 is best
};

struct LimitConfig {
  std::uint32_t parked = 1'024;                  // messages at crypto cores or waiting, per poll core
  std::uint32_t job_deadline_us = 50'000;        // then the message goes on untouched (fail open)
  std::uint32_t waiting = 512;                   // of them, those that wait for a certificate (STIR-CF-05)
  std::uint32_t reasons = 4'096;                 // calls whose answers will say what failed, per poll core (STIR-ER-01)
  std::uint32_t signed_kib = 16'384;             // of what signed requests were given, per poll core (INL-TX-02)
  std::uint32_t transactions = 1'048'576;        // whose decision is remembered, per poll core (INL-TX-09)
  std::uint32_t tokens = 65'536;                 // remembered to notice replays, per poll core (STIR-VS-12)
  std::uint32_t sources = 65'536;                // whose new transactions are limited, per poll core (INL-AV-02)
  std::uint32_t outgoing = 8'192;                // calls of users that nobody has answered, per poll core (SPIT-FW-10)
  std::uint32_t callers = 32'768;                // whose behaviour is counted, per poll core (SPIT-CL-14)
  std::uint32_t large_buffers = 64;              // reassembled messages of more than 4 kB at one time, per poll core
  std::uint32_t reassemblies = 512;              // datagrams in reassembly, per poll core
  std::uint32_t reassemblies_per_source = 64;    // and per source address (INL-MTU-02)
  std::uint32_t reassembly_timeout_ms = 15'000;  // 15..30 s by the standard; shorter in tests
};

// What happens to SIP-port traffic that cannot be worked on: by default it is forwarded untouched; each case has its
// counter.
struct BadInputConfig {
  OnBad truncated = OnBad::forward;           // frame shorter than its IP or UDP length says
  OnBad checksum = OnBad::forward;            // wrong UDP or IPv4 header checksum (INL-UDP-02)
  OnBad extension_headers = OnBad::drop;      // IPv6 headers that hosts may follow and we do not: a way around us
  OnBad overlapping_fragments = OnBad::drop;  // two hosts may read them differently (RFC 5722)
  OnBad fragments = OnBad::forward;           // incomplete at the deadline, too many
  OnBad malformed_sip = OnBad::forward;       // parser error
};

inline constexpr std::size_t kKib = 1'024;  // octets

// Records of decisions about calls, on their way to control (STIR-RG-03).
struct RecordsConfig {
  bool enabled = true;
  std::uint32_t queue_kib = 4'096;  // per poll core; what finds no room there is dropped and counted
};

struct DataplaneConfig {
  std::string socket = "/run/stirline/dataplane.sock";  // listened on for control
  std::string element_id = "stirline";                  // names this appliance in origid (STIR-AS-11)
  std::string origid_key_file;                          // 32 octets; empty: a random key each start
  std::string log_level = "info";                       // error, warning, info, debug
  std::string engine = "auto";                          // crypto engine: auto, ifma, scalar, openssl
  MemoryConfig memory;
  CoreConfig cores;
  LimitConfig limits;
  BadInputConfig bad_input;
  RecordsConfig records;
  std::vector<PortConfig> ports;
  std::vector<PairConfig> pairs;
};

[[nodiscard]] std::expected<DataplaneConfig, ConfigErrors> load_dataplane_config(const std::filesystem::path& file);

// The same for the text of a file; `file` is its name in mistakes and where relative names begin.
[[nodiscard]] std::expected<DataplaneConfig, ConfigErrors> read_dataplane_config(const std::filesystem::path& file,
                                                                                 std::string_view text);

// Every option the loader knows, sorted: "cores.poll", "port[].name".
[[nodiscard]] std::vector<std::string> dataplane_options();

}  // namespace stirline::config
