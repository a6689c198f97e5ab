#include "config/fetch_config.hpp"

#include <optional>
#include <string_view>

#include "config/toml_reader.hpp"

namespace stirline::config {

namespace {

void read_prefixes(Section& section, std::vector<IpPrefix>& prefixes) {
  std::vector<IpPrefix> read;
  const bool good =
      section.list("lab_prefixes", "an IP prefix such as 10.0.0.0/8, host bits zero", toml::node_type::string,
                   Need::optional, [&](const toml::node& node, const std::string&) {
                     const auto text = node.value_exact<std::string_view>();
                     const std::optional<IpPrefix> prefix = text ? parse_prefix(*text) : std::nullopt;
                     if (prefix) {
                       read.push_back(*prefix);
                     }
                     return prefix.has_value();
                   });
  if (good) {
    prefixes = std::move(read);
  }
}

}  // namespace

void read_fetch(Section& section, FetchConfig& config) {
  section.flag("enabled", config.enabled);
  section.path("store", config.store);
  section.number<std::uint32_t>("entries", config.entries, 1, 1'000'000);
  section.number<std::uint32_t>("mebibytes", config.mebibytes, 1, 4'096);
  section.path("ca_file", config.ca_file);
  section.number<std::uint32_t>("connect_ms", config.connect_ms, 1, 10'000);
  section.number<std::uint32_t>("total_ms", config.total_ms, 1, 10'000);
  section.number<std::uint32_t>("in_flight", config.in_flight, 1, 1'024);
  section.number<std::uint32_t>("in_flight_per_host", config.in_flight_per_host, 1, 1'024);
  section.number<std::uint32_t>("per_second", config.per_second, 1, 10'000);
  section.number<std::uint32_t>("per_second_per_host", config.per_second_per_host, 1, 10'000);
  section.number<std::uint32_t>("queue", config.queue, 1, 65'536);
  section.number<std::uint32_t>("queue_per_host", config.queue_per_host, 1, 65'536);
  section.flag("accept_der", config.accept_der);
  section.number<std::uint32_t>("list_mebibytes", config.list_mebibytes, 1, 11);
  section.number<std::uint32_t>("list_ms", config.list_ms, 1, 600'000);
  section.numbers<std::uint16_t>("lab_ports", config.lab_ports, 1, 65'535);
  read_prefixes(section, config.lab_prefixes);
}

}  // namespace stirline::config
