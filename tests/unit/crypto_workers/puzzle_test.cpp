// Puzzles for callers (SPIT-HC-01 to -03, SPIT-MK-05).
#include <array>
#include <string>

#include <gtest/gtest.h>

#include "crypto_workers/puzzle/hashcash.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::puzzle_test {
namespace {

constexpr std::array<std::uint8_t, kOrigidKeyBytes> kKey{1, 2, 3};
constexpr std::string_view kChallenge =
    "work=15; pre=\"W109tk3hXdXYzNT10ozA6X3/AAA=\"; image=\"5MzxoV0H4xrHcDEN6Bqw3Cbpa6k=\"; value=160";

std::string value_of(const nlohmann::json& line) {
  const std::string text = line.get<std::string>();
  return text.substr(std::string("Puzzle: ").size());
}

TEST(PuzzleHeader, OwnVectors) {  // SPIT-HC-02
  const nlohmann::json vectors = test::own_json("json/hashcash.json");
  Hashcash hashcash(kKey);
  for (const auto& vector : vectors.at("own_vectors")) {
    const auto solution = read_puzzle(value_of(vector.at("solution")));
    ASSERT_TRUE(solution);
    const auto challenge =
        read_puzzle(vector.contains("challenge") ? value_of(vector.at("challenge")) : std::string(kChallenge));
    ASSERT_TRUE(challenge);
    EXPECT_EQ(hashcash.solves(*challenge, *solution), vector.at("verifies").get<bool>());
  }
}

TEST(PuzzleHeader, TheSeedsExampleReadsAndIsNoSolution) {  // SPIT-HC-01, SPIT-HC-03
  const auto challenge = read_puzzle(
      "work=15 ;\r\n pre=\"VgVGYixbRg0mdSwTY3YIfCBuAAA=\"; image=\"NhhMQ2l7SE0VBmZFKksUC19ia04=\";\tvalue = 160");
  const auto solution =
      read_puzzle("value=160;image=\"NhhMQ2l7SE0VBmZFKksUC19ia04=\";pre=\"VgVGYixbRg0mdSwTY3YIfCBuYmg=\";work=0");
  ASSERT_TRUE(challenge);
  ASSERT_TRUE(solution);
  EXPECT_EQ(challenge->work, 15);
  EXPECT_FALSE(Hashcash(kKey).solves(*challenge, *solution));
}

TEST(PuzzleHeader, IsWrittenAsItIsRead) {
  const auto puzzle = read_puzzle(kChallenge);
  ASSERT_TRUE(puzzle);
  std::array<char, kPuzzleLineBytes> line;
  EXPECT_EQ(write_puzzle(*puzzle, line), "Puzzle: " + std::string(kChallenge) + "\r\n");
}

TEST(PuzzleHeader, WhatIsNone) {  // SPIT-HC-01
  const std::string good(kChallenge);
  const auto changed = [&](const std::string& what, const std::string& by) {
    std::string text = good;
    return text.replace(text.find(what), what.size(), by);
  };
  EXPECT_TRUE(read_puzzle(changed("work=15", "work=24")));
  for (const std::string& wrong : {std::string(),
                                   std::string(";"),
                                   changed("work=15", "work=25"),
                                   changed("work=15", "work=-1"),
                                   changed("work=15", "work=015"),
                                   changed("work=15", "work"),
                                   changed("work=15; ", ""),
                                   changed("value=160", "value=161"),
                                   changed("value=160", "value=0160"),
                                   changed("; value=160", ""),
                                   good + "; work=15",
                                   good + ";",
                                   good + "; x=1",
                                   changed("W109", "W10="),
                                   changed("AAA=", "AAB="),
                                   changed("AAA=", "AAAA"),
                                   changed("pre=\"", "pre=\" "),
                                   changed("pre=\"", "pre="),
                                   changed("5Mzx", "5Mz"),
                                   changed("5Mzx", "5Mz\n")}) {
    EXPECT_FALSE(read_puzzle(wrong)) << wrong;
  }
}

TEST(Hashcash, TheSameForTheSameCallAndMinuteAndForNoOther) {  // SPIT-MK-05
  Hashcash hashcash(kKey);
  const PuzzleCall call{"id@a", "sip:a@x", "sip:b@y"};
  const auto puzzle = hashcash.make(call, 1'000, 12);
  ASSERT_TRUE(puzzle);
  EXPECT_EQ(hashcash.make(call, 1'000, 12), puzzle);
  EXPECT_NE(hashcash.make({"id@", "asip:a@x", "sip:b@y"}, 1'000, 12), puzzle);
  EXPECT_NE(hashcash.make({"id@a", "sip:b@y", "sip:a@x"}, 1'000, 12), puzzle);
  EXPECT_NE(hashcash.make(call, 1'001, 12), puzzle);
  Hashcash other(std::array<std::uint8_t, kOrigidKeyBytes>{9});
  EXPECT_NE(other.make(call, 1'000, 12), puzzle);
}

TEST(Hashcash, IsGoodForItsMinutesAndItsCallOnly) {  // SPIT-HC-02
  Hashcash hashcash(kKey);
  const PuzzleCall call{"id@a", "sip:a@x", "sip:b@y"};
  const Puzzle solution = *hashcash.make(call, 1'000, 0);  // without work the puzzle is its solution
  EXPECT_EQ(hashcash.check(call, 1'000, solution), PuzzleResult::solved);
  EXPECT_EQ(hashcash.check(call, 1'002, solution), PuzzleResult::solved);
  EXPECT_EQ(hashcash.check(call, 1'003, solution), PuzzleResult::wrong);
  EXPECT_EQ(hashcash.check(call, 999, solution), PuzzleResult::wrong);
  EXPECT_EQ(hashcash.check({"id@a", "sip:c@x", "sip:b@y"}, 1'000, solution), PuzzleResult::wrong);
  for (std::size_t i = 0; i < kPuzzleOctets; ++i) {
    Puzzle wrong = solution;
    wrong.pre[i] ^= 0x10;
    EXPECT_EQ(hashcash.check(call, 1'000, wrong), PuzzleResult::wrong);
    wrong = solution;
    wrong.image[i] ^= 0x10;
    EXPECT_EQ(hashcash.check(call, 1'000, wrong), PuzzleResult::wrong);
  }
  Puzzle lazy = solution;
  lazy.value = 8;
  EXPECT_EQ(hashcash.check(call, 1'000, lazy), PuzzleResult::wrong);
  lazy = solution;
  lazy.work = 20;
  EXPECT_EQ(hashcash.check(call, 1'000, lazy), PuzzleResult::wrong);
}

TEST(Hashcash, HidesExactlyTheBitsOfItsWork) {  // SPIT-HC-01
  Hashcash hashcash(kKey);
  const PuzzleCall call{"id@a", "sip:a@x", "sip:b@y"};
  const Puzzle whole = *hashcash.make(call, 7, 0);
  for (std::uint8_t work = 0; work <= kMaxPuzzleWork; ++work) {
    const Puzzle puzzle = *hashcash.make(call, 7, work);
    EXPECT_EQ(puzzle.image, whole.image);
    for (std::size_t bit = 0; bit < 8 * kPuzzleOctets; ++bit) {
      const std::size_t octet = kPuzzleOctets - 1 - bit / 8;
      const unsigned mask = 1U << (bit % 8);
      EXPECT_EQ(puzzle.pre[octet] & mask, bit < work ? 0U : whole.pre[octet] & mask);
    }
  }
}

}  // namespace
}  // namespace stirline::crypto::puzzle_test
