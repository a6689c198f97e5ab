// The claims crn, rcd and rcdi of tokens that we make (RFC 9795 5-6; STIR-RC-01, -02). Pure.
#pragma once

#include <cstddef>
#include <string>

namespace stirline::crypto {

// What callers of ours show of themselves: the claims as they will stand in a token, JSON without blanks and with
// sorted keys (RFC 8225 9). Each may be empty.
struct RichCallText {
  std::string crn;
  std::string rcd;
  std::string rcdi;
  [[nodiscard]] bool empty() const { return crn.empty() && rcd.empty(); }
};
inline constexpr std::size_t kMaxRichCallTextBytes = 1'280;  // of all three

// May a token say this? Nothing at all is fine too.
[[nodiscard]] bool is_well_made(const RichCallText& text);

}  // namespace stirline::crypto
