// The chains that were fetched or imported, by exact URL, and the lists that their judgement leans on, kept so that
// they survive a restart (STIR-CF-03).
//
// An interface, because a fleet of appliances will share a store one day (design.md 1); SQLite is the one there is. A
// store is a cache: losing it costs fetches, never calls, so errors are told and the daemon goes on from memory. One
// thread. Errors are sentences with the file's name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "control/certificates/list_name.hpp"
#include "control/store/database.hpp"

namespace stirline::control {

enum class ChainSource : std::uint8_t { fetched = 0, imported = 1 };
[[nodiscard]] std::string_view to_string(ChainSource source);

struct StoredChain {
  std::string url = {};
  std::string pem = {};  // at most 64 KiB
  std::string content_type = {};
  std::int64_t fetched_at = 0;  // or imported; seconds since 1970
  std::int64_t refresh_at = 0;
  std::int64_t keep_until = 0;
  ChainSource source = ChainSource::fetched;
  bool proven = false;          // it validated when it was last judged: such chains are the last to make room
  std::string last_error = {};  // of a refresh that failed; empty: none
  friend bool operator==(const StoredChain&, const StoredChain&) = default;
};

// A revocation list or a TNAuthList by reference.
struct StoredList {
  ListName name = {};
  std::string body = {};  // at most 16 MiB
  std::int64_t fetched_at = 0;
  std::int64_t refresh_at = 0;
  std::int64_t keep_until = 0;
  std::string last_error = {};  // of a refresh that failed; empty: none
  friend bool operator==(const StoredList&, const StoredList&) = default;
};

struct StoreLimits {
  std::size_t entries = 10'000;
  std::size_t octets = std::size_t{64} << 20;  // of all PEM texts
};

class CertificateStore {
 public:
  template <typename T>
  using Result = std::expected<T, std::string>;

  virtual ~CertificateStore() = default;
  CertificateStore(const CertificateStore&) = delete;
  CertificateStore& operator=(const CertificateStore&) = delete;

  [[nodiscard]] virtual Result<std::vector<StoredChain>> load() const = 0;  // all, by URL

  // Inserts or replaces, then makes room: what never validated goes first, then what was fetched, then what was
  // imported; of equals the oldest; never `chain` itself. All of it or nothing is done. Returns the URLs that went.
  [[nodiscard]] virtual Result<std::vector<std::string>> put(const StoredChain& chain) = 0;

  // Notes on a chain that is there; no effect if it is not.
  [[nodiscard]] virtual Result<void> note_error(const std::string& url, const std::string& error,
                                                std::int64_t refresh_at) = 0;
  [[nodiscard]] virtual Result<void> note_proven(const std::string& url, bool proven) = 0;

  [[nodiscard]] virtual Result<bool> forget(const std::string& url) = 0;  // false: it was not there

  // Forgets all chains that may not be kept at `now`; returns their URLs.
  [[nodiscard]] virtual Result<std::vector<std::string>> purge(std::int64_t now) = 0;

  // Lists do not count for the limits: whoever puts them has his own.
  [[nodiscard]] virtual Result<std::vector<StoredList>> load_lists() const = 0;  // all, by kind and URL
  [[nodiscard]] virtual Result<void> put_list(const StoredList& list) = 0;       // inserts or replaces
  [[nodiscard]] virtual Result<void> note_list_error(const ListName& name, const std::string& error,
                                                     std::int64_t refresh_at) = 0;
  [[nodiscard]] virtual Result<void> forget_list(const ListName& name) = 0;

 protected:
  CertificateStore() = default;
};

// Opens the file for this process alone; an empty path is a store in memory. Files that are not ours, of another
// version, damaged, or in use by another process are errors.
[[nodiscard]] std::expected<std::unique_ptr<CertificateStore>, std::string> open_sqlite_store(
    const std::filesystem::path& file, const StoreLimits& limits, sqlite::Use use = sqlite::Use::create);

}  // namespace stirline::control
