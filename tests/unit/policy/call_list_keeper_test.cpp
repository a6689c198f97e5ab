// Lists on their way from the store to packet cores and to the rules of users (SPIT-CL-02, SPIT-FW-07, SPIT-FW-10).
#include "control/policy/call_list_keeper.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>

#include <gtest/gtest.h>

#include "tests/unit/control/scratch.hpp"
#include "tests/unit/policy/sample_rules.hpp"

namespace stirline::control::policy::call_list_keeper_test {
namespace {

using config::policy::identity_key;
using config::policy::List;
using config::policy::ListTable;
using config::policy::test::kNow;
using config::policy::test::kSecret;
using std::chrono::milliseconds;

constexpr std::int64_t kDay = 86'400;

class CallListKeeperTest : public ::testing::Test {
 protected:
  void start(std::int64_t most_contacts = 100) {
    CallListOptions options;
    options.now = [this] { return now_.load(); };
    options.secret = kSecret;
    options.settings = {.claim_score = 70, .learns_contacts = true};
    options.look = milliseconds(2);
    options.coalesce = milliseconds(1);
    options.clean_after = std::chrono::seconds(600);
    options.most_contacts = most_contacts;
    options.on_table = [this](SharedTable table) {
      const std::scoped_lock lock(mutex_);
      tables_.push_back(std::move(table));
      told_.notify_all();
    };
    options.on_contacts = [this](const std::vector<std::string>& identities) {
      const std::scoped_lock lock(mutex_);
      changed_.insert(identities.begin(), identities.end());
      told_.notify_all();
    };
    keeper_ = std::make_unique<CallListKeeper>(opened(), std::move(options));
  }

  std::unique_ptr<ListStore> opened() {
    auto store = open_list_store(folder_ / "lists.db");
    EXPECT_TRUE(store.has_value()) << (store ? "" : store.error());
    return std::move(*store);
  }
  void put(const ListEntry& entry) {
    const auto done = opened()->change([&](const ListStore::Put& put_one) { return put_one(entry); });
    EXPECT_TRUE(done) << done.error();
  }

  // Waits for table `count`, from 1 on; the lists that know this number, of the caller's claim.
  bool is_black(std::size_t count, const std::string& number) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(told_.wait_for(lock, test::kDeadline, [&] { return tables_.size() >= count; }));
    if (tables_.size() < count) {
      return false;
    }
    const auto image = config::wire::MappedImage::map(tables_[count - 1]->memfd, tables_[count - 1]->bytes);
    EXPECT_TRUE(image) << image.error().text;
    const auto table = ListTable::open(image->view());
    EXPECT_TRUE(table) << table.error().text;
    EXPECT_EQ(table->claim_score(), 70);
    EXPECT_TRUE(table->learns_contacts());
    return table->of_caller({.identity = identity_key(kSecret, number)}, now_).has(List::black);
  }
  bool until_told(const std::string& identity) {
    std::unique_lock lock(mutex_);
    return told_.wait_for(lock, test::kDeadline, [&] { return changed_.erase(identity) != 0; });
  }
  std::vector<ListEntry> contacts_of(const std::string& owner) {
    std::vector<ListEntry> entries;
    EXPECT_TRUE(opened()->each({.owner = owner, .list = List::white}, [&](const ListEntry& entry) {
      entries.push_back(entry);
      return true;
    }));
    return entries;
  }
  void until_counted(const std::atomic<std::uint64_t>& tally, std::uint64_t count) {
    const auto end = std::chrono::steady_clock::now() + test::kDeadline;
    while (tally < count && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    EXPECT_EQ(tally, count);
  }

  std::atomic<std::int64_t> now_ = kNow;
  control::test::ScratchFolder folder_;
  std::mutex mutex_;
  std::condition_variable told_;
  std::deque<SharedTable> tables_;
  std::set<std::string> changed_;
  std::unique_ptr<CallListKeeper> keeper_;
};

TEST_F(CallListKeeperTest, MakesATableAndAnotherAfterEachChange) {  // SPIT-CL-02
  put({.subject = "12155550100"});
  start();
  EXPECT_TRUE(is_black(1, "12155550100"));
  put({.subject = "12155550101"});  // by whatever process
  EXPECT_TRUE(is_black(2, "12155550101"));
  EXPECT_EQ(opened()->remove(ListEntry{.subject = "12155550100"}).value(), true);
  EXPECT_FALSE(is_black(3, "12155550100"));
  EXPECT_EQ(keeper_->tallies().entries, 1U);
}

TEST_F(CallListKeeperTest, WhatHasEndedGoes) {  // SPIT-CL-02: lists age out
  put({.subject = "12155550100", .until = kNow + 100});
  start();
  EXPECT_TRUE(is_black(1, "12155550100"));
  now_ = kNow + 600;
  EXPECT_FALSE(is_black(2, "12155550100"));
  until_counted(keeper_->tallies().ended, 1);
  EXPECT_EQ(opened()->size().value(), 0);
}

TEST_F(CallListKeeperTest, ContactsAreLearnedWithOriginAndEnd) {  // SPIT-FW-07, SPIT-FW-10
  start();
  keeper_->learn("12155550101", "442071838750");
  keeper_->learn("12155550101", "sip:carol@example.com");
  EXPECT_TRUE(until_told("12155550101"));
  until_counted(keeper_->tallies().learned, 2);
  const auto learned = contacts_of("tel:+12155550101");
  ASSERT_EQ(learned.size(), 2U);
  EXPECT_EQ(learned[0].kind, SubjectKind::number);
  EXPECT_EQ(learned[1].kind, SubjectKind::uri);
  for (const ListEntry& entry : learned) {
    EXPECT_EQ(entry.origin, kLearned);
    EXPECT_EQ(entry.until, kNow + 90 * kDay);
  }
  now_ = kNow + kDay / 2;
  keeper_->learn("12155550101", "442071838750");
  now_ = kNow + kDay;
  keeper_->learn("12155550101", "442071838750");
  until_counted(keeper_->tallies().learned, 3);
  EXPECT_EQ(contacts_of("tel:+12155550101")[0].until, kNow + 91 * kDay) << "refreshed, and not for every call";
  EXPECT_EQ(keeper_->tallies().tables, 1U) << "packet cores get none of it in the table of all";
}

TEST_F(CallListKeeperTest, NobodyThatCannotBeNamedAndNoMoreThanAllowed) {
  start(2);
  keeper_->learn("12155550101", "12155550101");
  keeper_->learn("12155550101", "sip:Carol@example.com");
  keeper_->learn("", "442071838750");
  keeper_->learn("operator", "442071838750");
  EXPECT_EQ(keeper_->tallies().not_learned, 4U);
  for (const char* contact : {"442071838750", "442071838751", "442071838752"}) {
    keeper_->learn("12155550101", contact);
  }
  until_counted(keeper_->tallies().learned, 2);
  keeper_.reset();
  EXPECT_EQ(contacts_of("tel:+12155550101").size(), 2U);
}

TEST_F(CallListKeeperTest, WhatWasLearnedLastIsWritten) {
  start();
  static_cast<void>(is_black(1, "1"));
  keeper_->learn("sip:bob@example.com", "442071838750");
  keeper_.reset();
  EXPECT_EQ(contacts_of("sip:bob@example.com").size(), 1U);
}

}  // namespace
}  // namespace stirline::control::policy::call_list_keeper_test
