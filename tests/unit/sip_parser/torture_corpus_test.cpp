// RFC 4475 and RFC 5118: the action of each message as the corpus' manifest has it, and a code for each refusal.
#include <gtest/gtest.h>

#include "sip_parser/action.hpp"
#include "sip_parser/fields.hpp"
#include "tests/unit/sip_parser/samples.hpp"
#include "tests/unit/sip_parser/table.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::sip::test::torture_corpus_test {
namespace {

class TortureCorpus : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = stirline::test::test_data("corpus/torture");
    if (!folder) {
      GTEST_SKIP() << "the torture corpus is absent: no folder corpus/torture below STIRLINE_TEST_DATA";
    }
    folder_ = *folder;
  }

  [[nodiscard]] Parsed parsed(const std::string& file) const {
    return Parsed(stirline::test::read_file(folder_ / file));
  }

  std::filesystem::path folder_;
};

TEST_F(TortureCorpus, EveryMessageGetsTheActionOfTheManifest) {
  const Table table = read_table(folder_ / "MANIFEST.tsv");
  ASSERT_EQ(table.rows.size(), 61U);
  for (const auto& row : table.rows) {
    SCOPED_TRACE(row[0]);
    const Parsed message = parsed(row[0]);
    std::string action(to_string(action_for(message.message(), message.octets(), message.result())));
    std::ranges::transform(action, action.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    EXPECT_EQ(action, row[4]) << to_string(message.code());
    const bool refused = row[4] == "REJECT" || row[4] == "DROP";
    EXPECT_EQ(message.ok(), !refused && message.code() == ErrorCode::ok);
    if (row[3] == "valid" || row[3] == "tolerate") {
      EXPECT_TRUE(message.ok()) << to_string(message.code());
    }
  }
}

TEST_F(TortureCorpus, RefusalsSayWhy) {
  const std::vector<std::pair<std::string, ErrorCode>> expected = {
      {"badinv01", ErrorCode::bad_via},       {"clerr", ErrorCode::content_length_beyond},
      {"ncl", ErrorCode::bad_content_length}, {"scalar02", ErrorCode::bad_cseq},
      {"scalarlg", ErrorCode::bad_cseq},      {"quotbal", ErrorCode::bad_quote},
      {"ltgtruri", ErrorCode::bad_uri},       {"lwsruri", ErrorCode::start_line},
      {"lwsstart", ErrorCode::start_line},    {"trws", ErrorCode::start_line},
      {"regbadct", ErrorCode::bad_name_addr}, {"badaspec", ErrorCode::bad_name_addr},
      {"baddn", ErrorCode::bad_name_addr},    {"badvers", ErrorCode::version},
      {"mismatch01", ErrorCode::cseq_method}, {"mismatch02", ErrorCode::cseq_method},
      {"bigcode", ErrorCode::status},         {"insuf", ErrorCode::missing},
      {"multi01", ErrorCode::duplicate},      {"mcl01", ErrorCode::content_length_conflict},
  };
  for (const auto& [name, code] : expected) {
    EXPECT_EQ(to_string(parsed("rfc4475_" + name + ".dat").code()), to_string(code)) << name;
  }
  EXPECT_EQ(parsed("rfc5118_ipv6-bad.dat").code(), ErrorCode::bad_uri);
  EXPECT_TRUE(parsed("rfc4475_baddate.dat").message().date_malformed());
  EXPECT_FALSE(parsed("rfc4475_escruri.dat").message().request_uri().headers.empty());
}

TEST_F(TortureCorpus, FieldsOfTheTortuousInvite) {
  const Parsed wsinv = parsed("rfc4475_wsinv.dat");
  ASSERT_TRUE(wsinv.ok());
  const Message& message = wsinv.message();
  EXPECT_EQ(wsinv.text(message.to().tag), "1918181833n");
  EXPECT_EQ(wsinv.text(message.from().tag), "98asjd8");
  EXPECT_EQ(wsinv.text(message.from().display_name), "\"J Rosenberg \\\\\\\"\"");
  EXPECT_EQ(message.cseq(), 9U);
  EXPECT_EQ(message.max_forwards(), std::uint8_t{68});
  EXPECT_EQ(message.via_count(), 3U);
  EXPECT_EQ(wsinv.text(message.top_via().host), "192.0.2.2");
  EXPECT_EQ(wsinv.text(message.top_via().branch), "390skdjuw");
  EXPECT_EQ(message.content_length(), 150U);
  ASSERT_TRUE(message.contact());
  EXPECT_EQ(wsinv.text(message.contact()->uri.user), "jdrosen");
}

TEST_F(TortureCorpus, TrailingOctetsAreNotBody) {
  const Parsed message = parsed("rfc4475_dblreq.dat");
  ASSERT_TRUE(message.ok());
  EXPECT_TRUE(message.message().body().empty());
  EXPECT_EQ(message.message().after_body().end(), message.octets().size());
  EXPECT_FALSE(message.message().after_body().empty());
}

TEST_F(TortureCorpus, SemicolonBelongsToTheUser) {
  const Parsed message = parsed("rfc4475_semiuri.dat");
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message.text(message.message().request_uri().user), "user;par=u%40example.net");
  EXPECT_EQ(message.text(message.message().request_uri().host), "example.com");
}

TEST_F(TortureCorpus, AddressIsNotAPort) {
  const Parsed ambiguous = parsed("rfc5118_port-ambiguous.dat");
  EXPECT_EQ(ambiguous.text(ambiguous.message().request_uri().host), "[2001:db8::10:5070]");
  EXPECT_TRUE(ambiguous.message().request_uri().port.empty());
  const Parsed clear = parsed("rfc5118_port-unambiguous.dat");
  EXPECT_EQ(clear.text(clear.message().request_uri().port), "5070");
}

}  // namespace
}  // namespace stirline::sip::test::torture_corpus_test
