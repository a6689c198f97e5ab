// INL-TCP-01: messages and keep-alives out of a stream, and what is refused, with which octet.
#include <gtest/gtest.h>

#include "tests/unit/sip_parser/samples.hpp"
#include "tests/unit/sip_parser/streams.hpp"

namespace stirline::sip::test::stream_framer_test {
namespace {

using std::string_view_literals::operator""sv;
using Step = FrameStep::Kind;

const std::string kStart = "INVITE sip:a@b SIP/2.0\r\n";

std::size_t one() {
  return 1;
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) {
    result += piece;
  }
  return result;
}

std::string with_body(std::string_view body) {
  return invite("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

std::vector<Step> kinds(const Frames& frames) {
  std::vector<Step> result;
  for (const Frame& frame : frames) {
    result.push_back(frame.step.kind);
  }
  return result;
}

TEST(StreamFramer, MessageOverManySegments) {
  const std::string message = with_body("four");
  const std::size_t head = message.size() - 4;
  StreamFramer framer;
  for (std::size_t length = 0; length < message.size(); ++length) {
    const FrameStep step = framer.next(std::string_view(message).substr(0, length));
    ASSERT_EQ(step.kind, Step::incomplete) << length;
    // Behind the blank line the size is known.
    ASSERT_EQ(step.size, length < head ? length + 1 : message.size());
  }
  const FrameStep step = framer.next(message);
  EXPECT_EQ(step.kind, Step::message);
  EXPECT_EQ(step.size, message.size());
}

TEST(StreamFramer, TenMessagesInASegment) {
  std::string stream;
  std::vector<std::size_t> begins;
  for (std::size_t i = 0; i < 10; ++i) {
    begins.push_back(stream.size());
    stream += with_body(std::string(i, 'b'));
  }
  const std::string partial = with_body("more").substr(0, 300);
  const Frames frames = frames_of(stream + partial);
  ASSERT_EQ(frames.size(), 11U);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(frames[i].step.kind, Step::message);
    EXPECT_EQ(frames[i].at, begins[i]);
  }
  EXPECT_EQ(frames.back().step.kind, Step::incomplete);
  EXPECT_EQ(frames.back().at, stream.size());
  EXPECT_TRUE(same(frames_of(stream + partial, one), frames));
}

// RFC 5626 3.5.1, 4.4.1. resiprocate took a pong for a ping, and answered it: two such peers never stop.
TEST(StreamFramer, PongIsNoPing) {
  const std::string message = with_body("");
  const std::vector<std::pair<std::string, std::vector<Step>>> streams = {
      {"\r\n", {Step::empty_line, Step::incomplete}},
      {"\r\n\r\n", {Step::empty_line, Step::ping, Step::incomplete}},
      {"\r\n\r\n\r\n", {Step::empty_line, Step::ping, Step::empty_line, Step::incomplete}},
      {"\r\n\r\n\r\n\r\n", {Step::empty_line, Step::ping, Step::empty_line, Step::ping, Step::incomplete}},
      {"\r\n" + message + "\r\n", {Step::empty_line, Step::message, Step::empty_line, Step::incomplete}},
      {message + "\r\n\r\n" + message, {Step::message, Step::empty_line, Step::ping, Step::message, Step::incomplete}},
      {"\r", {Step::incomplete}},
  };
  for (const auto& [stream, expected] : streams) {
    EXPECT_EQ(kinds(frames_of(stream)), expected);
    EXPECT_EQ(kinds(frames_of(stream, one)), expected);
  }
  EXPECT_EQ(kinds(frames_of("\n\r\n", {.accept_bare_lf = true})),
            (std::vector{Step::empty_line, Step::ping, Step::incomplete}));
}

// Where a message is, an empty line is part of it.
TEST(StreamFramer, KeepAlivesStandBetweenMessagesOnly) {
  const std::string message = with_body("\r\n\r\n");
  EXPECT_EQ(kinds(frames_of(message)), (std::vector{Step::message, Step::incomplete}));
  const Frames in_head = frames_of(kStart + kVia + "\r\n\r\n" + "Content-Length: 0\r\n\r\n");
  ASSERT_EQ(kinds(in_head), std::vector{Step::refused});
  EXPECT_EQ(in_head.front().step.error.code, ErrorCode::missing);
}

struct Refusal {
  std::string octets;  // the last one is what makes it certain
  ErrorCode code;
  std::size_t offset;
  HeaderId header = HeaderId::unknown;
};

const std::size_t kAt = kStart.size();

std::string begun(std::string_view more) {
  return kStart + std::string(more);
}

// Refused by the parser with the same words, whatever follows.
std::vector<Refusal> shared_refusals() {
  const std::string folds = "X: a\r\n" + repeated(" b\r\n", kMaxFoldsPerHeader);
  const std::string fields = repeated("X: y\r\n", kMaxHeaderLines);
  return {
      {"\x16", ErrorCode::not_sip, 0},
      {std::string(1, '\0'), ErrorCode::not_sip, 0},
      {" ", ErrorCode::start_line, 0},
      {"GET / HTTP/1.1\r\n", ErrorCode::not_sip, 5},
      {"INVITE sip:a@b SIP/2.0\n", ErrorCode::bare_lf, 22},
      {"INVITE sip:a@b SIP/2.0\rV", ErrorCode::bare_cr, 22},
      {"INVITE sip:" + std::string(kMaxHeaderBlockBytes - 11, 'y'), ErrorCode::header_block, kMaxHeaderBlockBytes},
      {begun(" "), ErrorCode::header_name, kAt},
      {begun("\t"), ErrorCode::header_name, kAt},
      {begun(": y\r\n"), ErrorCode::header_name, kAt},
      {begun("X@Y: y\r\n"), ErrorCode::header_name, kAt + 1},
      {begun("X y\r\n"), ErrorCode::header_no_colon, kAt + 2},
      {begun("X: y\r\n \r\n"), ErrorCode::header_no_colon, kAt + 6},
      {begun("X: a\0"sv), ErrorCode::control_in_header, kAt + 4},
      {begun("X\x01"), ErrorCode::control_in_header, kAt + 1},
      {begun("To: \"\\\0\0"sv), ErrorCode::control_in_header, kAt + 7, HeaderId::to},
      {begun("From: \"a\"\r\n \\\x02"), ErrorCode::control_in_header, kAt + 13, HeaderId::from},
      {begun("Subject: \"\\\x02"), ErrorCode::control_in_header, kAt + 11, HeaderId::subject},
      {begun("X: y\n"), ErrorCode::bare_lf, kAt + 4},
      {begun("X: y\r\r"), ErrorCode::bare_cr, kAt + 4},
      {begun("\n"), ErrorCode::bare_lf, kAt},
      {begun(folds + " "), ErrorCode::fold_limit, kAt + folds.size()},
      {begun(fields + "X"), ErrorCode::header_count, kAt + fields.size()},
      {begun("X: " + std::string(kMaxHeaderBlockBytes - kAt - 3, 'y')), ErrorCode::header_block, kMaxHeaderBlockBytes},
      {begun("l: 1\r\nContent-Length: 0\r\nX"), ErrorCode::content_length_conflict, kAt, HeaderId::content_length},
  };
}

// Those that the parser does not know, or tells otherwise once it has the whole head.
std::vector<Refusal> stream_refusals() {
  return {
      {"INVITE sip:a\x01", ErrorCode::control_in_header, 12},
      {"SIP/2.0 200 O\x7F", ErrorCode::control_in_header, 13},
      {"hello\x01", ErrorCode::not_sip, 5},
      {"\n", ErrorCode::bare_lf, 0},
      {"\rI", ErrorCode::bare_cr, 0},
      {begun("X: y\r\n\r\n"), ErrorCode::missing, kAt + 6, HeaderId::content_length},
      {begun("l: 1\r\nL : 1\r\n\r"), ErrorCode::content_length_conflict, kAt, HeaderId::content_length},
      {begun("l: -1\r\nX"), ErrorCode::bad_content_length, kAt + 3, HeaderId::content_length},
      {begun("l:\r\nX"), ErrorCode::bad_content_length, kAt + 2, HeaderId::content_length},
      {begun("l: 1\r\n 2\r\nX"), ErrorCode::bad_content_length, kAt + 3, HeaderId::content_length},
      {begun("l: 4294967328\r\nX"), ErrorCode::bad_content_length, kAt + 3, HeaderId::content_length},
      {begun("l: 99999999\r\nX"), ErrorCode::too_long, kAt + 3, HeaderId::content_length},
      {begun("l: 65500\r\nX: yyyy\r\nX"), ErrorCode::too_long, kAt + 3, HeaderId::content_length},
  };
}

void expect_refused(const FrameStep& step, const Refusal& refusal) {
  ASSERT_EQ(step.kind, Step::refused);
  EXPECT_EQ(to_string(step.error.code), to_string(refusal.code));
  EXPECT_EQ(step.error.offset, refusal.offset);
  EXPECT_EQ(name_of(step.error.header), name_of(refusal.header));
}

// The octet that makes a refusal certain brings it, however the stream came and whatever follows; and then nothing
// else comes until the framer is reset.
void refuses_at_once_and_for_good(const Refusal& refusal) {
  const std::size_t step_size = refusal.octets.size() / 2000 + 1;
  Connection connection(refusal.octets);
  while (connection.received() + 1 < refusal.octets.size()) {
    connection.receive(std::min(step_size, refusal.octets.size() - connection.received() - 1));
    ASSERT_FALSE(connection.ended()) << connection.received();
  }
  connection.receive(1);
  const FrameStep step = connection.frames().back().step;
  expect_refused(step, refusal);
  expect_refused(frames_of(refusal.octets + ": y\r\n\r\n" + with_body("")).back().step, refusal);

  const std::string good = with_body("");
  EXPECT_TRUE(same(connection.framer().next(good), step));
  EXPECT_TRUE(same(connection.framer().next(""), step));
  connection.framer().reset();
  EXPECT_EQ(connection.framer().next(good).kind, Step::message);
}

TEST(StreamFramer, RefusesAsTheParserDoes) {
  for (const Refusal& refusal : shared_refusals()) {
    SCOPED_TRACE(refusal.octets.substr(0, 100));
    refuses_at_once_and_for_good(refusal);
    const Parsed parsed(refusal.octets + ": y\r\n\r\n");
    ASSERT_FALSE(parsed.ok());
    expect_refused({Step::refused, 0, parsed.result().error()}, refusal);
  }
}

TEST(StreamFramer, RefusesWhatNoStreamMayHave) {
  for (const Refusal& refusal : stream_refusals()) {
    SCOPED_TRACE(refusal.octets);
    refuses_at_once_and_for_good(refusal);
    EXPECT_FALSE(Parsed(refusal.octets + ": y\r\n\r\n").ok());
  }
}

TEST(StreamFramer, LimitsAreInclusive) {
  const auto accepted = [](const std::string& message) {
    const FrameStep step = StreamFramer().next(message);
    return step.kind == Step::message && step.size == message.size();
  };
  EXPECT_TRUE(accepted(kStart + "l: 0\r\nX: a\r\n" + repeated(" b\r\n", kMaxFoldsPerHeader) + "\r\n"));
  EXPECT_TRUE(accepted(kStart + repeated("X: y\r\n", kMaxHeaderLines - 1) + "l: 0\r\n\r\n"));
  EXPECT_TRUE(accepted(kStart + "l: 000000000000004\r\n\r\nfour"));
  const std::string longest_head = kStart + "l: 16383\r\nX: ";
  const std::string head = longest_head + std::string(kMaxHeaderBlockBytes - longest_head.size() - 4, 'y') + "\r\n\r\n";
  ASSERT_EQ(head.size(), kMaxHeaderBlockBytes);
  EXPECT_TRUE(accepted(head + std::string(kMaxMessageBytes - head.size(), 'b')));

  const std::string short_head = kStart + "l: 65500\r\n\r\n";
  const std::string exact = kStart + "l: " + std::to_string(kMaxMessageBytes - short_head.size()) + "\r\n\r\n";
  ASSERT_EQ(exact.size(), short_head.size());
  EXPECT_TRUE(accepted(exact + std::string(kMaxMessageBytes - exact.size(), 'b')));
  const std::string over = kStart + "l: " + std::to_string(kMaxMessageBytes - short_head.size() + 1) + "\r\n\r\n";
  const FrameStep refused = StreamFramer().next(over);
  ASSERT_EQ(refused.kind, Step::refused);
  EXPECT_EQ(refused.error.code, ErrorCode::too_long);
}

// What leaves no doubt about the end of the message is left to the parser, and the connection goes on.
TEST(StreamFramer, OddMessagesAreHandedOver) {
  const std::string length = "Content-Length: 4\r\n";
  const std::vector<std::pair<std::string, ErrorCode>> odd = {
      {invite(length + kFrom, "four"), ErrorCode::duplicate},
      {invite(length + "Via: SIP/2.0/UDP h,\r\n", "four"), ErrorCode::bad_via},
      {kStart + length + "\r\nfour", ErrorCode::missing},
      {"INVITE sip:a% SIP/2.0\r\n" + length + "\r\nfour", ErrorCode::bad_uri},
      {"INVITE sip:a@b SIP/3.0\r\n" + length + "\r\nfour", ErrorCode::version},
      {"INVITE  sip:a@b SIP/2.0\r\n" + length + "\r\nfour", ErrorCode::start_line},
      {"SIP/2.0 200\r\n" + length + "\r\nfour", ErrorCode::start_line},
      {"SIP/2.0 4294967301 big\r\n" + length + "\r\nfour", ErrorCode::status},
  };
  for (const auto& [message, code] : odd) {
    const std::string stream = message + with_body("next");
    const Frames frames = frames_of(stream);
    ASSERT_EQ(kinds(frames), (std::vector{Step::message, Step::message, Step::incomplete})) << message;
    EXPECT_EQ(frames.front().step.size, message.size());
    EXPECT_EQ(Parsed(message).code(), code);
    EXPECT_TRUE(same(frames_of(stream, one), frames));
  }
}

// A length so near to the first octet that no eight octets stand in front of its end.
TEST(StreamFramer, ShortestHead) {
  const Frames frames = frames_of("BYE\nl:2\n\nxyACK\nl:x\nX", {.accept_bare_lf = true});
  ASSERT_EQ(kinds(frames), (std::vector{Step::message, Step::refused}));
  EXPECT_EQ(frames.front().step.size, 11U);
  EXPECT_EQ(frames.back().step.error.code, ErrorCode::bad_content_length);
}

// No octet is looked at again because another one came: those that need not be are overwritten here by what would be
// refused.
TEST(StreamFramer, DoesNotStartAgain) {
  constexpr std::size_t kTail = 16;
  const auto framed = [](std::string stream, std::size_t kept_from, char by) {
    StreamFramer framer;
    FrameStep step;
    for (std::size_t length = 1; length <= stream.size(); ++length) {
      step = framer.next(std::string_view(stream).substr(0, length));
      if (length > kept_from + kTail) {
        std::fill(stream.begin() + static_cast<std::ptrdiff_t>(kept_from),
                  stream.begin() + static_cast<std::ptrdiff_t>(length - kTail), by);
      }
    }
    return step.kind == Step::message && step.size == stream.size();
  };
  const std::string lines = kStart + repeated("X-Line: y\r\n", 100);
  StreamFramer framer;
  std::string stream = lines + "l: 0\r\n\r\n";
  ASSERT_EQ(framer.next(std::string_view(stream).substr(0, lines.size() + 1)).kind, Step::incomplete);
  std::fill_n(stream.begin(), lines.size(), '\0');
  EXPECT_EQ(framer.next(stream).kind, Step::message);

  const std::string field = kStart + "l: 0\r\nX: ";
  EXPECT_TRUE(framed(field + std::string(40'000, 'y') + "\r\n\r\n", field.size() + 1, '\0'));
  const std::string quoted = kStart + "l: 0\r\nTo: \"";
  EXPECT_TRUE(framed(quoted + repeated("\\\x01", 20'000) + "\"<sip:a@b>\r\n\r\n", quoted.size() + 1, '"'));
  EXPECT_TRUE(framed("INVITE sip:" + std::string(40'000, 'y') + "@b SIP/2.0\r\nl: 0\r\n\r\n", 12, '\0'));
}

// Whoever forgets octets that the framer has seen learns nothing, and breaks nothing.
TEST(StreamFramer, FewerOctetsThanBefore) {
  const std::string message = with_body("four");
  StreamFramer framer;
  ASSERT_EQ(framer.next(std::string_view(message).substr(0, 100)).size, 101U);
  EXPECT_EQ(framer.next(std::string_view(message).substr(0, 20)).size, 101U);
  EXPECT_EQ(framer.next("").kind, Step::incomplete);
  EXPECT_EQ(framer.next(message).kind, Step::message);
}

// CVE-2018-12584: a body longer than Content-Length, over several reads, ran over a buffer of that length.
TEST(StreamFlawClass, BodyLongerThanItSays) {
  const std::string head = invite("Content-Length: 4\r\n");
  Connection connection(head + "fourMORE AND MORE");
  connection.receive(head.size() + 2);
  EXPECT_EQ(kinds(connection.frames()), std::vector{Step::incomplete});
  connection.receive(1);
  connection.receive(500);
  ASSERT_EQ(kinds(connection.frames()), (std::vector{Step::message, Step::incomplete}));
  EXPECT_EQ(connection.frames().front().step.size, head.size() + 4);
  const Frames followed = frames_of(head + "fourMORE AND MORE\r\n" + with_body(""), one);
  ASSERT_EQ(kinds(followed), (std::vector{Step::message, Step::refused}));
  EXPECT_EQ(followed.back().step.error.code, ErrorCode::not_sip);
}

// CVE-2026-23457, SEMS pull request 352: a length cut to 32 bits, or with a sign, moves the end of the message.
TEST(StreamFlawClass, LengthThatIsNone) {
  for (const std::string length : {"4294967328", "4294967296", "18446744073709551648", "99999999999999999999999", "-4",
                                   "+4", "0x4", "4 4", "4,4", "4;a", ""}) {
    const Frames frames = frames_of(invite("Content-Length: " + length + "\r\n", "four"));
    ASSERT_EQ(kinds(frames), std::vector{Step::refused}) << length;
    EXPECT_EQ(frames.front().step.error.code, ErrorCode::bad_content_length) << length;
  }
}

// siphon-sip pull request 237: with a bare LF, one reads another Content-Length than the other.
TEST(StreamFlawClass, BareLineFeedMovesTheEnd) {
  const std::string stream = kStart + kVia + "X-Pad: a\nContent-Length: 4\r\nContent-Length: 0\r\n\r\nAAAA";
  const Frames frames = frames_of(stream, one);
  ASSERT_EQ(kinds(frames), std::vector{Step::refused});
  EXPECT_EQ(frames.front().step.error.code, ErrorCode::bare_lf);
  EXPECT_EQ(Parsed(stream).code(), ErrorCode::bare_lf);
  // Who accepts such line ends accepts them in both places.
  const Strictness lenient = {.accept_bare_lf = true};
  EXPECT_EQ(frames_of(stream, lenient).front().step.error.code, ErrorCode::content_length_conflict);
  EXPECT_EQ(Parsed(stream, lenient).code(), ErrorCode::content_length_conflict);
  std::string lines = invite("X: y\nl: 4\n");
  lines.erase(lines.size() - 2, 1);
  const Frames accepted = frames_of(lines + "fourfive", lenient);
  ASSERT_EQ(kinds(accepted), (std::vector{Step::message, Step::incomplete}));
  const Parsed parsed(lines + "fourfive", lenient);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(accepted.front().step.size, parsed.message().body().end());
}

// RestComm jain-sip issue 195: an octet too many behind a body became part of a message that there never was.
TEST(StreamFlawClass, LineFeedBehindABody) {
  const std::string message = with_body("body\r");
  const Frames frames = frames_of(message + "\n\r\n" + message, one);
  ASSERT_EQ(kinds(frames), (std::vector{Step::message, Step::refused}));
  EXPECT_EQ(frames.back().step.error.code, ErrorCode::bare_lf);
}

}  // namespace
}  // namespace stirline::sip::test::stream_framer_test
