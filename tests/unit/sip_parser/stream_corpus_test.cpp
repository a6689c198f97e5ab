// INL-TCP-01 on the corpora: cut at every octet, many in a segment, and always where Message::parse() ends them.
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/sip_parser/samples.hpp"
#include "tests/unit/sip_parser/streams.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::sip::test::stream_corpus_test {
namespace {

using Step = FrameStep::Kind;

std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder, const std::string& extension) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == extension) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

std::size_t count(const Frames& frames, FrameStep::Kind kind) {
  return static_cast<std::size_t>(
      std::ranges::count_if(frames, [kind](const Frame& frame) { return frame.step.kind == kind; }));
}

class StreamCorpus : public testing::Test {
 protected:
  void SetUp() override {
    const auto carrier = stirline::test::test_data("corpus/carrier");
    const auto torture = stirline::test::test_data("corpus/torture");
    if (!carrier || !torture) {
      GTEST_SKIP() << "a corpus is absent: no folder corpus/carrier or corpus/torture below STIRLINE_TEST_DATA";
    }
    for (const auto& file : files_of(*carrier, ".sip")) {
      carrier_.push_back(stirline::test::read_file(file));
    }
    for (const auto& file : files_of(*torture, ".dat")) {
      torture_.push_back(stirline::test::read_file(file));
      torture_names_.push_back(file.filename().string());
    }
    ASSERT_EQ(carrier_.size(), 225U);
    ASSERT_EQ(torture_.size(), 61U);
    all_ = carrier_;
    all_.insert(all_.end(), torture_.begin(), torture_.end());
  }

  std::vector<std::string> carrier_;
  std::vector<std::string> torture_;
  std::vector<std::string> torture_names_;
  std::vector<std::string> all_;
};

TEST_F(StreamCorpus, CutAtEveryOctetIsOneShot) {
  for (const std::string& message : all_) {
    const Frames whole = frames_of(message);
    for (std::size_t cut = 1; cut < message.size(); ++cut) {
      Connection connection(message);
      connection.receive(cut);
      connection.receive(message.size());
      ASSERT_TRUE(same(connection.frames(), whole)) << cut << "\n" << message;
    }
    ASSERT_TRUE(same(frames_of(message, [] { return std::size_t{1}; }), whole)) << message;
  }
}

// The invariant behind it all: what the parser accepts, the framer cuts where the parser ends it, whatever follows; and
// where the framer refuses, so does the parser, but for a length that datagrams need not have.
TEST_F(StreamCorpus, FramerAndParserAgree) {
  std::size_t agreed = 0;
  for (const std::string& message : all_) {
    for (const std::string& stream : {message, message + "\r\n\r\n", message + carrier_.front()}) {
      const FrameStep step = StreamFramer().next(stream);
      const Parsed parsed(stream);
      if (parsed.ok() && parsed.message().content_length()) {
        ASSERT_EQ(step.kind, Step::message) << message;
        EXPECT_EQ(step.size, parsed.message().body().end()) << message;
        ++agreed;
      } else if (step.kind == Step::message) {
        EXPECT_EQ(Parsed(stream.substr(0, step.size)).code(), parsed.code()) << message;
      } else if (step.kind == Step::refused && !parsed.ok()) {
        EXPECT_EQ(step.error.code, parsed.code()) << message;
        EXPECT_EQ(step.error.offset, parsed.result().error().offset) << message;
        EXPECT_EQ(step.error.header, parsed.result().error().header) << message;
      } else if (step.kind == Step::refused) {
        EXPECT_EQ(step.error.code, ErrorCode::missing) << message;
        EXPECT_EQ(step.error.header, HeaderId::content_length) << message;
      } else {
        EXPECT_EQ(parsed.code(), ErrorCode::content_length_beyond) << message;
      }
    }
  }
  EXPECT_EQ(agreed, 3U * 264U);
}

