#include "control/certificates/list_keeper.hpp"

#include <algorithm>
#include <limits>
#include <ranges>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "control/day.hpp"
#include "crypto_workers/certificate/revocation.hpp"

namespace stirline::control {

namespace {

constexpr std::int64_t kTryAgain = 60;     // after a failure
constexpr std::int64_t kLeastPause = 600;  // before a list is refreshed that says it is over already
constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

// Before nextUpdate and at least daily, with some time left for a server that is away (STIR-CE-09).
std::int64_t refresh_of(std::int64_t now, const std::optional<std::int64_t>& next_update) {
  const std::int64_t left = next_update ? std::min(*next_update - now, kDay) : kDay;
  return now + std::max(left - left / 8, kLeastPause);
}

}  // namespace

std::expected<KeptList, std::string> kept_list(StoredList list) {
  KeptList kept;
  if (list.name.kind == ListKind::revocation) {
    const auto facts = crypto::read_revocation_list(list.body);
    if (!facts) {
      return std::unexpected(fmt::format("the revocation list of {} is damaged: {}", list.name.url, facts.error()));
    }
    kept.this_update = facts->this_update;
    kept.next_update = facts->next_update;
    kept.entries = facts->entries;
  }
  kept.stored = std::move(list);
  return kept;
}

ListKeeper::ListKeeper(EventLoop& loop, CertificateStore& store, ListKeeperOptions options,
                       std::function<std::int64_t()> now, User user, std::function<void()> changed)
    : store_(store),
      options_(std::move(options)),
      now_(std::move(now)),
      user_(std::move(user)),
      changed_(std::move(changed)),
      fetcher_(loop, options_.fetcher) {}

std::expected<void, std::string> ListKeeper::load() {
  auto loaded = store_.load_lists();
  if (!loaded) {
    return std::unexpected(std::move(loaded.error()));
  }
  for (StoredList& list : *loaded) {
    const ListName name = list.name;
    auto kept = kept_list(std::move(list));
    if (!kept) {
      return std::unexpected(std::move(kept.error()));
    }
    lists_.insert_or_assign(name, *std::move(kept));
  }
  return {};
}

template <typename T>
void ListKeeper::stored(const std::expected<T, std::string>& done) {
  if (!done && store_error_ != done.error()) {
    store_error_ = done.error();
    spdlog::error("certificate store: {}", store_error_);
  }
}

void ListKeeper::want(const std::set<ListName>& names) {
  std::vector<ListName> gone;
  for (const auto& [name, kept] : lists_) {
    if (!names.contains(name)) {
      gone.push_back(name);
    }
  }
  for (const ListName& name : gone) {
    if (lists_.at(name).here()) {
      user_.drop(name);
      stored(store_.forget_list(name));
    }
    lists_.erase(name);
  }
  for (const ListName& name : names) {
    if (lists_.contains(name)) {
      continue;
    }
    if (lists_.size() >= options_.most) {
      ++counters_.too_many;
      continue;
    }
    lists_[name].stored.name = name;
    begin(name, nullptr);
  }
}

void ListKeeper::tick() {
  const std::int64_t now = now_();
  bool over = false;
  std::vector<ListName> due;
  for (auto& [name, kept] : lists_) {
    if (kept.here() && kept.stored.keep_until < now) {
      ++counters_.expired;
      user_.drop(name);
      stored(store_.forget_list(name));
      KeptList gone;
      gone.stored.name = name;
      gone.stored.last_error = kept.stored.last_error;
      kept = std::move(gone);
      over = true;
    }
    if (options_.fetcher.enabled && kept.stored.refresh_at <= now) {
      due.push_back(name);
    }
  }
  if (over) {
    changed_();
  }
  for (const ListName& name : due) {
    begin(name, nullptr);
  }
}

bool ListKeeper::wants(const std::string& url) const {
  return std::ranges::any_of(lists_, [&](const auto& list) { return list.first.url == url; });
}

void ListKeeper::fetch(const std::string& url, const Done& done) {
  for (const auto& name : std::views::keys(lists_)) {
    if (name.url == url) {
      const ListName wanted = name;  // what is fetched may be gone before it is here
      begin(wanted, done);
      return;
    }
  }
  done(std::unexpected(fmt::format("no list is wanted from {}", url)));
}

void ListKeeper::begin(const ListName& name, const Done& done) {
  if (fetcher_.busy_with(name.url) && done == nullptr) {
    return;
  }
  fetcher_.fetch(name.url, [this, name, done](const FetchResult& result) {
    const auto used = on_result(name, result);
    if (done != nullptr) {
      done(used);
    }
  });
}

std::expected<void, std::string> ListKeeper::on_result(const ListName& name, const FetchResult& result) {
  const auto found = lists_.find(name);
  if (found == lists_.end()) {
    return std::unexpected("it is not wanted any more");
  }
  KeptList& kept = found->second;
  if (result.outcome != FetchOutcome::fetched) {
    ++counters_.failed;
    note_failure(kept, to_text(result));
    return std::unexpected(to_text(result));
  }
  const std::int64_t now = now_();
  StoredList list;
  list.name = name;
  list.fetched_at = now;
  list.body = result.body;
  list.keep_until = kForever;
  if (name.kind == ListKind::numbers) {
    const KeepTimes times = keep_times(result.caching, now, kForever);
    list.refresh_at = times.refresh_at;
    list.keep_until = times.keep_until;
  }
  const auto used = use(kept, std::move(list));
  if (!used) {
    ++counters_.refused;
    note_failure(kept, used.error());
  }
  return used;
}

std::expected<void, std::string> ListKeeper::use(KeptList& kept, StoredList list) {
  KeptList fresh;
  if (list.name.kind == ListKind::revocation) {
    auto facts = crypto::read_revocation_list(list.body);
    if (!facts) {
      return std::unexpected(std::move(facts.error()));
    }
    if (kept.here() && facts->this_update < kept.this_update) {
      return std::unexpected("the revocation list is older than the one that is kept");
    }
    list.body = std::move(facts->pem);
    list.refresh_at = refresh_of(list.fetched_at, facts->next_update);
    fresh.this_update = facts->this_update;
    fresh.next_update = facts->next_update;
    fresh.entries = facts->entries;
  }
  const bool same = kept.here() && kept.stored.body == list.body;
  if (!same) {
    if (auto taken = user_.take(list); !taken) {
      return taken;
    }
  }
  ++counters_.fetched;
  counters_.changed += same ? 0U : 1U;
  stored(store_.put_list(list));
  fresh.stored = std::move(list);
  kept = std::move(fresh);
  if (!same) {
    spdlog::info("the {} of {} was taken into use", to_string(kept.stored.name.kind), kept.stored.name.url);
    changed_();
  }
  return {};
}

void ListKeeper::note_failure(KeptList& kept, const std::string& why) {
  const ListName& name = kept.stored.name;
  if (kept.stored.last_error != why) {
    spdlog::warn("the {} of {}: {}", to_string(name.kind), name.url, why);
  }
  kept.stored.last_error = why;
  kept.stored.refresh_at = now_() + kTryAgain;
  if (kept.here()) {
    stored(store_.note_list_error(name, why, kept.stored.refresh_at));
  }
}

std::vector<std::string> ListKeeper::warnings() const {
  std::vector<std::string> warnings;
  for (const auto& [name, kept] : lists_) {
    if (!kept.here()) {
      warnings.push_back(fmt::format("the {} of {} is not there: {}", to_string(name.kind), name.url,
                                     kept.stored.last_error.empty() ? "it is being fetched" : kept.stored.last_error));
    } else if (!kept.stored.last_error.empty()) {
      warnings.push_back(
          fmt::format("the {} of {} was not refreshed: {}", to_string(name.kind), name.url, kept.stored.last_error));
    }
  }
  return warnings;
}

}  // namespace stirline::control
