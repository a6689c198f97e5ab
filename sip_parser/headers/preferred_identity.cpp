#include "sip_parser/headers/preferred_identity.hpp"

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {

std::expected<PreferredIdentityList, FieldError> read_preferred_identities(const Message& message,
                                                                           std::string_view octets) {
  constexpr HeaderId kPreferredIdentityId = HeaderId::p_preferred_identity;
  return detail::read_list<PreferredIdentityList>(message, octets, kPreferredIdentityId, [&](Span value) {
    return detail::read_party(octets, value, kPreferredIdentityId);
  });
}

}  // namespace stirline::sip
