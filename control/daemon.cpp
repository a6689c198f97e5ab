#include "control/daemon.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include <spdlog/spdlog.h>

#include "config/daemon/logging.hpp"
#include "config/wire/protocol.hpp"
#include "control/accounting/trunk_accounts.hpp"
#include "control/certificates/keeper_options.hpp"
#include "control/content/content_keeper.hpp"
#include "control/feedback/feedback_calls.hpp"
#include "control/feedback/feedback_relay.hpp"
#include "control/notices/notice_records.hpp"
#include "control/permissions/challenge_records.hpp"
#include "control/policy/call_list_keeper.hpp"
#include "control/policy/payment_terms.hpp"
#include "control/policy/rule_keeper.hpp"
#include "control/rule_relay.hpp"
#include "control/xcap/xcap_parts.hpp"
#include "crypto_workers/job/keyring.hpp"

namespace stirline::control {

namespace wire = config::wire;
namespace tables = config::tables;
using Outcome = DataplaneClient::PushOutcome;

std::expected<Daemon::State, config::ConfigErrors> Daemon::compile(const DaemonOptions& options,
                                                                   std::shared_ptr<ChainCache> chains) {
  auto config = config::load_control_config(options.config);
  if (!config) {
    return std::unexpected(std::move(config.error()));
  }
  const std::int64_t now = options.now();
  auto gathered = gather(*config, now);
  auto common = policy::CommonDocuments::read(config->policy, config->file.string(), now);
  auto payment = policy::read_payment_terms(config->payment, config->file.string());
  if (!gathered || !common || !payment) {
    config::ConfigErrors errors = gathered ? config::ConfigErrors() : std::move(gathered.error());
    if (!common) {
      std::ranges::move(common.error(), std::back_inserter(errors));
    }
    if (!payment) {
      std::ranges::move(payment.error(), std::back_inserter(errors));
    }
    return std::unexpected(std::move(errors));
  }
  common->use(config->statistics.score, *payment);
  return State{std::move(*config), std::move(*common), std::move(*gathered), {}, {}, std::move(chains)};
}

std::expected<std::unique_ptr<Daemon>, config::ConfigErrors> Daemon::make(EventLoop& loop, DaemonOptions options) {
  auto state = compile(options, std::make_shared<ChainCache>());
  if (!state) {
    return std::unexpected(std::move(state.error()));
  }
  auto store = open_sqlite_store(state->config.fetch.store, keeper_options(state->config.fetch).limits);
  if (!store) {
    return std::unexpected(
        config::ConfigErrors{{options.config.string(), 0, "fetch.store", "a certificate store", store.error()}});
  }
  auto records = RecordKeeper::open(state->config.records, options.now);
  if (!records) {
    return std::unexpected(config::ConfigErrors{
        {options.config.string(), 0, "records", "a folder and a key that can be used", records.error()}});
  }
  auto listener = wire::Listener::listen(state->config.socket);
  if (!listener) {
    return std::unexpected(config::ConfigErrors{
        {options.config.string(), 0, "control.socket", "a path that can be listened on", listener.error().text}});
  }
  std::unique_ptr<Daemon> daemon(
      new Daemon(loop, std::move(options), std::move(*state), std::move(*store), std::move(*records)));
  if (const auto loaded = daemon->keeper_->load(); !loaded) {
    return std::unexpected(config::ConfigErrors{
        {daemon->options_.config.string(), 0, "fetch.store", "a certificate store", loaded.error()}});
  }
  if (const auto loaded = daemon->lists_->load(); !loaded) {
    return std::unexpected(config::ConfigErrors{
        {daemon->options_.config.string(), 0, "fetch.store", "a certificate store", loaded.error()}});
  }
  daemon->take_lists(daemon->state_);
  if (const auto opened = daemon->open_repository(); !opened) {
    return std::unexpected(config::ConfigErrors{
        {daemon->options_.config.string(), 0, "repository", "a repository that can be served", opened.error()}});
  }
  for (const auto open :
       {&Daemon::open_documents, &Daemon::open_permissions, &Daemon::open_feedback, &Daemon::open_notices,
        &Daemon::open_accounts, &Daemon::open_rules, &Daemon::serve_documents}) {
    if (const auto opened = (*daemon.*open)(); !opened) {
      return std::unexpected(config::ConfigErrors{
          {daemon->options_.config.string(), 0, "xcap", "documents of users that can be served", opened.error()}});
    }
  }
  if (const auto opened = daemon->open_metrics(); !opened) {
    return std::unexpected(config::ConfigErrors{{daemon->options_.config.string(), 0, "metrics.listen",
                                                 "an address and port that can be listened on", opened.error()}});
  }
  daemon->judge_chains(daemon->state_);
  daemon->note_proven();
  daemon->commands_ = std::make_unique<CommandServer>(
      loop, std::move(*listener),
      [raw = daemon.get()](const CommandServer::Command& command, const CommandServer::Reply& reply) {
        raw->on_command(command, reply);
      });
  daemon->serve();
  return daemon;
}

Daemon::Daemon(EventLoop& loop, DaemonOptions options, State state, std::unique_ptr<CertificateStore> store,
               std::unique_ptr<RecordKeeper> records)
    : loop_(loop),
      options_(std::move(options)),
      state_(std::move(state)),
      started_(options_.now()),
      clock_(state_.config.clock),
      records_(std::move(records)) {
  generation_ = next_generation();
  compiled_ = started_;
  DataplaneClientOptions client;
  client.path = state_.config.dataplane_socket;
  client.first_pause = options_.first_pause;
  client.longest_pause = options_.longest_pause;
  dataplane_ = std::make_unique<DataplaneClient>(loop_, std::move(client), [this] { on_greeted(); });
  dataplane_status_ = std::make_unique<DataplaneStatus>(loop_, *dataplane_, options_.status_limit);
  keeper_ = std::make_unique<CertificateKeeper>(
      loop_, std::move(store), keeper_options(state_.config.fetch), options_.now,
      [this](const std::string& url, const std::string& pem) {
        return best_of(judge_everywhere(state_, url, pem, options_.now())).record.standing == crypto::Reason::verified;
      },
      [this](KeeperChange change) { on_change(change); });
  keeper_->on_time_told([this](const FetchResult& result) {
    clock_.hear(result.host, *result.server_time, result.took, options_.read_clock());
  });
  ListKeeper::User user;
  user.take = [this](const StoredList& list) { return take_list(state_, list); };
  user.drop = [this](const ListName& name) { drop_list(state_, name); };
  lists_ = std::make_unique<ListKeeper>(loop_, keeper_->store(), list_keeper_options(state_.config.fetch), options_.now,
                                        std::move(user), [this] { on_lists_changed(); });
  dataplane_->on_wanted([this](const std::string& x5u) { keeper_->wanted(x5u); });
  watches_ = std::make_unique<WatchRelay>(*dataplane_);
  dataplane_->on_watched([this](std::string_view payload) { return watches_->take(payload); });
  dataplane_->on_lost([this] { watches_->on_dataplane_lost(); });
  dataplane_->on_contacts([this](std::string_view payload) { return take_contacts(payload); });
  dataplane_->on_records([this](std::string_view payload) {
    if (permissions_ != nullptr) {
      take_challenges(payload, *permissions_);
    }
    if (feedback_ != nullptr) {
      note_calls(payload, *feedback_);
    }
    if (notices_ != nullptr) {
      take_notices(payload, *notices_);
    }
    if (accounts_ != nullptr) {
      accounts_->take(payload, options_.now());
    }
    return records_->take(payload);
  });
}

Daemon::~Daemon() {
  loop_.cancel(recheck_timer_);
  loop_.cancel(change_timer_);
  loop_.cancel(alarm_timer_);
  loop_.cancel(card_timer_);
}

std::vector<ChainJudgement> Daemon::judge_everywhere(const State& state, const std::string& url, const std::string& pem,
                                                     std::int64_t at) {
  return state.gathered.regimes.judge(url, pem, at, state.gathered.scopes, *state.chains);
}

void Daemon::judge_chains(State& state) const {
  const std::int64_t now = options_.now();
  const auto judge_one = [&](const std::string& url, const std::string& pem, std::int64_t at) {
    return judge_everywhere(state, url, pem, at);
  };
  state.fetched.update(keeper_->chains(), judge_one, now);
  std::vector<tables::Certificate> records = state.fetched.records();
  for (DeadUrl& dead : keeper_->dead()) {
    tables::Certificate& record = records.emplace_back();
    record.x5u = std::move(dead.url);
    record.standing = crypto::Reason::certificate_unavailable;
    record.regime = crypto::kEveryRegime;
    record.not_after = dead.until - 1;
  }
  state.judged = judge(state.gathered, now, *state.chains, records);
  state.judged.lists.merge(state.fetched.lists());
  std::ranges::move(lists_->warnings(), std::back_inserter(state.judged.warnings));
}

std::expected<void, std::string> Daemon::take_list(State& state, const StoredList& list) {
  if (list.name.kind == ListKind::revocation) {
    return state.gathered.regimes.take_list(list.name.url, list.body);
  }
  const std::span octets(reinterpret_cast<const std::uint8_t*>(list.body.data()), list.body.size());
  const auto taken = state.gathered.scopes.set(list.name.url, octets);
  return taken ? std::expected<void, std::string>{} : std::unexpected("it is no TNAuthList");
}

void Daemon::drop_list(State& state, const ListName& name) {
  if (name.kind == ListKind::revocation) {
    state.gathered.regimes.drop_list(name.url);
  } else {
    state.gathered.scopes.forget(name.url);
  }
}

// What is kept, into a state that comes fresh from its files.
void Daemon::take_lists(State& state) const {
  for (const auto& [name, list] : lists_->lists()) {
    if (!list.here()) {
      continue;
    }
    if (const auto taken = take_list(state, list.stored); !taken) {
      spdlog::warn("the {} of {} is not used: {}", to_string(name.kind), name.url, taken.error());
    }
  }
}

// Under other lists every chain is judged anew; those that these lists do not speak of cost their signatures again.
void Daemon::on_lists_changed() {
  state_.fetched = {};
  on_change(KeeperChange::chains);
}

void Daemon::note_proven() {
  for (const tables::Certificate& record : state_.fetched.records()) {
    keeper_->note_proven(record.x5u, record.standing == crypto::Reason::verified);
  }
}

void Daemon::serve() {
  config::set_log_level(state_.config.log_level);
  for (const std::string& warning : state_.judged.warnings) {
    spdlog::warn("{}", warning);
  }
  spdlog::info("generation {} compiled from {}: {} trunks, {} number ranges, {} credentials, {} certificates",
               generation_, options_.config.string(), state_.gathered.trunk_count, state_.gathered.number_count,
               state_.gathered.credential_facts.size(), state_.judged.certificates.size());
  recheck_timer_ = loop_.after(options_.recheck, [this] { on_recheck(); });
  lists_->want(state_.judged.lists);
  records_->tick();
  dataplane_->start();
  alarm_timer_ = loop_.after(options_.alarm_look, [this] { look_for_alarms(); });
}

std::uint64_t Daemon::next_generation() {
  // Milliseconds since 1970: larger than those of an earlier life of this daemon, unless the clock was set back.
  const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(options_.now(), 0)) * 1'000;
  last_generation_ = std::max(last_generation_ + 1, now);
  return last_generation_;
}

