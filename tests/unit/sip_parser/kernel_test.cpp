// The kernels say the same of every message: same code, same offset, same spans. The scalar one, which is the exact
// readers alone, is the measure; those that this processor lacks are left out.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/sip_parser/readings.hpp"
#include "tests/unit/sip_parser/samples.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::sip::test::kernel_test {
namespace {

constexpr Strictness kStrictest = {.accept_bare_lf = false,
                                   .accept_missing_max_forwards = false,
                                   .accept_missing_branch_cookie = false,
                                   .accept_missing_contact = false,
                                   .accept_malformed_date = false};
constexpr Strictness kLenient = {.accept_bare_lf = true};

const std::string kCall =
    "INVITE sip:+12155550131;npdi@example.com:5060;transport=udp;user=phone SIP/2.0\r\n"
    "Via: SIP/2.0/UDP sbc.example.net:5060;branch=z9hG4bKa1b2c3;received=192.0.2.1;rport=5060;alias\r\n"
    "v: SIP/2.0/TCP 192.0.2.7;rport;branch=z9hG4bKd4\r\n"
    "Max-Forwards: 70\r\n"
    "From: \"Alice A.\" <sip:+12155550121@example.net;user=phone>;tag=f1\r\n"
    "t: Bob B <tel:+12155550131>\r\n"
    "Call-ID:7f3a-19@example.net \r\n"
    "CSeq: 314 INVITE\r\n"
    "Contact: <SIP:+12155550121@192.0.2.9:5070>\r\n"
    "X-Unknown: 1\r\nSubject:\r\n"
    "P-Asserted-Identity: <sip:+12155550121@example.net>\r\n"
    "P-Asserted-Identity: \"A\" <tel:+12155550121>\r\n"
    "Identity: eyJhbGciOiJFUzI1NiJ9.eyJhdHRlc3QiOiJBIiwiZGVzdCI6eyJ0biI6WyIxMjE1NTU1MDEzMSJdfX0.c2lnbmF0dXJl"
    ";info=<https://certificates.carrier.example/shaken/7f3a19.pem>;alg=ES256;ppt=\"shaken\"\r\n"
    "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n"
    "Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n";

const std::string kAnswer = "SIP/2.0 183 Session Progress\r\n" + kVia + kFrom + kTo + kCallId + kCseq + "l: 0\r\n\r\n";

// A place for messages that end where the readable memory does.
class Edge {
 public:
  Edge() : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
    void* const pages =
        ::mmap(nullptr, kReadable * page_ + page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
      throw std::runtime_error("no memory");
    }
    begin_ = static_cast<char*>(pages);
    if (::mprotect(begin_ + kReadable * page_, page_, PROT_NONE) != 0) {
      throw std::runtime_error("no guard page");
    }
  }
  ~Edge() { ::munmap(begin_, kReadable * page_ + page_); }
  Edge(const Edge&) = delete;
  Edge& operator=(const Edge&) = delete;

  [[nodiscard]] std::string_view put(std::string_view octets) {
    char* const at = begin_ + kReadable * page_ - octets.size();
    std::ranges::copy(octets, at);
    return {at, octets.size()};
  }

 private:
  static constexpr std::size_t kReadable = 17;  // pages: more than the longest message
  std::size_t page_;
  char* begin_ = nullptr;
};

class KernelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::ranges::none_of(kKernels, [](Kernel kernel) { return kernel != Kernel::scalar && runs_here(kernel); })) {
      GTEST_SKIP() << "this processor runs no vector kernel";
    }
  }

  // Every kernel on `octets`, under three strictnesses.
  void agree_on(std::string_view octets, const std::string& what) {
    const std::string_view edge = edge_.put(octets);
    for (const Strictness& strictness : {Strictness{}, kStrictest, kLenient}) {
      const auto measure = scalar_->parse_with(Kernel::scalar, edge, strictness);
      for (const Kernel kernel : kKernels) {
        if (kernel == Kernel::scalar || !runs_here(kernel)) {
          continue;
        }
        const auto outcome = vector_->parse_with(kernel, edge, strictness);
        ASSERT_TRUE(same_reading(*scalar_, measure, *vector_, outcome))
            << what << ": " << to_string(kernel) << " says "
            << to_string(outcome ? ErrorCode::ok : outcome.error().code) << ", scalar "
            << to_string(measure ? ErrorCode::ok : measure.error().code);
      }
    }
  }

  void agree_on_files(const std::filesystem::path& folder, std::size_t at_least) {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) {
        const std::string octets = stirline::test::read_file(entry.path());
        agree_on(octets.substr(0, kMaxMessageBytes + 1), entry.path().filename().string());
        ++files;
      }
    }
    EXPECT_GE(files, at_least);
  }

 private:
  Edge edge_;
  std::unique_ptr<Message> scalar_ = std::make_unique<Message>();
  std::unique_ptr<Message> vector_ = std::make_unique<Message>();
};

TEST(KernelSelection, TheFastestIsSelected) {
  EXPECT_TRUE(runs_here(Kernel::scalar));
  EXPECT_TRUE(runs_here(selected_kernel()));
  EXPECT_EQ(runs_here(Kernel::avx512), selected_kernel() == Kernel::avx512);
}

TEST_F(KernelTest, AgreeOnSamples) {
  ASSERT_TRUE(Parsed(kCall).ok()) << to_string(Parsed(kCall).code());
  ASSERT_TRUE(Parsed(kAnswer).ok());
  agree_on(kCall, "call");
  agree_on(kAnswer, "answer");
}

TEST_F(KernelTest, AgreeOnCorpora) {
  for (const char* name : {"corpus/carrier", "corpus/torture"}) {
    const auto folder = stirline::test::test_data(name);
    if (!folder) {
      GTEST_SKIP() << "the corpora are not here (meson option test_data)";
    }
    agree_on_files(*folder, 61);
  }
}

TEST_F(KernelTest, AgreeOnTheFuzzCorpus) {
  const char* const source = std::getenv("STIRLINE_SOURCE");
  ASSERT_NE(source, nullptr);
  agree_on_files(std::filesystem::path(source) / "tests/fuzz/corpus/sip_message", 100);
}

// The last window is a short one, and nothing behind it is read.
TEST_F(KernelTest, AgreeWhereverAMessageEnds) {
  for (const std::string& octets : {kCall, kAnswer}) {
    for (std::size_t length = 0; length <= octets.size(); ++length) {
      agree_on(std::string_view(octets).substr(0, length), "cut at " + std::to_string(length));
    }
    for (std::size_t more = 0; more < 140; ++more) {
      agree_on(octets + std::string(more, 'b'), "body longer by " + std::to_string(more));
    }
  }
}

TEST_F(KernelTest, AgreeOnEveryOctetChanged) {
  for (const char change : {'\0', '\t', '\n', '\r', ' ', '"', '%', ',', ';',    '<',    '>',   '=',
                            ':',  '@',  '\\', '/',  '?', '[', '0', 'a', '\x7F', '\x80', '\xC3'}) {
    for (std::size_t at = 0; at < kCall.size(); ++at) {
      std::string octets = kCall;
      octets[at] = change;
      agree_on(octets, "octet " + std::to_string(at));
    }
  }
}

TEST_F(KernelTest, AgreeOnEveryOctetLeftOutOrDoubled) {
  for (std::size_t at = 0; at < kCall.size(); ++at) {
    std::string octets = kCall;
    octets.erase(at, 1);
    agree_on(octets, "without octet " + std::to_string(at));
    octets = kCall;
    octets.insert(at, 1, kCall[at]);
    agree_on(octets, "octet twice " + std::to_string(at));
  }
}

