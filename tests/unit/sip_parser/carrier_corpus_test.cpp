// The 225 messages of the carrier corpus, 19 fields each, against their ground truth.
#include <gtest/gtest.h>

#include "sip_parser/action.hpp"
#include "sip_parser/fields.hpp"
#include "tests/unit/sip_parser/samples.hpp"
#include "tests/unit/sip_parser/table.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::sip::test::carrier_corpus_test {
namespace {

TEST(CarrierCorpus, AllFieldsOfAllMessages) {
  const auto folder = stirline::test::test_data("corpus/carrier");
  if (!folder) {
    GTEST_SKIP() << "the carrier corpus is absent: no folder corpus/carrier below STIRLINE_TEST_DATA";
  }
  const Table table = read_table(*folder / "FIELDS.tsv");
  ASSERT_EQ(table.header.size(), kFieldNames.size() + 1);
  for (std::size_t i = 0; i < kFieldNames.size(); ++i) {
    EXPECT_EQ(table.header[i + 1], kFieldNames[i]);
  }
  ASSERT_EQ(table.rows.size(), 225U);
  for (const auto& row : table.rows) {
    SCOPED_TRACE(row[0]);
    const Parsed parsed(stirline::test::read_file(*folder / row[0]));
    ASSERT_TRUE(parsed.ok()) << to_string(parsed.code());
    EXPECT_EQ(action_for(parsed.message(), parsed.octets(), parsed.result()), Action::extract);
    const Fields fields = fields_of(parsed.message(), parsed.octets());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      EXPECT_EQ(fields[i], row[i + 1]) << kFieldNames[i];
    }
    for (const IdentityHeader& identity : parsed.message().identities()) {
      EXPECT_EQ(identity.error, IdentityError::none);
      EXPECT_EQ(parsed.text(identity.ppt), "shaken");
    }
  }
}

}  // namespace
}  // namespace stirline::sip::test::carrier_corpus_test
