#include "config/policy/removable_fields.hpp"

#include <algorithm>
#include <array>

#include "sip_parser/characters.hpp"

namespace stirline::config::policy {
namespace {

struct CompactName {
  char letter;
  std::string_view name;
};
// All that are registered (IANA, SIP Header Fields).
constexpr std::array kCompactNames{
    CompactName{'a', "accept-contact"},
    CompactName{'b', "referred-by"},
    CompactName{'c', "content-type"},
    CompactName{'d', "request-disposition"},
    CompactName{'e', "content-encoding"},
    CompactName{'f', "from"},
    CompactName{'i', "call-id"},
    CompactName{'j', "reject-contact"},
    CompactName{'k', "supported"},
    CompactName{'l', "content-length"},
    CompactName{'m', "contact"},
    CompactName{'n', "identity-info"},
    CompactName{'o', "event"},
    CompactName{'r', "refer-to"},
    CompactName{'s', "subject"},
    CompactName{'t', "to"},
    CompactName{'u', "allow-events"},
    CompactName{'v', "via"},
    CompactName{'x', "session-expires"},
    CompactName{'y', "identity"},
};

constexpr std::array<std::string_view, 44> kNeeded{
    // The way there and back, and whose request it is (RFC 3261 8.1.1, 16.6).
    "via",
    "from",
    "to",
    "call-id",
    "cseq",
    "max-forwards",
    "contact",
    "route",
    "record-route",
    "path",
    // Who may send it.
    "authorization",
    "proxy-authorization",
    "security-client",
    "security-verify",
    // What both sides agree on.
    "require",
    "proxy-require",
    "supported",
    "event",
    "allow-events",
    "expires",
    "session-expires",
    "min-se",
    "rack",
    "rseq",
    "refer-to",
    "replaces",
    "join",
    "target-dialog",
    // What its body is.
    "content-type",
    "content-length",
    "content-encoding",
    "content-disposition",
    "content-transfer-encoding",
    "mime-version",
    // Who calls, what may be shown of him, and how urgent it is (RFC 8224, RFC 3325, RFC 3323, RFC 4412).
    "identity",
    "date",
    "p-asserted-identity",
    "p-preferred-identity",
    "privacy",
    "resource-priority",
    "priority",
    // What we say ourselves, at the same place.
    "attestation-info",
    "origination-id",
    "spam-score",
};

}  // namespace

std::string_view long_field_name(std::string_view name) {
  const auto* const found =
      name.size() == 1 ? std::ranges::find(kCompactNames, name.front(), &CompactName::letter) : kCompactNames.end();
  return found == kCompactNames.end() ? name : found->name;
}

bool is_removable_field(std::string_view name) {
  return !name.empty() && name.size() <= 64 && long_field_name(name) == name && std::ranges::all_of(name, [](char c) {
    return sip::detail::is(c, sip::detail::kToken) && sip::detail::lower(c) == c;
  }) && std::ranges::find(kNeeded, name) == kNeeded.end();
}

bool is_field(std::string_view written, std::string_view name) {
  if (written.size() != 1) {
    return sip::detail::equal_ignoring_case(written, name);
  }
  const char letter = sip::detail::lower(written.front());
  return long_field_name({&letter, 1}) == name;
}

}  // namespace stirline::config::policy
