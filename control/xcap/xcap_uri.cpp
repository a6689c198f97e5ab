#include "control/xcap/xcap_uri.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "control/http/percent_encoding.hpp"
#include "sip_parser/utf8.hpp"

namespace stirline::control {

namespace {

using Decoded = std::expected<std::string, UriError>;

constexpr std::string_view kSeparator = "~~";

std::unexpected<UriError> malformed(std::string text) {
  return std::unexpected(UriError{UriFault::malformed, std::move(text)});
}
std::unexpected<UriError> elsewhere(std::string text) {
  return std::unexpected(UriError{UriFault::elsewhere, std::move(text)});
}

Decoded percent_decode(std::string_view text) {
  auto decoded = percent_decoded(text);
  if (!decoded) {
    return malformed("'%' without two hexadecimal digits");
  }
  for (const char c : *decoded) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      return malformed("a control character");
    }
  }
  if (!sip::detail::is_utf8(*decoded)) {
    return malformed("octets that are no UTF-8");
  }
  return *std::move(decoded);
}

// One segment of a document's path.
Decoded decode_segment(std::string_view text) {
  auto decoded = percent_decode(text);
  if (decoded && (decoded->empty() || *decoded == "." || *decoded == "..")) {
    return malformed("an empty or relative segment");
  }
  return decoded;
}

// XPointer's xmlns() scheme; inside, '^' escapes parentheses and itself.
std::expected<std::vector<XmlBinding>, UriError> parse_query(std::string_view query) {
  const auto decoded = percent_decode(query);
  if (!decoded) {
    return std::unexpected(decoded.error());
  }
  constexpr std::string_view kScheme = "xmlns(";
  std::vector<XmlBinding> bindings;
  std::string_view rest = *decoded;
  while (!rest.empty()) {
    if (!rest.starts_with(kScheme)) {
      return malformed("a query that is no xmlns(prefix=name)");
    }
    std::string inside;
    std::size_t at = kScheme.size();
    for (; at < rest.size() && rest[at] != ')'; ++at) {
      const bool escapes = rest[at] == '^' && at + 1 < rest.size() && std::string_view("()^").contains(rest[at + 1]);
      at += escapes ? 1U : 0U;
      if (!escapes && (rest[at] == '(' || rest[at] == '^')) {
        return malformed("a parenthesis in xmlns() that is not escaped");
      }
      inside += rest[at];
    }
    const std::size_t equals = inside.find('=');
    if (at >= rest.size() || equals == 0 || equals == std::string::npos || equals + 1 == inside.size()) {
      return malformed("a query that is no xmlns(prefix=name)");
    }
    rest.remove_prefix(at + 1);
    std::string prefix = inside.substr(0, equals);
    if (std::ranges::find(bindings, prefix, &XmlBinding::first) != bindings.end()) {
      return malformed("a prefix that is bound twice");
    }
    if (bindings.size() == kMaxXmlnsBindings) {
      return malformed(fmt::format("more than {} prefixes", kMaxXmlnsBindings));
    }
    bindings.emplace_back(std::move(prefix), inside.substr(equals + 1));
  }
  return bindings;
}

class PathReader {
 public:
  PathReader(std::string_view whole, std::size_t from) : whole_(whole), at_(from) {}

  [[nodiscard]] bool at_end() const { return at_ > whole_.size(); }
  [[nodiscard]] std::string_view read() const { return whole_.substr(0, std::min(at_ - 1, whole_.size())); }
  [[nodiscard]] std::string_view rest() const { return at_end() ? std::string_view() : whole_.substr(at_); }

  Decoded segment() {
    const std::string_view ahead = rest();
    const std::size_t end = ahead.find('/');
    const std::string_view text = ahead.substr(0, end);
    at_ += text.size() + 1;
    return decode_segment(text);
  }

 private:
  std::string_view whole_;
  std::size_t at_;
};

// The segments between the tree and the node selector; an empty name unless there is one.
std::expected<void, UriError> read_document(PathReader& path, XcapUri& uri) {
  uri.folder = path.read();
  uri.path = uri.folder;
  std::size_t segments = 0;
  while (!path.at_end()) {
    const auto segment = path.segment();
    if (!segment) {
      return std::unexpected(segment.error());
    }
    if (*segment == kSeparator) {
      const auto decoded = percent_decode(path.rest());
      if (!decoded) {
        return std::unexpected(decoded.error());
      }
      auto selector = parse_node_selector(*decoded);
      if (!selector) {
        return malformed(std::move(selector.error()));
      }
      uri.selector = std::move(*selector);
      break;
    }
    uri.document = ++segments == 1 ? *segment : std::string();
    uri.path = path.read();
  }
  return {};
}

}  // namespace

std::expected<XcapUri, UriError> parse_xcap_uri(std::string_view target, std::string_view root) {
  if (target.size() > kMaxTargetOctets) {
    return malformed(fmt::format("a request target has at most {} octets", kMaxTargetOctets));
  }
  const std::size_t question = target.find('?');
  const std::string_view whole = target.substr(0, question);
  if (!whole.starts_with(root)) {
    return elsewhere("not below the root of this server's documents");
  }
  XcapUri uri;
  if (question != std::string_view::npos) {
    uri.query = target.substr(question);
    auto bindings = parse_query(target.substr(question + 1));
    if (!bindings) {
      return std::unexpected(std::move(bindings.error()));
    }
    uri.bindings = std::move(*bindings);
  }
  PathReader path(whole, root.size());
  auto auid = path.segment();
  auto tree = auid ? path.segment() : auid;
  if (!auid || !tree) {
    return elsewhere("an application usage and its users or global tree are missing");
  }
  uri.auid = std::move(*auid);
  if (*tree == "users") {
    auto owner = path.segment();
    if (!owner || owner->size() > kMaxXuiOctets) {
      return elsewhere("a user is missing");
    }
    uri.owner = std::move(*owner);
  } else if (*tree == "global") {
    uri.tree = XcapTree::global;
  } else {
    return elsewhere("neither the users nor the global tree");
  }
  if (auto read = read_document(path, uri); !read) {
    return std::unexpected(std::move(read.error()));
  }
  return uri;
}

}  // namespace stirline::control
