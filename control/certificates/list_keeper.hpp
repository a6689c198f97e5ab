// What the judgement of chains leans on and is served elsewhere: revocation lists (STIR-CE-09) and the TNAuthLists that
// certificates name by URL (STIR-CE-04). Fetched by the same rules as chains, with limits of their own, kept over
// restarts, refreshed before their time is over.
//
// Which lists are wanted is said from outside: by the configuration and by chains that lead to an anchor, never by a
// stranger's certificate. A revocation list is kept until a newer good one comes, however old it gets; a TNAuthList
// until its time is over. A list that cannot be used leaves the one before in its place.
//
// Thread: that of the loop. Times are seconds since 1970.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "control/certificates/certificate_store.hpp"
#include "control/certificates/fetcher.hpp"
#include "control/certificates/list_name.hpp"

namespace stirline::control {

struct ListKeeperOptions {
  FetcherOptions fetcher;
  std::size_t most = 256;  // lists; what is wanted beyond is not fetched
};

struct ListCounters {
  std::uint64_t fetched = 0;   // and good
  std::uint64_t changed = 0;   // of them, with another content
  std::uint64_t refused = 0;   // fetched and not usable: signature, place, age, form
  std::uint64_t failed = 0;    // not fetched
  std::uint64_t expired = 0;   // TNAuthLists whose time was over
  std::uint64_t too_many = 0;  // wanted beyond the limit
};

// A list that is wanted; `stored.fetched_at` is 0 as long as it is not here.
struct KeptList {
  StoredList stored;
  std::int64_t this_update = 0;             // of a revocation list
  std::optional<std::int64_t> next_update;  // likewise
  std::size_t entries = 0;                  // likewise

  [[nodiscard]] bool here() const { return stored.fetched_at != 0; }
};
// The error, a sentence: its body is damaged.
[[nodiscard]] std::expected<KeptList, std::string> kept_list(StoredList list);

using KeptLists = std::map<ListName, KeptList>;

class ListKeeper {
 public:
  // Who uses the lists.
  struct User {
    // From now on this one, in place of what its URL gave before. The error, a sentence, says why it is not good; the
    // one before is then still in use.
    std::function<std::expected<void, std::string>(const StoredList& list)> take;
    std::function<void(const ListName& name)> drop;  // it is not to be used any more
  };
  using Done = std::function<void(const std::expected<void, std::string>& result)>;

  // `store` outlives this. `changed` is called from the loop when other lists are in use than before.
  ListKeeper(EventLoop& loop, CertificateStore& store, ListKeeperOptions options, std::function<std::int64_t()> now,
             User user, std::function<void()> changed);

  // Fills the memory from the store, without telling the user. The error is a sentence.
  [[nodiscard]] std::expected<void, std::string> load();

  // These and no others. What is not here is fetched, what is not wanted any more is forgotten.
  void want(const std::set<ListName>& names);

  // From time to time: refreshes what is due, drops what is over.
  void tick();

  [[nodiscard]] bool wants(const std::string& url) const;

  // The operator wants it, now. Only what is wanted can be fetched.
  void fetch(const std::string& url, const Done& done);

  [[nodiscard]] const KeptLists& lists() const { return lists_; }
  [[nodiscard]] const ListCounters& counters() const { return counters_; }
  [[nodiscard]] std::uint64_t changes() const { return counters_.changed + counters_.expired; }  // of what is in use

  // What an operator should know: what is missing, or could not be refreshed, and why. The same texts as long as
  // nothing changes.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  void begin(const ListName& name, const Done& done);
  std::expected<void, std::string> on_result(const ListName& name, const FetchResult& result);
  std::expected<void, std::string> use(KeptList& kept, StoredList list);
  void note_failure(KeptList& kept, const std::string& why);
  template <typename T>
  void stored(const std::expected<T, std::string>& done);

  CertificateStore& store_;
  ListKeeperOptions options_;
  std::function<std::int64_t()> now_;
  User user_;
  std::function<void()> changed_;
  KeptLists lists_;
  ListCounters counters_;
  std::string store_error_;
  Fetcher fetcher_;
};

}  // namespace stirline::control
