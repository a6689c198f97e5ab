// stirlined's file: a good one is read whole, and each class of mistake is told with line, key and what was expected.
#include "config/dataplane_config.hpp"

#include <gtest/gtest.h>

#include "tests/unit/config/temporary_file.hpp"

namespace stirline::config::dataplane_config_test {
namespace {

using test::replaced;
using test::TemporaryFile;

constexpr std::string_view kGood = R"(socket = "run/d.sock"
element_id = "east-1"
origid_key_file = "secret/origid.key"
log_level = "debug"
engine = "openssl"
[memory]
hugepages = false
megabytes = 64
packets = 1023
[cores]
main = 3
poll = [0, 1]
crypto = [1]
idle = "adaptive"
idle_max_us = 50
[limits]
parked = 1
job_deadline_us = 1000
large_buffers = 2
reassemblies = 3
reassemblies_per_source = 3
reassembly_timeout_ms = 500
[bad_input]
truncated = "drop"
checksum = "drop"
overlapping_fragments = "forward"
fragments = "drop"
malformed_sip = "drop"
[[port]]
name = "p0"
device = "veth0"
mtu = 9000
descriptors = 256
[[port]]
name = "p1"
kind = "pci"
device = "0000:03:00.1"
[[port]]
name = "p2"
kind = "pcap"
rx_pcap = "in.pcap"
tx_pcap = "/tmp/out.pcap"
[[port]]
name = "p3"
kind = "null"
[[pair]]
name = "west"
a = "p0"
b = "p1"
[[pair]]
name = "east"
a = "p3"
b = "p2"
[records]
enabled = false
queue_kib = 64
)";

// All mistakes of `text`, each without the name of the file.
std::vector<std::string> mistakes(std::string_view text) {
  const TemporaryFile file("d.toml", text);
  const auto config = load_dataplane_config(file.path());
  std::vector<std::string> lines;
  if (!config) {
    for (const ConfigError& error : config.error()) {
      lines.push_back(to_string(error).substr(file.path().string().size()));
    }
  }
  return lines;
}

std::vector<std::string> mistakes(std::string_view what, std::string_view with) {
  return mistakes(replaced(std::string(kGood), what, with));
}

using Lines = std::vector<std::string>;

TEST(DataplaneConfig, GoodFileIsReadWhole) {
  const TemporaryFile file("d.toml", kGood);
  const auto loaded = load_dataplane_config(file.path());
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  const DataplaneConfig& config = *loaded;
  const std::filesystem::path folder = file.path().parent_path();
  EXPECT_EQ(config.socket, folder / "run/d.sock");
  EXPECT_EQ(config.element_id, "east-1");
  EXPECT_EQ(config.origid_key_file, folder / "secret/origid.key");
  EXPECT_EQ(config.log_level, "debug");
  EXPECT_EQ(config.engine, "openssl");
  EXPECT_FALSE(config.memory.hugepages);
  EXPECT_EQ(config.memory.megabytes, 64U);
  EXPECT_EQ(config.memory.packets, 1'023U);
  EXPECT_EQ(config.cores.main, 3U);
  EXPECT_EQ(config.cores.poll, (std::vector<std::uint16_t>{0, 1}));
  EXPECT_EQ(config.cores.crypto, (std::vector<std::uint16_t>{1}));
  EXPECT_EQ(config.cores.idle, Idle::adaptive);
  EXPECT_EQ(config.cores.idle_max_us, 50U);
  EXPECT_EQ(config.limits.parked, 1U);
  EXPECT_EQ(config.limits.job_deadline_us, 1'000U);
  EXPECT_EQ(config.limits.large_buffers, 2U);
  EXPECT_EQ(config.limits.reassemblies, 3U);
  EXPECT_EQ(config.limits.reassemblies_per_source, 3U);
  EXPECT_EQ(config.limits.reassembly_timeout_ms, 500U);
  EXPECT_EQ(config.bad_input.truncated, OnBad::drop);
  EXPECT_EQ(config.bad_input.checksum, OnBad::drop);
  EXPECT_EQ(config.bad_input.overlapping_fragments, OnBad::forward);
  EXPECT_EQ(config.bad_input.fragments, OnBad::drop);
  EXPECT_EQ(config.bad_input.malformed_sip, OnBad::drop);
  EXPECT_FALSE(config.records.enabled);
  EXPECT_EQ(config.records.queue_kib, 64U);
  ASSERT_EQ(config.ports.size(), 4U);
  EXPECT_EQ(config.ports[0].kind, PortKind::af_packet);
  EXPECT_EQ(config.ports[0].device, "veth0");
  EXPECT_EQ(config.ports[0].mtu, 9'000U);
  EXPECT_EQ(config.ports[0].descriptors, 256U);
  EXPECT_EQ(config.ports[1].kind, PortKind::pci);
  EXPECT_EQ(config.ports[1].device, "0000:03:00.1");
  EXPECT_EQ(config.ports[1].mtu, 1'500U);
  EXPECT_EQ(config.ports[2].rx_pcap, folder / "in.pcap");
  EXPECT_EQ(config.ports[2].tx_pcap, "/tmp/out.pcap");
  EXPECT_EQ(config.ports[3].kind, PortKind::null);
  ASSERT_EQ(config.pairs.size(), 2U);
  EXPECT_EQ(config.pairs[1].name, "east");
  EXPECT_EQ(config.pairs[1].a, "p3");
  EXPECT_EQ(config.pairs[1].b, "p2");
}

TEST(DataplaneConfig, UnknownOptionsAreNamedWithWhatWasMeant) {
  EXPECT_EQ(mistakes("element_id", "elementid"),
            Lines{R"~(:2: elementid: expected a known option (did you mean element_id?), found "elementid")~"});
  EXPECT_EQ(mistakes("hugepages", "hugepage"),
            Lines{R"~(:7: memory.hugepage: expected a known option (did you mean hugepages?), found "hugepage")~"});
  EXPECT_EQ(mistakes("mtu", "colour"), Lines{R"~(:32: port[0].colour: expected a known option, found "colour")~"});
  EXPECT_EQ(mistakes("[bad_input]", "[badinput]"),
            Lines{R"~(:23: badinput: expected a known option (did you mean bad_input?), found "badinput")~"});
}

TEST(DataplaneConfig, WrongTypes) {
  EXPECT_EQ(
      mistakes("\"east-1\"", "7"),
      Lines{R"~(:2: element_id: expected a name of 1 to 64 letters, digits, '.', '_' or '-', found "7 (integer)")~"});
  EXPECT_EQ(mistakes("9000", "\"9000\""),
            Lines{R"~(:32: port[0].mtu: expected a whole number from 576 to 9000, found "9000 (string)")~"});
  EXPECT_EQ(
      mistakes("9000", "1500.0"),
      Lines{R"~(:32: port[0].mtu: expected a whole number from 576 to 9000, found "1500.000000 (floating-point)")~"});
  EXPECT_EQ(mistakes("hugepages = false", "hugepages = 0"),
            Lines{R"~(:7: memory.hugepages: expected true or false, found "0 (integer)")~"});
  EXPECT_EQ(
      mistakes("crypto = [1]", "crypto = 1"),
      Lines{
          R"~(:13: cores.crypto: expected a list, each element a whole number from 0 to 1023, found "1 (integer)")~"});
  EXPECT_EQ(mistakes("crypto = [1]", "crypto = [1, true]"),
            Lines{R"~(:13: cores.crypto[1]: expected a whole number from 0 to 1023, found "true (boolean)")~"});
  EXPECT_EQ(mistakes("[memory]\nhugepages = false\nmegabytes = 64\npackets = 1023\n", "memory = 1\n"),
            Lines{R"~(:6: memory: expected a table: [memory], found "1 (integer)")~"});
  EXPECT_EQ(mistakes("[[port]]\nname = \"p0\"", "[port]\nname = \"p0\"").size(), 1U)
      << "TOML itself refuses the second";
  EXPECT_EQ(mistakes("port = [1]\npair = 2\n[cores]\npoll = [1]\ncrypto = [2]\n"),
            (Lines{R"~(:1: port[0]: expected a table: [[port]], found "1 (integer)")~",
                   R"~(:2: pair: expected tables: [[pair]], found "2 (integer)")~"}));
}

TEST(DataplaneConfig, ValuesOutOfRange) {
  EXPECT_EQ(mistakes("9000", "575"),
            Lines{R"~(:32: port[0].mtu: expected a whole number from 576 to 9000, found "575")~"});
  EXPECT_EQ(mistakes("9000", "9001"),
            Lines{R"~(:32: port[0].mtu: expected a whole number from 576 to 9000, found "9001")~"});
  EXPECT_EQ(mistakes("9000", "-1"),
            Lines{R"~(:32: port[0].mtu: expected a whole number from 576 to 9000, found "-1")~"});
  EXPECT_EQ(mistakes("descriptors = 256", "descriptors = 300"),
            Lines{R"~(:33: port[0].descriptors: expected a power of two, found "300")~"});
  EXPECT_EQ(mistakes("poll = [0, 1]", "poll = [0, 1024]"),
            Lines{R"~(:12: cores.poll[1]: expected a whole number from 0 to 1023, found "1024")~"});
  EXPECT_EQ(mistakes("\"adaptive\"", "\"lazy\""),
            Lines{R"~(:14: cores.idle: expected one of busy, adaptive, found "lazy")~"});
  EXPECT_EQ(mistakes("\"debug\"", "\"verbose\""),
            Lines{R"~(:4: log_level: expected one of error, warning, info, debug, found "verbose")~"});
  EXPECT_EQ(mistakes("reassemblies_per_source = 3", "reassemblies_per_source = 4"),
            Lines{R"~(:21: limits.reassemblies_per_source: expected at most reassemblies (3), found "4")~"});
  EXPECT_EQ(mistakes("run/d.sock", std::string(200, 's')).size(), 1U);
  EXPECT_EQ(mistakes("\"run/d.sock\"", "\"\""), Lines{R"~(:1: socket: expected a file name, found "(empty)")~"});
}

TEST(DataplaneConfig, WhatIsRequiredAndAbsent) {
  EXPECT_EQ(
      mistakes("name = \"west\"\n", ""),
      Lines{R"~(:46: pair[0].name: expected a name of 1 to 64 letters, digits, '.', '_' or '-', found nothing)~"});
  EXPECT_EQ(
      mistakes("crypto = [1]", "crypto = []"),
      Lines{
          R"~(:13: cores.crypto: expected a list, each element a whole number from 0 to 1023, and at least one, found "an empty list")~"});
  EXPECT_EQ(mistakes("poll = [0, 1]\n", ""),
            Lines{R"~(:10: cores.poll: expected a list, each element a whole number from 0 to 1023, found nothing)~"});
  EXPECT_EQ(mistakes("device = \"veth0\"\n", ""),
            Lines{R"~(:29: port[0].device: expected an interface name of 1 to 15 characters, found nothing)~"});
  EXPECT_EQ(mistakes("tx_pcap = \"/tmp/out.pcap\"\n", ""),
            Lines{R"~(:38: port[2].tx_pcap: expected a file name, found nothing)~"});
  EXPECT_EQ(mistakes(""),
            (Lines{": cores.poll: expected a list, each element a whole number from 0 to 1023, found nothing",
                   ": cores.crypto: expected a list, each element a whole number from 0 to 1023, found "
                   "nothing",
                   ": pair: expected at least one [[pair]], found nothing"}));
}

TEST(DataplaneConfig, NoPairsAreAMistakeHoweverWritten) {
  EXPECT_EQ(mistakes("pair = []\n[cores]\npoll = [1]\ncrypto = [2]\n"),
            Lines{R"~(:1: pair: expected at least one [[pair]], found "an empty list")~"});
}

TEST(DataplaneConfig, NamesAreUniqueAndKnown) {
  EXPECT_EQ(mistakes("name = \"east\"", "name = \"west\""),
            Lines{R"~(:51: pair[1].name: expected a pair name that is not used before (line 47), found "west")~"});
  EXPECT_EQ(mistakes("name = \"p1\"", "name = \"p0\""),
            (Lines{R"~(:35: port[1].name: expected a port name that is not used before (line 30), found "p0")~",
                   R"~(:49: pair[0].b: expected the name of a [[port]], found "p1")~"}));
  EXPECT_EQ(mistakes("0000:03:00.1", "0000:03:00.9"),
            Lines{R"~(:37: port[1].device: expected a PCI address such as 0000:03:00.0, found "0000:03:00.9")~"});
  EXPECT_EQ(mistakes("kind = \"pci\"\ndevice = \"0000:03:00.1\"", "kind = \"tap\"\ndevice = \"veth0\""),
            Lines{R"~(:37: port[1].device: expected a device that is not used before (line 31), found "veth0")~"});
}

TEST(DataplaneConfig, PortsArePairedOnce) {
  EXPECT_EQ(mistakes("b = \"p1\"", "b = \"p9\""),
            (Lines{R"~(:35: port[1].name: expected a port that is in a [[pair]], found "p1")~",
                   R"~(:49: pair[0].b: expected the name of a [[port]], found "p9")~"}));
  EXPECT_EQ(mistakes("b = \"p1\"", "b = \"p0\""),
            (Lines{R"~(:35: port[1].name: expected a port that is in a [[pair]], found "p1")~",
                   R"~(:49: pair[0].b: expected a port that is in no pair yet (it is in pair west), found "p0")~"}));
  EXPECT_EQ(mistakes("b = \"p2\"", "b = \"p1\""),
            (Lines{R"~(:39: port[2].name: expected a port that is in a [[pair]], found "p2")~",
                   R"~(:53: pair[1].b: expected a port that is in no pair yet (it is in pair west), found "p1")~"}));
}

TEST(DataplaneConfig, OptionsOfOtherKindsOfPort) {
  EXPECT_EQ(mistakes("kind = \"null\"", "kind = \"null\"\ndevice = \"eth0\""),
            Lines{R"~(:46: port[3].device: expected no such option for this kind of port, found "device")~"});
  EXPECT_EQ(mistakes("mtu = 9000", "tx_pcap = \"x\""),
            Lines{R"~(:32: port[0].tx_pcap: expected no such option for this kind of port, found "tx_pcap")~"});
  EXPECT_EQ(
      mistakes("/tmp/out.pcap", "/tmp/out,rx_iface=eth0"),
      Lines{
          R"~(:42: port[2].tx_pcap: expected a file name without ',', '=' or space, found "/tmp/out,rx_iface=eth0")~"});
  EXPECT_EQ(mistakes("\"veth0\"", "\"a,b=c\""),
            Lines{R"~(:31: port[0].device: expected an interface name of 1 to 15 characters, found "a,b=c")~"});
  EXPECT_EQ(mistakes("\"null\"", "\"nul\""),
            Lines{R"~(:45: port[3].kind: expected one of pci, af_packet, tap, pcap, null, found "nul")~"});
}

TEST(DataplaneConfig, BusyCoresDoNotShareCpus) {
  EXPECT_EQ(
      mistakes("\"adaptive\"", "\"busy\""),
      Lines{
          R"~(:13: cores.crypto: expected a CPU of its own for each core, or idle = "adaptive", found "CPU 1 a second time")~"});
}

TEST(DataplaneConfig, AllMistakesAreToldInTheOrderOfLines) {
  std::string text(kGood);
  text = replaced(text, "malformed_sip = \"drop\"", "malformed_sip = \"burn\"");
  text = replaced(text, "parked = 1", "parked = 0");
  text = replaced(text, "megabytes", "megabites");
  text = replaced(text, "b = \"p2\"", "b = \"p7\"");
  EXPECT_EQ(mistakes(text),
            (Lines{R"~(:8: memory.megabites: expected a known option (did you mean megabytes?), found "megabites")~",
                   R"~(:17: limits.parked: expected a whole number from 1 to 65536, found "0")~",
                   R"~(:28: bad_input.malformed_sip: expected one of forward, drop, found "burn")~",
                   R"~(:39: port[2].name: expected a port that is in a [[pair]], found "p2")~",
                   R"~(:53: pair[1].b: expected the name of a [[port]], found "p7")~"}));
}

TEST(DataplaneConfig, BrokenTomlIsToldWithItsLine) {
  const std::vector<std::string> told = mistakes("socket = \"a\"\nelement_id = \"b\n");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_TRUE(told[0].starts_with(":2: expected valid TOML, found \"")) << told[0];
  EXPECT_EQ(mistakes("socket = 1\nsocket = 2\n").size(), 1U);
  for (const std::string_view header : {"[[[a]]]", "[=", "[[=", "[", "[[", "[ [a]]", "[]", "[[]]", "[\xc3\xa4]",
                                        "a = [}", "a = {b=,}", "\xef\xbb\xbf[=", "\v[="}) {
    const std::vector<std::string> refused = mistakes("socket = \"a\"\n" + std::string(header));
    ASSERT_EQ(refused.size(), 1U) << header;
    EXPECT_TRUE(refused[0].starts_with(":2: expected valid TOML")) << refused[0];
    const std::vector<std::string> inside = mistakes("z = 1\n" + std::string(header) + "\nb = 1\n[c]\n");
    ASSERT_EQ(inside.size(), 1U) << header;
    EXPECT_TRUE(inside[0].starts_with(":2: expected valid TOML")) << inside[0];
    EXPECT_EQ(mistakes(header).size(), 1U) << header;
  }
  EXPECT_EQ(mistakes(std::string(1'000, '[')).size(), 1U);
  EXPECT_EQ(mistakes("a = " + std::string(10'000, '[')).size(), 1U);
  EXPECT_EQ(mistakes("a = \"\xff\xfe\"").size(), 1U);
}

TEST(DataplaneConfig, OtherAlphabetsStandInTextsAndCommentsOnly) {
  EXPECT_EQ(mistakes("\xd0\x9b"),
            Lines{R"~(:1: expected valid TOML, found "a character outside ASCII and outside quotes")~"});
  EXPECT_EQ(mistakes("a = 1\n\n\xc3\xa4 = 2"),
            Lines{R"~(:3: expected valid TOML, found "a character outside ASCII and outside quotes")~"});
  EXPECT_EQ(mistakes("# [= \xc3\xa4 \"\n" + std::string(kGood)), Lines{});
  EXPECT_EQ(mistakes("\xef\xbb\xbf" + std::string(kGood)), Lines{}) << "a byte order mark may lead";
  for (const std::string_view text :
       {"\"\xc3\xa4\"", "'\xc3\xa4'", "\"\"\"\n[=\n\xc3\xa4\\\"\"\"\"\"", "'''\n[=\n\xc3\xa4'''''"}) {
    const std::vector<std::string> told = mistakes("\"east-1\"", text);
    ASSERT_EQ(told.size(), 1U) << text;
    EXPECT_TRUE(told[0].starts_with(":2: element_id: expected a name")) << told[0];
  }
}

TEST(DataplaneConfig, UnreadableFilesAreMistakes) {
  const auto absent = load_dataplane_config("/nonexistent/d.toml");
  ASSERT_FALSE(absent);
  EXPECT_EQ(to_string(absent.error().front()),
            "/nonexistent/d.toml: expected a readable file of at most 16 MiB, found \"No such file "
            "or directory\"");
  const auto folder = load_dataplane_config(std::filesystem::temp_directory_path());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().front().found, "something else than a file");
}

TEST(DataplaneConfig, ShownValuesAreShortAndPrintable) {
  const std::string long_name(200, 'n');
  const std::vector<std::string> told = mistakes("\"east-1\"", "\"\\u001b[31m" + long_name + "\"");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0].find("found \"?[31mnnn"), std::string::npos) << told[0];
  EXPECT_TRUE(told[0].ends_with("nnn...\""));
  EXPECT_LT(told[0].size(), 200U);
}

}  // namespace
}  // namespace stirline::config::dataplane_config_test
