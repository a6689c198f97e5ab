// The request target of an XCAP request, taken apart (SPIT-XC-01; RFC 4825 6):
//
//   root "/" auid "/" ( "users/" xui | "global" ) "/" document [ "/~~/" node selector ] [ "?" xmlns(prefix=name)... ]
//
// Segments are divided before they are percent-decoded, so an encoded '/' divides nothing; the node selector is decoded
// as a whole. Decoded text is UTF-8 without control characters. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/xcap/node_selector.hpp"

namespace stirline::control {

inline constexpr std::size_t kMaxTargetOctets = 4'096;
inline constexpr std::size_t kMaxXmlnsBindings = 16;
inline constexpr std::size_t kMaxXuiOctets = 512;

enum class XcapTree : std::uint8_t { global, users };

struct XcapUri {
  std::string auid;
  XcapTree tree = XcapTree::users;
  std::string owner;     // the XUI; empty in the global tree
  std::string document;  // empty: more or fewer segments than a document of ours has, so there is none
  std::string folder;    // of the document, as it stands in the target: "/spit-policy/users/sip:bob@example.com"
  std::string path;      // of the document, likewise
  std::optional<NodeSelector> selector;
  std::string query;  // as it stands in the target, with its '?'
  std::vector<XmlBinding> bindings;
};

enum class UriFault : std::uint8_t {
  elsewhere,  // not below the root, or no tree of XCAP
  malformed,
};

struct UriError {
  UriFault fault = UriFault::malformed;
  std::string text;
};

// `root` begins and ends with '/'.
[[nodiscard]] std::expected<XcapUri, UriError> parse_xcap_uri(std::string_view target, std::string_view root);

}  // namespace stirline::control
