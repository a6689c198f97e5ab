// Untrusted JSON of a PASSporT: one bounded object, no duplicate names, and its deterministic serialisation.
//
// simdjson's DOM parser is used: it is strict (RFC 8259), checks UTF-8, and with a fixed capacity allocates nothing
// after construction. Names and strings are compared after their escapes are undone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string_view>

#include <simdjson.h>

#include "crypto_workers/passport/text_writer.hpp"

namespace stirline::crypto {

// STIR-HDR-11
inline constexpr std::size_t kMaxJsonDepth = 8;
inline constexpr std::size_t kMaxJsonElements = 64;  // of an array
inline constexpr std::size_t kMaxJsonMembers = 64;   // of an object

enum class JsonError : std::uint8_t {
  not_json,   // not exactly one JSON object, or a number beyond 64 bits
  duplicate,  // RFC 8725 2.4, RFC 8259 4
  too_large,  // a limit above, or longer than the reader's capacity
};

// Reads one object at a time: the result is valid until the next call. One thread.
class JsonReader {
 public:
  explicit JsonReader(std::size_t max_bytes);  // 32 or more: the library's least

  // Room for max_bytes octets, to be filled before read().
  [[nodiscard]] std::span<std::uint8_t> buffer() { return {buffer_.get(), max_bytes_}; }
  [[nodiscard]] std::string_view text(std::size_t length) const {
    return {reinterpret_cast<const char*>(buffer_.get()), length};
  }

  // Parses the first `length` octets of buffer().
  [[nodiscard]] std::expected<simdjson::dom::object, JsonError> read(std::size_t length);

 private:
  std::size_t max_bytes_;
  std::unique_ptr<std::uint8_t[]> buffer_;
  simdjson::dom::parser parser_;
};

// Writes `value` as RFC 8225 9 demands (STIR-PT-01): members by code point, no blanks, shortest escapes. `out`
// overflows if it holds a number that is not an integer: such a value has no deterministic form.
void write_deterministic(const simdjson::dom::object& value, TextWriter& out);
void write_deterministic(const simdjson::dom::element& value, TextWriter& out);

}  // namespace stirline::crypto
