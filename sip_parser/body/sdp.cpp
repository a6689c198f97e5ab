#include "sip_parser/body/sdp.hpp"

#include <algorithm>
#include <array>

#include "sip_parser/characters.hpp"

namespace stirline::sip {
namespace {

using Result = std::expected<void, BodyError>;

struct HashFunction {
  std::string_view name;
  std::size_t octets;
};

// RFC 8122 5, FIPS 180-4
constexpr std::array kHashFunctions = {
    HashFunction{"sha-256", 32}, HashFunction{"sha-1", 20}, HashFunction{"sha-384", 48}, HashFunction{"sha-512", 64},
    HashFunction{"sha-224", 28}, HashFunction{"md5", 16},   HashFunction{"md2", 16}};

// fingerprint = 2UHEX *(":" 2UHEX); lower case is seen in the field. Octets, or zero if it is none.
std::size_t fingerprint_octets(std::string_view value) {
  for (std::size_t at = 0; at < value.size(); ++at) {
    const bool good = at % 3 == 2 ? value[at] == ':' : detail::is(value[at], detail::kHex);
    if (!good) {
      return 0;
    }
  }
  return value.size() % 3 == 2 ? (value.size() + 1) / 3 : 0;
}

bool fits_hash(std::string_view hash, std::size_t octets) {
  for (const HashFunction& known : kHashFunctions) {
    if (detail::equal_ignoring_case(known.name, hash)) {
      return octets == known.octets;
    }
  }
  return octets > 0 && octets <= kMaxFingerprintOctets;
}

// Takes fields between single spaces from the front of a line.
class Fields {
 public:
  Fields(std::string_view octets, Span line) : octets_(octets), at_(line.offset), end_(line.end()) {}

  Span next() {
    const std::size_t begin = at_;
    while (at_ < end_ && octets_[at_] != ' ') {
      ++at_;
    }
    const Span field = detail::span_between(begin, at_);
    at_ += at_ < end_ ? 1U : 0U;
    return field;
  }

  [[nodiscard]] Span rest() const { return detail::span_between(at_, end_); }

 private:
  std::string_view octets_;
  std::size_t at_;
  std::size_t end_;
};

bool visible(std::string_view octets, Span span) {
  return !span.empty() && detail::all(text(octets, span), detail::kVisible);
}

class SdpReader {
 public:
  SdpReader(std::string_view octets, Span where) : octets_(octets.substr(0, where.end())), at_(where.offset) {}

  std::expected<SessionDescription, BodyError> read() {
    Span line;
    std::size_t lines = 0;
    bool ended = false;
    while (at_ < octets_.size()) {
      const std::size_t begin = at_;
      if (auto result = next_line(line); !result) {
        return std::unexpected(result.error());
      }
      if (++lines > kMaxSdpLines) {
        return detail::body_failure(BodyErrorCode::sdp_line_count, begin);
      }
      ended = ended || line.empty();
      if (ended && lines > 1) {
        if (!line.empty()) {
          return detail::body_failure(BodyErrorCode::sdp_line, begin);
        }
        continue;
      }
      if (lines == 1 && text(octets_, line) != "v=0") {
        return detail::body_failure(BodyErrorCode::sdp_start, begin);
      }
      if (auto result = lines == 1 ? Result() : take(line); !result) {
        return std::unexpected(result.error());
      }
    }
    if (lines == 0) {
      return detail::body_failure(BodyErrorCode::sdp_start, at_);
    }
    return description_;
  }

 private:
  // The line at at_, which then stands behind its end.
  Result next_line(Span& line) {
    const std::size_t begin = at_;
    const std::size_t feed = std::min(octets_.find('\n', begin), octets_.size());
    std::size_t end = feed;
    if (feed < octets_.size() && feed > begin && octets_[feed - 1] == '\r') {
      --end;
    }
    if (end - begin > kMaxSdpLineBytes) {
      return detail::body_failure(BodyErrorCode::sdp_line_length, begin);
    }
    for (std::size_t at = begin; at < end; ++at) {
      if (octets_[at] == '\0' || octets_[at] == '\r') {
        return detail::body_failure(BodyErrorCode::sdp_line_end, at);
      }
    }
    line = detail::span_between(begin, end);
    at_ = std::min(feed + 1, octets_.size());
    return {};
  }