// All but these are one message to the framer, whatever is wrong with their fields.
TEST_F(StreamCorpus, TortureMessages) {
  struct Ending {
    std::size_t messages;
    FrameStep::Kind last;
    ErrorCode code;
  };
  const std::map<std::string, Ending> others = {
      {"rfc4475_clerr.dat", {0, Step::incomplete, ErrorCode::ok}},  // waits for the body that it announces
      {"rfc4475_ncl.dat", {0, Step::refused, ErrorCode::bad_content_length}},
      {"rfc4475_mcl01.dat", {0, Step::refused, ErrorCode::content_length_conflict}},
      {"rfc4475_inv2543.dat", {0, Step::refused, ErrorCode::missing}},
      {"rfc4475_dblreq.dat", {2, Step::refused, ErrorCode::not_sip}},  // its second request is longer than it says
      {"rfc5118_ipv4-mapped-ipv6.dat", {1, Step::refused, ErrorCode::not_sip}},  // so are these
      {"rfc5118_ipv6-in-sdp.dat", {1, Step::refused, ErrorCode::not_sip}},
      {"rfc5118_mult-ip-in-sdp.dat", {1, Step::refused, ErrorCode::not_sip}},
  };
  for (std::size_t i = 0; i < torture_.size(); ++i) {
    SCOPED_TRACE(torture_names_[i]);
    const auto other = others.find(torture_names_[i]);
    const Ending expected = other == others.end() ? Ending{1, Step::incomplete, ErrorCode::ok} : other->second;
    const Frames frames = frames_of(torture_[i]);
    EXPECT_EQ(count(frames, Step::message), expected.messages);
    EXPECT_EQ(frames.back().step.kind, expected.last);
    EXPECT_EQ(frames.back().step.error.code, expected.code);
    if (other == others.end()) {
      EXPECT_EQ(frames.back().at, torture_[i].size());
    }
  }
}

// A trunk's connection: all messages one behind the other, keep-alives between them, in segments of any size.
TEST_F(StreamCorpus, AllOnOneConnection) {
  std::string stream;
  std::vector<std::pair<std::size_t, std::size_t>> expected;  // where each message begins, and its size
  for (std::size_t i = 0; i < carrier_.size(); ++i) {
    stream += i % 7 == 0 ? "\r\n\r\n" : i % 5 == 0 ? "\r\n" : "";
    expected.emplace_back(stream.size(), carrier_[i].size());
    stream += carrier_[i];
  }
  const Frames whole = frames_of(stream);
  std::vector<std::pair<std::size_t, std::size_t>> messages;
  for (const Frame& frame : whole) {
    if (frame.step.kind == Step::message) {
      messages.emplace_back(frame.at, frame.step.size);
    }
  }
  EXPECT_EQ(messages, expected);
  EXPECT_EQ(count(whole, Step::ping), 33U);
  EXPECT_EQ(count(whole, Step::empty_line), 33U + 38U);
  EXPECT_EQ(whole.back().at, stream.size());

  std::mt19937 random(1);
  for (const std::size_t most : {1U, 2U, 3U, 64U, 1'460U, 9'000U, 65'536U}) {
    std::uniform_int_distribution<std::size_t> sizes(1, most);
    EXPECT_TRUE(same(frames_of(stream, [&] { return sizes(random); }), whole)) << most;
  }
}

// Every octet of a message changed: still the cuts do not matter, and still framer and parser end it at the same place.
TEST_F(StreamCorpus, EveryOctetChanged) {
  const std::string& next = carrier_.back();
  std::mt19937 random(2);
  std::uniform_int_distribution<std::size_t> sizes(1, 700);
  for (const std::size_t which : {0U, 60U, 120U, 180U}) {
    const std::string& message = carrier_[which];
    for (const char change : {'\0', '\t', '\n', '\r', ' ', '"', ':', '9', 'l', '\\', '\x80'}) {
      for (std::size_t at = 0; at < message.size(); ++at) {
        std::string stream = message + next;
        stream[at] = change;
        const Frames whole = frames_of(stream);
        ASSERT_TRUE(same(frames_of(stream, [&] { return sizes(random); }), whole)) << at;
        const Parsed parsed(stream);
        if (parsed.ok() && parsed.message().content_length()) {
          ASSERT_EQ(whole.front().step.kind, Step::message) << at;
          ASSERT_EQ(whole.front().step.size, parsed.message().body().end()) << at;
        }
      }
    }
  }
}

}  // namespace
}  // namespace stirline::sip::test::stream_corpus_test
