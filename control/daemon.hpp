// stirline-control: holds the state compiled from one configuration file, keeps the data plane supplied with it, and
// answers the operator's command.
//
// Thread: that of the event loop. Time comes from outside: the wall clock as a function, pauses as options.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "config/config_error.hpp"
#include "config/control_config.hpp"
#include "control/alarms/alarm_board.hpp"
#include "control/alarms/alarm_rules.hpp"
#include "control/certificates/certificate_keeper.hpp"
#include "control/certificates/judged_chains.hpp"
#include "control/certificates/list_keeper.hpp"
#include "control/clock/clock_reading.hpp"
#include "control/clock/clock_watch.hpp"
#include "control/command_server.hpp"
#include "control/confinement.hpp"
#include "control/dataplane_client.hpp"
#include "control/dataplane_status.hpp"
#include "control/event_loop.hpp"
#include "control/metrics/metrics_server.hpp"
#include "control/policy/common_documents.hpp"
#include "control/records/record_keeper.hpp"
#include "control/repository/published_chains.hpp"
#include "control/repository/rejection_cards.hpp"
#include "control/repository/repository_server.hpp"
#include "control/state_compiler.hpp"
#include "control/watching/watch_relay.hpp"

namespace stirline::control {

struct DaemonOptions {
  std::filesystem::path config;
  Confinement confinement = {};                   // for the status
  std::function<std::int64_t()> now;              // seconds since 1970
  std::chrono::milliseconds recheck{60'000};      // how often the validity of certificates is looked at
  std::chrono::milliseconds status_limit{2'000};  // how long `status` and metrics wait for the data plane
  std::chrono::milliseconds alarm_look{5'000};    // how often alarms are looked for
  std::function<ClockReading()> read_clock = control::read_clock;
  std::chrono::milliseconds renew_cards = kCardAge;
  std::chrono::milliseconds first_pause{100};  // see DataplaneClientOptions
  std::chrono::milliseconds longest_pause{2'000};
  std::chrono::milliseconds coalesce{200};         // at most one new generation in this time because of fetched chains
  std::chrono::milliseconds coalesce_dead{1'000};  // and because of fetches that failed
  std::chrono::milliseconds coalesce_rules{100};   // see policy::RuleKeeperOptions
  std::chrono::milliseconds look_at_lists{1'000};  // see policy::CallListOptions
  std::chrono::milliseconds tell_feedback{200};    // see FeedbackRelay
};

class FeedbackDesk;
class FeedbackRelay;
class NoticeDesk;
class PermissionDesk;
class RuleRelay;
class TrunkAccounts;
struct XcapParts;
namespace policy {
class CallListKeeper;
class ListStore;
class RuleKeeper;
}  // namespace policy
namespace content {
class ContentKeeper;
}  // namespace content

class Daemon {
 public:
  // Reads the configuration, compiles it and opens the command socket; the event loop does the rest. Mistakes come all
  // together.
  [[nodiscard]] static std::expected<std::unique_ptr<Daemon>, config::ConfigErrors> make(EventLoop& loop,
                                                                                         DaemonOptions options);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Reads the configuration again. Nothing changes unless all of it is good and the data plane, if it is there, has
  // taken it. `done` is called once, now or later, with an answer for the operator (command_answer.hpp).
  using ReloadDone = std::function<void(const nlohmann::ordered_json& answer)>;
  void reload(ReloadDone done);

  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  // Tables are on their way to the data plane: a reload would be turned away.
  [[nodiscard]] bool busy() const { return dataplane_->pushing(); }

 private:
  struct State {
    config::ControlConfig config;
    policy::CommonDocuments common;
    Gathered gathered;
    JudgedChains fetched;
    Judged judged;
    std::shared_ptr<ChainCache> chains;  // outlives a reload: what has not changed is not validated again
  };

  // What the keeper has told and no generation has taken up yet; when one did so last.
  struct Change {
    bool pending = false;
    EventLoop::Clock::time_point taken_up{};
  };

  Daemon(EventLoop& loop, DaemonOptions options, State state, std::unique_ptr<CertificateStore> store,
         std::unique_ptr<RecordKeeper> records);

  [[nodiscard]] static std::expected<State, config::ConfigErrors> compile(const DaemonOptions& options,
                                                                          std::shared_ptr<ChainCache> chains);
  void serve();
  [[nodiscard]] static std::vector<ChainJudgement> judge_everywhere(const State& state, const std::string& url,
                                                                    const std::string& pem, std::int64_t at);
  void judge_chains(State& state) const;
  [[nodiscard]] static std::expected<void, std::string> take_list(State& state, const StoredList& list);
  static void drop_list(State& state, const ListName& name);
  void take_lists(State& state) const;
  void on_lists_changed();
  void on_command(const CommandServer::Command& command, const CommandServer::Reply& reply);
  void on_status(const CommandServer::Reply& reply);
  void on_greeted();
  void on_recheck();
  void on_change(KeeperChange change);
  void refresh_at(EventLoop::Clock::time_point when);
  void on_change_due();
  void refresh_tables();
  void note_proven();
  void push_current();
  void push(const State& state, std::uint64_t generation, DataplaneClient::PushDone done);
  [[nodiscard]] std::expected<void, std::string> open_repository();
  void publish(std::shared_ptr<const PublishedChains::Pages> pages);
  void publish_with_cards();
  void renew_cards();
  void keep_what_is_open(config::ControlConfig& read);
  void adopt(State state, std::uint64_t generation);
  [[nodiscard]] std::uint64_t next_generation();
  [[nodiscard]] nlohmann::ordered_json own_status() const;
  [[nodiscard]] std::expected<void, std::string> open_documents();
  [[nodiscard]] std::expected<void, std::string> serve_documents();
  [[nodiscard]] std::expected<void, std::string> open_rules();
  void take_common_rules();
  void on_rules_pushed();
  void open_lists(std::unique_ptr<policy::ListStore> store, std::int64_t seen_change);
  [[nodiscard]] std::expected<void, std::string> take_contacts(std::string_view payload);
  [[nodiscard]] std::expected<void, std::string> open_permissions();
  [[nodiscard]] nlohmann::ordered_json permissions_status() const;
  [[nodiscard]] std::expected<void, std::string> open_feedback();
  [[nodiscard]] nlohmann::ordered_json feedback_status() const;
  [[nodiscard]] std::expected<void, std::string> open_notices();
  [[nodiscard]] nlohmann::ordered_json notices_status() const;
  [[nodiscard]] std::expected<void, std::string> open_accounts();
  [[nodiscard]] nlohmann::ordered_json accounts_status() const;
  [[nodiscard]] nlohmann::ordered_json rules_status() const;
  [[nodiscard]] nlohmann::ordered_json call_lists_status() const;
  [[nodiscard]] std::expected<void, std::string> open_content();
  [[nodiscard]] nlohmann::ordered_json content_status() const;
  [[nodiscard]] nlohmann::ordered_json xcap_status() const;
  [[nodiscard]] std::expected<void, std::string> open_metrics();
  void look_for_alarms();
  void look_at_clock();
  void make_metrics_page(const MetricsServer::PageDone& done);

  EventLoop& loop_;
  DaemonOptions options_;
  State state_;
  std::uint64_t generation_ = 0;         // of state_
  std::uint64_t pushed_generation_ = 0;  // what the connected data plane has taken; 0: nothing yet
  std::uint64_t last_generation_ = 0;    // the highest ever given
  std::int64_t started_ = 0;
  std::int64_t compiled_ = 0;
  std::int64_t connected_since_ = 0;
  std::vector<std::string> reload_warnings_;  // options that a reload cannot change
  std::string push_error_;                    // why the data plane did not take the state; empty if it did
  bool push_refused_ = false;                 // and it would say so again
  ClockWatch clock_;
  bool signing_stopped_ = false;  // of generation_: as clock_ had it then
  AlarmBoard alarms_;
  std::optional<StatusSample> looked_;  // at the last look for alarms
  EventLoop::TimerId recheck_timer_ = 0;
  EventLoop::TimerId alarm_timer_ = 0;
  EventLoop::TimerId change_timer_ = 0;
  EventLoop::TimerId card_timer_ = 0;
  EventLoop::Clock::time_point change_at_{};  // when it is due
  std::array<Change, 2> changes_{};           // by KeeperChange
  std::unique_ptr<CertificateKeeper> keeper_;
  std::unique_ptr<ListKeeper> lists_;
  std::unique_ptr<RecordKeeper> records_;
  std::unique_ptr<TrunkAccounts> accounts_;  // null: nothing is counted
  PublishedChains published_;
  std::unique_ptr<RepositoryServer> repository_;  // null: nothing is served
  std::unique_ptr<PermissionDesk> permissions_;   // null: none are kept; outlives those who ask it
  std::unique_ptr<FeedbackDesk> feedback_;        // null: none is kept; likewise
  std::unique_ptr<NoticeDesk> notices_;           // null: nobody is told anything; likewise
  std::unique_ptr<policy::RuleKeeper> rules_;     // null: there are none; outlives xcap_, which tells it of changes
  std::unique_ptr<policy::CallListKeeper> call_lists_;  // null: there are none
  std::unique_ptr<content::ContentKeeper> content_;     // null: no text is looked at
  std::unique_ptr<XcapParts> xcap_;                     // null: nothing is served
  std::unique_ptr<DataplaneClient> dataplane_;
  std::unique_ptr<RuleRelay> rule_relay_;          // null with rules_
  std::unique_ptr<FeedbackRelay> feedback_relay_;  // null with feedback_
  std::vector<ReloadDone> waiting_reloads_;
  std::unique_ptr<DataplaneStatus> dataplane_status_;
  std::unique_ptr<WatchRelay> watches_;
  std::unique_ptr<MetricsServer> metrics_;  // null: not configured
  std::unique_ptr<CommandServer> commands_;
};

}  // namespace stirline::control
