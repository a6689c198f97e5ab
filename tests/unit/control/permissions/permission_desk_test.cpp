// Who may reach whom, kept within bounds (SPIT-CO-01, SPIT-CO-05, SPIT-CO-07, SPIT-PY-02).
#include "control/permissions/permission_desk.hpp"

#include <atomic>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "config/wire/call_record.hpp"
#include "control/permissions/challenge_records.hpp"
#include "control/permissions/permission_command.hpp"
#include "control/permissions/permission_contacts.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::permission_desk_test {
namespace {

using Asked = PermissionDesk::Asked;

constexpr std::int64_t kNow = 1'795'000'000;
const std::string kBob = "sip:bob@example.com";
const std::string kCarol = "12155550122";

std::string stranger(unsigned number) {
  return std::to_string(12'025'550'000U + number);
}

class Desk : public ::testing::Test {
 protected:
  void open(const PermissionLimits& limits = {}, const std::filesystem::path& file = {}) {
    desk_.reset();
    auto opened = PermissionDesk::open(file, [this] { return now_.load(); }, limits);
    ASSERT_TRUE(opened) << opened.error();
    desk_ = std::move(*opened);
    desk_->on_change([this](const std::string& called) { told_.push_back(called); });
  }
  std::vector<Permission> list(const std::string& called) {
    const auto all = desk_->list(called);
    EXPECT_TRUE(all) << (all ? "" : all.error());
    return all.value_or(std::vector<Permission>());
  }
  bool settle(const std::string& caller, PermissionState state, std::int64_t seconds = 0) {
    return desk_->settle(kBob, caller, state, seconds, kBob).value();
  }

  std::atomic<std::int64_t> now_ = kNow;
  std::unique_ptr<PermissionDesk> desk_;
  std::vector<std::string> told_;
};

TEST_F(Desk, AThousandAttemptsAreOneQuestion) {  // SPIT-CO-05
  open();
  EXPECT_EQ(desk_->ask(kBob, stranger(1), "verified-A"), Asked::noted);
  for (int i = 0; i < 999; ++i) {
    EXPECT_EQ(desk_->ask(kBob, stranger(1), "asserted"), Asked::open);
  }
  const auto all = list(kBob);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].caller, stranger(1));
  EXPECT_EQ(all[0].state, PermissionState::pending);
  EXPECT_EQ(all[0].verdict, "verified-A") << "as he was known when he asked first";
  EXPECT_EQ(all[0].asked, kNow);
  EXPECT_EQ(desk_->tallies().asked, 1U);
  EXPECT_EQ(desk_->tallies().repeated, 999U);
  EXPECT_TRUE(told_.empty()) << "nothing is settled";
  EXPECT_TRUE(list(kCarol).empty());
}