void Daemon::push(const State& state, std::uint64_t generation, DataplaneClient::PushDone done) {
  TableSet set;
  set.generation = generation;
  set.signing_stopped = signing_stopped_;
  set.tables = {{tables::TableKind::trunks, state.gathered.trunks},
                {tables::TableKind::numbers, state.gathered.numbers},
                {tables::TableKind::credentials, state.gathered.credentials.view()},
                {tables::TableKind::certificates, state.judged.image}};
  dataplane_->push(set, std::move(done));
}

void Daemon::on_greeted() {
  connected_since_ = options_.now();
  pushed_generation_ = 0;
  push_refused_ = false;
  push_current();
  if (rule_relay_ != nullptr) {
    rule_relay_->on_greeted();
  }
}

void Daemon::push_current() {
  push(state_, generation_, [this, generation = generation_](Outcome outcome, const std::string& text) {
    if (outcome == Outcome::accepted) {
      pushed_generation_ = generation;
      push_error_.clear();
      spdlog::info("the data plane uses generation {}", generation);
      return;
    }
    push_error_ = text;
    push_refused_ = outcome == Outcome::refused;
    spdlog::error("the data plane did not take generation {}: {}", generation, text);
  });
}

void Daemon::on_recheck() {
  recheck_timer_ = loop_.after(options_.recheck, [this] { on_recheck(); });
  keeper_->tick();
  lists_->tick();
  records_->tick();
  if (notices_ != nullptr) {
    notices_->forget_old();
  }
  if (accounts_ != nullptr) {
    accounts_->keep(options_.now());
  }
  if (!busy()) {
    refresh_tables();
  }
}

