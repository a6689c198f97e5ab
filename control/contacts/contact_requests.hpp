// What comes in over HTTPS about contacts of a user, taken apart (SPIT-FW-04, SPIT-FW-12):
//
//   GET, DELETE     .../contacts/users/XUI
//   POST            .../contacts/users/XUI          {"correspondence-uris": "<sip:news@airline.example>, <tel:+1...>",
//                                                    "days": 14, "site": "https://www.airline.example"}
//   DELETE          .../contacts/users/XUI/CONTACT
//
// XUI and CONTACT are percent-encoded as far as their characters want it. Nothing that is written wrongly is repaired.
// Pure functions; any thread. Errors are phrases for whoever asks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/policy/contact_address.hpp"

namespace stirline::control {

inline constexpr std::size_t kMaxCorrespondenceBody = 16'384;  // octets
inline constexpr std::size_t kMaxCorrespondents = 100;         // of one announcement
inline constexpr std::size_t kMaxCorrespondentOctets = 254;    // of an identity
inline constexpr std::size_t kMaxSiteOctets = 128;
inline constexpr std::uint32_t kMaxCorrespondenceDays = 366;

struct ContactTarget {
  std::string user;
  std::optional<std::string> contact;  // as it is written
};

// `root`: of the server, "/" or a path with '/' at both ends. Nothing: the target is not about contacts. An error: it
// is, and is malformed.
[[nodiscard]] std::optional<std::expected<ContactTarget, std::string>> read_contact_target(std::string_view target,
                                                                                           std::string_view root);

// Who will write or call, as a web site has told it to whom it dealt with: the value of its Correspondence-URIs header
// field (draft-shacham-http-corr-uris), which his browser passes on.
struct Correspondence {
  std::vector<policy::ContactAddress> correspondents;  // each once
  std::uint32_t days = 30;                             // how long they are expected
  std::string site;                                    // who has told it; may be empty
};

// URIs that nobody calls or sends messages with, such as mailto:, are passed over.
[[nodiscard]] std::expected<Correspondence, std::string> read_correspondence(std::string_view body);

}  // namespace stirline::control
