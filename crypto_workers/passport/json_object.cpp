#include "crypto_workers/passport/json_object.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <string>

namespace stirline::crypto {
namespace {

namespace dom = simdjson::dom;

std::optional<JsonError> check(const dom::element& element, std::size_t depth);

std::optional<JsonError> check_object(const dom::object& object, std::size_t depth) {
  if (depth > kMaxJsonDepth) {
    return JsonError::too_large;
  }
  std::array<std::string_view, kMaxJsonMembers> names;
  std::size_t count = 0;
  for (const dom::key_value_pair member : object) {
    if (count == names.size()) {
      return JsonError::too_large;
    }
    const auto known = std::span(names).first(count);
    if (std::ranges::find(known, member.key) != known.end()) {
      return JsonError::duplicate;
    }
    names[count++] = member.key;
    if (const auto error = check(member.value, depth + 1)) {
      return error;
    }
  }
  return std::nullopt;
}

std::optional<JsonError> check_array(const dom::array& array, std::size_t depth) {
  if (depth > kMaxJsonDepth) {
    return JsonError::too_large;
  }
  std::size_t count = 0;
  for (const dom::element element : array) {
    if (++count > kMaxJsonElements) {
      return JsonError::too_large;
    }
    if (const auto error = check(element, depth + 1)) {
      return error;
    }
  }
  return std::nullopt;
}

// `depth` is that of the element, were it a container.
std::optional<JsonError> check(const dom::element& element, std::size_t depth) {
  if (dom::object object; element.get(object) == simdjson::SUCCESS) {
    return check_object(object, depth);
  }
  if (dom::array array; element.get(array) == simdjson::SUCCESS) {
    return check_array(array, depth);
  }
  return std::nullopt;
}

void write_string(std::string_view text, TextWriter& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.add('"');
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    switch (c) {
      case '"':
        out.add("\\\"");
        break;
      case '\\':
        out.add("\\\\");
        break;
      case '\b':
        out.add("\\b");
        break;
      case '\f':
        out.add("\\f");
        break;
      case '\n':
        out.add("\\n");
        break;
      case '\r':
        out.add("\\r");
        break;
      case '\t':
        out.add("\\t");
        break;
      default:
        if (octet < 0x20) {
          out.add("\\u00");
          out.add(kHex[octet >> 4U]);
          out.add(kHex[octet & 0x0fU]);
        } else {
          out.add(c);
        }
    }
  }
  out.add('"');
}

void write_array(const dom::array& array, TextWriter& out) {
  bool first = true;
  out.add('[');
  for (const dom::element item : array) {
    if (!first) {
      out.add(',');
    }
    first = false;
    write_deterministic(item, out);
  }
  out.add(']');
}

}  // namespace

JsonReader::JsonReader(std::size_t max_bytes)
    : max_bytes_(max_bytes),
      buffer_(std::make_unique<std::uint8_t[]>(max_bytes + simdjson::SIMDJSON_PADDING)),
      parser_(max_bytes) {
  // A few levels more than are legal: depth is judged by check_object, so that its error is a limit's, not a syntax
  // error.
  if (parser_.allocate(max_bytes, kMaxJsonDepth + 2) != simdjson::SUCCESS) {
    throw std::runtime_error("simdjson cannot allocate its buffers");
  }
  // The library grows its tape with the longest text seen: let that be the longest there is.
  std::ranges::fill(buffer(), std::uint8_t{' '});
  buffer_[0] = '{';
  buffer_[max_bytes - 1] = '}';
  if (!read(max_bytes)) {
    throw std::runtime_error("simdjson cannot read an object of " + std::to_string(max_bytes) + " octets");
  }
}

std::expected<dom::object, JsonError> JsonReader::read(std::size_t length) {
  if (length > max_bytes_) {
    return std::unexpected(JsonError::too_large);
  }
  // A byte order mark is no JSON (RFC 8259 8.1), yet some versions of the library skip it.
  if (length == 0 || buffer_[0] == 0xef) {
    return std::unexpected(JsonError::not_json);
  }
  dom::element root;
  dom::object object;
  const simdjson::error_code error = parser_.parse(buffer_.get(), length, false).get(root);
  if (error == simdjson::DEPTH_ERROR) {
    return std::unexpected(JsonError::too_large);
  }
  if (error != simdjson::SUCCESS || root.get(object) != simdjson::SUCCESS) {
    return std::unexpected(JsonError::not_json);
  }
  if (const auto refused = check_object(object, 1)) {
    return std::unexpected(*refused);
  }
  return object;
}

void write_deterministic(const dom::object& object, TextWriter& out) {
  struct Member {
    std::string_view key;
    dom::element value;
  };
  std::array<Member, kMaxJsonMembers> members;
  std::size_t count = 0;
  for (const dom::key_value_pair member : object) {
    members[count++] = {member.key, member.value};
  }
  const auto known = std::span(members).first(count);
  // Octets of UTF-8 sort like code points.
  std::ranges::sort(known, [](const Member& a, const Member& b) {
    return std::ranges::lexicographical_compare(
        a.key, b.key, [](char x, char y) { return static_cast<unsigned char>(x) < static_cast<unsigned char>(y); });
  });
  bool first = true;
  out.add('{');
  for (const Member& member : known) {
    if (!first) {
      out.add(',');
    }
    first = false;
    write_string(member.key, out);
    out.add(':');
    write_deterministic(member.value, out);
  }
  out.add('}');
}

void write_deterministic(const dom::element& element, TextWriter& out) {
  dom::object object;
  dom::array array;
  std::string_view text;
  std::int64_t number = 0;
  std::uint64_t large = 0;
  bool truth = false;
  if (element.get(object) == simdjson::SUCCESS) {
    write_deterministic(object, out);
  } else if (element.get(array) == simdjson::SUCCESS) {
    write_array(array, out);
  } else if (element.get(text) == simdjson::SUCCESS) {
    write_string(text, out);
  } else if (element.type() == dom::element_type::DOUBLE) {
    out.fail();
  } else if (element.get(number) == simdjson::SUCCESS) {
    out.add(number);
  } else if (element.get(large) == simdjson::SUCCESS) {
    out.add(large);
  } else if (element.get(truth) == simdjson::SUCCESS) {
    out.add(truth ? "true" : "false");
  } else {
    out.add("null");
  }
}

}  // namespace stirline::crypto