// The first change goes out at once, for calls wait for it; those behind it go together. Of strangers' making are the
// dead URLs: they wait longer, and never make a chain wait.
void Daemon::on_change(KeeperChange change) {
  Change& noted = changes_[static_cast<std::size_t>(change)];
  noted.pending = true;
  const auto pause = change == KeeperChange::chains ? options_.coalesce : options_.coalesce_dead;
  refresh_at(std::max(EventLoop::Clock::now(), noted.taken_up + pause));
}

void Daemon::refresh_at(EventLoop::Clock::time_point when) {
  if (change_timer_ != 0 && change_at_ <= when) {
    return;
  }
  loop_.cancel(change_timer_);
  change_at_ = when;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(when - EventLoop::Clock::now());
  change_timer_ = loop_.after(std::max(wait, std::chrono::milliseconds(0)), [this] { on_change_due(); });
}

void Daemon::on_change_due() {
  change_timer_ = 0;
  const EventLoop::Clock::time_point now = EventLoop::Clock::now();
  if (busy()) {
    refresh_at(now + options_.coalesce);
    return;
  }
  for (Change& change : changes_) {
    if (std::exchange(change.pending, false)) {
      change.taken_up = now;
    }
  }
  refresh_tables();
}

void Daemon::refresh_tables() {
  // Certificates, anchors and lists expire, and come into force, by time alone.
  const Judged before = std::exchange(state_.judged, {});
  judge_chains(state_);
  note_proven();
  lists_->want(state_.judged.lists);
  for (const std::string& warning : state_.judged.warnings) {
    if (std::ranges::find(before.warnings, warning) == before.warnings.end()) {
      spdlog::warn("{}", warning);
    }
  }
  const bool stopped_before = std::exchange(signing_stopped_, clock_.signing_stopped());
  if (state_.judged.image != before.image || signing_stopped_ != stopped_before) {
    generation_ = next_generation();
    compiled_ = options_.now();
    push_refused_ = false;
  }
  // A busy data plane is asked again; one that refused these tables would refuse them again.
  if (dataplane_->connected() && pushed_generation_ != generation_ && !push_refused_) {
    push_current();
  }
}

}  // namespace stirline::control
