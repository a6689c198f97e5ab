#include "control/certificates/certificate_keeper.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "config/text_rules.hpp"

namespace stirline::control {

namespace {

// Outcomes that say nothing about the URL or its server: they begin no pause.
bool is_our_own(FetchOutcome outcome) {
  return outcome == FetchOutcome::queue_full || outcome == FetchOutcome::switched_off ||
         outcome == FetchOutcome::pausing;
}

}  // namespace

std::expected<StoredChain, std::string> make_imported(const std::string& url, std::string_view pem,
                                                      const X5uRules& rules, std::int64_t now) {
  if (const auto judged = judge_x5u(url, rules); !judged) {
    return std::unexpected(std::string(sentence(judged.error())));
  }
  auto body = read_chain_body(pem, kChainContentType, false);
  if (!body) {
    return std::unexpected(std::move(body.error()));
  }
  if (body->leaf_not_after < now) {
    return std::unexpected("its first certificate has expired");
  }
  StoredChain chain;
  chain.url = url;
  chain.pem = std::move(body->pem);
  chain.content_type = kChainContentType;
  chain.fetched_at = now;
  chain.refresh_at = keep_times({}, now, body->leaf_not_after).refresh_at;
  chain.keep_until = body->leaf_not_after;
  chain.source = ChainSource::imported;
  return chain;
}

CertificateKeeper::CertificateKeeper(EventLoop& loop, std::unique_ptr<CertificateStore> store, KeeperOptions options,
                                     std::function<std::int64_t()> now, Believed believed, Changed changed)
    : store_(std::move(store)),
      options_(std::move(options)),
      now_(std::move(now)),
      believed_(std::move(believed)),
      changed_(std::move(changed)),
      negatives_(options_.negatives),
      wanted_rate_(options_.wanted_per_second, EventLoop::Clock::now()),
      fetcher_(loop, options_.fetcher) {}

std::expected<void, std::string> CertificateKeeper::load() {
  if (const auto purged = store_->purge(now_()); !purged) {
    return std::unexpected(purged.error());
  }
  auto loaded = store_->load();
  if (!loaded) {
    return std::unexpected(std::move(loaded.error()));
  }
  for (StoredChain& chain : *loaded) {
    const std::string url = chain.url;
    chains_.insert_or_assign(url, KeptChain{std::move(chain), next_serial_++});
  }
  return {};
}

template <typename T>
bool CertificateKeeper::stored(const std::expected<T, std::string>& done) {
  if (!done) {
    ++counters_.store_errors;
    if (store_error_ != done.error()) {
      store_error_ = done.error();
      spdlog::error("certificate store: {}", store_error_);
    }
  }
  return done.has_value();
}

void CertificateKeeper::wanted(const std::string& url) {
  ++counters_.wanted;
  if (!wanted_rate_.take(EventLoop::Clock::now())) {
    ++counters_.wanted_too_often;
    return;
  }
  if (chains_.contains(url)) {
    ++counters_.wanted_known;
    return;
  }
  if (negatives_.seconds_left(url, now_()) > 0) {
    ++counters_.pausing;
    return;
  }
  begin(url, [](const FetchResult&) {});
}

void CertificateKeeper::fetch(const std::string& url, Fetcher::Done done) {
  begin(url, std::move(done));
}

void CertificateKeeper::begin(const std::string& url, Fetcher::Done done) {
  if (fetcher_.busy_with(url)) {
    fetcher_.fetch(url, std::move(done));
    return;
  }
  // The first to wait keeps the chain, so that those behind find it kept.
  fetcher_.fetch(url, [this, url, done = std::move(done)](const FetchResult& result) {
    on_result(url, result);
    done(result);
  });
}

void CertificateKeeper::on_result(const std::string& url, const FetchResult& result) {
  const std::int64_t now = now_();
  if (result.outcome != FetchOutcome::fetched) {
    on_failure(url, result, now);
    return;
  }
  StoredChain chain;
  chain.url = url;
  chain.pem = result.chain.pem;
  chain.content_type = result.content_type;
  chain.fetched_at = now;
  const KeepTimes times = keep_times(result.caching, now, result.chain.leaf_not_after);
  chain.refresh_at = times.refresh_at;
  chain.keep_until = times.keep_until;
  if (times.keep_until < now) {
    FetchResult expired;
    expired.outcome = FetchOutcome::no_chain;
    expired.detail = "its first certificate has expired";
    on_failure(url, expired, now);
    return;
  }
  if (!is_content_type(chain.content_type, kChainContentType)) {
    spdlog::debug("{} is served as \"{}\"", url, chain.content_type);
  }
  negatives_.forget(url);
  chain.proven = believed_(url, chain.pem);
  if (chain.proven && result.server_time && time_told_) {
    time_told_(result);
  }
  const auto before = chains_.find(url);
  if (before != chains_.end() && before->second.stored.proven && !chain.proven) {
    ++counters_.not_replaced;
    FetchResult worse;
    worse.outcome = FetchOutcome::no_chain;
    worse.detail = "the new chain is not believed, the old one is kept";
    on_failure(url, worse, now);
    return;
  }
  keep(std::move(chain));
}

void CertificateKeeper::on_failure(const std::string& url, const FetchResult& result, std::int64_t now) {
  if (is_our_own(result.outcome)) {
    return;
  }
  negatives_.failed(url, now);
  const auto found = chains_.find(url);
  if (found == chains_.end()) {
    spdlog::debug("{}: {}", url, to_text(result));
    changed_(KeeperChange::dead);
    return;
  }
  StoredChain& kept = found->second.stored;
  kept.last_error = to_text(result);
  kept.refresh_at = now + negatives_.seconds_left(url, now);
  spdlog::warn("{} was not refreshed: {}", url, kept.last_error);
  stored(store_->note_error(url, kept.last_error, kept.refresh_at));
}

void CertificateKeeper::keep(StoredChain chain) {
  const auto before = chains_.find(chain.url);
  const bool same = before != chains_.end() && before->second.stored.pem == chain.pem;
  const auto gone = store_->put(chain);
  if (stored(gone)) {
    for (const std::string& url : *gone) {
      counters_.evicted += chains_.erase(url);
    }
  } else if (before == chains_.end() && chains_.size() >= options_.limits.entries) {
    return;
  }
  const std::uint64_t serial = same ? before->second.serial : next_serial_++;
  const std::string url = chain.url;
  chains_.insert_or_assign(url, KeptChain{std::move(chain), serial});
  if (!same || (gone && !gone->empty())) {
    changed_(KeeperChange::chains);
  }
}

std::expected<void, std::string> CertificateKeeper::import(const std::string& url, std::string_view pem) {
  auto chain = make_imported(url, pem, options_.fetcher.rules, now_());
  if (!chain) {
    return std::unexpected(std::move(chain.error()));
  }
  chain->proven = believed_(url, chain->pem);
  negatives_.forget(url);
  keep(std::move(*chain));
  return {};
}

bool CertificateKeeper::forget(const std::string& url) {
  if (negatives_.forget(url)) {
    changed_(KeeperChange::dead);
  }
  stored(store_->forget(url));
  if (chains_.erase(url) == 0) {
    return false;
  }
  changed_(KeeperChange::chains);
  return true;
}

std::vector<DeadUrl> CertificateKeeper::dead() const {
  std::vector<DeadUrl> dead;
  negatives_.each_pausing(now_(), [&](const std::string& url, std::int64_t until) {
    // The operator may have asked for anything; calls ask for URIs only.
    if (!chains_.contains(url) && config::is_uri_text(url)) {
      dead.push_back({url, until});
    }
    return dead.size() < options_.dead;
  });
  return dead;
}

void CertificateKeeper::tick() {
  const std::int64_t now = now_();
  const std::size_t expired =
      std::erase_if(chains_, [&](const auto& chain) { return chain.second.stored.keep_until < now; });
  if (expired > 0) {
    counters_.expired += expired;
    stored(store_->purge(now));
    changed_(KeeperChange::chains);
  }
  if (!options_.fetcher.enabled) {
    return;
  }
  std::vector<std::pair<std::int64_t, std::string>> due;
  for (const auto& [url, chain] : chains_) {
    if (chain.stored.proven && chain.stored.refresh_at <= now && !fetcher_.busy_with(url)) {
      due.emplace_back(chain.stored.keep_until, url);
    }
  }
  // Those that end first go first; half of the queue is left for calls.
  std::ranges::sort(due);
  for (const auto& [keep_until, url] : due) {
    if (fetcher_.waiting() >= options_.fetcher.limits.queue / 2) {
      break;
    }
    ++counters_.refreshes;
    begin(url, [](const FetchResult&) {});
  }
}

void CertificateKeeper::note_proven(const std::string& url, bool proven) {
  const auto found = chains_.find(url);
  if (found != chains_.end() && found->second.stored.proven != proven) {
    found->second.stored.proven = proven;
    stored(store_->note_proven(url, proven));
  }
}

}  // namespace stirline::control
