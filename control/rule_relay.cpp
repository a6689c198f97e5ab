#include "control/rule_relay.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "config/tables/image.hpp"
#include "config/wire/protocol.hpp"

namespace stirline::control {

using config::tables::TableKind;
using Json = nlohmann::ordered_json;
using Outcome = DataplaneClient::PushOutcome;
using policy::RuleImages;

RuleRelay::RuleRelay(EventLoop& loop, DataplaneClient& dataplane, policy::RuleKeeper& keeper, RuleRelayOptions options,
                     std::function<void()> idle)
    : loop_(loop), dataplane_(dataplane), keeper_(keeper), options_(std::move(options)), idle_(std::move(idle)) {
  loop_.watch(keeper_.ready_fd(), [this] { push(); });
}

RuleRelay::~RuleRelay() {
  loop_.forget(keeper_.ready_fd());
  loop_.cancel(timer_);
}

void RuleRelay::on_greeted() {
  taken_ = {};
  refused_version_ = 0;
  push();
}

TableSet RuleRelay::changed(const RuleImages& images) const {
  TableSet set;
  set.commit = config::wire::MessageType::commit_rules;
  if (images.common != taken_.common) {
    set.tables.emplace_back(TableKind::common_rules, *images.common);
  }
  if (images.lists && images.lists != taken_.lists) {
    set.sealed.emplace_back(TableKind::lists, images.lists);
  }
  if (images.content && images.content != taken_.content) {
    set.sealed.emplace_back(TableKind::content, images.content);
  }
  for (std::size_t i = 0; i < images.users.size(); ++i) {
    if (images.users[i] != taken_.users[i]) {
      set.tables.emplace_back(TableKind::user_rules, *images.users[i]);
    }
  }
  return set;
}

void RuleRelay::push() {
  const std::optional<RuleImages> images = keeper_.images();
  if (!images || pushing_ || !dataplane_.connected() || images->version == refused_version_) {
    return;
  }
  TableSet set = changed(*images);
  if (set.empty()) {
    return;
  }
  if (dataplane_.pushing()) {
    push_later();
    return;
  }
  // Milliseconds since 1970, as generations are numbered.
  const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(options_.now(), 0)) * 1'000;
  last_number_ = std::max(last_number_ + 1, now);
  set.generation = last_number_;
  pushing_ = true;
  dataplane_.push(set, [this, images](Outcome outcome, const std::string& text) { on_pushed(*images, outcome, text); });
}

void RuleRelay::on_pushed(const RuleImages& images, Outcome outcome, const std::string& text) {
  pushing_ = false;
  switch (outcome) {
    case Outcome::accepted:
      taken_ = images;
      taken_number_ = last_number_;
      taken_at_ = options_.now();
      error_.clear();
      spdlog::debug("the data plane uses rules {}", taken_number_);
      break;
    case Outcome::refused:
      refused_version_ = images.version;
      error_ = text;
      spdlog::error("the data plane did not take rules {}: {}", last_number_, text);
      break;
    case Outcome::busy:
      error_ = text;
      push_later();
      break;
    case Outcome::lost:
      error_ = text;  // everything goes out again after the next greeting
      break;
  }
  idle_();
  if (outcome != Outcome::busy) {
    push();
  }
}

void RuleRelay::push_later() {
  loop_.cancel(timer_);
  timer_ = loop_.after(options_.again, [this] {
    timer_ = 0;
    push();
  });
}

Json RuleRelay::status() const {
  const policy::RuleTallies& tallies = keeper_.tallies();
  Json status{{"users", tallies.users.load()},
              {"mistakes", tallies.mistakes.load()},
              {"compiled", tallies.compiled.load()},
              {"store_errors", tallies.store_errors.load()},
              {"octets", tallies.octets.load()},
              {"number", nullptr},
              {"age_seconds", nullptr}};
  if (taken_number_ != 0) {
    status["number"] = taken_number_;
    status["age_seconds"] = options_.now() - taken_at_;
  }
  if (!error_.empty()) {
    status["error"] = error_;
  }
  return status;
}

}  // namespace stirline::control
