// The golden format itself: nothing is lost between octets and text, and a wrong result is told.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "tests/golden/golden_case.hpp"
#include "tests/golden/packet_reader.hpp"
#include "tests/golden/packet_text.hpp"
#include "tests/golden/pcap_file.hpp"
#include "tests/golden/runner.hpp"
#include "tests/golden/text_block.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::golden {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "golden-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("no temporary folder");
    }
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string random_text(std::mt19937& random, std::string_view alphabet) {
  std::string text(random() % 40, ' ');
  for (char& c : text) {
    c = alphabet.empty() ? static_cast<char>(random()) : alphabet[random() % alphabet.size()];
  }
  return text;
}

TEST(TextBlock, OctetsComeBack) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::string octets = random_text(random, i % 2 == 0 ? "" : "\r\n\\END{}*x \t");
    ASSERT_EQ(octets_of_text(text_of_octets(octets)), octets);
    ASSERT_EQ(octets_of_hex(hex(octets)), octets);
    PacketSpec spec;
    spec.payload = octets;
    std::string text = "frame in=a\n";
    for (const std::string& line : payload_lines(octets)) {
      text += line + "\n";
    }
    ASSERT_EQ(parse_case(text, "test").inputs.at(0).frames.at(0), build(spec)) << text;
  }
}

TEST(TextBlock, TheMarkerIsNotInTheText) {
  const std::vector<std::string> wanted{"sip <<END__", "END", "END_", "END__"};
  EXPECT_EQ(payload_lines("END\r\nEND_\r\n"), wanted);
}

