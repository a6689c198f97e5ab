#include "config/xcap_config.hpp"

#include <algorithm>

#include "config/ip_prefix.hpp"
#include "config/option_rules.hpp"
#include "config/text_rules.hpp"
#include "config/toml_reader.hpp"

namespace stirline::config {

namespace {

constexpr std::size_t kMaxRootOctets = 128;

constexpr TextRule kAddressRule{"an IP address such as 192.0.2.1, or nothing",
                                [](std::string_view text) { return text.empty() || parse_address(text).has_value(); }};
constexpr TextRule kRootRule{
    "a path of at most 128 letters, digits, '.', '_', '-' and '/', that begins and ends with '/'",
    [](std::string_view text) {
      return text.starts_with('/') && text.ends_with('/') && text.size() <= kMaxRootOctets && !text.contains("//") &&
             std::ranges::all_of(text, [](char c) { return c == '/' || is_name({&c, 1}); });
    }};

}  // namespace

void read_xcap(Section& section, XcapConfig& config) {
  section.text("listen", config.listen, kAddressRule);
  section.number<std::uint16_t>("port", config.port, 0, 65'535);
  const Need need = config.listen.empty() ? Need::optional : Need::required;
  section.path("certificate", config.certificate, need);
  section.path("key", config.key, need);
  section.path("users", config.users, need);
  section.path("database", config.database, need);
  section.text("root", config.root, kRootRule);
  section.texts("administrators", config.administrators, kUserRule);
  section.path("permissions", config.permissions, Need::optional);
  section.texts("testers", config.testers, kUserRule);
  section.number<std::uint32_t>("connections", config.connections, 1, 4'096);
  section.number<std::uint32_t>("limit_ms", config.limit_ms, 10, 60'000);
}

}  // namespace stirline::config
