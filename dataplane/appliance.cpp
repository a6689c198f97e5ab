#include "dataplane/appliance.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <new>
#include <thread>
#include <utility>

#include <openssl/rand.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mempool.h>

#include "config/wire/complaint_record.hpp"
#include "crypto_workers/p256/engine_select.hpp"
#include "dataplane/eal/eal_args.hpp"

namespace stirline::dataplane {
namespace {

template <typename Core>
struct Launch {
  Core* core;
  const std::atomic<bool>* stop;
};

// Runs on the core's EAL thread.
template <typename Core>
int run_core(void* argument) {
  const std::unique_ptr<Launch<Core>> launch(static_cast<Launch<Core>*>(argument));
  prctl(PR_SET_NAME, Core::kThreadName);  // what top -H and a debugger show
  launch->core->run(*launch->stop);
  return 0;
}

template <typename Core>
std::expected<void, std::string> launch(unsigned lcore, Core& core, const std::atomic<bool>& stop) {
  auto argument = std::make_unique<Launch<Core>>(&core, &stop);
  if (rte_eal_remote_launch(run_core<Core>, argument.get(), lcore) != 0) {
    return std::unexpected("core thread " + std::to_string(lcore) + " is not free");
  }
  static_cast<void>(argument.release());  // run_core owns it now
  return {};
}

std::expected<OrigidKey, std::string> load_origid_key(const std::string& file) {
  OrigidKey key;
  if (file.empty()) {
    if (RAND_priv_bytes(key.data(), static_cast<int>(key.size())) != 1) {
      return std::unexpected("no randomness for the origid key");
    }
    return key;
  }
  std::ifstream in(file, std::ios::binary);
  const std::string octets{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (octets.size() != key.size()) {
    return std::unexpected(file + ": expected an origid key of " + std::to_string(key.size()) + " octets, found " +
                           std::to_string(octets.size()));
  }
  std::ranges::copy(octets, key.begin());
  return key;
}

}  // namespace

Appliance::Appliance(config::DataplaneConfig config, Surroundings surroundings)
    : config_(std::move(config)),
      surroundings_(std::move(surroundings)),
      plan_(plan_cores(config_)),
      publication_(static_cast<unsigned>(plan_.polls.size())) {
  for (const config::PairConfig& pair : config_.pairs) {
    pair_names_.push_back(pair.name);
  }
}

std::expected<std::unique_ptr<Appliance>, std::string> Appliance::make(config::DataplaneConfig config,
                                                                       Surroundings surroundings) {
  std::unique_ptr<Appliance> appliance(new Appliance(std::move(config), std::move(surroundings)));
  try {
    for (const auto step : {&Appliance::make_engines, &Appliance::open_ports, &Appliance::make_cores}) {
      if (auto done = (appliance.get()->*step)(); !done) {
        return std::unexpected(std::move(done.error()));
      }
    }
  } catch (const std::bad_alloc&) {
    return std::unexpected("there is less memory than [limits] asks for: raise memory.megabytes, or lower the limits");
  }
  return appliance;
}

Appliance::~Appliance() {
  stop();
  poll_cores_.clear();  // gives held packets back to their pools
  ports_.clear();
  for (rte_mempool* pool : pools_) {
    rte_mempool_free(pool);
  }
}

std::expected<void, std::string> Appliance::make_engines() {
  for (std::size_t i = 0; i < plan_.cryptos.size(); ++i) {
    if (surroundings_.make_engine) {
      engines_.push_back(surroundings_.make_engine());
      continue;
    }
    auto selected = crypto::select_engine(crypto::engine_kind(config_.engine).value_or(crypto::EngineKind::automatic));
    if (!selected) {
      return std::unexpected(std::move(selected.error()));
    }
    if (!selected->alarm.empty()) {
      spdlog::error("crypto core {}: {}", i, selected->alarm);
    }
    if (!selected->engine->counters().locked) {
      spdlog::warn("crypto core {}: signing secrets cannot be locked in memory; raise the limit (memlock)", i);
    }
    engines_.push_back(std::move(selected->engine));
  }
  alarms_.resize(engines_.size());
  return {};
}

void Appliance::housekeep() {
  publication_.reclaim();
  note_shed_sources();
  note_figures();
  for (std::size_t i = 0; i < engines_.size(); ++i) {
    tell_alarms(i);
  }
}

void Appliance::note_shed_sources() {
  const std::int64_t now = clock().now();
  for (const std::unique_ptr<PollCore>& core : poll_cores_) {
    core->take_shed_sources([&](const ShedSource& source) { shed_sources_.see(source, now); });
  }
  shed_sources_.forget_old(now);
}

// By what the rules in use say of a half-life: before there are any, nothing is counted.
void Appliance::note_figures() {
  const RuleTables* const rules = publication_.rules();
  if (rules == nullptr) {
    return;
  }
  reputation_.begin(rules->view().common.score_settings(), clock().now());
  for (std::size_t core = 0; core < poll_cores_.size(); ++core) {
    poll_cores_[core]->take_figures(
        [&](const config::policy::Profile& profile) { reputation_.see(profile, static_cast<std::uint32_t>(core)); });
  }
}

const Clock& Appliance::clock() const {
  return surroundings_.clock != nullptr ? *surroundings_.clock : system_clock_;
}

void Appliance::tell_alarms(std::size_t crypto_core) {
  Alarms& alarms = alarms_[crypto_core];
  const crypto::Engine& engine = *engines_[crypto_core];
  const crypto::EngineCounters counters = engine.counters();
  if (!counters.trusted && !alarms.distrusted) {
    spdlog::error(
        "crypto core {}: the P-256 engine {} has given {} wrong results or failed its self-test; OpenSSL does its work "
        "now, this processor should be replaced",
        crypto_core, engine.name(), counters.faults);
    alarms.distrusted = true;
  }
  const bool stuck_now = stuck(crypto_core).now;
  if (stuck_now && !alarms.stuck) {
    spdlog::error("crypto core {} is stuck: it gets no more calls, and those it has go on unsigned or not validated",
                  crypto_core);
  } else if (!stuck_now && alarms.stuck) {
    spdlog::warn("crypto core {} works again", crypto_core);
  }
  alarms.stuck = stuck_now;
}

Appliance::Stuck Appliance::stuck(std::size_t crypto_core) const {
  Stuck stuck;
  for (std::size_t link = crypto_core; link < links_.size(); link += plan_.cryptos.size()) {
    stuck.now = stuck.now || links_[link]->stuck.load(std::memory_order_relaxed);
    stuck.times += links_[link]->found_stuck.load(std::memory_order_relaxed);
  }
  return stuck;
}

Appliance::Queued Appliance::queued(std::size_t crypto) const {
  Queued sum;
  for (std::size_t link = crypto; link < links_.size(); link += plan_.cryptos.size()) {
    sum.jobs += links_[link]->jobs_queued.load(std::memory_order_relaxed);
    sum.results += links_[link]->results_queued.load(std::memory_order_relaxed);
  }
  return sum;
}

void Appliance::take_records(std::string& batch, std::size_t most) {
  next_recorder_ = next_recorder_ + 1 < poll_cores_.size() ? next_recorder_ + 1 : 0;
  for (std::size_t i = 0; i < poll_cores_.size(); ++i) {
    poll_cores_[(next_recorder_ + i) % poll_cores_.size()]->take_records(batch, most);
  }
}

void Appliance::take_contacts(std::string& batch, std::size_t most) {
  for (const std::unique_ptr<PollCore>& core : poll_cores_) {
    core->take_contacts(batch, most);
  }
}

std::expected<std::size_t, std::string> Appliance::tell_complaints(std::string_view payload) {
  std::size_t not_told = 0;
  while (!payload.empty()) {
    const auto record = config::wire::decode_complaint(payload);
    if (!record) {
      return std::unexpected(record.error());
    }
    if (rules() == nullptr || record->core >= poll_cores_.size()) {
      ++not_told;
      continue;
    }
    const config::policy::KeySecret& secret = rules()->view().common.secret();
    const config::policy::Key caller = config::policy::identity_key(secret, record->caller);
    const config::policy::Complaint complaint{
        .shown = record->shown ? caller : config::policy::kNoKey,
        .claimed = caller,
        .called = config::policy::identity_key(secret, record->user),
        .trunk = config::policy::text_key(secret, config::policy::KeyKind::trunk, record->trunk),
        .weight = static_cast<float>(record->weight) / config::wire::kFullWeight};
    not_told += poll_cores_[record->core]->tell_complaint(complaint) ? 0U : 1U;
  }
  return not_told;
}

std::uint32_t Appliance::start_watch(const config::wire::WatchRequest& request, std::uint64_t wall_ns) {
  std::string old;
  do {
    old.clear();
    take_watched(old, config::wire::kMaxPayload);
  } while (!old.empty());
  return watch_board_.start(request, wall_ns, rte_rdtsc());
}

void Appliance::take_watched(std::string& batch, std::size_t most) {
  for (const std::unique_ptr<PollCore>& core : poll_cores_) {
    core->take_watched(batch, most);
  }
}

std::expected<void, std::string> Appliance::open_ports() {
  const auto port_config = [this](const std::string& name) -> const config::PortConfig& {
    return *std::ranges::find(config_.ports, name, &config::PortConfig::name);
  };
  const auto largest = std::ranges::max_element(config_.ports, {}, &config::PortConfig::mtu);
  for (const CorePlan::Poll& poll : plan_.polls) {
    auto pool = make_packet_pool("packets" + std::to_string(poll.lcore), config_.memory.packets, largest->mtu,
                                 static_cast<int>(rte_lcore_to_socket_id(poll.lcore)));
    if (!pool) {
      return std::unexpected(std::move(pool.error()));
    }
    pools_.push_back(*pool);
  }
  for (std::size_t pair = 0; pair < config_.pairs.size(); ++pair) {
    const auto owner = std::ranges::find_if(plan_.polls, [pair](const CorePlan::Poll& poll) {
      return std::ranges::find(poll.pairs, pair) != poll.pairs.end();
    });
    rte_mempool* pool = pools_[static_cast<std::size_t>(owner - plan_.polls.begin())];
    for (const std::string& name : {config_.pairs[pair].a, config_.pairs[pair].b}) {
      const config::PortConfig& port = port_config(name);
      auto opened = Port::open(name, device_name(port), port.mtu, port.descriptors, pool);
      if (!opened) {
        return std::unexpected(std::move(opened.error()));
      }
      ports_.push_back(std::move(*opened));
    }
  }
  return {};
}

std::vector<PollPort> Appliance::ports_of(const CorePlan::Poll& poll) const {
  std::vector<PollPort> ports;
  for (const std::uint16_t pair : poll.pairs) {
    for (std::size_t end = 0; end < 2; ++end) {
      const Port& port = ports_[2 * std::size_t{pair} + end];
      ports.push_back({.device = port.id(), .mtu = port.mtu(), .pair = pair});
    }
  }
  return ports;
}

std::expected<void, std::string> Appliance::make_cores() {
  auto key = load_origid_key(config_.origid_key_file);
  if (!key) {
    return std::unexpected(std::move(key.error()));
  }
  std::vector<std::vector<CryptoCore::Source>> sources(plan_.cryptos.size());
  for (std::size_t i = 0; i < plan_.polls.size(); ++i) {
    std::vector<CryptoLink*> links;
    links.reserve(plan_.cryptos.size());
    for (std::size_t crypto = 0; crypto < plan_.cryptos.size(); ++crypto) {
      links.push_back(links_.emplace_back(std::make_unique<CryptoLink>(config_.limits.parked)).get());
    }
    PollCore& core = *poll_cores_.emplace_back(
        std::make_unique<PollCore>(static_cast<unsigned>(i), ports_of(plan_.polls[i]), pools_[i], config_, publication_,
                                   clock(), watch_board_, links, *key));
    for (std::size_t crypto = 0; crypto < links.size(); ++crypto) {
      sources[crypto].push_back(
          {.jobs = &links[crypto]->jobs, .results = &links[crypto]->results, .slots = core.slots()});
    }
  }
  for (std::size_t crypto = 0; crypto < plan_.cryptos.size(); ++crypto) {
    crypto_cores_.push_back(std::make_unique<CryptoCore>(
        *engines_[crypto], std::move(sources[crypto]), Idler(config_.cores.idle, config_.cores.idle_max_us), clock()));
  }
  return {};
}

std::expected<void, std::string> Appliance::start() {
  running_ = true;
  for (std::size_t i = 0; i < crypto_cores_.size(); ++i) {
    if (auto done = launch(plan_.cryptos[i].lcore, *crypto_cores_[i], stop_crypto_); !done) {
      return done;
    }
  }
  for (std::size_t i = 0; i < poll_cores_.size(); ++i) {
    if (auto done = launch(plan_.polls[i].lcore, *poll_cores_[i], stop_polling_); !done) {
      return done;
    }
  }
  return {};
}

void Appliance::stop_polling() {
  stop_polling_.store(true);
  for (const CorePlan::Poll& poll : plan_.polls) {
    rte_eal_wait_lcore(poll.lcore);
  }
  stop_crypto_.store(true);
}

bool Appliance::stop_within(std::chrono::milliseconds patience) {
  stop_polling();
  const auto is_running = [](const CorePlan::Crypto& crypto) {
    return rte_eal_get_lcore_state(crypto.lcore) == RUNNING;
  };
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (running_ && std::ranges::any_of(plan_.cryptos, is_running)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  stop();
  return true;
}

void Appliance::stop() {
  if (!std::exchange(running_, false)) {
    return;
  }
  stop_polling();
  for (const CorePlan::Crypto& crypto : plan_.cryptos) {
    rte_eal_wait_lcore(crypto.lcore);
  }
}

std::expected<Appliance::Apply, std::string> Appliance::apply(std::uint64_t generation, StagedTables tables) {
  if (!publication_.ready_for_next()) {
    return Apply::busy;
  }
  auto built = Generation::build(generation, std::move(tables), pair_names_, engines_);
  if (!built) {
    return std::unexpected(std::move(built.error()));
  }
  publication_.publish(std::move(*built));
  return Apply::done;
}

std::expected<Appliance::Apply, std::string> Appliance::apply_rules(std::uint64_t number, StagedRules staged) {
  if (!publication_.ready_for_rules()) {
    return Apply::busy;
  }
  auto built = RuleTables::build(number, std::move(staged), publication_.rules());
  if (!built) {
    return std::unexpected(std::move(built.error()));
  }
  publication_.publish_rules(std::move(*built));
  return Apply::done;
}

const Generation* Appliance::generation() const {
  const Live* live = publication_.current();
  return live == nullptr ? nullptr : live->generation.get();
}

}  // namespace stirline::dataplane
