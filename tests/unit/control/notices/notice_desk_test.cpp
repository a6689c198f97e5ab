// What called users are told of calls: kept, bounded, and never who wants to stay unknown (SPIT-PL-03).
#include "control/notices/notice_desk.hpp"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "config/wire/call_record.hpp"
#include "control/notices/notice_records.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::notice_desk_test {
namespace {

namespace wire = config::wire;
using config::policy::Handling;

constexpr std::int64_t kNow = 1'795'000'000;
constexpr std::int64_t kDay = 86'400;
const std::string kBob = "sip:bob@example.com";
const std::string kCarol = "sip:carol@example.com";

std::string caller(std::size_t number) {
  return "1202555" + std::to_string(1'000 + number);
}

class NoticeDesks : public ::testing::Test {
 protected:
  void open(const NoticeLimits& limits = {}, const std::filesystem::path& file = {}) {
    desk_.reset();
    auto desk = NoticeDesk::open(file, [this] { return now_; }, limits);
    ASSERT_TRUE(desk) << desk.error();
    desk_ = std::move(*desk);
  }
  void take(const std::string& user, std::size_t number) {
    const Notice notice{.user = user, .caller = caller(number), .method = "INVITE", .at = now_};
    desk_->take({&notice, 1});
  }
  std::vector<std::string> callers(const std::string& user) {
    std::vector<std::string> all;
    const auto listed = desk_->list(user);
    EXPECT_TRUE(listed);
    for (const Notice& one : listed.value_or(std::vector<Notice>())) {
      all.push_back(one.caller);
    }
    return all;
  }

  std::int64_t now_ = kNow;
  std::unique_ptr<NoticeDesk> desk_;
};

TEST_F(NoticeDesks, TheNewestComesFirst) {
  open();
  take(kBob, 1);
  take(kCarol, 2);
  take(kBob, 3);
  EXPECT_EQ(callers(kBob), (std::vector{caller(3), caller(1)}));
  EXPECT_EQ(callers(kCarol), std::vector{caller(2)});
  EXPECT_EQ(desk_->tallies().kept, 3U);
  EXPECT_EQ(desk_->clear(kBob).value(), 2U);
  EXPECT_EQ(desk_->clear(kBob).value(), 0U);
  EXPECT_TRUE(callers(kBob).empty());
  EXPECT_EQ(callers(kCarol), std::vector{caller(2)}) << "hers stays";
  EXPECT_EQ(desk_->tallies().kept, 1U);
  EXPECT_EQ(desk_->tallies().undone, 2U);
}

TEST_F(NoticeDesks, TheOldestOfAUserMakeWay) {
  open({.per_user = 3});
  take(kCarol, 9);
  for (std::size_t i = 0; i < 5; ++i) {
    take(kBob, i);
  }
  EXPECT_EQ(callers(kBob), (std::vector{caller(4), caller(3), caller(2)}));
  EXPECT_EQ(callers(kCarol), std::vector{caller(9)});
  EXPECT_EQ(desk_->tallies().made_way, 2U);
  EXPECT_EQ(desk_->tallies().kept, 4U);
}

TEST_F(NoticeDesks, TheOldestOfAllMakeWay) {
  open({.all = 3});
  take(kCarol, 1);
  take(kBob, 2);
  std::vector<Notice> two(2, {.user = kBob, .caller = caller(3), .at = now_});
  desk_->take(two);
  EXPECT_TRUE(callers(kCarol).empty());
  EXPECT_EQ(callers(kBob).size(), 3U);
  EXPECT_EQ(desk_->tallies().kept, 3U);
  EXPECT_EQ(desk_->tallies().made_way, 1U);
}

TEST_F(NoticeDesks, OneUserCannotTakeAllOfASecond) {
  open({.per_second = 3, .per_user_and_second = 2});
  for (std::size_t i = 0; i < 5; ++i) {
    take(kBob, i);
  }
  take(kCarol, 5);
  take(kCarol, 6);
  EXPECT_EQ(callers(kBob).size(), 2U);
  EXPECT_EQ(callers(kCarol).size(), 1U);
  EXPECT_EQ(desk_->tallies().over_limit, 4U);
  ++now_;
  take(kBob, 7);
  EXPECT_EQ(callers(kBob).size(), 3U);
}

TEST_F(NoticeDesks, WhatIsTooOldGoes) {
  open({.retention_days = 2});
  take(kBob, 1);
  now_ += kDay;
  take(kBob, 2);
  now_ += kDay;
  EXPECT_EQ(callers(kBob), std::vector{caller(2)}) << "at once, whatever is still in the store";
  desk_->forget_old();
  EXPECT_EQ(desk_->tallies().kept, 1U);
  now_ += kDay;
  desk_->forget_old();
  EXPECT_EQ(desk_->tallies().kept, 0U);
  EXPECT_EQ(desk_->tallies().made_way, 0U);
}

TEST_F(NoticeDesks, TheyOutliveTheProcess) {
  const test::ScratchFolder folder;
  open({}, folder / "notices.db");
  take(kBob, 1);
  open({}, folder / "notices.db");
  EXPECT_EQ(callers(kBob), std::vector{caller(1)});
  EXPECT_EQ(desk_->tallies().kept, 1U);
}

TEST_F(NoticeDesks, AnErrorOfTheStoreIsCounted) {
  const test::ScratchFolder folder;
  folder.write("notices.db", "no database at all, and long enough to be looked at as one: it is left alone");
  EXPECT_FALSE(NoticeDesk::open(folder / "notices.db", [] { return kNow; }));
  const std::filesystem::path file = folder / "other.db";
  open({}, file);
  desk_.reset();
  sqlite3* connection = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &connection), SQLITE_OK);
  // Like a full disk: nothing can be written.
  EXPECT_EQ(
      sqlite3_exec(connection, "CREATE TRIGGER full BEFORE INSERT ON notice BEGIN SELECT RAISE(ABORT, 'full'); END",
                   nullptr, nullptr, nullptr),
      SQLITE_OK);
  sqlite3_close(connection);
  open({}, file);
  take(kBob, 1);
  EXPECT_EQ(desk_->tallies().store_errors, 1U);
  EXPECT_EQ(desk_->tallies().taken, 0U);
  EXPECT_EQ(desk_->tallies().kept, 0U);
  EXPECT_TRUE(callers(kBob).empty());
}

