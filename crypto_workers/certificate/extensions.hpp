// Extensions of certificates and lists, by OID: shared by the readers of this folder and internal to it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "crypto_workers/openssl_pointers.hpp"

namespace stirline::crypto {

inline constexpr const char* kTnAuthListOid = "1.3.6.1.5.5.7.1.26";
inline constexpr const char* kConstraintsOid = "1.3.6.1.5.5.7.1.27";
inline constexpr const char* kEnhancedConstraintsOid = "1.3.6.1.5.5.7.1.33";
inline constexpr const char* kStirTnListOid = "1.3.6.1.5.5.7.48.14";  // id-ad-stirTNList, an access method

using DistributionPoints = std::unique_ptr<CRL_DIST_POINTS, OpensslFree<CRL_DIST_POINTS_free>>;
using IssuingDistributionPoint = std::unique_ptr<ISSUING_DIST_POINT, OpensslFree<ISSUING_DIST_POINT_free>>;

[[nodiscard]] bool is_oid(const ASN1_OBJECT* object, const char* oid);

// In digits and dots, whether OpenSSL has a name for it or not.
[[nodiscard]] std::string oid_text(const ASN1_OBJECT* object);

// The octets of a string, as they lie in its owner.
[[nodiscard]] std::string_view text_of(const ASN1_STRING* string);

// The octets inside extnValue of every extension with `oid`: RFC 5280 4.2 allows one. They live in the certificate.
[[nodiscard]] std::vector<std::span<const std::uint8_t>> extension_values(const X509& certificate, const char* oid);

// The first extension with OpenSSL's number `nid` is there and critical.
[[nodiscard]] bool is_critical(const X509& certificate, int nid);

// The URIs of a list of names, of a distribution point's full name.
[[nodiscard]] std::vector<std::string> uris_of(const GENERAL_NAMES* names);
[[nodiscard]] std::vector<std::string> uris_of(const DIST_POINT_NAME* name);

// Seconds since 1970; nothing if it is no time.
[[nodiscard]] std::optional<std::int64_t> seconds_of(const ASN1_TIME* time);

// cRLDistributionPoints; null if there are none that can be read.
[[nodiscard]] DistributionPoints distribution_points(const X509& certificate);

// True if one of `names` is the directory name `name`.
[[nodiscard]] bool holds_directory_name(const GENERAL_NAMES* names, const X509_NAME* name);

}  // namespace stirline::crypto
