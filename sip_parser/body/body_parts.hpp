// The body of a message as its parts: one, or those of a multipart body, nested ones too (RFC 3261 7.4, 20.15; RFC
// 5621; RFC 2046 5.1).
//
// The header lines of a part obey the same rules as those of a message, and are split by the same code. Pure; nothing
// is decoded or copied.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "sip_parser/body/body_error.hpp"
#include "sip_parser/body/media_type.hpp"
#include "sip_parser/fixed_list.hpp"
#include "sip_parser/headers/content_disposition.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/span.hpp"

namespace stirline::sip {

inline constexpr std::size_t kMaxBodyParts = 32;      // of all levels together, multiparts themselves not counted
inline constexpr std::size_t kMaxMultipartDepth = 4;  // multipart in multipart

struct BodyPart {
  std::optional<MediaType> type;  // of a part without Content-Type nothing: text/plain (RFC 2046 5.1)
  std::optional<ContentDisposition> disposition;
  Span headers;            // its header lines without the blank line; empty for a body that is not multipart
  Span content;            // may be empty
  std::uint8_t depth = 0;  // multiparts around it
  bool encoded = false;    // a content or transfer encoding would have to be undone before `content` says anything
};
using BodyParts = FixedList<BodyPart, kMaxBodyParts>;

// All parts in message order, multiparts taken apart; an empty list if there is no body. `message` was parsed from
// `octets` without error. Errors: those of MIME in BodyErrorCode. A multipart type that is encoded is an error, another
// part that is encoded says so.
[[nodiscard]] std::expected<BodyParts, BodyError> read_body_parts(const Message& message, std::string_view octets);

// The same as a tree, for whoever takes parts out: multiparts too, each in front of its parts.
struct BodyNode {
  static constexpr std::uint8_t kBody = 0xFF;  // no multipart around it: the body itself

  std::optional<MediaType> type;  // as in BodyPart
  Span cut;                       // with its delimiter, MultipartCursor::cut(); of the body itself: all of it
  std::uint8_t parent = kBody;    // index of the multipart around it
  bool is_multipart = false;
};
inline constexpr std::size_t kMaxBodyNodes = kMaxBodyParts * (1 + kMaxMultipartDepth);  // a multipart has a part
using BodyTree = FixedList<BodyNode, kMaxBodyNodes>;

// As read_body_parts(), with the same errors.
[[nodiscard]] std::expected<BodyTree, BodyError> read_body_tree(const Message& message, std::string_view octets);

}  // namespace stirline::sip
