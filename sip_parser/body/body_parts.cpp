#include "sip_parser/body/body_parts.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "sip_parser/body/multipart.hpp"
#include "sip_parser/characters.hpp"
#include "sip_parser/header_lines.hpp"

namespace stirline::sip {
namespace {

using Result = std::expected<void, BodyError>;

// The header fields that say what a body or a part of it is.
struct ContentFields {
  const HeaderLine* type = nullptr;
  const HeaderLine* disposition = nullptr;
  const HeaderLine* length = nullptr;
  const HeaderLine* encoding = nullptr;
  const HeaderLine* transfer_encoding = nullptr;
};

// The place for `id`, or nullptr if it is none of these.
const HeaderLine** place_of(ContentFields& fields, HeaderId id) {
  switch (id) {
    case HeaderId::content_type:
      return &fields.type;
    case HeaderId::content_disposition:
      return &fields.disposition;
    case HeaderId::content_length:
      return &fields.length;
    case HeaderId::content_encoding:
      return &fields.encoding;
    case HeaderId::content_transfer_encoding:
      return &fields.transfer_encoding;
    default:
      return nullptr;
  }
}

std::expected<ContentFields, BodyError> content_fields(std::span<const HeaderLine> lines) {
  ContentFields fields;
  for (const HeaderLine& line : lines) {
    const HeaderLine** const place = place_of(fields, line.id);
    if (place == nullptr) {
      continue;
    }
    if (*place != nullptr) {
      return detail::body_failure(BodyErrorCode::bad_part_header, line.begin);
    }
    *place = &line;
  }
  return fields;
}

// Whether the field names one of the encodings that leave the octets as they are (RFC 2045 6.2, RFC 3261 20.12).
bool changes_octets(std::string_view octets, const HeaderLine* field) {
  constexpr std::array<std::string_view, 4> kHarmless = {"identity", "7bit", "8bit", "binary"};
  if (field == nullptr) {
    return false;
  }
  for (const std::string_view name : kHarmless) {
    if (detail::equal_ignoring_case(text(octets, field->value()), name)) {
      return false;
    }
  }
  return true;
}

class BodyPartsReader {
 public:
  // `tree`: gets the nodes; null: nobody wants them.
  BodyPartsReader(std::string_view octets, BodyTree* tree) : octets_(octets), tree_(tree) {}

  // One body or part, whose header fields are `fields`. `node`: what is known of its place.
  Result read(const ContentFields& fields, BodyPart part, BodyNode node) {
    if (fields.type != nullptr) {
      const auto type = read_media_type(octets_, fields.type->value());
      if (!type) {
        return detail::body_failure(BodyErrorCode::bad_content_type, type.error().offset);
      }
      part.type = *type;
    }
    if (fields.disposition != nullptr) {
      const auto disposition = read_content_disposition(octets_, fields.disposition->value());
      if (!disposition) {
        return detail::body_failure(BodyErrorCode::bad_disposition, disposition.error().offset);
      }
      part.disposition = *disposition;
    }
    part.encoded = changes_octets(octets_, fields.encoding) || changes_octets(octets_, fields.transfer_encoding);
    node.type = part.type;
    node.is_multipart = part.type && is_media_type(octets_, *part.type, "multipart");
    if (tree_ != nullptr && !tree_->push(node)) {
      return detail::body_failure(BodyErrorCode::part_count, part.content.offset);
    }
    if (node.is_multipart) {
      return read_multipart(part);
    }
    if (!parts_.push(part)) {
      return detail::body_failure(BodyErrorCode::part_count, part.content.offset);
    }
    return {};
  }

  [[nodiscard]] const BodyParts& parts() const { return parts_; }