  // <type>=<value>: one letter, no blank on either side of the sign.
  Result take(Span line) {
    const std::string_view written = text(octets_, line);
    if (written.size() < 2 || !detail::is(written[0], detail::kAlpha) || written[1] != '=' || written[0] == 'v' ||
        written.starts_with("a= ")) {
      return detail::body_failure(BodyErrorCode::sdp_line, line.offset);
    }
    const Span value = detail::span_between(line.offset + 2U, line.end());
    switch (written[0]) {
      case 'c':
        return take_connection(value);
      case 'm':
        return take_media(value);
      case 'a':
        return take_attribute(value);
      default:
        return {};
    }
  }

  Result take_connection(Span value) {
    Fields fields(octets_, value);
    const SdpConnection connection{fields.next(), fields.next(), fields.next()};
    if (!visible(octets_, connection.network_type) || !visible(octets_, connection.address_type) ||
        !visible(octets_, connection.address) || !fields.rest().empty()) {
      return detail::body_failure(BodyErrorCode::sdp_connection, value.offset);
    }
    if (!description_.media.empty()) {
      auto& own = description_.media.back().connection;
      own = own ? own : connection;
    } else if (description_.connection) {
      return detail::body_failure(BodyErrorCode::sdp_connection, value.offset);
    } else {
      description_.connection = connection;
    }
    return {};
  }

  Result take_media(Span value) {
    Fields fields(octets_, value);
    SdpMedia media;
    media.media = fields.next();
    const std::string_view ports = text(octets_, fields.next());
    media.protocol = fields.next();
    media.formats = fields.rest();
    const std::size_t slash = std::min(ports.find('/'), ports.size());
    const auto port = detail::decimal(ports.substr(0, slash), 65'535);
    const auto number = slash == ports.size() ? 1U : detail::decimal(ports.substr(slash + 1), 65'535);
    const std::string_view protocol = text(octets_, media.protocol);
    const bool good = !media.media.empty() && detail::all(text(octets_, media.media), detail::kToken) && port &&
                      number && *number > 0 && visible(octets_, media.protocol) && !protocol.starts_with('/') &&
                      !protocol.ends_with('/') && !media.formats.empty() && octets_[media.formats.offset] != ' ';
    if (!good) {
      return detail::body_failure(BodyErrorCode::sdp_media, value.offset);
    }
    media.port = static_cast<std::uint16_t>(*port);
    media.ports = static_cast<std::uint16_t>(*number);
    if (!description_.media.push(media)) {
      return detail::body_failure(BodyErrorCode::sdp_media_count, value.offset);
    }
    return {};
  }

  // attribute = ( att-field ":" att-value ) / att-field. Names are read as the standards write them; in another case
  // "fingerprint" is one to some readers only.
  Result take_attribute(Span value) {
    constexpr std::string_view kName = "fingerprint";
    const std::string_view written = text(octets_, value);
    if (!detail::equal_ignoring_case(written.substr(0, kName.size()), kName) ||
        (written.size() > kName.size() && detail::is(written[kName.size()], detail::kToken))) {
      return {};
    }
    if (!written.starts_with("fingerprint:")) {
      return detail::body_failure(BodyErrorCode::fingerprint, value.offset);
    }
    Fields fields(octets_, detail::span_between(value.offset + kName.size() + 1, value.end()));
    Fingerprint fingerprint;
    fingerprint.hash = fields.next();
    fingerprint.value = fields.next();
    fingerprint.media = description_.media.empty() ? Fingerprint::kSessionLevel
                                                   : static_cast<std::uint8_t>(description_.media.size() - 1);
    const std::string_view hash = text(octets_, fingerprint.hash);
    if (hash.empty() || !detail::all(hash, detail::kToken) || !fields.rest().empty() ||
        !fits_hash(hash, fingerprint_octets(text(octets_, fingerprint.value)))) {
      return detail::body_failure(BodyErrorCode::fingerprint, value.offset);
    }
    if (!description_.fingerprints.push(fingerprint)) {
      return detail::body_failure(BodyErrorCode::fingerprint_count, value.offset);
    }
    return {};
  }

  std::string_view octets_;
  std::size_t at_;
  SessionDescription description_;
};

}  // namespace

std::expected<SessionDescription, BodyError> read_sdp(std::string_view octets, Span where) {
  if (!detail::lies_inside(octets, where)) {
    return detail::body_failure(BodyErrorCode::sdp_start, where.offset);
  }
  return SdpReader(octets, where).read();
}

}  // namespace stirline::sip
