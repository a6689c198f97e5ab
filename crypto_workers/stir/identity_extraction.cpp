#include "crypto_workers/stir/identity_extraction.hpp"

namespace stirline::crypto {
namespace {

ExtractedIdentity extract(std::string_view octets, const sip::Uri& uri, const sip::DialPlan& dial_plan) {
  ExtractedIdentity identity;
  if (is_anonymous(octets, uri)) {
    return identity;
  }
  identity.number = sip::telephone_number(octets, uri, dial_plan);
  if (!identity.number) {
    identity.uri = normalized_uri(octets, uri);
  }
  return identity;
}

}  // namespace

ExtractedIdentity extract_originator(const sip::Message& message, std::string_view octets,
                                     const sip::DialPlan& dial_plan, Originator originator) {
  if (originator == Originator::asserted_then_from) {
    for (const sip::NameAddr& asserted : message.asserted_identities()) {
      if (ExtractedIdentity identity = extract(octets, asserted.uri, dial_plan); identity.number) {
        return identity;
      }
    }
  }
  return extract(octets, message.from().uri, dial_plan);
}

ExtractedIdentity extract_target(const sip::Message& message, std::string_view octets, const sip::DialPlan& dial_plan) {
  return extract(octets, message.request_uri(), dial_plan);
}

ExtractedIdentity extract_destination(const sip::Message& message, std::string_view octets,
                                      const sip::DialPlan& dial_plan) {
  return extract(octets, message.to().uri, dial_plan);
}

}  // namespace stirline::crypto
