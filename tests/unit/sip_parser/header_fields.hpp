// What the tests of header fields share: a table of broken values, and the limit on their number.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "sip_parser/headers/field_error.hpp"
#include "tests/unit/sip_parser/samples.hpp"

namespace stirline::sip::test {

// Each value, as the only one of `header`, gives its error: with the header's name and a place inside the message.
template <typename Read>
void expect_errors(Read read, const std::string& header,
                   const std::vector<std::pair<std::string, FieldErrorCode>>& rows) {
  for (const auto& [value, code] : rows) {
    const Parsed parsed(invite(header + ": " + value + "\r\n"));
    ASSERT_TRUE(parsed.ok()) << value;
    const auto result = read(parsed.message(), parsed.octets());
    ASSERT_FALSE(result) << value;
    EXPECT_EQ(result.error().code, code) << value << ": " << to_string(result.error().code);
    EXPECT_EQ(result.error().header, header_id(header)) << value;
    EXPECT_LT(result.error().offset, parsed.message().blank_line()) << value;
  }
}

// `most` copies of `value` are read, whether joined or in fields of their own; one more is too many.
template <typename Read>
void expect_at_most(Read read, const std::string& header, const std::string& value, std::size_t most) {
  std::string joined = header + ": " + value;
  std::string apart;
  for (std::size_t i = 0; i < most; ++i) {
    apart += header + ": " + value + "\r\n";
    joined += i + 1 < most ? ", " + value : "";
  }
  for (const std::string& lines : {joined + "\r\n", apart}) {
    const Parsed parsed(invite(lines));
    const auto result = read(parsed.message(), parsed.octets());
    ASSERT_TRUE(result) << to_string(result.error().code);
    EXPECT_EQ(result->size(), most);
  }
  for (const std::string& lines : {joined + "," + value + "\r\n", apart + header + ": " + value + "\r\n"}) {
    const Parsed parsed(invite(lines));
    const auto result = read(parsed.message(), parsed.octets());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, FieldErrorCode::too_many);
  }
}

// to_string() of codes 0 to count - 1: all there, all different.
template <typename Code>
void expect_distinct_names(std::size_t count) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < count; ++i) {
    names.insert(to_string(static_cast<Code>(i)));
  }
  EXPECT_EQ(names.size(), count);
  EXPECT_EQ(names.count("UNKNOWN"), 0U);
  EXPECT_EQ(to_string(static_cast<Code>(count)), "UNKNOWN");
}

}  // namespace stirline::sip::test
