// The P-Preferred-Identity header field (RFC 3325 9.2): which of its identities a user would like asserted. A wish,
// never an identity to sign.
#pragma once

#include <expected>
#include <string_view>

#include "sip_parser/fixed_list.hpp"
#include "sip_parser/headers/field_error.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/name_addr.hpp"

namespace stirline::sip {

inline constexpr std::size_t kMaxPreferredIdentities = 4;  // RFC 3325 9.2 allows two
using PreferredIdentityList = FixedList<NameAddr, kMaxPreferredIdentities>;

// All values in message order; an empty list if there is no such field. Errors: malformed, bad_uri, open_quote,
// too_many.
[[nodiscard]] std::expected<PreferredIdentityList, FieldError> read_preferred_identities(const Message& message,
                                                                                         std::string_view octets);

}  // namespace stirline::sip
