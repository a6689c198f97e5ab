// The chains that tokens point to: asked for by the data plane, fetched, kept, refreshed before their time is over,
// thrown away when it is (STIR-CF-03, STIR-CF-04). The store survives a restart; what is here in memory is the same.
//
// A refresh replaces a chain only if the new one is believed or the old one is not: a repository that breaks for an
// hour costs no call. What is not believed is not refreshed either; the next call that needs it asks again.
//
// Thread: that of the loop. Wall-clock times are seconds since 1970.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "control/certificates/certificate_store.hpp"
#include "control/certificates/fetcher.hpp"
#include "control/certificates/negative_cache.hpp"

namespace stirline::control {

struct KeptChain {
  StoredChain stored;
  std::uint64_t serial = 0;  // another one whenever the certificates are others
};
using KeptChains = std::map<std::string, KeptChain, std::less<>>;  // by URL

// A URL that failed and is not tried again before `until`, seconds since 1970 (STIR-CF-04).
struct DeadUrl {
  std::string url;
  std::int64_t until = 0;
};

enum class KeeperChange : std::uint8_t {
  chains,  // some have come, gone or been replaced
  dead,    // dead() is another: strangers can cause many of these
};

struct KeeperOptions {
  FetcherOptions fetcher;
  StoreLimits limits;             // those of the store
  std::size_t negatives = 8'192;  // failed URLs that are remembered
  std::size_t dead = 4'096;       // of these, the newest that calls are refused for without waiting
  std::uint32_t wanted_per_second = 1'000;
};

struct KeeperCounters {
  std::uint64_t wanted = 0;            // messages of the data plane
  std::uint64_t wanted_known = 0;      // of these: the chain was here already
  std::uint64_t wanted_too_often = 0;  // dropped by the rate limit
  std::uint64_t pausing = 0;           // not fetched, because it failed a moment ago
  std::uint64_t refreshes = 0;         // begun
  std::uint64_t not_replaced = 0;      // refreshed chains that were not believed
  std::uint64_t evicted = 0;           // to make room
  std::uint64_t expired = 0;           // purged
  std::uint64_t store_errors = 0;
};

class CertificateKeeper {
 public:
  // Would a chain with these certificates be believed now?
  using Believed = std::function<bool(const std::string& url, const std::string& pem)>;

  // `changed` is called from the loop.
  using Changed = std::function<void(KeeperChange change)>;
  CertificateKeeper(EventLoop& loop, std::unique_ptr<CertificateStore> store, KeeperOptions options,
                    std::function<std::int64_t()> now, Believed believed, Changed changed);

  // Called with each answer of a server that told the time and whose chain is believed. Set it before load().
  void on_time_told(std::function<void(const FetchResult& result)> told) { time_told_ = std::move(told); }

  // Fills the memory from the store. The error is a sentence; nothing is kept then.
  [[nodiscard]] std::expected<void, std::string> load();

  // A call needs this URL: fetched if it is not here, not under way, and did not fail a moment ago.
  void wanted(const std::string& url);

  // The operator wants it, now, whatever is here.
  void fetch(const std::string& url, Fetcher::Done done);

  // Takes a chain as if `url` had served it; kept to the end of its leaf. The error is a sentence.
  [[nodiscard]] std::expected<void, std::string> import(const std::string& url, std::string_view pem);

  bool forget(const std::string& url);  // false: it was not here

  // From time to time: throws away what is over, refreshes what is due.
  void tick();

  // What a judgement found out, for the order in which chains make room.
  void note_proven(const std::string& url, bool proven);

  // What need not be waited for: URLs that failed a moment ago and whose chain is not here; the newest first.
  [[nodiscard]] std::vector<DeadUrl> dead() const;

  [[nodiscard]] const KeptChains& chains() const { return chains_; }
  [[nodiscard]] CertificateStore& store() { return *store_; }
  [[nodiscard]] const KeeperCounters& counters() const { return counters_; }
  [[nodiscard]] const Fetcher& fetcher() const { return fetcher_; }
  [[nodiscard]] std::size_t negatives() const { return negatives_.size(); }
  [[nodiscard]] const std::string& store_error() const { return store_error_; }  // the last one; may be empty

 private:
  void begin(const std::string& url, Fetcher::Done done);
  void on_result(const std::string& url, const FetchResult& result);
  void on_failure(const std::string& url, const FetchResult& result, std::int64_t now);
  void keep(StoredChain chain);
  void drop(const std::string& url);
  template <typename T>
  bool stored(const std::expected<T, std::string>& done);

  std::unique_ptr<CertificateStore> store_;
  KeeperOptions options_;
  std::function<std::int64_t()> now_;
  Believed believed_;
  Changed changed_;
  std::function<void(const FetchResult& result)> time_told_;
  KeptChains chains_;
  NegativeCache negatives_;
  KeeperCounters counters_;
  std::string store_error_;
  std::uint64_t next_serial_ = 1;
  RateLimit wanted_rate_;
  Fetcher fetcher_;
};

// What an import makes of `pem`; the same offline. The error is a sentence.
[[nodiscard]] std::expected<StoredChain, std::string> make_imported(const std::string& url, std::string_view pem,
                                                                    const X5uRules& rules, std::int64_t now);

}  // namespace stirline::control
