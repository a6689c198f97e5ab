#include "control/accounting/trunk_accounts.hpp"

#include <array>
#include <utility>

#include <spdlog/spdlog.h>

#include "control/day.hpp"
#include "control/store/database.hpp"

namespace stirline::control {

namespace wire = config::wire;

namespace {

// The numbers of flow, decision and verdict are those of the enums: none may change its order.
constexpr std::array kAccountSteps = {
    "CREATE TABLE account("
    " hour INTEGER NOT NULL, trunk TEXT NOT NULL, flow INTEGER NOT NULL, method TEXT NOT NULL,"
    " decision INTEGER NOT NULL, verdict INTEGER NOT NULL, messages INTEGER NOT NULL,"
    " PRIMARY KEY(hour, trunk, flow, method, decision, verdict)) STRICT, WITHOUT ROWID;"};
constexpr sqlite::Layout kAccountLayout{
    .application_id = 0x53544143, .steps = kAccountSteps, .durability = sqlite::Durability::order};  // "STAC"

constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kFlows = 2;
constexpr std::int64_t kVerdicts = static_cast<std::int64_t>(crypto::Verdict::invalid) + 1;

using sqlite::number;

}  // namespace

std::expected<TrunkAccounts, std::string> TrunkAccounts::open(const std::filesystem::path& file,
                                                              std::uint32_t keep_days) {
  auto connection = sqlite::open_database(file, kAccountLayout, sqlite::Use::create);
  if (!connection) {
    return std::unexpected(file.string() + ": " + connection.error());
  }
  return TrunkAccounts(std::move(*connection), keep_days);
}

TrunkAccounts::~TrunkAccounts() {
  if (connection_ != nullptr) {
    static_cast<void>(write());
  }
}

void TrunkAccounts::take(std::string_view payload, std::int64_t now) {
  while (!payload.empty()) {
    const auto record = wire::decode_record(payload);
    if (!record) {
      break;
    }
    Account account{.hour = record->time - record->time % kHour,
                    .trunk = std::string(record->trunk),
                    .flow = record->flow,
                    .method = std::string(record->method),
                    .decision = record->decision,
                    .verdict = record->verdict};
    const auto known = pending_.find(account);
    if (known == pending_.end() && pending_.size() >= kMostPending) {
      ++tallies_.refused;
      continue;
    }
    ++(known != pending_.end() ? known->second : pending_[std::move(account)]);
    ++tallies_.counted;
  }
  if (now != kept_at_) {
    keep(now);
  }
}

void TrunkAccounts::keep(std::int64_t now) {
  kept_at_ = now;
  auto done = write();
  if (done) {
    done = forget_old(now);
  }
  if (!done) {
    ++tallies_.store_errors;
    spdlog::error("accounting: {}", done.error());
  }
}

// All of it or nothing: what could not be kept is kept the next time.
std::expected<void, std::string> TrunkAccounts::write() {
  if (pending_.empty()) {
    return {};
  }
  sqlite::Transaction all(connection_.get());
  if (!all.begun()) {
    return all.begun();
  }
  for (const auto& [account, messages] : pending_) {
    sqlite::Statement put(connection_.get(),
                          "INSERT INTO account(hour, trunk, flow, method, decision, verdict, messages)"
                          " VALUES(?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET messages = messages + excluded.messages");
    put.bind(account.hour).bind(account.trunk).bind(number(account.flow)).bind(account.method);
    put.bind(number(account.decision)).bind(number(account.verdict));
    if (const auto done = put.bind(number(messages)).run(); !done) {
      return done;
    }
  }
  const auto done = all.commit();
  if (done) {
    pending_.clear();
  }
  return done;
}

std::expected<void, std::string> TrunkAccounts::forget_old(std::int64_t now) {
  if (now >= forgotten_at_ && now - forgotten_at_ < kHour) {
    return {};
  }
  forgotten_at_ = now;
  sqlite::Statement old(connection_.get(), "DELETE FROM account WHERE hour < ?");
  return old.bind(now - std::int64_t{keep_days_} * kDay).run();
}

std::expected<std::vector<CountedAccount>, std::string> TrunkAccounts::list(std::int64_t first, std::int64_t last,
                                                                            std::string_view trunk) {
  if (const auto done = write(); !done) {
    return std::unexpected(done.error());
  }
  const std::string named(trunk);  // never null
  sqlite::Statement select(connection_.get(),
                           "SELECT hour, trunk, flow, method, decision, verdict, messages FROM account"
                           " WHERE hour >= ? AND hour <= ? AND (trunk = ? OR ? = '')"
                           " ORDER BY hour, trunk, flow, method, decision, verdict LIMIT ?");
  select.bind(first).bind(last).bind(named).bind(named).bind(number(kMostRows + 1));
  std::vector<CountedAccount> all;
  while (true) {
    const auto row = select.step();
    if (!row) {
      return std::unexpected(row.error());
    }
    if (!*row) {
      return all;
    }
    if (select.integer(2) >= kFlows || select.integer(4) >= number(wire::kDecisions) ||
        select.integer(5) >= kVerdicts) {
      continue;  // of a program with more of them
    }
    all.push_back({.account = {.hour = select.integer(0),
                               .trunk = select.text(1),
                               .flow = static_cast<wire::Flow>(select.integer(2)),
                               .method = select.text(3),
                               .decision = static_cast<wire::Decision>(select.integer(4)),
                               .verdict = static_cast<crypto::Verdict>(select.integer(5))},
                   .messages = static_cast<std::uint64_t>(select.integer(6))});
  }
}

}  // namespace stirline::control
