// PEM texts to OpenSSL objects, bounded in size and number.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "crypto_workers/openssl_pointers.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kMaxChainBytes = 65'536;  // STIR-CF-04
inline constexpr std::size_t kMaxChainCertificates = 10;
inline constexpr std::size_t kMaxAnchorFileBytes = 4'194'304;
inline constexpr std::size_t kMaxAnchors = 1'024;
inline constexpr std::size_t kMaxRevocationListBytes = 16'777'216;

// All CERTIFICATE blocks of `pem` in order; other blocks are passed over. The error is a sentence.
[[nodiscard]] std::expected<std::vector<X509Certificate>, std::string> read_certificates(std::string_view pem,
                                                                                         std::size_t max_bytes,
                                                                                         std::size_t max_count);

// True if `octets` begin as a DER certificate does, which no PEM text does.
[[nodiscard]] bool looks_like_der(std::string_view octets);

// One certificate in DER and nothing behind it (application/pkix-cert, RFC 2585), as a chain of one.
[[nodiscard]] std::expected<std::vector<X509Certificate>, std::string> read_der_certificate(std::string_view octets,
                                                                                            std::size_t max_bytes);

// All X509 CRL blocks of `pem`; there is one at least.
[[nodiscard]] std::expected<std::vector<X509RevocationList>, std::string> read_revocation_lists(std::string_view pem);

// One revocation list as it is served: in DER (RFC 2585 4.2) or PEM, and nothing behind it.
[[nodiscard]] std::expected<X509RevocationList, std::string> read_served_list(std::string_view octets);

}  // namespace stirline::crypto