TEST_F(Desk, SoManyStrangersADay) {  // SPIT-CO-05: a cap for each called user
  open({.new_per_day = 3, .new_per_second = 1'000});
  for (unsigned i = 0; i < 100; ++i) {
    EXPECT_EQ(desk_->ask(kBob, stranger(i), "signed"), i < 3 ? Asked::noted : Asked::over_limit);
  }
  EXPECT_EQ(list(kBob).size(), 3U);
  EXPECT_EQ(desk_->ask(kCarol, stranger(50), "signed"), Asked::noted) << "Carol has a day of her own";
  EXPECT_TRUE(settle(stranger(0), PermissionState::denied));
  EXPECT_EQ(desk_->ask(kBob, stranger(50), "signed"), Asked::over_limit) << "an answer makes no room";
  now_ += 86'400;
  EXPECT_EQ(desk_->ask(kBob, stranger(50), "signed"), Asked::noted);
}

TEST_F(Desk, SoManyOpenQuestionsAndSoManyASecond) {  // SPIT-CO-05
  open({.new_per_day = 1'000, .pending = 5, .new_per_second = 2});
  EXPECT_EQ(desk_->ask(kBob, stranger(1), "signed"), Asked::noted);
  EXPECT_EQ(desk_->ask(kCarol, stranger(1), "signed"), Asked::noted);
  EXPECT_EQ(desk_->ask(kCarol, stranger(2), "signed"), Asked::over_limit) << "two of all users in one second";
  for (unsigned i = 2; i < 20; ++i) {
    ++now_;
    EXPECT_EQ(desk_->ask(kBob, stranger(i), "signed"), i < 6 ? Asked::noted : Asked::over_limit) << i;
  }
  EXPECT_EQ(list(kBob).size(), 5U);
}

TEST_F(Desk, SoManyAltogether) {  // SPIT-CO-05
  open({.all = 2});
  EXPECT_EQ(desk_->ask(kBob, stranger(1), "signed"), Asked::noted);
  EXPECT_EQ(desk_->ask(kCarol, stranger(1), "signed"), Asked::noted);
  EXPECT_EQ(desk_->ask("12155550199", stranger(1), "signed"), Asked::over_limit);
}

TEST_F(Desk, AnAnswerIsKeptForItsTime) {  // SPIT-CO-01
  open({.denied_seconds = 100});
  desk_->ask(kBob, stranger(1), "signed");
  EXPECT_TRUE(settle(stranger(1), PermissionState::granted, 50));
  EXPECT_EQ(told_, std::vector{kBob});
  EXPECT_EQ(list(kBob)[0].state, PermissionState::granted);
  EXPECT_EQ(list(kBob)[0].verdict, "signed");
  EXPECT_EQ(list(kBob)[0].origin, kBob);
  EXPECT_EQ(list(kBob)[0].until, kNow + 50);
  now_ += 50;
  EXPECT_TRUE(list(kBob).empty());
  EXPECT_TRUE(settle(stranger(2), PermissionState::denied)) << "before he asks";
  EXPECT_EQ(desk_->ask(kBob, stranger(2), "signed"), Asked::settled) << "a denial is final for its time";
  EXPECT_EQ(list(kBob)[0].state, PermissionState::denied);
  now_ += 100;
  EXPECT_EQ(desk_->ask(kBob, stranger(2), "signed"), Asked::noted);
}

TEST_F(Desk, AnAnswerIsTakenBack) {  // SPIT-CO-07
  open();
  EXPECT_TRUE(settle(stranger(1), PermissionState::granted));
  EXPECT_TRUE(desk_->revoke(kBob, stranger(1)).value());
  EXPECT_FALSE(desk_->revoke(kBob, stranger(1)).value());
  EXPECT_EQ(told_.size(), 2U);
  EXPECT_TRUE(list(kBob).empty());
}

TEST_F(Desk, OneUserKeepsSoMany) {
  open({.settled = 2});
  EXPECT_TRUE(settle(stranger(1), PermissionState::granted));
  EXPECT_TRUE(settle(stranger(2), PermissionState::denied));
  EXPECT_FALSE(settle(stranger(3), PermissionState::granted));
  EXPECT_TRUE(settle(stranger(1), PermissionState::denied)) << "he may change his mind about those he has";
  EXPECT_TRUE(desk_->revoke(kBob, stranger(1)).value());
  EXPECT_TRUE(settle(stranger(3), PermissionState::granted));
}

TEST_F(Desk, ATestIsForTheCallThatWasSentThere) {  // SPIT-PY-02
  open();
  desk_->expect_test("id1", kBob, stranger(1));
  EXPECT_FALSE(desk_->take_test("id2", kBob, stranger(1), true, "ivr").value());
  EXPECT_FALSE(desk_->take_test("id1", kBob, stranger(2), true, "ivr").value()) << "another caller";
  EXPECT_FALSE(desk_->take_test("id1", kCarol, stranger(1), true, "ivr").value()) << "for another user";
  EXPECT_TRUE(desk_->take_test("id1", kBob, stranger(1), true, "ivr").value());
  EXPECT_FALSE(desk_->take_test("id1", kBob, stranger(1), false, "ivr").value()) << "once";
  const auto all = list(kBob);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].kind, PermissionKind::turing);
  EXPECT_EQ(all[0].state, PermissionState::granted);
  EXPECT_EQ(all[0].origin, "ivr");
  EXPECT_EQ(all[0].until, kNow + 30 * 86'400);
  EXPECT_EQ(desk_->tallies().tests_unknown, 4U);
  desk_->expect_test("id3", kBob, stranger(3));
  EXPECT_TRUE(desk_->take_test("id3", kBob, stranger(3), false, "ivr").value());
  EXPECT_EQ(list(kBob)[1].state, PermissionState::denied);
  EXPECT_EQ(list(kBob)[1].until, kNow + 86'400) << "he may try again tomorrow";
}

TEST_F(Desk, TestsAreWaitedForSoLongAndSoMany) {  // SPIT-PY-02: timeouts
  open({.test_seconds = 60, .tests = 3});
  desk_->expect_test("late", kBob, stranger(1));
  now_ += 60;
  EXPECT_FALSE(desk_->take_test("late", kBob, stranger(1), true, "ivr").value());
  for (unsigned i = 0; i < 5; ++i) {
    desk_->expect_test("id" + std::to_string(i), kBob, stranger(i));
  }
  EXPECT_FALSE(desk_->take_test("id1", kBob, stranger(1), true, "ivr").value()) << "the oldest make way";
  EXPECT_TRUE(desk_->take_test("id4", kBob, stranger(4), true, "ivr").value());
}

TEST_F(Desk, ItLastsThroughARestart) {
  const test::ScratchFolder folder;
  open({}, folder / "permissions.db");
  desk_->ask(kBob, stranger(1), "signed");
  EXPECT_TRUE(settle(stranger(2), PermissionState::granted));
  open({}, folder / "permissions.db");
  EXPECT_EQ(list(kBob).size(), 2U);
  EXPECT_EQ(desk_->tallies().kept, 2U);
  EXPECT_EQ(desk_->called_users().value(), std::vector{kBob});
  folder.write("other.db", "no database");
  EXPECT_FALSE(PermissionDesk::open(folder / "other.db", [] { return kNow; }));
}

// What rules get of it: who was granted consent or has passed is known, who was denied or has failed is known as such.
TEST_F(Desk, RulesKnowResults) {  // SPIT-PL-05
  open();
  desk_->ask(kBob, stranger(1), "signed");
  EXPECT_TRUE(settle(stranger(2), PermissionState::granted, 100));
  EXPECT_TRUE(settle(stranger(3), PermissionState::denied));
  desk_->expect_test("id", kBob, stranger(4));
  EXPECT_TRUE(desk_->take_test("id", kBob, stranger(4), true, "ivr").value());
  const auto source = contacts_with_permissions(*desk_, nullptr);
  const auto contacts = source->of(kBob).value();
  using namespace config::policy;
  ASSERT_EQ(contacts.size(), 3U);
  EXPECT_EQ(contacts[0].identity, stranger(2));
  EXPECT_EQ(contacts[0].until, kNow + 100);
  EXPECT_EQ(contacts[0].result, fact_bit(Fact::consent, Result::success));
  EXPECT_EQ(contacts[1].result, fact_bit(Fact::consent, Result::failure));
  EXPECT_EQ(contacts[2].result, fact_bit(Fact::turing, Result::success));
  EXPECT_EQ(source->users().value(), std::vector{kBob});
  EXPECT_TRUE(source->of(kCarol).value().empty());
}

// What the data plane tells.
std::string record_of(const std::string& caller, std::uint16_t status, bool known, bool challenged = true) {
  const std::string call_id = "call-of-" + caller;
  config::wire::CallRecord record;
  record.time = kNow;
  record.decision = status == 0 ? config::wire::Decision::judged : config::wire::Decision::answered;
  record.verdict = crypto::Verdict::valid;
  record.attest = 'A';
  record.status = status;
  record.trunk = record.in_port = record.out_port = "a";
  record.method = "INVITE";
  record.orig = caller;
  record.dest = "19995550000";
  record.target = kBob;
  record.call_id = call_id;
  record.known_caller = known;
  record.challenged = challenged;
  std::array<char, config::wire::kMaxRecordBytes> octets;
  return {octets.data(), config::wire::encode_record(record, octets)};
}

TEST_F(Desk, RecordsTellWhoAsks) {  // SPIT-CO-01
  open();
  const std::string payload = record_of(stranger(1), 470, true) + record_of(stranger(2), 603, true, false) +
                              record_of(stranger(3), 470, false) + record_of(stranger(4), 0, true);
  take_challenges(payload, *desk_);
  const auto all = list(kBob);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].caller, stranger(1));
  EXPECT_EQ(all[0].verdict, "verified-A");
  EXPECT_EQ(desk_->tallies().nobody, 1U) << "who is not authenticated could be anybody (SPIT-FW-02)";
  EXPECT_TRUE(desk_->take_test("call-of-" + stranger(4), kBob, stranger(4), true, "ivr").value());
  EXPECT_FALSE(desk_->take_test("call-of-" + stranger(1), kBob, stranger(1), true, "ivr").value());
  take_challenges(payload.substr(0, 100) + "rubbish", *desk_);
}

TEST_F(Desk, TheOperatorAnswersForUsers) {  // SPIT-CO-07
  open();
  const auto ask = [&](const std::string& text) { return answer_consent_command(text, desk_.get()); };
  EXPECT_EQ(ask(R"({"do":"grant","user":"sip:bob@example.com","caller":"tel:+1-202-555-0001","days":2})")["result"],
            "ok");
  EXPECT_EQ(list(kBob)[0].origin, "operator");
  EXPECT_EQ(list(kBob)[0].until, kNow + 2 * 86'400);
  const auto listed = ask(R"({"do":"list","user":"sip:bob@example.com"})");
  EXPECT_EQ(listed["permissions"][0]["caller"], "12025550001");
  EXPECT_EQ(listed["permissions"][0]["state"], "granted");
  EXPECT_EQ(ask(R"({"do":"deny","user":"sip:bob@example.com","caller":"sip:eve@example.net"})")["result"], "ok");
  EXPECT_EQ(ask(R"({"do":"revoke","user":"sip:bob@example.com","caller":"sip:eve@example.net"})")["result"], "ok");
  for (const char* bad : {"", "[]", "{}", R"({"do":"grant","user":"bob"})",
                          R"({"do":"grant","user":"sip:bob@example.com","caller":"eve"})",
                          R"({"do":"grant","user":"sip:bob@example.com","caller":"sip:e@e.net","days":4000})",
                          R"({"do":"rob","user":"sip:bob@example.com","caller":"sip:e@e.net"})",
                          R"({"do":"revoke","user":"sip:bob@example.com","caller":"sip:e@e.net"})"}) {
    EXPECT_EQ(ask(bad)["result"], "refused") << bad;
  }
  EXPECT_EQ(answer_consent_command("{}", nullptr)["result"], "refused");
}

}  // namespace
}  // namespace stirline::control::permission_desk_test
