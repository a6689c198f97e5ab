// Rules about calls in the daemon: documents of users and files of the operator, on their way to the data plane.
#include <utility>

#include <nlohmann/json.hpp>

#include "config/wire/contact_record.hpp"
#include "control/content/content_keeper.hpp"
#include "control/daemon.hpp"
#include "control/day.hpp"
#include "control/permissions/permission_contacts.hpp"
#include "control/policy/call_list_keeper.hpp"
#include "control/policy/rule_keeper.hpp"
#include "control/rule_relay.hpp"
#include "control/xcap/xcap_parts.hpp"

namespace stirline::control {

namespace {

constexpr std::uint32_t kMinute = 60;

}  // namespace

// Nothing is compiled and nothing sent where there are neither users' documents nor common ones nor lists, nor
// statistics.
std::expected<void, std::string> Daemon::open_rules() {
  const std::filesystem::path& lists = state_.config.lists.database;
  if (xcap_ == nullptr && state_.config.policy.empty() && lists.empty() && state_.config.content.database.empty() &&
      !state_.config.statistics.always) {
    return {};
  }
  std::unique_ptr<policy::ListStore> list_store;
  std::int64_t seen_change = 0;
  policy::RuleKeeperOptions options;
  options.now = options_.now;
  options.coalesce = options_.coalesce_rules;
  if (!lists.empty()) {
    auto store = policy::open_list_store(lists);
    auto contacts = store ? policy::open_list_store(lists) : std::unexpected(store.error());
    if (!contacts) {
      return std::unexpected(lists.string() + ": " + contacts.error());
    }
    list_store = std::move(*store);
    const auto seen = list_store->last_change();  // what comes later is told to the rule keeper, that is at work then
    if (!seen) {
      return std::unexpected(lists.string() + ": " + seen.error());
    }
    seen_change = *seen;
    options.contacts = policy::contacts_in(std::move(*contacts), options_.now);
  }
  if (permissions_ != nullptr) {
    options.contacts = contacts_with_permissions(*permissions_, std::move(options.contacts));
  }
  auto keeper = policy::RuleKeeper::start(xcap_ != nullptr ? xcap_->store : nullptr, state_.common, std::move(options));
  if (!keeper) {
    return std::unexpected(std::move(keeper.error()));
  }
  rules_ = std::move(*keeper);
  if (permissions_ != nullptr) {
    permissions_->on_change([raw = rules_.get()](const std::string& called) { raw->note_contacts({called}); });
  }
  if (list_store != nullptr) {
    open_lists(std::move(list_store), seen_change);
  }
  if (auto opened = open_content(); !opened) {
    return opened;
  }
  rule_relay_ = std::make_unique<RuleRelay>(loop_, *dataplane_, *rules_, RuleRelayOptions{.now = options_.now},
                                            [this] { on_rules_pushed(); });
  return {};
}

void Daemon::open_lists(std::unique_ptr<policy::ListStore> store, std::int64_t seen_change) {
  const config::ListConfig& config = state_.config.lists;
  policy::CallListOptions options;
  options.now = options_.now;
  options.secret = rules_->secret();
  options.settings = {.claim_score = static_cast<std::uint8_t>(config.claim_score),
                      .learns_contacts = config.learned_days != 0};
  options.learned_seconds = std::int64_t{config.learned_days} * kDay;
  options.most_contacts = config.most_contacts;
  options.look = options_.look_at_lists;
  options.seen = seen_change;
  options.on_table = [this](policy::SharedTable table) { rules_->set_lists(std::move(table)); };
  options.on_contacts = [this](std::vector<std::string> users) { rules_->note_contacts(std::move(users)); };
  call_lists_ = std::make_unique<policy::CallListKeeper>(std::move(store), std::move(options));
}

std::expected<void, std::string> Daemon::open_content() {
  const config::ContentConfig& config = state_.config.content;
  if (config.database.empty()) {
    return {};
  }
  auto store = content::open_content_store(config.database);
  if (!store) {
    return std::unexpected(config.database.string() + ": " + store.error());
  }
  content::ContentOptions options;
  options.now = options_.now;
  options.settings = {.fewest_trained = config.fewest_trained,
                      .bulk_from = config.bulk_from,
                      .bulk_points = config.bulk_points,
                      .url_points = config.url_points,
                      .half_life = config.bulk_minutes * kMinute};
  for (const config::ContentCorpus& corpus : config.corpora) {
    for (const std::string& trunk : corpus.trunks) {
      options.trunks.push_back({.trunk = trunk, .corpus = corpus.name});
    }
  }
  options.most_tokens = config.most_tokens;
  options.forget_days = config.forget_days;
  options.look = options_.look_at_lists;
  options.on_table = [this](policy::SharedTable table) { rules_->set_content(std::move(table)); };
  content_ = std::make_unique<content::ContentKeeper>(std::move(*store), std::move(options));
  return {};
}

// Whom users have called, and who has answered (SPIT-FW-10).
std::expected<void, std::string> Daemon::take_contacts(std::string_view payload) {
  while (!payload.empty()) {
    const auto contact = config::wire::decode_contact(payload);
    if (!contact) {
      return std::unexpected(contact.error());
    }
    if (call_lists_ != nullptr) {
      call_lists_->learn(contact->user, contact->contact);
    }
  }
  return {};
}

// What a reload has brought.
void Daemon::take_common_rules() {
  if (rules_ != nullptr) {
    rules_->set_common(state_.common);
    return;
  }
  if (const auto opened = open_rules(); !opened) {
    reload_warnings_.push_back("the rules of [policy] are not used: " + opened.error());
  }
}

// A reload that came while rules were on their way.
void Daemon::on_rules_pushed() {
  for (ReloadDone& done : std::exchange(waiting_reloads_, {})) {
    reload(std::move(done));
  }
}

nlohmann::ordered_json Daemon::call_lists_status() const {
  if (call_lists_ == nullptr) {
    return nullptr;
  }
  const policy::CallListTallies& tallies = call_lists_->tallies();
  return {{"entries", tallies.entries.load()},
          {"octets", tallies.octets.load()},
          {"tables", tallies.tables.load()},
          {"learned", tallies.learned.load()},
          {"ended", tallies.ended.load()},
          {"not_learned", tallies.not_learned.load()},
          {"store_errors", tallies.store_errors.load()}};
}

nlohmann::ordered_json Daemon::content_status() const {
  if (content_ == nullptr) {
    return nullptr;
  }
  const content::ContentTallies& tallies = content_->tallies();
  return {{"corpora", tallies.corpora.load()},     {"tokens", tallies.tokens.load()},
          {"octets", tallies.octets.load()},       {"tables", tallies.tables.load()},
          {"forgotten", tallies.forgotten.load()}, {"store_errors", tallies.store_errors.load()}};
}

nlohmann::ordered_json Daemon::rules_status() const {
  return rule_relay_ == nullptr ? nlohmann::ordered_json() : rule_relay_->status();
}

}  // namespace stirline::control
