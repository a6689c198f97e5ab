#include "config/repository_config.hpp"

#include "config/ip_prefix.hpp"
#include "config/toml_reader.hpp"

namespace stirline::config {

namespace {

constexpr TextRule kAddressRule{"an IP address such as 192.0.2.1, or nothing",
                                [](std::string_view text) { return text.empty() || parse_address(text).has_value(); }};

}  // namespace

void read_repository(Section& section, RepositoryConfig& config) {
  section.text("listen", config.listen, kAddressRule);
  section.number<std::uint16_t>("port", config.port, 0, 65'535);
  const Need need = config.listen.empty() ? Need::optional : Need::required;
  section.path("certificate", config.certificate, need);
  section.path("key", config.key, need);
  section.number<std::uint32_t>("max_age", config.max_age, 86'400, 31'536'000);
  section.number<std::uint32_t>("connections", config.connections, 1, 16'384);
  section.number<std::uint32_t>("limit_ms", config.limit_ms, 10, 60'000);
}

}  // namespace stirline::config
