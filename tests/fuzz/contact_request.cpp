// Any octets as a request about contacts of a user: the first line is its target, the rest its body. What is read keeps
// to its limits (SPIT-FW-04, SPIT-FW-12).
#include <cstdint>
#include <set>
#include <string_view>

#include "control/contacts/contact_requests.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::contact_request {
namespace {

int run(const std::uint8_t* data, std::size_t size) {
  using namespace stirline::control;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t end = all.find('\n');
  const std::string_view target = all.substr(0, end);
  const std::string_view body = end == std::string_view::npos ? std::string_view() : all.substr(end + 1);
  if (const auto read = read_contact_target(target, "/"); read && *read) {
    check((*read)->user.size() + (*read)->contact.value_or("").size() < target.size(),
          "nothing grows by being decoded");
  }
  if (const auto correspondence = read_correspondence(body)) {
    check(!correspondence->correspondents.empty(), "somebody is announced");
    check(correspondence->correspondents.size() <= kMaxCorrespondents, "but not everybody");
    check(correspondence->days >= 1 && correspondence->days <= kMaxCorrespondenceDays, "it ends");
    check(correspondence->site.size() <= kMaxSiteOctets, "a site has a short name");
    std::set<std::string_view> seen;
    for (const auto& each : correspondence->correspondents) {
      check(!each.identity.empty() && each.identity.size() <= kMaxCorrespondentOctets, "names are short");
      check(seen.insert(each.identity).second, "each is named once");
    }
  }
  return 0;
}

const Target kTarget("contact_request", run);

}  // namespace
}  // namespace stirline::fuzz::contact_request
