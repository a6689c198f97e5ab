// Header fields that a rule may take out of a request, by their names (sp:strip-header; SPIT-PL-03). A compact form
// names the same field as the long one (RFC 3261 7.3.3).
//
// Pure; no heap; any thread.
#pragma once

#include <string_view>

namespace stirline::config::policy {

// The long name of `name`, both in small letters: "s" is "subject", "x-note" is itself.
[[nodiscard]] std::string_view long_field_name(std::string_view name);

// `name` is a long name in small letters, of 1 to 64 token characters, of a field that a request can do without: none
// that SIP needs to route, match, authorize or negotiate it, none that describes its body, none that says what may
// become of who calls, and none of ours.
[[nodiscard]] bool is_removable_field(std::string_view name);

// Does a header line with the name `written`, in any case and long or compact, carry the field `name`?
[[nodiscard]] bool is_field(std::string_view written, std::string_view name);

}  // namespace stirline::config::policy
