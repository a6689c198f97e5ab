// Why a request conflicts with what documents must be: the body of a 409 (SPIT-XC-05; RFC 4825 11). Values, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stirline::control {

inline constexpr std::string_view kXcapErrorType = "application/xcap-error+xml";
inline constexpr std::string_view kXcapErrorSpace = "urn:ietf:params:xml:ns:xcap-error";
// Of the elements that we put into <extension>.
inline constexpr std::string_view kXcapExtensionSpace = "urn:stirline:xml:ns:xcap-error";

enum class ConflictReason : std::uint8_t {
  not_well_formed,
  not_xml_frag,
  no_parent,
  schema_validation_error,
  not_xml_att_value,
  cannot_insert,
  cannot_delete,
  uniqueness_failure,
  constraint_failure,
  extension,
  not_utf8,
};

struct Conflict {
  ConflictReason reason = ConflictReason::constraint_failure;
  std::string phrase;                          // for people
  std::string ancestor = {};                   // no_parent: the nearest that exists, as a path of this server
  std::string field = {};                      // uniqueness_failure: where the value stands, as a node selector
  std::vector<std::string> alternatives = {};  // likewise: values that are free
  std::string element = {};                    // extension: an element of kXcapExtensionSpace without content
};

// "not-well-formed" and so on, the names of elements.
[[nodiscard]] std::string_view to_string(ConflictReason reason);

// The document <xcap-error>.
[[nodiscard]] std::string to_xml(const Conflict& conflict);

}  // namespace stirline::control
