// Any octets as the value of a Puzzle header field: what is read is written so that the same is read again, and nothing
// solves a puzzle but what has its image (SPIT-HC-01, SPIT-HC-02).
#include <array>
#include <cstdint>
#include <string_view>

#include "crypto_workers/puzzle/hashcash.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::puzzle {
namespace {

int run(const std::uint8_t* data, std::size_t size) {
  using namespace stirline::crypto;
  const auto puzzle = read_puzzle({reinterpret_cast<const char*>(data), size});
  if (!puzzle) {
    return 0;
  }
  check(puzzle->work <= kMaxPuzzleWork && puzzle->value <= kWholeImage, "numbers keep to their limits");
  std::array<char, kPuzzleLineBytes> line;
  const std::string_view written = write_puzzle(*puzzle, line);
  constexpr std::string_view kName = "Puzzle: ";
  check(written.starts_with(kName) && written.ends_with("\r\n"), "a whole line is written");
  check(read_puzzle(written.substr(kName.size(), written.size() - kName.size() - 2)) == puzzle,
        "what is written is read as the same");
  static Hashcash hashcash(std::array<std::uint8_t, kOrigidKeyBytes>{1});
  const PuzzleCall call{"id", "sip:a@b", "sip:c@d"};
  check(hashcash.check(call, 1, *puzzle) == PuzzleResult::wrong, "nobody guesses a puzzle of ours");
  return 0;
}

const Target kTarget("puzzle", run);

}  // namespace
}  // namespace stirline::fuzz::puzzle
