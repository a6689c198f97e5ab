#include "dataplane/status.hpp"

#include <array>
#include <cmath>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

namespace stirline::dataplane {
namespace {

using nlohmann::ordered_json;
namespace policy = config::policy;

ordered_json ports_json(const Appliance& appliance) {
  ordered_json ports = ordered_json::array();
  for (const Port& port : appliance.ports()) {
    rte_eth_stats stats{};
    const bool known = rte_eth_stats_get(port.id(), &stats) == 0;
    rte_eth_link link{};
    const bool up = rte_eth_link_get_nowait(port.id(), &link) == 0 && link.link_status != 0;
    ordered_json entry = {{"name", port.name()}, {"mtu", port.mtu()}, {"link", up ? "up" : "down"}};
    if (known) {
      entry["received"] = stats.ipackets;
      entry["transmitted"] = stats.opackets;
      entry["missed"] = stats.imissed;
    }
    ports.push_back(std::move(entry));
  }
  return ports;
}

ordered_json cores_json(const Appliance& appliance) {
  ordered_json cores = ordered_json::array();
  const CorePlan& plan = appliance.plan();
  for (std::size_t i = 0; i < plan.polls.size(); ++i) {
    const PollCore& core = *appliance.poll_cores()[i];
    ordered_json pairs = ordered_json::array();
    for (const std::uint16_t pair : plan.polls[i].pairs) {
      pairs.push_back(appliance.config().pairs[pair].name);
    }
    cores.push_back({{"role", "poll"},
                     {"cpu", plan.polls[i].cpu},
                     {"pairs", std::move(pairs)},
                     {"busy_cycles", core.load().busy_cycles()},
                     {"idle_cycles", core.load().idle_cycles()},
                     {"received", core.counters().value(Counter::received)},
                     {"parked", core.parked()},
                     {"held_packets", core.held_packets()}});
  }
  for (std::size_t i = 0; i < plan.cryptos.size(); ++i) {
    const CryptoCore& core = *appliance.crypto_cores()[i];
    const crypto::EngineCounters engine = appliance.engines()[i]->counters();
    const Appliance::Stuck stuck = appliance.stuck(i);
    const Appliance::Queued queued = appliance.queued(i);
    cores.push_back({{"role", "crypto"},
                     {"cpu", plan.cryptos[i].cpu},
                     {"engine", appliance.engines()[i]->name()},
                     {"busy_cycles", core.load().busy_cycles()},
                     {"idle_cycles", core.load().idle_cycles()},
                     {"jobs_queued", queued.jobs},
                     {"results_queued", queued.results},
                     {"queue_places", appliance.config().limits.parked * plan.polls.size()},
                     {"jobs", core.jobs()},
                     {"batches", core.batches()},
                     {"stuck", stuck.now},
                     {"found_stuck", stuck.times},
                     {"engine_trusted", engine.trusted},
                     {"engine_faults", engine.faults},
                     {"secrets_locked", engine.locked},
                     {"nonce_failures", engine.nonce_failures},
                     {"key_tables_built", engine.tables_built},
                     {"keys_barred", engine.barred},
                     {"sums_met", engine.met_sums},
                     {"verified_without_table", engine.cold}});
  }
  return cores;
}

ordered_json tables_json(const Appliance& appliance, std::int64_t now) {
  const Generation* generation = appliance.generation();
  if (generation == nullptr) {
    return {{"generation", nullptr}};
  }
  return {{"generation", generation->number()},
          {"age_seconds", now - generation->loaded_at()},
          {"trunks", generation->trunks().size()},
          {"number_ranges", generation->numbers().ranges().size()},
          {"credentials", generation->credentials()},
          {"certificates", generation->certificates()},
          {"signing_stopped", generation->signing_stopped()}};
}

ordered_json rules_json(const Appliance& appliance, std::int64_t now) {
  const RuleTables* rules = appliance.rules();
  if (rules == nullptr) {
    return nullptr;
  }
  return {{"number", rules->number()},
          {"age_seconds", now - rules->loaded_at()},
          {"users", rules->users()},
          {"octets", rules->octets()}};
}

ordered_json ledger_json(const Appliance& appliance) {
  std::uint64_t received = 0;
  std::uint64_t created = 0;
  std::uint64_t transmitted = 0;
  std::uint64_t replaced = 0;
  std::uint64_t dropped = 0;
  std::uint64_t held = 0;
  for (const auto& core : appliance.poll_cores()) {
    const Counters& counters = core->counters();
    received += counters.value(Counter::received);
    created += counters.value(Counter::created);
    transmitted += counters.value(Counter::transmitted);
    replaced += counters.value(Counter::replaced);
    for (const Counter drop : kDropCounters) {
      dropped += counters.value(drop);
    }
    held += core->held_packets();
  }
  return {{"received", received}, {"created", created}, {"transmitted", transmitted},
          {"replaced", replaced}, {"dropped", dropped}, {"held", held}};
}

// Summed over the poll cores, each with a table of its own; the age is that of the oldest entry of all.
ordered_json fills_json(const Appliance& appliance) {
  const config::LimitConfig& limits = appliance.config().limits;
  const std::uint64_t now = rte_rdtsc();
  ordered_json fills = ordered_json::array();
  const auto add = [&](BoundedTable table, std::uint64_t places) {
    std::uint64_t used = 0;
    std::uint64_t oldest = 0;
    for (const auto& core : appliance.poll_cores()) {
      used += core->fills().used(table);
      const std::uint64_t at = core->fills().oldest_at(table);
      oldest = at != 0 && (oldest == 0 || at < oldest) ? at : oldest;
    }
    const std::uint64_t age = oldest < now ? (now - oldest) / rte_get_tsc_hz() : 0;
    fills.push_back({{"table", facts(table).name},
                     {"unit", facts(table).unit},
                     {"used", used},
                     {"places", places * appliance.poll_cores().size()},
                     {"oldest_seconds", oldest == 0 ? ordered_json() : ordered_json(age)},
                     {"help", facts(table).help}});
  };
  add(BoundedTable::parking, limits.parked);
  add(BoundedTable::waiting_calls, limits.waiting);
  add(BoundedTable::reassembly, limits.reassemblies);
  add(BoundedTable::signed_requests, std::uint64_t{limits.signed_kib} * 1'024);
  add(BoundedTable::replay_watch, limits.tokens);
  add(BoundedTable::pending_reasons, limits.reasons);
  add(BoundedTable::ringing_calls, RingingCalls::kPlaces);
  add(BoundedTable::sources, limits.sources);
  add(BoundedTable::large_buffers, limits.large_buffers);
  std::uint64_t records = 0;
  for (const auto& core : appliance.poll_cores()) {
    records += core->records_queued();
  }
  fills.push_back(
      {{"table", "records"},
       {"unit", "octets"},
       {"used", records},
       {"places", std::uint64_t{appliance.config().records.queue_kib} * 1'024 * appliance.poll_cores().size()},
       {"oldest_seconds", nullptr},
       {"help", "records of decisions on their way to control (records.queue_kib)"}});
  return fills;
}

ordered_json delays_json(const Appliance& appliance) {
  ordered_json delays = ordered_json::array();
  for (std::size_t i = 0; i < kDelayPaths; ++i) {
    const auto path = static_cast<DelayPath>(i);
    std::array<std::uint64_t, config::wire::kDelayBuckets> buckets{};
    std::uint64_t sum_ns = 0;
    for (const auto& core : appliance.poll_cores()) {
      const DelayHistogram& histogram = core->delays(path);
      for (std::size_t bucket = 0; bucket < buckets.size(); ++bucket) {
        buckets[bucket] += histogram.bucket(bucket);
      }
      sum_ns += histogram.sum_ns();
    }
    delays.push_back({{"path", facts(path).name},
                      {"unit", facts(path).unit},
                      {"help", facts(path).help},
                      {"sum_ns", sum_ns},
                      {"buckets", buckets}});
  }
  return delays;
}

ordered_json sources_json(const Appliance& appliance) {
  ordered_json sources = ordered_json::array();
  for (const ShedSources::Row& row : appliance.shed_sources().worst_first()) {
    sources.push_back({{"source", row.prefix}, {"trunk", row.trunk}, {"shed", row.shed}, {"last_seen", row.last_seen}});
  }
  return sources;
}

// The worst first, with what each feature adds to the score and why.
ordered_json reputation_json(const Appliance& appliance) {
  ordered_json rows = ordered_json::array();
  const policy::ScoreSettings& settings = appliance.reputation().settings();
  const auto tenths = [](float value) { return std::round(static_cast<double>(value) * 10) / 10; };
  for (const Reputation::Row& row : appliance.reputation().worst_first()) {
    ordered_json parts = ordered_json::array();
    for (std::size_t i = 0; i < policy::kFeatures; ++i) {
      const auto feature = static_cast<policy::Feature>(i);
      const policy::Contribution& part = row.score.contributions[i];
      if (policy::applies(feature, row.profile.kind)) {
        parts.push_back({{"feature", to_string(feature)},
                         {"value", tenths(part.value)},
                         {"unit", unit_of(feature)},
                         {"threshold", settings.features[i].threshold},
                         {"full", settings.features[i].full},
                         {"weight", settings.features[i].weight},
                         {"points", tenths(part.points)}});
      }
    }
    rows.push_back({{"kind", to_string(row.profile.kind)},
                    {"name", row.profile.name()},
                    {"shown", !row.profile.claimed},
                    {"score", row.score.score},
                    {"calls", tenths(row.profile.of(policy::Figure::calls))},
                    {"attested_a", tenths(row.profile.of(policy::Figure::attested_a))},
                    {"attested_b", tenths(row.profile.of(policy::Figure::attested_b))},
                    {"attested_c", tenths(row.profile.of(policy::Figure::attested_c))},
                    {"unsigned", tenths(row.profile.of(policy::Figure::unsigned_calls))},
                    {"contributions", std::move(parts)}});
  }
  return rows;
}

ordered_json counters_json(const Appliance& appliance) {
  ordered_json counters = ordered_json::object();
  const auto& facts = counter_facts();
  for (std::size_t i = 0; i < kCounters; ++i) {
    std::uint64_t sum = 0;
    for (const auto& core : appliance.poll_cores()) {
      sum += core->counters().value(i);
    }
    counters[facts[i].name] = sum;
  }
  return counters;
}

ordered_json families_json() {
  ordered_json families = ordered_json::object();
  for (const CounterFacts& facts : counter_facts()) {
    if (facts.family != nullptr) {
      families[std::string(facts.family->name)] = {{"label", facts.family->label}, {"help", facts.family->help}};
    }
  }
  return families;
}

ordered_json counter_facts_json() {
  ordered_json all = ordered_json::object();
  for (const CounterFacts& facts : counter_facts()) {
    ordered_json& entry = all[facts.name];
    entry = {{"unit", facts.unit}, {"help", facts.help}};
    if (facts.family != nullptr) {
      entry["family"] = facts.family->name;
      entry["member"] = facts.member;
    }
  }
  return all;
}

}  // namespace

std::string status_json(const Appliance& appliance, std::int64_t started_at, std::int64_t now) {
  const ordered_json document = {{"pid", getpid()},
                                 {"uptime_seconds", now - started_at},
                                 {"tsc_hz", rte_get_tsc_hz()},
                                 {"ports", ports_json(appliance)},
                                 {"cores", cores_json(appliance)},
                                 {"tables", tables_json(appliance, now)},
                                 {"rules", rules_json(appliance, now)},
                                 {"ledger", ledger_json(appliance)},
                                 {"fills", fills_json(appliance)},
                                 {"added_delay", delays_json(appliance)},
                                 {"sources_over_limit", sources_json(appliance)},
                                 {"reputation", reputation_json(appliance)},
                                 {"counters", counters_json(appliance)},
                                 {"counter_families", families_json()},
                                 {"counter_facts", counter_facts_json()}};
  return document.dump();
}

}  // namespace stirline::dataplane
