// From what a server or a file holds to a chain in PEM (STIR-CF-02).
//
// The octets are a stranger's: bounded, parsed by OpenSSL, and written anew, so that nothing but certificates goes on.
// Whether the chain is in order and believed is judged elsewhere. Pure; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace stirline::control {

inline constexpr std::string_view kChainContentType = "application/pem-certificate-chain";  // RFC 8555 9.1
inline constexpr std::string_view kDerContentType = "application/pkix-cert";                // RFC 2585 4.1

struct ChainBody {
  std::string pem;  // the certificates alone, in their order
  std::int64_t leaf_not_after = 0;
  std::string leaf_subject;  // RFC 2253 form
  std::size_t certificates = 0;
};

// PEM, whatever the content type says: another type than kChainContentType is worth a warning, no more. A lone DER
// certificate is taken if it is sent as kDerContentType and `accept_der` is set (other profiles than SHAKEN).
[[nodiscard]] std::expected<ChainBody, std::string> read_chain_body(std::string_view body,
                                                                    std::string_view content_type, bool accept_der);

// Compares as HTTP does: parameters and case do not matter.
[[nodiscard]] bool is_content_type(std::string_view field, std::string_view type);

}  // namespace stirline::control
