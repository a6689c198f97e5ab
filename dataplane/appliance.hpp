// The data plane as a whole: ports, poll cores, crypto cores and published state, put together from the configuration.
//
// EAL must be running. Used by the daemon, and by tests and benchmarks with ports, clock and engines of their own.
// Thread: made, started, fed and stopped by the main thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/dataplane_config.hpp"
#include "crypto_workers/p256/engine.hpp"
#include "dataplane/clock.hpp"
#include "dataplane/crypto/crypto_core.hpp"
#include "dataplane/eal/core_plan.hpp"
#include "dataplane/eal/port.hpp"
#include "dataplane/poll/poll_core.hpp"
#include "dataplane/reputation.hpp"
#include "dataplane/shed_sources.hpp"
#include "dataplane/state/publication.hpp"

namespace stirline::dataplane {

// What a test may replace.
struct Surroundings {
  const Clock* clock = nullptr;                                       // nullptr: the system's
  std::function<std::unique_ptr<crypto::Engine>()> make_engine = {};  // empty: as configured
};

class Appliance {
 public:
  // Opens and starts the ports; no thread runs yet. The error is one sentence for the operator.
  [[nodiscard]] static std::expected<std::unique_ptr<Appliance>, std::string> make(config::DataplaneConfig config,
                                                                                   Surroundings surroundings = {});
  Appliance(const Appliance&) = delete;
  Appliance& operator=(const Appliance&) = delete;
  ~Appliance();  // stops

  [[nodiscard]] std::expected<void, std::string> start();  // launches the cores on their EAL threads
  void stop();  // poll cores first, so that crypto cores answer what is parked
  // The same, but it does not wait longer than that for a crypto core. False: one still runs. Then neither this object
  // nor EAL may be destroyed; the process can only leave at once, or try again.
  [[nodiscard]] bool stop_within(std::chrono::milliseconds patience);

  enum class Apply : std::uint8_t { done, busy };
  // Validates and publishes; on error nothing has changed.
  [[nodiscard]] std::expected<Apply, std::string> apply(std::uint64_t generation, StagedTables tables);
  // The same for rules, in their own numbering.
  [[nodiscard]] std::expected<Apply, std::string> apply_rules(std::uint64_t number, StagedRules staged);
  // Calls `visit` with the URL of each certificate that calls have needed in vain since the last time (STIR-CF-05).
  template <typename Visit>
  void take_certificate_requests(Visit&& visit) {
    for (const std::unique_ptr<PollCore>& core : poll_cores_) {
      core->take_certificate_requests(visit);
    }
  }

  // Appends records of decisions to `batch`, in the form of config/wire/call_record.hpp, whole ones and at most until
  // it has `most` octets. The cores take turns in being first.
  void take_records(std::string& batch, std::size_t most);

  // As take_records(), in the form of config/wire/contact_record.hpp: whom users of ours have reached.
  void take_contacts(std::string& batch, std::size_t most);

  // Complaints of called users, in the form of config/wire/complaint_record.hpp: each goes to the poll core that has
  // counted the call (SPIT-MK-03). How many found no room there, no such core, or no rules in use; the error says how
  // `payload` is malformed.
  [[nodiscard]] std::expected<std::size_t, std::string> tell_complaints(std::string_view payload);

  // An operator watches some messages from now on; the result is the number of the watch. One at a time.
  std::uint32_t start_watch(const config::wire::WatchRequest& request, std::uint64_t wall_ns);
  void stop_watch() { watch_board_.stop(); }
  // As take_records(), in the form of config/wire/watch.hpp. Events of an earlier watch may be among them.
  void take_watched(std::string& batch, std::size_t most);

  // Call now and then: old generations are freed, crypto cores that went wrong told in the log, sources that went over
  // their limit noted.
  void housekeep();

  // What the poll cores have seen of a crypto core.
  struct Stuck {
    bool now = false;         // it keeps jobs of one of them and gives none back
    std::uint64_t times = 0;  // that one of them has found it so
  };
  [[nodiscard]] Stuck stuck(std::size_t crypto_core) const;

  // What the rings of a crypto core hold: jobs that wait for it, results that wait for their poll cores.
  struct Queued {
    std::size_t jobs = 0;
    std::size_t results = 0;
  };
  [[nodiscard]] Queued queued(std::size_t crypto) const;

  [[nodiscard]] const config::DataplaneConfig& config() const { return config_; }
  [[nodiscard]] const std::vector<Port>& ports() const { return ports_; }
  [[nodiscard]] const std::vector<std::unique_ptr<PollCore>>& poll_cores() const { return poll_cores_; }
  [[nodiscard]] const std::vector<std::unique_ptr<CryptoCore>>& crypto_cores() const { return crypto_cores_; }
  [[nodiscard]] const std::vector<std::unique_ptr<crypto::Engine>>& engines() const { return engines_; }
  [[nodiscard]] const Generation* generation() const;  // the current one; nullptr before the first
  [[nodiscard]] const RuleTables* rules() const { return publication_.rules(); }  // likewise
  [[nodiscard]] const ShedSources& shed_sources() const { return shed_sources_; }
  [[nodiscard]] const Reputation& reputation() const { return reputation_; }
  [[nodiscard]] const CorePlan& plan() const { return plan_; }

 private:
  Appliance(config::DataplaneConfig config, Surroundings surroundings);
  [[nodiscard]] std::expected<void, std::string> open_ports();
  [[nodiscard]] std::expected<void, std::string> make_engines();
  [[nodiscard]] std::expected<void, std::string> make_cores();
  [[nodiscard]] std::vector<PollPort> ports_of(const CorePlan::Poll& poll) const;
  [[nodiscard]] const Clock& clock() const;
  void note_shed_sources();
  void note_figures();
  void tell_alarms(std::size_t crypto_core);
  void stop_polling();

  // Told in the log and not cleared.
  struct Alarms {
    bool distrusted = false;
    bool stuck = false;
  };

  config::DataplaneConfig config_;
  Surroundings surroundings_;
  SystemClock system_clock_;
  CorePlan plan_;
  std::vector<rte_mempool*> pools_;  // per poll core; EAL's memory, freed with it
  std::vector<std::string> pair_names_;
  std::vector<std::unique_ptr<crypto::Engine>> engines_;  // before publication_: keys must not outlive them
  std::vector<Alarms> alarms_;                            // per crypto core
  Publication publication_;
  WatchBoard watch_board_;
  std::vector<std::unique_ptr<CryptoLink>> links_;  // of the first poll core to each crypto core, of the second …
  std::vector<std::unique_ptr<PollCore>> poll_cores_;
  std::vector<std::unique_ptr<CryptoCore>> crypto_cores_;
  std::vector<Port> ports_;
  std::atomic<bool> stop_polling_{false};
  std::atomic<bool> stop_crypto_{false};
  std::size_t next_recorder_ = 0;  // the poll core whose records are taken first
  ShedSources shed_sources_;
  Reputation reputation_;
  bool running_ = false;
};

}  // namespace stirline::dataplane