// What the data plane tells.
wire::CallRecord usual_record() {
  wire::CallRecord record;
  record.time = kNow;
  record.decision = wire::Decision::judged;
  record.trunk = record.in_port = record.out_port = "a";
  record.method = "INVITE";
  record.orig = "12025551001";
  record.dest = "19995550000";
  record.target = kBob;
  record.rule = "user:r5";
  record.known_caller = true;
  record.notify = true;
  return record;
}

std::string octets_of(const wire::CallRecord& record) {
  std::array<char, wire::kMaxRecordBytes> octets;
  return {octets.data(), wire::encode_record(record, octets)};
}

class NoticesOfRecords : public NoticeDesks {
 protected:
  void SetUp() override { open(); }
  Notice told(const wire::CallRecord& record) {
    take_notices(octets_of(record), *desk_);
    const auto all = desk_->list(kBob).value();
    EXPECT_EQ(all.size(), 1U);
    static_cast<void>(desk_->clear(kBob));
    return all.empty() ? Notice() : all.front();
  }
};

TEST_F(NoticesOfRecords, WhoCalledHowAndWhatWasDone) {
  wire::CallRecord record = usual_record();
  Notice notice = told(record);
  EXPECT_EQ(notice.caller, "12025551001");
  EXPECT_TRUE(notice.known);
  EXPECT_EQ(notice.method, "INVITE");
  EXPECT_EQ(notice.deed, NoticeDeed::passed);
  EXPECT_EQ(notice.rule, "user:r5");
  EXPECT_EQ(notice.at, kNow);
  record.handling = Handling::allow_marked;
  EXPECT_EQ(told(record).deed, NoticeDeed::marked);
  record.handling = Handling::forward;
  EXPECT_EQ(told(record).deed, NoticeDeed::sent_off);
  record.handling = Handling::challenge;
  record.challenged = true;
  EXPECT_EQ(told(record).deed, NoticeDeed::sent_off);
  record.decision = wire::Decision::answered;
  record.status = 470;
  notice = told(record);
  EXPECT_EQ(notice.deed, NoticeDeed::answered);
  EXPECT_EQ(notice.status, 470);
  record.known_caller = false;
  EXPECT_FALSE(told(record).known) << "he only says so (SPIT-FW-02)";
}

TEST_F(NoticesOfRecords, WhoWantsToStayUnknownStaysSo) {
  wire::CallRecord record = usual_record();
  record.withheld = true;
  const Notice notice = told(record);
  EXPECT_EQ(notice.caller, kAnonymousCaller);
  EXPECT_FALSE(notice.known);
  EXPECT_EQ(desk_->tallies().anonymous, 1U);
}

TEST_F(NoticesOfRecords, APartOfAnIdentityIsNone) {
  const std::string endless = "sip:" + std::string(300, 'a') + "@example.com";
  wire::CallRecord record = usual_record();
  record.orig = endless;
  EXPECT_EQ(told(record).caller, kUnknownCaller);
  record.orig = {};
  EXPECT_EQ(told(record).caller, kUnknownCaller);
  record = usual_record();
  const std::string long_call_id(400, 'c');
  record.call_id = long_call_id;
  EXPECT_EQ(told(record).caller, "12025551001") << "no way around a notice";
  record.target = endless;
  take_notices(octets_of(record), *desk_);
  EXPECT_EQ(desk_->tallies().nobody, 1U);
}

TEST_F(NoticesOfRecords, OnlyWhoAskedForIt) {
  wire::CallRecord record = usual_record();
  record.notify = false;
  take_notices(octets_of(record) + octets_of(usual_record()) + "rubbish", *desk_);
  EXPECT_EQ(callers(kBob).size(), 1U);
}

}  // namespace
}  // namespace stirline::control::notice_desk_test
