// Notices valid tokens that come a second time with another call (RFC 8224 12.1; STIR-VS-12). A suspicion, never a
// verdict: elements that fork or bridge calls copy tokens rightly. Copies of a request and calls that cross us twice
// have the Call-ID and From tag of the first time and are none.
//
// A token is known by what it signs: its signature (r, s) can be turned into (r, n - s) by anybody. Of the compact form
// only the signature is there, so it is known by that. Bounded: the oldest token is forgotten for the newest. Memory is
// taken at start. Thread: one poll core, so a token that comes to another one is not noticed.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "crypto_workers/passport/open.hpp"
#include "dataplane/packet/numa_array.hpp"
#include "dataplane/packet/slot_index.hpp"

namespace stirline::dataplane {

class ReplayWatch {
 public:
  // `tokens`: how many are remembered, at least one; `seed` is random.
  ReplayWatch(std::uint32_t tokens, int socket, std::uint32_t seed);

  struct Sight {
    std::string_view token;  // as it stands in its header field
    std::string_view call_id;
    std::string_view from_tag;
    std::int64_t now = 0;  // seconds since 1970
    std::int64_t fresh_until = 0;
    std::uint64_t now_cycles = 0;  // the same moment in TSC cycles
  };
  enum class Seen : std::uint8_t {
    first,
    again,     // with the same call
    replayed,  // with another
    too_many,  // for the first time, and for want of room one was forgotten that could still be replayed
  };
  Seen see(const Sight& sight);

  [[nodiscard]] std::uint32_t used() const { return index_.taken(); }
  // When the oldest token came, in TSC cycles; 0: there is none.
  [[nodiscard]] std::uint64_t oldest_at() const {
    return used() == 0 ? 0 : tokens_[used() == tokens_.size() ? oldest_ : 0].seen_at;
  }

 private:
  struct Token {
    std::uint64_t name = 0;
    std::uint64_t call = 0;
    std::int64_t fresh_until = 0;
    std::uint64_t seen_at = 0;  // TSC cycles
  };
  [[nodiscard]] std::uint64_t name_of(std::string_view token);
  [[nodiscard]] std::uint64_t call_of(const Sight& sight);

  NumaArray<Token> tokens_;
  SlotIndex index_;
  std::uint32_t oldest_ = 0;  // once all are taken; before, the next one
  std::uint32_t seed_;
  alignas(std::uint32_t) std::array<char, crypto::kMaxDigestBytes> text_;  // rte_jhash() reads words
};

}  // namespace stirline::dataplane
