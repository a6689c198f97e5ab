// What people see: columns, documents, and nothing that steers their terminal.
#include "control/cli/output.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace stirline::control::cli::output_test {
namespace {

TEST(Output, ControlCharactersAreShownNotSent) {
  EXPECT_EQ(printable("a\x1b[2Jb\r\n"), "a\\x1b[2Jb\\x0d\\x0a");
  EXPECT_EQ(printable("a\xc2\x9b"
                      "2Jb\xc2\xa0"),
            "a\\x9b2Jb\xc2\xa0")
      << "CSI as one character";
  EXPECT_EQ(printable("plain text"), "plain text");
}

TEST(Output, OctetsThatAreNoUtf8StayJson) {
  const std::string line = to_line({{"user", "\xff\xfe"}});
  EXPECT_EQ(Json::parse(line).at("user").get<std::string>(), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(printable("\xc3\x28"), "\xef\xbf\xbd(");
}

TEST(Output, ColumnsAreAsWideAsTheirWidestCell) {
  EXPECT_EQ(to_table({"name", "rx"}, {{"west", "12345"}, {"m\xc3\xbcnchen", "1"}}),
            "name     rx\n"
            "west     12345\n"
            "m\xc3\xbcnchen  1\n");
}

TEST(Output, ShortRowsLeaveColumnsEmpty) {
  EXPECT_EQ(to_table({"a", "b"}, {{"1"}, {"1", "2", "3"}}), "a  b\n1\n1  2\n");
}

TEST(Output, DocumentsBecomeIndentedText) {
  const Json document = Json::parse(
      R"({"pid":7,"ports":[{"name":"west","up":true},{"name":"east"}],"warnings":[],"deep":{"list":["x","y"]}})");
  EXPECT_EQ(to_text(document),
            "pid  7\n"
            "ports:\n"
            "  name  up\n"
            "  west  true\n"
            "  east\n"
            "warnings: none\n"
            "deep:\n"
            "  list:\n"
            "    - x\n"
            "    - y\n");
}

}  // namespace
}  // namespace stirline::control::cli::output_test
