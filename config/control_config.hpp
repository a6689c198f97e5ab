// Configuration of stirline-control: trunks, numbers, credentials, trust. Explained in
// config/reference/stirline-control.toml, which a test loads. File names in it are relative to the configuration file.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/card_config.hpp"
#include "config/clock_config.hpp"
#include "config/config_error.hpp"
#include "config/content_config.hpp"
#include "config/feedback_config.hpp"
#include "config/fetch_config.hpp"
#include "config/list_config.hpp"
#include "config/metrics_config.hpp"
#include "config/notice_config.hpp"
#include "config/payment_config.hpp"
#include "config/policy_config.hpp"
#include "config/record_keeping_config.hpp"
#include "config/regime_config.hpp"
#include "config/repository_config.hpp"
#include "config/statistics_config.hpp"
#include "config/tables/trunk_table.hpp"
#include "config/xcap_config.hpp"

namespace stirline::config {

// What callers show of themselves (RFC 9795; STIR-RC-01). Empty texts are not shown.
struct RichCallConfig {
  std::string display_name;
  std::string call_reason;
  std::string icon;                 // URL; with display_name
  std::filesystem::path icon_file;  // what that URL serves
  friend bool operator==(const RichCallConfig&, const RichCallConfig&) = default;
};

struct CredentialConfig {
  std::string name;
  std::filesystem::path key;    // PEM, P-256, unencrypted
  std::filesystem::path chain;  // PEM, leaf first
  std::string x5u;              // where that chain is published
  std::uint32_t line = 0;       // for errors found after loading
  std::string tenant = {};      // whose key this is; empty: our own (STIR-RG-02)
  RichCallConfig rich_call_data = {};
};

// Who may be attested how. Narrower ranges win over wider ones.
struct NumberRangeConfig {
  std::vector<std::string> trunks;  // empty: all
  std::string start;                // canonical digits; with count: the first number
  std::uint64_t count = 0;          // 0: `start` is a prefix
  char attest = 'A';                // 'A', 'B', 'C', or '-': do not sign
  std::string credential;           // of the same tenant
  std::uint32_t line = 0;
  std::string tenant = {};  // whose numbers these are; empty: our own (STIR-RG-02)
};

struct X5uFileConfig {
  std::string url;
  std::filesystem::path file;  // PEM chain that this URL serves (closed labs)
  std::uint32_t line = 0;
};

struct ControlConfig {
  std::filesystem::path file;                         // where this was read from
  std::string socket = "/run/stirline/control.sock";  // the command line's
  std::string dataplane_socket = "/run/stirline/dataplane.sock";
  std::string log_level = "info";
  std::vector<tables::Trunk> trunks;
  std::vector<NumberRangeConfig> numbers;
  std::vector<CredentialConfig> credentials;
  RegimeConfig trust;                 // of trunks that name no regime
  std::vector<RegimeConfig> regimes;  // beside it
  std::vector<X5uFileConfig> x5u_files;
  FetchConfig fetch;
  RepositoryConfig repository;
  RecordKeepingConfig records;
  MetricsConfig metrics;
  ClockConfig clock;
  std::vector<CardConfig> cards;
  XcapConfig xcap;
  PolicyConfig policy;
  ListConfig lists;
  ContentConfig content;
  StatisticsConfig statistics;
  PaymentConfig payment;
  FeedbackConfig feedback;
  NoticeConfig notices;

  // Regimes by their index in tables: 0 is `trust`, then `regimes` in order.
  [[nodiscard]] std::size_t regime_count() const { return regimes.size() + 1; }
  [[nodiscard]] const RegimeConfig& regime(std::size_t index) const { return index == 0 ? trust : regimes[index - 1]; }
};

[[nodiscard]] std::expected<ControlConfig, ConfigErrors> load_control_config(const std::filesystem::path& file);

// The same for the text of a file; `file` is its name in mistakes and where relative names begin.
[[nodiscard]] std::expected<ControlConfig, ConfigErrors> read_control_config(const std::filesystem::path& file,
                                                                             std::string_view text);

// Every option the loader knows, sorted: "trunk[].peers", "trust.anchors".
[[nodiscard]] std::vector<std::string> control_options();

}  // namespace stirline::config
