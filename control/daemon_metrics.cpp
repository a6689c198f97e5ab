// The metrics page of the daemon: both halves, made when somebody asks.
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "control/daemon.hpp"
#include "control/metrics/control_metrics.hpp"
#include "control/metrics/dataplane_metrics.hpp"
#include "control/metrics/exposition.hpp"

namespace stirline::control {

std::expected<void, std::string> Daemon::open_metrics() {
  const config::MetricsConfig& config = state_.config.metrics;
  if (config.listen.empty()) {
    return {};
  }
  auto server =
      MetricsServer::open(loop_, config, [this](const MetricsServer::PageDone& done) { make_metrics_page(done); });
  if (!server) {
    return std::unexpected(std::move(server.error()));
  }
  metrics_ = std::move(*server);
  const auto place = config::parse_listen_place(config.listen);
  if (place && !config::is_loopback(place->address)) {
    spdlog::warn("metrics are served on {}: whoever reaches that address can read them", config.listen);
  }
  return {};
}

void Daemon::make_metrics_page(const MetricsServer::PageDone& done) {
  dataplane_status_->ask([this, done](const DataplaneStatus::Document& document) {
    Exposition page;
    write_control_metrics(page, own_status());
    write_dataplane_metrics(page, document ? *document : nlohmann::ordered_json());
    const std::size_t left_out = page.left_out();
    page.begin({"stirline_control_metrics_left_out", MetricType::gauge, "", "figures that could not be shown here"});
    page.sample(left_out);
    done(std::move(page).finish());
  });
}

}  // namespace stirline::control
