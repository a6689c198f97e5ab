#include "control/certificates/keeper_options.hpp"

namespace stirline::control {

KeeperOptions keeper_options(const config::FetchConfig& config) {
  KeeperOptions options;
  options.limits.entries = config.entries;
  options.limits.octets = std::size_t{config.mebibytes} << 20;
  FetcherOptions& fetcher = options.fetcher;
  fetcher.enabled = config.enabled;
  fetcher.limits.in_flight = config.in_flight;
  fetcher.limits.in_flight_per_host = config.in_flight_per_host;
  fetcher.limits.per_second = config.per_second;
  fetcher.limits.per_second_per_host = config.per_second_per_host;
  fetcher.limits.queue = config.queue;
  fetcher.limits.queue_per_host = config.queue_per_host;
  fetcher.transfer.connect_limit = std::chrono::milliseconds(config.connect_ms);
  fetcher.transfer.total_limit = std::chrono::milliseconds(config.total_ms);
  fetcher.transfer.accept_der = config.accept_der;
  fetcher.transfer.ca_file = config.ca_file;
  fetcher.rules.lab_ports = config.lab_ports;
  fetcher.rules.addresses.lab_prefixes = config.lab_prefixes;
  return options;
}

ListKeeperOptions list_keeper_options(const config::FetchConfig& config) {
  ListKeeperOptions options;
  options.fetcher = keeper_options(config).fetcher;
  options.fetcher.transfer.raw = true;
  options.fetcher.transfer.most_octets = std::size_t{config.list_mebibytes} << 20;
  options.fetcher.transfer.total_limit = std::chrono::milliseconds(config.list_ms);
  return options;
}

}  // namespace stirline::control
