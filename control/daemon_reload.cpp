// A reload of the daemon: the configuration anew, in use if all of it is good, or else not at all.
#include <iterator>
#include <memory>
#include <ranges>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "config/daemon/logging.hpp"
#include "control/command_answer.hpp"
#include "control/daemon.hpp"
#include "control/rule_relay.hpp"

namespace stirline::control {

using Outcome = DataplaneClient::PushOutcome;

namespace {

std::vector<ListName> names_of(const KeptLists& lists) {
  const auto names = std::views::keys(lists);
  return {names.begin(), names.end()};
}

std::vector<std::string> texts_of(const config::ConfigErrors& errors) {
  std::vector<std::string> texts;
  for (const config::ConfigError& error : errors) {
    texts.push_back(config::to_string(error));
  }
  return texts;
}

}  // namespace

// What is opened once, at the start, goes on under the configuration that it was opened with.
void Daemon::keep_what_is_open(config::ControlConfig& read) {
  reload_warnings_.clear();
  const config::ControlConfig& running = state_.config;
  const auto keep_path = [&](std::string_view key, auto path) {
    if (read.*path != running.*path) {
      reload_warnings_.push_back(fmt::format("{} is {} until the next start", key, running.*path));
      read.*path = running.*path;
    }
  };
  keep_path("control.socket", &config::ControlConfig::socket);
  keep_path("control.dataplane_socket", &config::ControlConfig::dataplane_socket);
  const auto keep_section = [&](std::string_view name, auto section) {
    if (read.*section != running.*section) {
      reload_warnings_.push_back(fmt::format("the section [{}] stays as it is until the next start", name));
      read.*section = running.*section;
    }
  };
  keep_section("fetch", &config::ControlConfig::fetch);
  keep_section("repository", &config::ControlConfig::repository);
  keep_section("metrics", &config::ControlConfig::metrics);
  keep_section("xcap", &config::ControlConfig::xcap);
  keep_section("content", &config::ControlConfig::content);
  keep_section("feedback", &config::ControlConfig::feedback);
  keep_section("notices", &config::ControlConfig::notices);
  keep_section("lists", &config::ControlConfig::lists);
  keep_section("records", &config::ControlConfig::records);
}

void Daemon::adopt(State state, std::uint64_t generation) {
  keep_what_is_open(state.config);
  state_ = std::move(state);
  take_common_rules();
  clock_.set_limits(state_.config.clock);
  renew_cards();
  note_proven();
  lists_->want(state_.judged.lists);
  generation_ = generation;
  push_refused_ = false;
  compiled_ = options_.now();
  config::set_log_level(state_.config.log_level);
  for (const std::string& warning : state_.judged.warnings) {
    spdlog::warn("{}", warning);
  }
}

void Daemon::reload(ReloadDone done) {
  if (rule_relay_ != nullptr && rule_relay_->pushing()) {
    waiting_reloads_.push_back(std::move(done));
    return;
  }
  if (busy()) {
    done(refused_for_now("tables are on their way to the data plane: try again"));
    return;
  }
  auto compiled = compile(options_, state_.chains);
  if (!compiled) {
    const std::vector<std::string> errors = texts_of(compiled.error());
    for (const std::string& error : errors) {
      spdlog::error("reload: {}", error);
    }
    done(refused(errors));
    return;
  }
  if (repository_ != nullptr) {
    auto pages = published_.with(compiled->gathered.own_chains, options_.now());
    if (!pages) {
      spdlog::error("reload: {}", pages.error());
      done(refused(pages.error()));
      return;
    }
    // Published before a token names it: the data plane signs with it only after this.
    publish(std::move(*pages));
  }
  take_lists(*compiled);
  judge_chains(*compiled);
  const std::uint64_t generation = next_generation();
  const auto accept = [this, generation, done, before = names_of(lists_->lists()), changes = lists_->changes()](
                          State state, bool in_use) {
    adopt(std::move(state), generation);
    if (lists_->changes() != changes) {  // while the tables were on their way
      for (const ListName& name : before) {
        drop_list(state_, name);
      }
      take_lists(state_);
      on_lists_changed();
    }
    spdlog::info("reloaded: generation {}{}", generation, in_use ? "" : ", to be sent when the data plane is there");
    std::vector<std::string> warnings = state_.judged.warnings;
    warnings.insert(warnings.end(), reload_warnings_.begin(), reload_warnings_.end());
    done({{"result", "ok"}, {"generation", generation}, {"in_use", in_use}, {"warnings", warnings}});
  };
  if (!dataplane_->connected()) {
    accept(std::move(*compiled), false);
    return;
  }
  const auto candidate = std::make_shared<State>(std::move(*compiled));
  push(*candidate, generation, [this, candidate, generation, accept, done](Outcome outcome, const std::string& text) {
    if (outcome == Outcome::accepted) {
      pushed_generation_ = generation;
      push_error_.clear();
      accept(std::move(*candidate), true);
      return;
    }
    if (outcome == Outcome::lost) {
      // It may or may not have taken the new tables: the old ones go out again, as the newer generation.
      generation_ = next_generation();
    }
    spdlog::error("reload: the data plane did not take generation {}: {}", generation, text);
    const std::string why = fmt::format("data plane: {}", text);
    done(outcome == Outcome::busy ? refused_for_now(why) : refused(why));
  });
}

}  // namespace stirline::control
