#include "config/metrics_config.hpp"

#include <charconv>

#include "config/toml_reader.hpp"

namespace stirline::config {

namespace {

constexpr TextRule kListenRule{
    "an IP address and a port such as 127.0.0.1:9464 or [::1]:9464, or nothing",
    [](std::string_view text) { return text.empty() || parse_listen_place(text).has_value(); }};

}  // namespace

std::optional<ListenPlace> parse_listen_place(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
  }
  const std::optional<IpAddress> address = parse_address(host);
  if (!address || bracketed != (address->family == IpAddress::Family::v6)) {
    return std::nullopt;
  }
  ListenPlace place{*address, 0};
  const char* const end = digits.data() + digits.size();
  const auto [read_to, error] = std::from_chars(digits.data(), end, place.port);
  const bool good = error == std::errc() && read_to == end;
  return good ? std::optional(place) : std::nullopt;
}

bool is_loopback(const IpAddress& address) {
  return address.family == IpAddress::Family::v4 ? address.octets[0] == 127 : address == parse_address("::1");
}

void read_metrics(Section& section, MetricsConfig& config) {
  section.text("listen", config.listen, kListenRule);
  section.number<std::uint32_t>("connections", config.connections, 1, 256);
  section.number<std::uint32_t>("limit_ms", config.limit_ms, 3'000, 60'000);
}

}  // namespace stirline::config
