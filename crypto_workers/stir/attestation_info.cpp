#include "crypto_workers/stir/attestation_info.hpp"

#include <algorithm>

#include "crypto_workers/passport/claim_syntax.hpp"

namespace stirline::crypto {
namespace {

std::string_view value_of(const sip::Message& message, std::string_view octets, sip::HeaderId id) {
  const sip::HeaderLine* const line = message.first(id);
  return line == nullptr ? std::string_view() : sip::text(octets, line->value());
}

}  // namespace

AttestationInfo read_attestation_info(const sip::Message& message, std::string_view octets) {
  AttestationInfo info;
  const std::string_view attest = value_of(message, octets, sip::HeaderId::attestation_info);
  if (attest == "A" || attest == "B" || attest == "C") {
    info.attest = attest.front();
  }
  const std::string_view origid = value_of(message, octets, sip::HeaderId::origination_id);
  if (is_uuid(origid)) {
    info.origid = origid;
  }
  return info;
}

std::string_view write_attestation_info(char attest, std::string_view origid, AttestationLines& lines) {
  char* at = lines.data();
  const auto put = [&](std::string_view text) { at = std::ranges::copy(text, at).out; };
  put("Attestation-Info: ");
  *at++ = attest;
  put("\r\n");
  if (is_uuid(origid)) {
    put("Origination-Id: ");
    put(origid);
    put("\r\n");
  }
  return {lines.data(), static_cast<std::size_t>(at - lines.data())};
}

}  // namespace stirline::crypto
