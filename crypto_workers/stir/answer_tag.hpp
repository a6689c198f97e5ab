// The tag in To of our own answers (RFC 3261 8.2.7, 19.3; INL-TX-05): the same for every copy of a request, on every
// node that has the key, and known again without memory when the ACK brings it back (INL-TX-07).
//
// 50 bits of SipHash-2-4 under a key derived from the element's: nobody outside can make one. One per thread; no heap
// per tag.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "crypto_workers/stir/origid.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kAnswerTagBytes = 10;  // letters and digits: base32 in small letters (RFC 4648 6)
using AnswerTagText = std::array<char, kAnswerTagBytes>;

// What INVITE, its copies and the ACK of our answer have in common.
struct AnsweredRequest {
  std::string_view call_id;
  std::string_view from_tag;
  std::string_view branch;  // of the topmost Via
  std::uint32_t cseq = 0;
};

class AnswerTag {
 public:
  // `key`: the one that origids are made with. Throws std::runtime_error if OpenSSL offers neither HMAC nor SipHash.
  explicit AnswerTag(std::span<const std::uint8_t, kOrigidKeyBytes> key);
  ~AnswerTag();
  AnswerTag(const AnswerTag&) = delete;
  AnswerTag& operator=(const AnswerTag&) = delete;

  // False, and nothing written, if the library fails.
  [[nodiscard]] bool make(const AnsweredRequest& request, AnswerTagText& tag);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stirline::crypto