// Values at, just below and just above the width of a window and the limits of plain forms.
TEST_F(KernelTest, AgreeOnEveryLength) {
  for (std::size_t length = 0; length < 330; length += length < 140 ? 1U : 13U) {
    const std::string run(length, '7');
    for (const auto& [what, by] :
         std::vector<std::pair<std::string, std::string>>{{"f1", run},
                                                          {"12155550121@example.net;user", run + "@e.example;user"},
                                                          {"@example.net;user=phone>", "@" + run + ".net>"},
                                                          {"user=phone>", "user=" + run + ">"},
                                                          {"user=phone>", run + "=phone;user=phone>"},
                                                          {"net:5060;branch", "net:" + run + ";branch"},
                                                          {"com:5060", "com:" + run},
                                                          {"192.0.2.9:5070", "192.0.2.9:" + run},
                                                          {"sbc.example", run},
                                                          {"a1b2c3", run},
                                                          {";alias", ";" + run + "=1"},
                                                          {"UDP sbc", run + " sbc"},
                                                          {"\"Alice A.\"", "\"" + run + "\""},
                                                          {"\"Alice A.\"", run},
                                                          {"Bob B", "Bob" + std::string(length, ' ') + "B"},
                                                          {"X-Unknown", "X" + run},
                                                          {"X-Unknown: ", "X-Unknown:" + std::string(length, ' ')},
                                                          {"7f3a-19", run},
                                                          {"314", run},
                                                          {": 70", ": " + run},
                                                          {"Length: 5", "Length: " + std::string(length, '0') + "5"},
                                                          {"eyJh", run},
                                                          {"carrier.example/shaken", run},
                                                          {"ES256", run},
                                                          {"INVITE sip:+", "INVITE sip:" + run}}) {
      std::string octets = kCall;
      octets.replace(octets.find(what), what.size(), by);
      agree_on(octets, what + " with " + std::to_string(length));
    }
  }
}

// What may come once, comes twice, in every place and under other names.
TEST_F(KernelTest, AgreeOnWhatComesTwice) {
  const std::vector<std::string> parameters = {";branch=z9hG4bKx",
                                               ";received=192.0.2.2",
                                               ";rport",
                                               ";rport=1",
                                               ";tag=f2",
                                               ";user=phone",
                                               ";USER=ip",
                                               ";user",
                                               ";alg=ES256",
                                               ";ppt=x",
                                               ";ppt=\"x\"",
                                               ";info=<https://x>",
                                               ";x",
                                               ";x=",
                                               ";;",
                                               ";=1",
                                               "",
                                               ",",
                                               ";maddr=192.0.2.3",
                                               "?a=b",
                                               ".",
                                               ".x"};
  for (const std::string& parameter : parameters) {
    for (const std::string place : {"alias", "bKd4", "tag=f1", "user=phone>", "net;user=phone", "SIP/2.0\r", ">\r",
                                    "example.net>", "\"shaken\"", "user=phone SIP", "c2ln"}) {
      std::string octets = kCall;
      octets.insert(octets.find(place), parameter);
      agree_on(octets, parameter + " before " + place);
      octets = kCall;
      octets.insert(octets.find(place) + place.size(), parameter);
      agree_on(octets, parameter + " behind " + place);
    }
  }
  for (std::size_t line = kCall.find("\r\n") + 2; line < kCall.find("\r\n\r\n"); line = kCall.find("\r\n", line) + 2) {
    std::string octets = kCall;
    octets.insert(line, kCall.substr(line, kCall.find("\r\n", line) + 2 - line));
    agree_on(octets, "line twice at " + std::to_string(line));
    octets = kCall;
    octets.erase(line, kCall.find("\r\n", line) + 2 - line);
    agree_on(octets, "without the line at " + std::to_string(line));
    for (const char* fold : {"\r\n ", "\r\n\t  ", "\r\n \r\n ", " \r\n "}) {
      octets = kCall;
      octets.insert(octets.find(':', line) + 1, fold);
      agree_on(octets, "fold behind the name at " + std::to_string(line));
      octets = kCall;
      octets.insert(octets.find("\r\n", line), fold);
      agree_on(octets, "fold at the end of the line at " + std::to_string(line));
    }
  }
}

