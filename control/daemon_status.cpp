// What `stirline status` shows: our own part, and the data plane's as it sent it.
#include <span>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "control/alarms/alarm_report.hpp"
#include "control/certificates/certificate_report.hpp"
#include "control/clock/clock_report.hpp"
#include "control/daemon.hpp"
#include "control/http/http_status.hpp"

namespace stirline::control {

namespace tables = config::tables;
using Json = nlohmann::ordered_json;
using config::wire::ResultCode;

void Daemon::on_status(const CommandServer::Reply& reply) {
  dataplane_status_->ask([this, reply](const DataplaneStatus::Document& document) {
    Json whole{{"control", own_status()}, {"dataplane", nullptr}};
    if (document) {
      Json& theirs = whole["dataplane"] = *document;
      if (theirs.is_object()) {
        // What counters mean never changes: it is for the metrics page.
        theirs.erase("counter_families");
        theirs.erase("counter_facts");
      }
    } else {
      whole["control"]["dataplane"]["status_error"] = document.error();
    }
    reply(ResultCode::ok, whole.dump(-1, ' ', false, Json::error_handler_t::replace));
  });
}

Json Daemon::own_status() const {
  const std::int64_t now = options_.now();
  Json credentials = Json::array();
  for (const CredentialFacts& facts : state_.gathered.credential_facts) {
    credentials.push_back(
        {{"name", facts.name}, {"x5u", facts.x5u}, {"not_before", facts.not_before}, {"not_after", facts.not_after}});
  }
  Json certificates = Json::array();
  // Those of the configuration; `cert list` shows the others, which may be thousands.
  for (const tables::Certificate& certificate : std::span(state_.judged.certificates).first(state_.judged.configured)) {
    certificates.push_back({{"x5u", certificate.x5u},
                            {"regime", state_.config.regime(certificate.regime).name},
                            {"standing", crypto::facts(certificate.standing).name},
                            {"not_before", certificate.not_before},
                            {"not_after", certificate.not_after}});
  }
  std::vector<std::string> warnings = state_.judged.warnings;
  warnings.insert(warnings.end(), reload_warnings_.begin(), reload_warnings_.end());
  Json dataplane{{"socket", state_.config.dataplane_socket}, {"connected", dataplane_->connected()}};
  if (dataplane_->connected()) {
    dataplane["since"] = connected_since_;
    dataplane["generation"] = pushed_generation_;
  }
  const std::string& trouble = dataplane_->connected() ? push_error_ : dataplane_->last_error();
  if (!trouble.empty()) {
    dataplane["error"] = trouble;
  }
  Json repository = nullptr;
  if (repository_ != nullptr) {
    repository = http_status(repository_->port(), repository_->counters());
    repository["pages"] = published_.pages()->size();
  }
  return {{"pid", ::getpid()},
          {"uptime_seconds", now - started_},
          {"confinement",
           {{"user", ::geteuid()},
            {"files", options_.confinement.files},
            {"system_calls_filtered", options_.confinement.system_calls}}},
          {"config", state_.config.file.string()},
          {"generation", generation_},
          {"age_seconds", now - compiled_},
          {"tables",
           {{"trunks", state_.gathered.trunk_count},
            {"number_ranges", state_.gathered.number_count},
            {"credentials", state_.gathered.credential_facts.size()},
            {"certificates", state_.judged.certificates.size()}}},
          {"credentials", credentials},
          {"certificates", certificates},
          {"alarms", alarm_status(alarms_)},
          {"clock", clock_status(clock_)},
          {"watching", watches_->status()},
          {"fetch", fetch_status(*keeper_)},
          {"lists", list_status(*lists_, state_.gathered.regimes.stale_lists(now))},
          {"records", records_->status()},
          {"repository", repository},
          {"xcap", xcap_status()},
          {"permissions", permissions_status()},
          {"feedback", feedback_status()},
          {"notices", notices_status()},
          {"accounts", accounts_status()},
          {"rules", rules_status()},
          {"call_lists", call_lists_status()},
          {"content", content_status()},
          {"metrics", metrics_ != nullptr ? http_status(metrics_->port(), metrics_->counters()) : Json()},
          {"warnings", warnings},
          {"dataplane", dataplane}};
}

}  // namespace stirline::control
