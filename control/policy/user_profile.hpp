// What is known of a called user as of now: his group, his sphere, whether he is there (SPIT-FW-08, SPIT-FW-09). An XML
// document that he keeps over XCAP as he keeps his rules, so a PUT switches it at once.
//
// Pure; any thread, one document belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy/facts.hpp"
#include "control/xcap/xml_document.hpp"

namespace stirline::control::policy {

inline constexpr std::string_view kUserProfile = "urn:stirline:xml:ns:user-profile";
inline constexpr std::size_t kMaxActivities = 32;

struct UserProfile {
  UserProfile();  // of somebody about whom nothing is known

  config::policy::FactWord facts;  // kAnyUser complete
  std::string sphere;              // one word; empty: undefined (RFC 4745 7.3)
  std::vector<std::string> activities;
};

// The error is a phrase about what its writer has to mend: "group: open is ...".
[[nodiscard]] std::expected<UserProfile, std::string> read_profile(XmlElement root);

}  // namespace stirline::control::policy
