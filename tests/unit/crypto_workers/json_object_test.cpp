#include "crypto_workers/passport/json_object.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::json_object_test {
namespace {

constexpr std::size_t kRoom = 6'144;

class JsonObject : public testing::Test {
 protected:
  std::expected<simdjson::dom::object, JsonError> read(std::string_view text) {
    std::ranges::copy(test::octets(text), reader_.buffer().begin());
    return reader_.read(text.size());
  }
  std::string deterministic(std::string_view text) {
    const auto object = read(text);
    if (!object) {
      return "not read";
    }
    std::array<char, kRoom> out;
    TextWriter writer(out);
    write_deterministic(*object, writer);
    return writer.overflow() ? "overflow" : std::string(writer.view());
  }

 private:
  JsonReader reader_{kRoom};
};

std::string nested(std::size_t depth) {
  std::string text = R"({"a":)";
  for (std::size_t i = 1; i < depth; ++i) {
    text += '[';
  }
  text += '1';
  for (std::size_t i = 1; i < depth; ++i) {
    text += ']';
  }
  return text + "}";
}

std::string members(std::size_t count) {
  std::string text = "{";
  for (std::size_t i = 0; i < count; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
  }
  return text + "}";
}

std::string elements(std::size_t count) {
  std::string text = R"({"a":[1)";
  for (std::size_t i = 1; i < count; ++i) {
    text += ",1";
  }
  return text + "]}";
}

TEST_F(JsonObject, IsOneObjectAndNothingElse) {
  for (const std::string_view text : {"",
                                      " ",
                                      "1",
                                      "\"a\"",
                                      "[]",
                                      "null",
                                      "{",
                                      "{}{}",
                                      "{} x",
                                      "{\"a\":1,}",
                                      "{'a':1}",
                                      "{\"a\":01}",
                                      "{\"a\":+1}",
                                      "{\"a\":NaN}",
                                      "{\"a\":\"\x01\"}",
                                      "{\"a\":\"\xff\"}",
                                      "{\"a\":\"\\u12\"}",
                                      "{\"a\":\"\\ud800\"}",
                                      "\xef\xbb\xbf{}",
                                      "{\"a\":tru}",
                                      "{\"a\" 1}",
                                      "{\"a\":1//c\n}",
                                      "{\"a\":123456789012345678901234567890}"}) {
    const auto object = read(text);
    ASSERT_FALSE(object) << text;
    EXPECT_EQ(object.error(), JsonError::not_json) << text;
  }
  EXPECT_TRUE(read("{}"));
  EXPECT_TRUE(read(" \t\r\n{ \"a\" : [ ] } "));
}

// STIR-VS-08
TEST_F(JsonObject, RefusesDuplicatesAtEveryLevelAndSpelling) {
  for (const std::string_view text : {R"({"a":1,"a":1})", R"({"a":1,"b":2,"\u0061":3})", R"({"x":{"a":1,"a":2}})",
                                      R"({"x":[[{"a":1,"b":0,"a":2}]]})"}) {
    const auto object = read(text);
    ASSERT_FALSE(object) << text;
    EXPECT_EQ(object.error(), JsonError::duplicate) << text;
  }
  EXPECT_TRUE(read(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]})"));
}

// STIR-HDR-11
TEST_F(JsonObject, KeepsToItsLimits) {
  EXPECT_TRUE(read(nested(kMaxJsonDepth)));
  for (const std::size_t depth : {kMaxJsonDepth + 1, kMaxJsonDepth + 2, kMaxJsonDepth + 3, std::size_t{2'000}}) {
    EXPECT_EQ(read(nested(depth)).error(), JsonError::too_large) << depth;
  }
  EXPECT_TRUE(read(members(kMaxJsonMembers)));
  EXPECT_EQ(read(members(kMaxJsonMembers + 1)).error(), JsonError::too_large);
  EXPECT_TRUE(read(elements(kMaxJsonElements)));
  EXPECT_EQ(read(elements(kMaxJsonElements + 1)).error(), JsonError::too_large);
  JsonReader small(64);
  EXPECT_EQ(small.read(65).error(), JsonError::too_large);
}

// STIR-PT-01
TEST_F(JsonObject, SerialisesDeterministically) {
  EXPECT_EQ(deterministic(R"( { "b" : 1 , "a" : [ true , false , null , "x" ] } )"),
            R"({"a":[true,false,null,"x"],"b":1})");
  EXPECT_EQ(deterministic(R"({"z":{"y":1,"x":2},"Z":-5,"aa":18446744073709551615,"a":0})"),
            R"({"Z":-5,"a":0,"aa":18446744073709551615,"z":{"x":2,"y":1}})");
  EXPECT_EQ(deterministic(R"({"a":"\u0041\/\u00e9\"\\\n\u0001\u001f"})"),
            "{\"a\":\"A/\xc3\xa9\\\"\\\\\\n\\u0001\\u001f\"}");
  EXPECT_EQ(deterministic("{\"\xc3\xa9\":1,\"z\":2}"), "{\"z\":2,\"\xc3\xa9\":1}");
  EXPECT_EQ(deterministic(R"({"a":1.0})"), "overflow");
  EXPECT_EQ(deterministic(R"({"a":1e9})"), "overflow");
}

TEST_F(JsonObject, ASecondReadForgetsTheFirst) {
  EXPECT_EQ(deterministic(R"({"a":1})"), R"({"a":1})");
  EXPECT_FALSE(read("{"));
  EXPECT_EQ(deterministic(R"({"b":2})"), R"({"b":2})");
}

}  // namespace
}  // namespace stirline::crypto::json_object_test
