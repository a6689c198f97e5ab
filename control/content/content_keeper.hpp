// Makes the table of trained corpora for packet cores out of the store, again when somebody has trained, of whatever
// process, and takes out what nobody has trained with for long (SPIT-CL-01).
//
// On a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "control/content/content_store.hpp"
#include "control/policy/rule_keeper.hpp"

namespace stirline::control::content {

// What is counted; written by the keeper, read by any thread.
struct ContentTallies {
  std::atomic<std::uint64_t> corpora = 0;
  std::atomic<std::uint64_t> tokens = 0;  // in the table
  std::atomic<std::uint64_t> octets = 0;  // of the table
  std::atomic<std::uint64_t> tables = 0;  // made
  std::atomic<std::uint64_t> forgotten = 0;
  std::atomic<std::uint64_t> store_errors = 0;
};

struct ContentOptions {
  std::function<std::int64_t()> now;  // seconds since 1970; any thread
  config::policy::content::ContentSettings settings = {};
  std::vector<TrunkCorpus> trunks = {};
  std::int64_t most_tokens = 1'000'000;
  std::int64_t forget_days = 180;
  std::chrono::milliseconds look{1'000};                    // how often it is looked for changes
  std::function<void(policy::SharedTable table)> on_table;  // called on the keeper's thread
};

class ContentKeeper {
 public:
  // Begins to make the first table.
  ContentKeeper(std::unique_ptr<ContentStore> store, ContentOptions options);
  ~ContentKeeper();
  ContentKeeper(const ContentKeeper&) = delete;
  ContentKeeper& operator=(const ContentKeeper&) = delete;

  [[nodiscard]] const ContentTallies& tallies() const { return tallies_; }

 private:
  void run(const std::stop_token& stop);
  void look();
  [[nodiscard]] bool make_table();
  void forget();
  void fail(const std::string& error);

  std::unique_ptr<ContentStore> store_;
  ContentOptions options_;
  ContentTallies tallies_;
  std::optional<std::int64_t> seen_;  // the change that the table has
  std::int64_t forgotten_day_ = 0;
  bool failing_ = false;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace stirline::control::content
