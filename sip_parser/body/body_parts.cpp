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
  explicit BodyPartsReader(std::string_view octets) : octets_(octets) {}

  // One body or part, whose header fields are `fields`.
  Result read(const ContentFields& fields, BodyPart part) {
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
    if (part.type && is_media_type(octets_, *part.type, "multipart")) {
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
    Span part;
    for (;;) {
      const auto more = cursor.next(part);
      if (!more) {
        return std::unexpected(more.error());
      }
      if (!*more) {
        return {};
      }
      if (auto result = read_part(part, static_cast<std::uint8_t>(whole.depth + 1)); !result) {
        return result;
      }
    }
  }

  // Its header lines, a blank line, its content. The CRLF of the delimiter behind it may be that blank line: the
  // content is absent then (RFC 2046 5.1.1: body-part = MIME-part-headers [ CRLF *OCTET ]).
  Result read_part(Span where, std::uint8_t depth) {
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
    return read(*fields, part);
  }

  std::string_view octets_;
  BodyParts parts_;
};

}  // namespace

std::expected<BodyParts, BodyError> read_body_parts(const Message& message, std::string_view octets) {
  if (message.body().empty()) {
    return BodyParts{};
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
  BodyPartsReader reader(octets);
  if (auto result = reader.read(*fields, body); !result) {
    return std::unexpected(result.error());
  }
  return reader.parts();
}

}  // namespace stirline::sip
