#include "perf/policy_challenges.hpp"

#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "tests/support/payment_receipts.hpp"

namespace stirline::perf {
namespace {

constexpr std::int64_t kNow = 1'795'000'000;
constexpr auto kMinute = static_cast<std::uint32_t>(kNow / crypto::Hashcash::kMinute);
constexpr std::array<std::uint8_t, crypto::kOrigidKeyBytes> kKey{1, 2, 3};
constexpr std::array<std::uint8_t, 32> kReceiptKey{4, 5, 6};
constexpr crypto::PaymentTerms kTerms{.amount = 5,
                                      .currency = "USD-cent",
                                      .provider = "https://pay.example.com/",
                                      .receipt_key = kReceiptKey,
                                      .minutes = 15};

// `text` without the name of its header field and the line's end.
std::string value_of(std::string_view text) {
  const std::size_t begin = text.find(": ") + 2;
  return std::string(text.substr(begin, text.size() - begin - 2));
}

}  // namespace

PolicyChallenges::PolicyChallenges(std::size_t calls) : puzzles_(kKey), offers_(kKey) {
  for (std::uint32_t i = 0; i < calls; ++i) {
    Call call{.call_id = fmt::format("{:032x}@192.0.2.{}", i * 0x9E37'79B9, i % 250),
              .from = fmt::format("sip:+1215555{:04}@carrier-a.example.net;user=phone", i),
              .to = fmt::format("sip:+4420794{:05}@carrier-b.example.net;user=phone", 7 * i),
              .puzzle = {},
              .foreign_puzzle = {},
              .receipt = {}};
    // Without work the puzzle is its own solution.
    const auto puzzle = puzzles_.make({call.call_id, call.from, call.to}, kMinute - i % 2, 0);
    const auto offer = offers_.make({call.from, call.to}, kTerms, kMinute - i % 10);
    const auto old = puzzles_.make({call.call_id, call.from, call.to}, kMinute - 100, 0);
    if (!puzzle || !old || !offer) {
      throw std::runtime_error("OpenSSL fails");
    }
    std::array<char, crypto::kPuzzleLineBytes> puzzle_line;
    std::array<char, crypto::kOfferLineBytes> offer_line;
    call.puzzle = value_of(crypto::write_puzzle(*puzzle, puzzle_line));
    call.foreign_puzzle = value_of(crypto::write_puzzle(*old, puzzle_line));
    const std::string line(crypto::write_offer(*offer, kTerms, kMinute - i % 10, offer_line));
    call.receipt = test::receipt_of(test::kReceiptHeader, test::paid_payload(line, kNow - 30), kReceiptKey);
    calls_.push_back(std::move(call));
  }
}

bool PolicyChallenges::is_solved(std::size_t call) {
  const Call& one = calls_[call];
  const auto puzzle = crypto::read_puzzle(one.puzzle);
  return puzzle && puzzles_.check({one.call_id, one.from, one.to}, kMinute, *puzzle) == crypto::PuzzleResult::solved;
}

bool PolicyChallenges::is_refused(std::size_t call) {
  const Call& one = calls_[call];
  const auto puzzle = crypto::read_puzzle(one.foreign_puzzle);
  return puzzle && puzzles_.check({one.call_id, one.from, one.to}, kMinute, *puzzle) == crypto::PuzzleResult::wrong;
}

bool PolicyChallenges::is_paid(std::size_t call) {
  const Call& one = calls_[call];
  return reader_.read(one.receipt, {one.from, one.to}, kTerms, kNow, offers_).result == crypto::ReceiptResult::paid;
}

}  // namespace stirline::perf
