#include "control/certificates/certificate_report.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "crypto_workers/certificate/tn_auth_list.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

Json describe_entry(const crypto::TnEntry& entry) {
  switch (entry.kind) {
    case crypto::TnEntry::Kind::spc:
      return {{"spc", entry.value}};
    case crypto::TnEntry::Kind::range:
      return {{"first", entry.value}, {"count", entry.count}};
    case crypto::TnEntry::Kind::one:
      break;
  }
  return {{"number", entry.value}};
}

}  // namespace

Json describe_chain(const StoredChain& chain, const ChainJudgement* judgement) {
  Json described{{"x5u", chain.url}, {"source", to_string(chain.source)}, {"standing", nullptr}};
  if (judgement != nullptr) {
    described["standing"] = crypto::facts(judgement->record.standing).name;
    described["not_after"] = judgement->record.not_after;
  }
  described["fetched_at"] = chain.fetched_at;
  described["refresh_at"] = chain.refresh_at;
  described["keep_until"] = chain.keep_until;
  described["last_error"] = chain.last_error;
  return described;
}

Json describe_chain_fully(const StoredChain& chain, const ChainJudgement* judgement) {
  Json described = describe_chain(chain, judgement);
  described["content_type"] = chain.content_type;
  if (judgement != nullptr) {
    described["text"] = judgement->text;
    described["not_before"] = judgement->record.not_before;
    Json scope = Json::array();
    for (const crypto::TnEntry& entry : judgement->record.scope) {
      scope.push_back(describe_entry(entry));
    }
    described["scope"] = std::move(scope);
  }
  described["pem"] = chain.pem;
  return described;
}

Json fetch_status(const CertificateKeeper& keeper) {
  const Fetcher& fetcher = keeper.fetcher();
  const KeeperCounters& kept = keeper.counters();
  const FetchCounters& fetched = fetcher.counters();
  Json outcomes = Json::object();
  for (std::size_t i = 0; i < kFetchOutcomes; ++i) {
    outcomes[std::string(facts(static_cast<FetchOutcome>(i)).name)] = fetched.ended[i];
  }
  return {{"kept", keeper.chains().size()},
          {"in_flight", fetcher.in_flight()},
          {"waiting", fetcher.waiting()},
          {"pausing_urls", keeper.negatives()},
          {"dead_urls", keeper.dead().size()},
          {"wanted", kept.wanted},
          {"wanted_known", kept.wanted_known},
          {"wanted_too_often", kept.wanted_too_often},
          {"wanted_pausing", kept.pausing},
          {"joined", fetched.joined},
          {"begun", fetched.begun},
          {"with_socket", fetched.with_socket},
          {"most_in_flight", fetched.most_in_flight},
          {"another_type", fetched.another_type},
          {"refreshes", kept.refreshes},
          {"not_replaced", kept.not_replaced},
          {"evicted", kept.evicted},
          {"expired", kept.expired},
          {"store_errors", kept.store_errors},
          {"store_error", keeper.store_error()},
          {"outcomes", outcomes}};
}

Json describe_list(const KeptList& list, std::int64_t now) {
  const auto time = [](std::int64_t value, bool there) { return there ? Json(value) : Json(nullptr); };
  const bool revocation = list.stored.name.kind == ListKind::revocation;
  return {{"url", list.stored.name.url},
          {"kind", to_string(list.stored.name.kind)},
          {"fetched_at", time(list.stored.fetched_at, list.here())},
          {"age_seconds", time(now - list.stored.fetched_at, list.here())},
          {"refresh_at", list.stored.refresh_at},
          {"keep_until", time(list.stored.keep_until, list.here() && !revocation)},
          {"this_update", time(list.this_update, list.here() && revocation)},
          {"next_update", time(list.next_update.value_or(0), list.next_update.has_value())},
          {"entries", list.here() && revocation ? Json(list.entries) : Json(nullptr)},
          {"last_error", list.stored.last_error}};
}

Json describe_lists(const KeptLists& lists, std::int64_t now) {
  Json rows = Json::array();
  for (const auto& [name, list] : lists) {
    rows.push_back(describe_list(list, now));
  }
  return rows;
}

Json list_status(const ListKeeper& lists, std::size_t stale) {
  const ListCounters& counters = lists.counters();
  const auto here = std::ranges::count_if(lists.lists(), [](const auto& list) { return list.second.here(); });
  return {{"wanted", lists.lists().size()},
          {"kept", here},
          {"stale", stale},
          {"fetched", counters.fetched},
          {"changed", counters.changed},
          {"refused", counters.refused},
          {"failed", counters.failed},
          {"expired", counters.expired},
          {"too_many", counters.too_many}};
}

}  // namespace stirline::control
