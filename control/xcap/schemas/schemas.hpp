// What documents of each application usage look like, as XML Schema, in our own words. Part of the program: no file is
// looked for at run time.
#pragma once

#include <string_view>

namespace stirline::control::schemas {

// RFC 4745. Conditions, actions and transformations of other namespaces are taken as they are; so are attributes of
// other namespaces on ruleset and rule. rule@id is an NCName, not an ID: that ids differ is told as uniqueness-failure,
// with what is taken and what is free, and not as an error of the schema (RFC 4825 11.1).
extern const std::string_view kCommonPolicy;

// RFC 4826 3.2.
extern const std::string_view kResourceLists;

// Ours: group, sphere and presence of a called user (SPIT-FW-08, SPIT-FW-09).
extern const std::string_view kUserProfile;

// RFC 4825 12.2.
extern const std::string_view kXcapCaps;

}  // namespace stirline::control::schemas
