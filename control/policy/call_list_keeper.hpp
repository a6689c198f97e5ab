// Keeps the lists that calls are asked about: makes the table of packet cores out of the store, again whenever somebody
// has changed the operator's entries, tells whose contacts have changed, notes the contacts that calls have made, and
// takes out what has ended (SPIT-CL-02, SPIT-CL-03, SPIT-FW-10).
//
// On a thread of its own, for a table of ten million entries takes its time. Other processes may change the store.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "config/policy/identity_key.hpp"
#include "config/policy/list_table.hpp"
#include "control/policy/list_store.hpp"
#include "control/policy/rule_keeper.hpp"

namespace stirline::control::policy {

inline constexpr std::string_view kLearned = "outbound";  // the origin of contacts that calls have made (SPIT-FW-07)

// What is counted; written by the keeper and by whoever learns, read by any thread.
struct CallListTallies {
  std::atomic<std::uint64_t> entries = 0;       // in the table: single subjects, stretches of numbers
  std::atomic<std::uint64_t> octets = 0;        // of the table
  std::atomic<std::uint64_t> tables = 0;        // made
  std::atomic<std::uint64_t> learned = 0;       // contacts that are new, or last longer
  std::atomic<std::uint64_t> not_learned = 0;   // for want of room or of an identity
  std::atomic<std::uint64_t> ended = 0;         // entries that have been taken out
  std::atomic<std::uint64_t> store_errors = 0;  // times that the store could not be read or written
};

struct CallListOptions {
  std::function<std::int64_t()> now;  // seconds since 1970; any thread
  config::policy::KeySecret secret = {};
  config::policy::ListSettings settings = {};
  std::int64_t learned_seconds = 90 * 86'400;       // how long a contact lasts from the last call on (SPIT-FW-10)
  std::int64_t most_contacts = 10'000;              // of one user: beyond that none is learned
  std::chrono::milliseconds look{1'000};            // how often it is looked for changes
  std::chrono::milliseconds coalesce{500};          // contacts learned within it are written together
  std::chrono::seconds clean_after{3'600};          // what has ended is taken out
  std::int64_t seen = 0;                            // number of the last change whose contacts are known already
  std::function<void(SharedTable table)> on_table;  // these are called on the keeper's thread
  std::function<void(std::vector<std::string> identities)> on_contacts;
};

class CallListKeeper {
 public:
  // Begins to make the first table.
  CallListKeeper(std::unique_ptr<ListStore> store, CallListOptions options);
  ~CallListKeeper();
  CallListKeeper(const CallListKeeper&) = delete;
  CallListKeeper& operator=(const CallListKeeper&) = delete;

  // `user` has called or written to `contact`, and was answered: both canonical identities, as packet cores tell them.
  // Any thread; never waits for the store.
  void learn(std::string_view user, std::string_view contact);

  [[nodiscard]] const CallListTallies& tallies() const { return tallies_; }

 private:
  static constexpr std::size_t kMostWaiting = 65'536;  // contacts that are to be written

  using Learned = std::map<std::pair<std::string, std::string>, std::int64_t>;  // user, contact: until when

  void run(const std::stop_token& stop);
  [[nodiscard]] Learned wait_for_work(const std::stop_token& stop);
  void keep(Learned learned);
  void look();
  [[nodiscard]] bool make_table();
  void clean();
  void put_back(Learned learned);
  void fail(std::string_view what, const std::string& why);

  const std::unique_ptr<ListStore> store_;
  const CallListOptions options_;
  CallListTallies tallies_;

  // The thread's own.
  std::int64_t seen_ = 0;   // number of the last change
  bool has_table_ = false;  // as the store has it
  bool failing_ = false;    // has been told
  std::int64_t cleaned_at_ = 0;

  std::mutex mutex_;  // of these
  std::condition_variable_any wake_;
  Learned waiting_;

  std::jthread thread_;  // last: it stops before the rest goes
};

}  // namespace stirline::control::policy
