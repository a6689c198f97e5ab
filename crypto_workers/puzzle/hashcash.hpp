// Puzzles for callers, and whether they have solved them (SPIT-HC-01, -02; SPIT-MK-05).
//
// pre = HMAC-SHA-256(key, Call-ID | From URI | To URI | minute), its first 20 octets, of which the caller is told all
// but the last `work` bits, and SHA-1 of the whole. He tries 2^work values at most. Nothing is kept: the request with
// the solution names the same call, so the same puzzle is made again, for the minute that it may be of.
//
// One per thread; no heap of our own per puzzle.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "crypto_workers/call_mac.hpp"
#include "crypto_workers/message_digest.hpp"
#include "crypto_workers/puzzle/puzzle_header.hpp"
#include "crypto_workers/stir/origid.hpp"

namespace stirline::crypto {

// What both requests have in common. URIs as they stand there.
struct PuzzleCall {
  std::string_view call_id;
  std::string_view from;
  std::string_view to;
};

enum class PuzzleResult : std::uint8_t {
  solved,
  wrong,    // not the solution of a puzzle of this call, of these minutes
  library,  // OpenSSL fails
};

class Hashcash {
 public:
  static constexpr std::int64_t kMinute = 60;       // seconds
  static constexpr std::uint32_t kMinutesGood = 2;  // the one it was made in, and this many behind it

  // `key`: the one that origids are made with. Throws std::runtime_error if OpenSSL has no HMAC or no SHA-1.
  explicit Hashcash(std::span<const std::uint8_t, kOrigidKeyBytes> key);

  // `minute`: seconds since 1970 by kMinute. `work` at most kMaxPuzzleWork. Nothing if the library fails.
  [[nodiscard]] std::optional<Puzzle> make(const PuzzleCall& call, std::uint32_t minute, std::uint8_t work);

  // SPIT-HC-02. In time that tells nothing about the solution.
  [[nodiscard]] PuzzleResult check(const PuzzleCall& call, std::uint32_t minute, const Puzzle& solution);

  // Whether `solution`, of whatever origin, solves `puzzle`: the arithmetic alone.
  [[nodiscard]] bool solves(const Puzzle& puzzle, const Puzzle& solution);

 private:
  [[nodiscard]] std::optional<PuzzleOctets> pre_of(const PuzzleCall& call, std::uint32_t minute);
  [[nodiscard]] std::optional<PuzzleOctets> image_of(const PuzzleOctets& pre);

  CallMac mac_;
  MessageDigest sha1_{"SHA1"};
};

}  // namespace stirline::crypto
