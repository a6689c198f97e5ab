// The capture file: read back block by block by the rules of pcapng, and by tcpdump where there is one.
#include "control/watching/pcapng.hpp"

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "control/watching/capture_writer.hpp"
#include "tests/unit/control/process.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::pcapng_test {
namespace {

using config::wire::Flow;
using config::wire::WatchKind;

// A frame that tcpdump knows: IPv4, UDP 5060 to 5060, "OK".
std::string udp_frame() {
  const unsigned char octets[] = {2,   0,  0,   0,  0,    2,    2,    0,    0,  0,  0, 1,   8,   0,  0x45,
                                  0,   0,  30,  0,  1,    0,    0,    64,   17, 0,  0, 192, 0,   2,  10,
                                  198, 51, 100, 20, 0x13, 0xc4, 0x13, 0xc4, 0,  10, 0, 0,   'O', 'K'};
  return {reinterpret_cast<const char*>(octets), sizeof(octets)};
}

template <typename Number>
Number number_at(std::string_view octets, std::size_t at) {
  Number number{};
  if (at + sizeof(number) > octets.size()) {
    ADD_FAILURE() << "cut off";
    return number;
  }
  std::memcpy(&number, octets.data() + at, sizeof(number));
  return number;
}

struct Block {
  std::uint32_t type = 0;
  std::string body;
};

std::vector<Block> blocks_of(std::string_view file) {
  std::vector<Block> blocks;
  while (!file.empty()) {
    const auto length = number_at<std::uint32_t>(file, 4);
    EXPECT_EQ(length % 4, 0U);
    if (length < 12 || length > file.size()) {
      ADD_FAILURE() << "a block of " << length << " octets";
      break;
    }
    EXPECT_EQ(number_at<std::uint32_t>(file, length - 4), length) << "the length behind the block";
    blocks.push_back({number_at<std::uint32_t>(file, 0), std::string(file.substr(8, length - 12))});
    file.remove_prefix(length);
  }
  return blocks;
}

std::string option(const std::string& body, std::size_t at, std::uint16_t wanted) {
  while (at < body.size()) {
    const auto code = number_at<std::uint16_t>(body, at);
    const auto length = number_at<std::uint16_t>(body, at + 2);
    if (code == wanted && code != 0) {
      return body.substr(at + 4, length);
    }
    if (code == 0) {
      EXPECT_EQ(at + 4, body.size()) << "options end with the block";
      break;
    }
    at += 4 + (std::size_t{length} + 3) / 4 * 4;
  }
  return {};
}

std::size_t options_of_packet(const std::string& body) {
  return 20 + (number_at<std::uint32_t>(body, 12) + std::size_t{3}) / 4 * 4;
}

TEST(Pcapng, EveryBlockIsWhereTheFormatHasIt) {
  Pcapng file;
  std::string octets = Pcapng::begin();
  const std::string frame = udp_frame();
  octets += file.frame({.interface = "west in",
                        .inbound = true,
                        .time_ns = 1'795'000'000'123'456'789,
                        .whole = 1'500,
                        .octets = frame,
                        .comment = "signed A"});
  octets += file.frame({.interface = "east out", .inbound = false, .time_ns = 2, .whole = 3, .octets = "abc"});
  octets += file.frame({.interface = "west in", .time_ns = 3, .octets = ""});
  const auto blocks = blocks_of(octets);
  ASSERT_EQ(blocks.size(), 6U);
  EXPECT_EQ(blocks[0].type, 0x0A0D0D0AU);
  EXPECT_EQ(number_at<std::uint32_t>(blocks[0].body, 0), 0x1A2B3C4DU);
  EXPECT_EQ(number_at<std::uint16_t>(blocks[0].body, 4), 1U);
  EXPECT_EQ(number_at<std::uint16_t>(blocks[0].body, 6), 0U);
  EXPECT_EQ(number_at<std::uint64_t>(blocks[0].body, 8), ~std::uint64_t{0});
  for (const auto& [index, name] : {std::pair<std::size_t, std::string>{1, "west in"}, {3, "east out"}}) {
    EXPECT_EQ(blocks[index].type, 1U);
    EXPECT_EQ(number_at<std::uint16_t>(blocks[index].body, 0), 1U) << "Ethernet";
    EXPECT_EQ(option(blocks[index].body, 8, 2), name);
    EXPECT_EQ(option(blocks[index].body, 8, 9), std::string(1, '\x09'));
  }
  const std::string& first = blocks[2].body;
  EXPECT_EQ(blocks[2].type, 6U);
  EXPECT_EQ(number_at<std::uint32_t>(first, 0), 0U);
  EXPECT_EQ(std::uint64_t{number_at<std::uint32_t>(first, 4)} << 32U | number_at<std::uint32_t>(first, 8),
            1'795'000'000'123'456'789U);
  EXPECT_EQ(number_at<std::uint32_t>(first, 12), frame.size());
  EXPECT_EQ(number_at<std::uint32_t>(first, 16), 1'500U);
  EXPECT_EQ(first.substr(20, frame.size()), frame);
  EXPECT_EQ(option(first, options_of_packet(first), 1), "signed A");
  EXPECT_EQ(option(first, options_of_packet(first), 2), std::string("\x01\0\0\0", 4));
  const std::string& second = blocks[4].body;
  EXPECT_EQ(number_at<std::uint32_t>(second, 0), 1U);
  EXPECT_EQ(second.substr(20, 3), "abc");
  EXPECT_EQ(option(second, options_of_packet(second), 1), "");
  EXPECT_EQ(option(second, options_of_packet(second), 2), std::string("\x02\0\0\0", 4));
  EXPECT_EQ(number_at<std::uint32_t>(blocks[5].body, 0), 0U) << "an interface is described once";
}

TEST(Pcapng, ALongCommentIsCutBetweenCharacters) {
  Pcapng file;
  std::string comment = "x";
  for (int i = 0; i < 1'000; ++i) {
    comment += "\xc3\xa9";
  }
  const auto blocks = blocks_of(file.frame({.interface = "a in", .octets = "abc", .comment = comment}));
  const std::string kept = option(blocks.at(1).body, options_of_packet(blocks[1].body), 1);
  EXPECT_EQ(kept, comment.substr(0, 1'023));
}

TEST(CaptureWriter, FramesSayWhichMessageAndWhatWasDecided) {
  CaptureWriter writer;
  const std::string frame = udp_frame();
  const config::wire::WatchEvent event{.kind = WatchKind::arrived,
                                       .flow = Flow::to_peer,
                                       .watch = 1,
                                       .message = 4,
                                       .trunk = "peer",
                                       .in_port = "west",
                                       .out_port = "east",
                                       .what = "INV\x1bITE"};
  const auto with = [&](WatchKind kind, auto&& change) {
    config::wire::WatchEvent changed = event;
    changed.kind = kind;
    change(changed);
    return writer.take(changed);
  };
  const auto whole_frame = [&](config::wire::WatchEvent& changed) {
    changed.octets = frame;
    changed.whole = static_cast<std::uint32_t>(frame.size());
  };
  EXPECT_EQ(writer.take(event), "");
  std::string file = with(WatchKind::packet_in, whole_frame);
  EXPECT_EQ(with(WatchKind::decided,
                 [](config::wire::WatchEvent& changed) {
                   changed.what = "signed";
                   changed.reason = "A";
                 }),
            "");
  file += with(WatchKind::packet_out, whole_frame);
  EXPECT_EQ(with(WatchKind::sent, [](config::wire::WatchEvent&) {}), "");
  EXPECT_EQ(writer.frames(), 2U);
  const auto blocks = blocks_of(file);
  ASSERT_EQ(blocks.size(), 4U);
  EXPECT_EQ(option(blocks[0].body, 8, 2), "west in");
  EXPECT_EQ(option(blocks[2].body, 8, 2), "east out");
  EXPECT_EQ(option(blocks[1].body, options_of_packet(blocks[1].body), 1), "message 0.4: INV\\x1bITE to_peer peer");
  EXPECT_EQ(option(blocks[3].body, options_of_packet(blocks[3].body), 1),
            "message 0.4: INV\\x1bITE to_peer peer, signed A");
}

TEST(Pcapng, TcpdumpReadsIt) {
  if (::access("/usr/bin/tcpdump", X_OK) != 0) {
    GTEST_SKIP() << "no tcpdump here";
  }
  Pcapng file;
  const std::string frame = udp_frame();
  std::string octets = Pcapng::begin();
  for (const std::string_view interface : {"west in", "east out"}) {
    octets += file.frame({.interface = interface,
                          .time_ns = 1'795'000'000'000'000'000,
                          .whole = static_cast<std::uint32_t>(frame.size()),
                          .octets = frame,
                          .comment = "x"});
  }
  const test::ScratchFolder folder;
  const auto read = test::run({"/usr/bin/tcpdump", "-nr", folder.write("a.pcapng", octets).string()});
  EXPECT_EQ(read.status, 0) << read.err;
  const std::string flow = "IP 192.0.2.10.5060 > 198.51.100.20.5060";
  const std::size_t first = read.out.find(flow);
  ASSERT_NE(first, std::string::npos) << read.out << read.err;
  EXPECT_NE(read.out.find(flow, first + 1), std::string::npos) << read.out;
}

}  // namespace
}  // namespace stirline::control::pcapng_test
