// Texts of rules that our answers carry, for as long as copies of their requests come: where a 302 leads (SPIT-MK-04),
// the phrase of a refusal (SPIT-PL-03). A copy gets the same octets, whatever has become of the rules (INL-TX-06).
//
// A fixed number of places, filled in turn; the oldest makes way. No heap after construction. Thread: one poll core.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "config/policy/rule.hpp"
#include "crypto_workers/stir/answer_tag.hpp"

namespace stirline::dataplane {

class AnswerTexts {
 public:
  static constexpr std::uint16_t kPlaces = 1'024;
  static constexpr std::uint16_t kNowhere = 0;  // no place

  AnswerTexts() : places_(kPlaces) {}

  // `tag`: of the answer, so of the request. The text has at most kMaxTextBytes octets. Never kNowhere.
  [[nodiscard]] std::uint16_t keep(const crypto::AnswerTagText& tag, std::string_view text) {
    const std::uint16_t place = next_;
    next_ = static_cast<std::uint16_t>((next_ + 1) % kPlaces);
    Place& kept = places_[place];
    kept.tag = tag;
    kept.length = static_cast<std::uint8_t>(text.copy(kept.text.data(), kept.text.size()));
    return static_cast<std::uint16_t>(place + 1);
  }

  // Empty: another request has its place by now.
  [[nodiscard]] std::string_view find(std::uint16_t place, const crypto::AnswerTagText& tag) const {
    if (place == kNowhere || place > kPlaces || places_[place - 1U].tag != tag) {
      return {};
    }
    const Place& kept = places_[place - 1U];
    return {kept.text.data(), kept.length};
  }

 private:
  struct Place {
    crypto::AnswerTagText tag{};
    std::uint8_t length = 0;
    std::array<char, config::policy::kMaxTextBytes> text{};
  };
  std::vector<Place> places_;
  std::uint16_t next_ = 0;
};

}  // namespace stirline::dataplane
