// The documents of the law, of the operator and of the groups of users: files of the configuration, read and checked
// (SPIT-PL-06, SPIT-FW-08), and compiled together.
//
// Immutable once read; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>

#include "config/config_error.hpp"
#include "config/policy/identity_key.hpp"
#include "config/policy/payment_settings.hpp"
#include "config/policy/statistics/score_settings.hpp"
#include "config/policy_config.hpp"
#include "config/tables/image.hpp"

namespace stirline::control::policy {

class CommonDocuments {
 public:
  CommonDocuments() = default;  // without rules

  // Reads all files; `config_file` is where they are named. Mistakes come all together, with their lines. A document of
  // a group or of the operator's soft rules that blocks or alters by a spam score is a mistake: machine judgement does
  // so only where the user, the law or the operator's hard rules ask for it (SPIT-FW-04).
  [[nodiscard]] static std::expected<CommonDocuments, config::ConfigErrors> read(const config::PolicyConfig& config,
                                                                                 const std::string& config_file,
                                                                                 std::int64_t now);

  // What statistics make of callers, and what these may pay, travels with the rules that ask for it.
  void use(const config::policy::ScoreSettings& scores, const config::policy::PaymentSettings& payment) {
    scores_ = scores;
    payment_ = payment;
  }

  struct Compiled {
    config::tables::Image image;
    bool recurs = false;  // speaks of time
  };
  // The error is a phrase: what was good may have become too much with time.
  [[nodiscard]] std::expected<Compiled, std::string> compile(std::int64_t now,
                                                             const config::policy::KeySecret& secret) const;

  friend bool operator==(const CommonDocuments&, const CommonDocuments&) = default;

 private:
  std::array<std::string, config::kPolicyFiles> texts_;  // empty: no such rules
  config::policy::ScoreSettings scores_;
  config::policy::PaymentSettings payment_;
};

}  // namespace stirline::control::policy
