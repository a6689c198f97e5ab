// Sums by trunk and hour that equal the traffic (SPIT-CL-11).
#include "control/accounting/trunk_accounts.hpp"

#include <array>
#include <map>
#include <optional>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/accounting/accounting_command.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::trunk_accounts_test {
namespace {

namespace wire = config::wire;

constexpr std::int64_t kNow = 1'795'000'000;
constexpr std::int64_t kHour = 3'600;

std::string record(std::string_view trunk, std::int64_t time, wire::Decision decision, crypto::Verdict verdict,
                   wire::Flow flow = wire::Flow::from_peer, std::string_view method = "INVITE") {
  wire::CallRecord record;
  record.time = time;
  record.decision = decision;
  record.verdict = verdict;
  record.status = decision == wire::Decision::answered ? 603 : 0;
  record.flow = flow;
  record.trunk = trunk;
  record.in_port = record.out_port = "p";
  record.method = method;
  record.orig = "12025550001";
  record.dest = "12155550001";
  std::array<char, wire::kMaxRecordBytes> octets;
  return {octets.data(), wire::encode_record(record, octets)};
}

TEST(TrunkAccounts, SumsEqualTheTraffic) {  // SPIT-CL-11
  const test::ScratchFolder folder;
  std::mt19937_64 dice(11);
  std::map<std::string, std::uint64_t> sent;
  std::uint64_t all = 0;
  const std::array<std::string_view, 3> trunks{"carrier", "gateway", "transit"};
  std::optional<TrunkAccounts> accounts(TrunkAccounts::open(folder / "accounts.db", 400).value());
  for (int i = 0; i < 5'000; ++i) {
    const std::string_view trunk = trunks[dice() % trunks.size()];
    std::string batch;
    for (std::uint64_t n = dice() % 4; n > 0; --n) {
      batch += record(trunk, kNow + i, static_cast<wire::Decision>(dice() % wire::kDecisions),
                      static_cast<crypto::Verdict>(dice() % 3), static_cast<wire::Flow>(dice() % 2),
                      dice() % 2 == 0 ? "INVITE" : "MESSAGE");
      ++sent[std::string(trunk)];
      ++all;
    }
    accounts->take(batch, kNow + i);
    if (i == 2'500) {  // a restart loses nothing
      accounts.reset();
      accounts.emplace(TrunkAccounts::open(folder / "accounts.db", 400).value());
    }
  }
  std::map<std::string, std::uint64_t> found;
  std::uint64_t hours = 0;
  std::int64_t before = 0;
  const auto every_trunk = accounts->list(0, kNow + 10 * kHour, {}).value();
  for (const CountedAccount& row : every_trunk) {
    EXPECT_EQ(row.account.hour % kHour, 0);
    hours += row.account.hour != before ? 1 : 0;
    before = row.account.hour;
    found[row.account.trunk] += row.messages;
  }
  EXPECT_EQ(found, sent);
  EXPECT_GE(hours, 2U);
  std::uint64_t of_gateway = 0;
  const auto one_trunk = accounts->list(0, kNow + 10 * kHour, "gateway").value();
  for (const CountedAccount& row : one_trunk) {
    EXPECT_EQ(row.account.trunk, "gateway");
    of_gateway += row.messages;
  }
  EXPECT_EQ(of_gateway, sent["gateway"]);
  EXPECT_GT(all, 5'000U);
}

TEST(TrunkAccounts, HoursOfTheirTime) {
  auto accounts = TrunkAccounts::open({}, 1).value();
  const std::int64_t hour = kNow - kNow % kHour;
  accounts.take(record("a", hour, wire::Decision::judged, crypto::Verdict::valid), hour);
  accounts.take(record("a", hour + kHour - 1, wire::Decision::judged, crypto::Verdict::valid), hour);
  accounts.take(record("a", hour + kHour, wire::Decision::judged, crypto::Verdict::valid), hour);
  const auto all = accounts.list(hour, hour + kHour, {}).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].messages, 2U);
  EXPECT_EQ(all[1].account.hour, hour + kHour);
  EXPECT_EQ(accounts.list(hour + 1, hour + kHour, {}).value().size(), 1U) << "an hour is asked for by its beginning";
  accounts.keep(hour + 25 * kHour);
  EXPECT_EQ(accounts.list(0, hour + kHour, {}).value().size(), 1U) << "what is older than a day is gone";
  accounts.take(record("a", hour, wire::Decision::judged, crypto::Verdict::valid).substr(1), hour);
  EXPECT_EQ(accounts.tallies().counted, 3U) << "what is broken is not counted";
}

TEST(TrunkAccounts, AreBounded) {
  auto accounts = TrunkAccounts::open({}, 400).value();
  std::string batch;
  for (int i = 0; i < 100'100; ++i) {  // of trunks that nobody has
    batch += record("t" + std::to_string(i), kNow, wire::Decision::judged, crypto::Verdict::none);
  }
  accounts.take(batch, 0);  // within one second
  EXPECT_EQ(accounts.tallies().counted, 100'000U);
  EXPECT_EQ(accounts.tallies().refused, 100U);
}

TEST(TrunkAccounts, AreToldToTheOperator) {
  auto accounts = TrunkAccounts::open({}, 400).value();
  const std::int64_t hour = kNow - kNow % kHour;
  accounts.take(record("a", kNow, wire::Decision::judged, crypto::Verdict::valid), kNow);
  const auto answer =
      answer_accounting_command(nlohmann::json{{"since", 0}, {"until", kNow}, {"trunk", ""}}.dump(), &accounts);
  EXPECT_EQ(answer.at("result"), "ok");
  EXPECT_EQ(
      answer.at("accounts").dump(),
      R"([{"hour":)" + std::to_string(hour) +
          R"(,"trunk":"a","flow":"from_peer","method":"INVITE","decision":"judged","verdict":"valid","messages":1}])");
  EXPECT_EQ(answer_accounting_command("{}", nullptr).at("result"), "refused");
  EXPECT_EQ(answer_accounting_command("[]", &accounts).at("result"), "refused");
  EXPECT_EQ(answer_accounting_command(R"({"more":1})", &accounts).at("result"), "refused");
}

}  // namespace
}  // namespace stirline::control::trunk_accounts_test