// A value cut anywhere, the last of the head, and what was cut off as the body: seen through a window it goes on there,
// to the last octets that can be read.
TEST_F(KernelTest, AgreeOnWhatGoesOnBehindTheHead) {
  const std::size_t head = kCall.find("\r\n\r\n") + 2;
  for (std::size_t line = kCall.find("\r\n") + 2; line < head; line = kCall.find("\r\n", line) + 2) {
    const std::string field = kCall.substr(line, kCall.find("\r\n", line) - line);
    std::string rest = kCall.substr(0, head);
    rest.erase(line, field.size() + 2);
    if (const std::size_t length = rest.find("Content-Length"); length != std::string::npos) {
      rest.erase(length, rest.find("\r\n", length) + 2 - length);
    }
    for (std::size_t cut = field.find(':') + 1; cut <= field.size(); ++cut) {
      agree_on(rest + field.substr(0, cut) + "\r\n\r\n" + field.substr(cut), field + " cut at " + std::to_string(cut));
      agree_on(rest + field.substr(0, cut) + "\r\n\r\n" + field, field + " cut and whole at " + std::to_string(cut));
    }
  }
}

// Quotes that open in the last value and close behind the head, in front of a URI at the end of what can be read.
TEST_F(KernelTest, AgreeOnQuotesThatCloseBehindTheHead) {
  std::string head = kCall.substr(0, kCall.find("Content-Length"));
  head.erase(head.find("P-Asserted-Identity"), head.find("Identity: ey") - head.find("P-Asserted-Identity"));
  for (std::size_t gap = 0; gap < 64; ++gap) {
    const std::string octets = head + "P-Asserted-Identity: \"A\r\n\r\n" + std::string(gap, ' ') + "\" <sip:+1@x>";
    agree_on(octets, std::to_string(gap) + " blanks");
  }
}

// A window can hold many lines, and more of them than there is room for must not hurt.
TEST_F(KernelTest, AgreeOnManyLines) {
  const std::string start = "INVITE sip:a@b SIP/2.0\r\n";
  for (const char* line : {"a:\r\n", "a:b\r\n", "\r", "\n", "v:\r\n", ":\r\n", "ab\r\n", " \r\n"}) {
    for (const std::size_t count : {1U, 15U, 16U, 17U, 40U, 255U, 256U, 257U, 300U}) {
      std::string octets = start;
      for (std::size_t i = 0; i < count; ++i) {
        octets += line;
      }
      agree_on(octets + "\r\n", std::to_string(count) + " lines");
      agree_on(octets + kCall.substr(kCall.find("Via")), std::to_string(count) + " lines more");
    }
  }
}

// Around kMaxHeaderLines, with the last lines the ones too many.
TEST_F(KernelTest, AgreeOnAsManyHeadersAsThereMayBe) {
  for (std::size_t count = kMaxHeaderLines - 20; count < kMaxHeaderLines + 4; ++count) {
    std::string lines;
    for (std::size_t i = 0; i < count; ++i) {
      lines += "a: b\r\n";
    }
    std::string octets = kCall;
    octets.insert(octets.find("\r\n\r\n") + 2, lines);
    agree_on(octets, std::to_string(count) + " lines at the end");
  }
}

TEST_F(KernelTest, AgreeOnTheLargestHeads) {
  for (const std::size_t size : {kMaxHeaderBlockBytes - 1, kMaxHeaderBlockBytes, kMaxHeaderBlockBytes + 1}) {
    std::string octets = kCall;
    const std::size_t head = octets.find("\r\n\r\n") + 4;
    octets.insert(octets.find("Via"), "X: " + std::string(size - head - 5, 'x') + "\r\n");
    agree_on(octets, "a head of " + std::to_string(size));
  }
  for (const std::size_t size : {kMaxMessageBytes - 1, kMaxMessageBytes, kMaxMessageBytes + 1}) {
    agree_on(kCall + std::string(size - kCall.size(), 'b'), "a message of " + std::to_string(size));
  }
}

}  // namespace
}  // namespace stirline::sip::test::kernel_test
