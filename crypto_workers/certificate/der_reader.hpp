// A bounds-checked cursor over DER (X.690 10, 11): definite, minimal lengths only, no heap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace stirline::crypto {

namespace der {
inline constexpr std::uint8_t kInteger = 0x02;
inline constexpr std::uint8_t kUtf8String = 0x0c;
inline constexpr std::uint8_t kIa5String = 0x16;
inline constexpr std::uint8_t kSequence = 0x30;
// [n] EXPLICIT
[[nodiscard]] constexpr std::uint8_t context(unsigned number) {
  return static_cast<std::uint8_t>(0xa0U | number);
}
}  // namespace der

class DerReader {
 public:
  using Octets = std::span<const std::uint8_t>;

  explicit DerReader(Octets octets) : rest_(octets) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  // True if the next element carries `tag` (one octet: no high tag numbers).
  [[nodiscard]] bool next_is(std::uint8_t tag) const { return !rest_.empty() && rest_.front() == tag; }

  // The content of the next element, whatever its tag; nothing if it is not DER or reaches beyond the end.
  [[nodiscard]] std::optional<Octets> take_any() {
    constexpr std::uint8_t kHighTag = 0x1f;
    constexpr std::uint8_t kLongForm = 0x80;
    if (rest_.size() < 2 || (rest_[0] & kHighTag) == kHighTag) {
      return std::nullopt;
    }
    std::size_t length = rest_[1];
    std::size_t header = 2;
    if ((length & kLongForm) != 0) {
      const std::size_t octets = length & 0x7fU;
      if (octets == 0 || octets > 3 || rest_.size() < 2 + octets || rest_[2] == 0) {
        return std::nullopt;  // indefinite, absurd, cut off, or with a leading zero
      }
      length = 0;
      for (std::size_t i = 0; i < octets; ++i) {
        length = length << 8U | rest_[2 + i];
      }
      if (length < kLongForm) {
        return std::nullopt;  // fits the short form
      }
      header += octets;
    }
    if (length > rest_.size() - header) {
      return std::nullopt;
    }
    const Octets content = rest_.subspan(header, length);
    rest_ = rest_.subspan(header + length);
    return content;
  }

  // The same, of one tag only.
  [[nodiscard]] std::optional<Octets> take(std::uint8_t tag) { return next_is(tag) ? take_any() : std::nullopt; }

 private:
  Octets rest_;
};

// A non-negative INTEGER's content as a number; nothing if it is empty, negative, not minimal, or beyond 64 bits.
[[nodiscard]] inline std::optional<std::uint64_t> der_unsigned(std::span<const std::uint8_t> content) {
  if (content.empty() || (content.front() & 0x80U) != 0) {
    return std::nullopt;
  }
  if (content.front() == 0 && content.size() > 1) {
    if ((content[1] & 0x80U) == 0) {
      return std::nullopt;
    }
    content = content.subspan(1);
  }
  if (content.size() > sizeof(std::uint64_t)) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (const std::uint8_t octet : content) {
    value = value << 8U | octet;
  }
  return value;
}

}  // namespace stirline::crypto