 private:
  Result read_multipart(const BodyPart& whole) {
    if (whole.encoded) {
      return detail::body_failure(BodyErrorCode::encoded, whole.content.offset);
    }
    if (whole.depth == kMaxMultipartDepth) {
      return detail::body_failure(BodyErrorCode::part_depth, whole.content.offset);
    }
    const auto boundary = boundary_of(octets_, *whole.type);
    if (!boundary) {
      return detail::body_failure(BodyErrorCode::bad_boundary, boundary.error().offset);
    }
    detail::MultipartCursor cursor(octets_, whole.content, text(octets_, *boundary));
    BodyNode node{.type = {}, .cut = {}, .parent = tree_ != nullptr ? last_node() : BodyNode::kBody};
    Span part;
    for (;;) {
      const auto more = cursor.next(part);
      if (!more) {
        return std::unexpected(more.error());
      }
      if (!*more) {
        return {};
      }
      node.cut = cursor.cut();
      if (auto result = read_part(part, static_cast<std::uint8_t>(whole.depth + 1), node); !result) {
        return result;
      }
    }
  }

  // Its header lines, a blank line, its content. The CRLF of the delimiter behind it may be that blank line: the
  // content is absent then (RFC 2046 5.1.1: body-part = MIME-part-headers [ CRLF *OCTET ]).
  Result read_part(Span where, std::uint8_t depth, const BodyNode& node) {
    std::array<HeaderLine, kMaxHeaderLines> lines;
    // As if the part were a message: the limits of a header block hold for it, wherever in the body it lies.
    detail::HeaderBlock block;
    if (const ParseError error =
            detail::split_header_lines(octets_.substr(where.offset, where.length + 2U), 0, {}, lines, block);
        error.code != ErrorCode::ok) {
      const bool endless = error.code == ErrorCode::no_blank_line;
      return detail::body_failure(endless ? BodyErrorCode::part_without_end : BodyErrorCode::bad_part_header,
                                  where.offset + std::size_t{error.offset});
    }
    const std::span<HeaderLine> own = std::span(lines).first(block.count);
    for (HeaderLine& line : own) {
      for (std::uint16_t* place : {&line.begin, &line.name_end, &line.value_begin, &line.value_end, &line.end}) {
        *place = static_cast<std::uint16_t>(*place + where.offset);
      }
    }
    const auto fields = content_fields(own);
    if (!fields) {
      return std::unexpected(fields.error());
    }
    BodyPart part;
    part.headers = detail::span_between(where.offset, where.offset + block.blank_line);
    part.content = detail::span_between(std::min<std::size_t>(where.offset + block.body, where.end()), where.end());
    part.depth = depth;
    if (fields->length != nullptr &&
        detail::decimal(text(octets_, fields->length->value()), kMaxMessageBytes) != part.content.length) {
      return detail::body_failure(BodyErrorCode::part_length, fields->length->begin);
    }
    return read(*fields, part, node);
  }

  [[nodiscard]] std::uint8_t last_node() const { return static_cast<std::uint8_t>(tree_->size() - 1); }

  std::string_view octets_;
  BodyTree* tree_;
  BodyParts parts_;
};

// The parts go to `parts`, the nodes to `tree` unless it is null.
Result read_body(const Message& message, std::string_view octets, BodyParts& parts, BodyTree* tree) {
  if (message.body().empty()) {
    return {};
  }
  const auto fields = content_fields(message.headers());
  if (!fields) {
    return std::unexpected(fields.error());
  }
  if (fields->type == nullptr) {
    return detail::body_failure(BodyErrorCode::no_content_type, message.body().offset);
  }
  BodyPart body;
  body.content = message.body();
  BodyPartsReader reader(octets, tree);
  if (auto result = reader.read(*fields, body, {.type = {}, .cut = message.body()}); !result) {
    return result;
  }
  parts = reader.parts();
  return {};
}

}  // namespace

std::expected<BodyParts, BodyError> read_body_parts(const Message& message, std::string_view octets) {
  BodyParts parts;
  if (const auto result = read_body(message, octets, parts, nullptr); !result) {
    return std::unexpected(result.error());
  }
  return parts;
}

std::expected<BodyTree, BodyError> read_body_tree(const Message& message, std::string_view octets) {
  BodyParts parts;
  std::expected<BodyTree, BodyError> tree;
  if (const auto result = read_body(message, octets, parts, &*tree); !result) {
    tree = std::unexpected(result.error());
  }
  return tree;
}

}  // namespace stirline::sip
