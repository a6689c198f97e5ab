// Namespaces of the documents in which users say how their calls are to be handled.
#pragma once

#include <string_view>

namespace stirline::control::policy {

inline constexpr std::string_view kCommonPolicy = "urn:ietf:params:xml:ns:common-policy";       // RFC 4745
inline constexpr std::string_view kSpitPolicy = "urn:ietf:params:xml:ns:spit-policy";           // SPIT-PL
inline constexpr std::string_view kPresenceRules = "urn:ietf:params:xml:ns:pres-rules";         // RFC 5025
inline constexpr std::string_view kHashcash = "urn:ietf:params:xml:ns:hashcash";                // SPIT-HC
inline constexpr std::string_view kStatistics = "urn:ietf:params:xml:ns:statistical-analysis";  // SPIT-CL-14

}  // namespace stirline::control::policy