TEST(TextBlock, Runs) {
  EXPECT_EQ(octets_of_text({"a\\{b*3}c\\"}), "abbbc");
  EXPECT_EQ(octets_of_text({"\\{\\x00*2}"}), std::string("\0\0\r\n", 4));
  EXPECT_EQ(text_of_octets(std::string(1'000, 'A') + "\r\n"), std::vector<std::string>{"\\{A*1000}"});
  for (const char* wrong : {"\\q", "\\x1", "\\{a*}", "\\{a3}", "\\{a*3", "\\{a*100001}", "\\{"}) {
    EXPECT_ANY_THROW((void)octets_of_text({wrong})) << wrong;
  }
}

PacketSpec random_spec(std::mt19937& random) {
  const auto one_in = [&](unsigned n) { return random() % n == 0; };
  PacketSpec spec;
  const bool ipv6 = one_in(2);
  if (ipv6) {
    spec.source = "2001:db8::1";
    spec.destination = "2001:db8::2";
    spec.flow_label = random() & 0xFFFFF;
    spec.fragment_header = one_in(4);
    spec.extensions.resize(random() % 3);
  } else {
    spec.ip_options.assign(random() % 3 * 4, 1);
    spec.dont_fragment = one_in(2);
    spec.reserved_flag = one_in(4);
  }
  spec.vlans.resize(random() % 3);
  spec.ttl = static_cast<std::uint8_t>(random());
  spec.traffic_class = static_cast<std::uint8_t>(random());
  spec.more_fragments = one_in(4);
  spec.fragment_offset = one_in(4) ? 1'480 : 0;
  if (!ipv6 || spec.is_fragment()) {
    spec.id = random() & 0xFFFF;
  }
  spec.protocol = one_in(4) ? 6 : 17;
  spec.udp = spec.protocol == 17 && spec.fragment_offset == 0;
  spec.payload = random_text(random, "");
  spec.pad = random() % 4;
  if (spec.udp && one_in(4)) {
    spec.udp_checksum = {Computed::How::zero, 0};
  }
  return spec;
}

// Whatever frame there is: its description builds it again, and the text of the description too.
void expect_describes(const Octets& octets) {
  const PacketSpec spec = describe(octets);
  ASSERT_EQ(build(spec), octets);
  std::string text = "frame in=a\n";
  for (const std::string& line : lines_of(spec)) {
    text += line + "\n";
  }
  ASSERT_EQ(parse_case(text, "test").inputs.at(0).frames.at(0), octets) << text;
}

TEST(PacketReader, DescribesWhatWasBuilt) {
  std::mt19937 random(2);
  for (int i = 0; i < 5'000; ++i) {
    const PacketSpec spec = random_spec(random);
    const Octets octets = build(spec);
    expect_describes(octets);
    ASSERT_FALSE(HasFatalFailure());
    const PacketSpec read = describe(octets);
    ASSERT_FALSE(read.ether_type.has_value()) << "an IP packet is described as one";
    ASSERT_EQ(read.payload.size() + (read.udp ? 8 : 0), spec.payload.size() + (spec.udp ? 8 : 0));
    ASSERT_FALSE(read.ip_length.has_value());
    ASSERT_EQ(read.ip_checksum, Computed{});
  }
}

TEST(PacketReader, DescribesAnything) {
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    Octets octets = build(random_spec(random));
    octets.resize(random() % (octets.size() + 1));
    for (auto changes = random() % 3; changes > 0 && !octets.empty(); --changes) {
      octets[random() % octets.size()] = static_cast<std::uint8_t>(random());
    }
    expect_describes(octets);
    ASSERT_FALSE(HasFatalFailure());
  }
}

TEST(PacketReader, JoinsFragments) {
  std::mt19937 random(4);
  for (int i = 0; i < 1'000; ++i) {
    PacketSpec spec = random_spec(random);
    spec.protocol = 17;
    spec.udp = true;
    spec.more_fragments = spec.fragment_header = false;
    spec.fragment_offset = 0;
    spec.pad = 0;
    spec.payload.resize(1 + random() % 100, 'x');
    std::vector<Octets> frames;
    for (const PacketSpec& part : split(spec, 8 * (1 + random() % 3))) {
      frames.push_back(build(part));
    }
    if (frames.size() == 1) {
      continue;
    }
    const Joined joined = join(frames);
    ASSERT_EQ(joined.count, frames.size());
    ASSERT_EQ(joined.whole.payload, spec.payload);
    frames.pop_back();
    ASSERT_EQ(join(frames).data, 0U) << "not without the last";
  }
}

TEST(PcapFile, ThereAndBack) {
  const Folder folder;
  const fs::path file = folder.path() / "x.pcap";
  const std::vector<Octets> frames{build({}), {}, Octets(65'600, 7)};
  write_pcap(file, frames);
  EXPECT_EQ(read_pcap(file), frames);
  std::string octets = test::read_file(file);
  std::ofstream(file, std::ios::binary) << octets.substr(0, octets.size() - 1);
  EXPECT_THROW((void)read_pcap(file), std::runtime_error);
  octets[20] = 2;  // another link type
  std::ofstream(file, std::ios::binary) << octets;
  EXPECT_THROW((void)read_pcap(file), std::runtime_error);
  EXPECT_THROW((void)read_pcap(folder.path() / "absent"), std::runtime_error);
}

// Written on a machine of the other byte order, with nanoseconds: one frame of three octets.
TEST(PcapFile, OtherByteOrder) {
  const Folder folder;
  const fs::path file = folder.path() / "x.pcap";
  std::ofstream(file, std::ios::binary) << octets_of_hex(
      "a1b23c4d 0002 0004 00000000 00000000 0000ffff 00000001 00000000 00000000 00000003 00000003 010203");
  EXPECT_EQ(read_pcap(file), std::vector<Octets>{(Octets{1, 2, 3})});
}

TEST(GoldenCase, MistakesAreTold) {
  const std::pair<const char*, const char*> cases[] = {
      {"now 5", "x:1: expected: key = value"},
      {"frame\n", "x:1: expected in=a or in=b"},
      {"\nframe in=c", "x:2: expected in=a or in=b"},
      {"frame in=a\nttl = 256", "x:2: not a number"},
      {"frame in=a\nttl = 4x", "x:2: not a number"},
      {"frame in=a\ntll = 4", "x:2: unknown field: tll"},
      {"frame in=a\nip = 192.0.2.1", "x:2: expected: source > destination"},
      {"frame in=a\nip = 192.0.2.1 > 2001:db8::1\n", "x: last block: not an address"},
      {"frame in=a\nsip <<END\nINVITE", "x:2: the end of the payload is missing"},
      {"sip <<END\nEND", "x:1: a payload is written"},
      {"expect out=b same as 1", "x:1: expected: same as N"},
      {"frame in=a\nexpect out=b same as 2", "x:2: expected: same as N"},
      {"frame in=a\nexpect out=b same as 1\nttl = 3", "x:3: `same as` says everything"},
      {"expect out=b\nframe in=a", "x:2: frames stand before expectations"},
      {"frame in=a\nfragment = 12\n\nframe in=a", "x:4: the data of a fragment"},
      {"frame in=a\nfragment = 8\norder = 7\n\nframe in=a", "x:5: "},
      {"frame in=a\norder = one", "x:2: numbers are expected"},
  };
  for (const auto& [text, message] : cases) {
    try {
      (void)parse_case(text, "x");
      ADD_FAILURE() << text;
    } catch (const std::runtime_error& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with(message)) << error.what();
    }
  }
}

std::vector<fs::path> case_files() {
  const char* source = std::getenv("STIRLINE_SOURCE");
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(source == nullptr ? "." : source) / "tests/golden/cases")) {
    files.push_back(entry.path());
  }
  return files;
}

// So that --update changes nothing but what changed.
TEST(GoldenCase, EveryCaseIsWrittenAsUpdateWritesIt) {
  const auto files = case_files();
  ASSERT_GT(files.size(), 50U);
  for (const fs::path& file : files) {
    const Case golden = load_case(file);
    EXPECT_FALSE(golden.inputs.empty()) << file;
    EXPECT_FALSE(golden.counters.empty()) << file;
    EXPECT_EQ(rewritten(golden, golden.expected, golden.counters), test::read_file(file));
  }
}

// A cable: what enters one side leaves the other, but for the first `lost` frames of side a.
class Cable : public Appliance {
 public:
  explicit Cable(std::size_t lost) : lost_(lost) {}
  std::expected<CounterValues, std::string> run(const Captures& captures, const Settings& settings) override {
    if (settings.contains("broken")) {
      return std::unexpected("the cable is broken");
    }
    auto a = read_pcap(captures.a_in);
    a.erase(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(lost_));
    write_pcap(captures.b_out, a);
    write_pcap(captures.a_out, read_pcap(captures.b_in));
    return CounterValues{{"received", 2}};
  }

 private:
  std::size_t lost_;
};

TEST(Runner, SaysWhatDiffers) {
  const Folder folder;
  const std::string text =
      "frame in=a\nsip <<END\none\nEND\n\nframe in=a\nttl = 9\nsip <<END\ntwo\nEND\n\nexpect out=b same as 1\n"
      "expect out=b same as 2\n\ncounters\nreceived = 2\n";
  const Case golden = parse_case(text, "x");
  Cable good(0);
  const auto same = run_case(golden, good, folder.path());
  ASSERT_TRUE(same.has_value());
  EXPECT_EQ(difference(golden, *same), "");
  Cable bad(1);
  const auto other = run_case(golden, bad, folder.path());
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(difference(golden, *other), "  \n- expect out=b same as 1\n- \n  expect out=b same as 2\n");

  const Case counters = parse_case(text + "absent = 0\nreceived = 3\n", "x");
  EXPECT_EQ(difference(counters, *same),
            "- absent = 0\n+ there is no counter of this name\n- received = 3\n+ received = 2\n");
  const auto broken = run_case(parse_case("broken = yes\n" + text, "x"), good, folder.path());
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error(), "the cable is broken");
}

TEST(Runner, OrderMattersUnlessSaidOtherwise) {
  const Folder folder;
  const std::string text =
      "frame in=a\nttl = 1\n\nframe in=a\nttl = 2\n\nexpect out=b same as 2\nexpect out=b same as 1\n";
  Cable cable(0);
  const Case ordered = parse_case(text, "x");
  EXPECT_NE(difference(ordered, *run_case(ordered, cable, folder.path())), "");
  const Case unordered = parse_case("compare = unordered\n" + text, "x");
  EXPECT_EQ(difference(unordered, *run_case(unordered, cable, folder.path())), "");
}

}  // namespace
}  // namespace stirline::golden
