// The store of lists: whose entries have changed, by whatever process, and what comes by itself beside what people
// enter (SPIT-FW-07, SPIT-FW-10).
#include "control/policy/list_store.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/control/scratch.hpp"
#include "tests/unit/policy/sample_rules.hpp"

namespace stirline::control::policy::list_store_test {
namespace {

using config::policy::List;
using config::policy::test::kNow;

constexpr const char* kAlice = "tel:+12155550101";
constexpr const char* kBob = "sip:bob@example.com";

std::unique_ptr<ListStore> opened(const std::filesystem::path& file = {}) {
  auto store = open_list_store(file);
  EXPECT_TRUE(store.has_value()) << (store ? "" : store.error());
  return std::move(*store);
}

void put(ListStore& store, const ListEntry& entry) {
  const auto done = store.change([&](const ListStore::Put& put_one) { return put_one(entry); });
  EXPECT_TRUE(done) << done.error();
}

ListEntry contact(const char* owner, std::string subject, std::optional<std::int64_t> until, std::string origin) {
  return {.owner = owner,
          .list = List::white,
          .kind = SubjectKind::number,
          .subject = std::move(subject),
          .until = until,
          .origin = std::move(origin)};
}

// True: it was taken.
bool offered(ListStore& store, const ListEntry& entry, std::int64_t worth = 100, std::int64_t most = 10) {
  bool taken = false;
  const auto done = store.offer({.worth = worth, .most = most}, [&](const ListStore::Offer& offer) -> ListStore::Done {
    const auto is_new = offer(entry);
    EXPECT_TRUE(is_new) << is_new.error();
    taken = is_new.value_or(false);
    return {};
  });
  EXPECT_TRUE(done) << done.error();
  return taken;
}

std::vector<ListEntry> of(const ListStore& store, const ListFilter& filter) {
  std::vector<ListEntry> entries;
  EXPECT_TRUE(store.each(filter, [&](const ListEntry& entry) {
    entries.push_back(entry);
    return true;
  }));
  return entries;
}

std::vector<std::string> changed(const ListStore& store, std::int64_t& number) {
  auto changes = store.changes_since(number);
  EXPECT_TRUE(changes) << changes.error();
  number = changes->number;
  std::ranges::sort(changes->owners);
  return changes->owners;
}

using Owners = std::vector<std::string>;

TEST(ListStore, AnOwnerIsAUserOrNot) {
  EXPECT_EQ(owner_of("12155550101"), kAlice);
  EXPECT_EQ(owner_of("sip:bob@example.com"), kBob);
  EXPECT_EQ(user_of(kAlice), "12155550101");
  EXPECT_EQ(user_of(kBob), kBob);
  EXPECT_EQ(user_of("operator"), std::nullopt);
  EXPECT_EQ(user_of("tenant:blue"), std::nullopt);
  EXPECT_EQ(user_of("sip:Bob@example.com"), std::nullopt) << "not as owner_of() has it";
}

TEST(ListStore, TellsWhoseEntriesHaveChanged) {
  const auto store = opened();
  std::int64_t seen = 0;
  EXPECT_EQ(changed(*store, seen), Owners());
  put(*store, contact(kAlice, "442071838750", std::nullopt, "phone"));
  put(*store, {.subject = "12155550100"});
  EXPECT_EQ(changed(*store, seen), (Owners{"operator", kAlice}));
  EXPECT_EQ(changed(*store, seen), Owners());
  put(*store, contact(kBob, "442071838750", kNow, "phone"));
  EXPECT_EQ(changed(*store, seen), Owners{kBob});
  EXPECT_EQ(store->remove(contact(kAlice, "442071838751", {}, "")).value(), false);
  EXPECT_EQ(changed(*store, seen), Owners()) << "nothing was taken out";
  EXPECT_EQ(store->remove(contact(kAlice, "442071838750", {}, "")).value(), true);
  EXPECT_EQ(changed(*store, seen), Owners{kAlice});
  EXPECT_EQ(store->forget_ended(kNow + 1).value(), 1);
  EXPECT_EQ(changed(*store, seen), Owners{kBob});
  const auto failed = store->change([&](const ListStore::Put& put_one) -> ListStore::Done {
    EXPECT_TRUE(put_one({.subject = "12155550199"}));
    return std::unexpected("no");
  });
  EXPECT_FALSE(failed);
  EXPECT_EQ(changed(*store, seen), Owners()) << "nothing of it was kept";
  std::int64_t all = 0;
  EXPECT_EQ(changed(*store, all), (Owners{"operator", kBob, kAlice}));
  EXPECT_EQ(store->users().value(), Owners()) << "none of them has any left";
}

TEST(ListStore, SeveralProcessesShareOne) {
  const control::test::ScratchFolder folder;
  const auto daemon = opened(folder / "lists.db");
  const auto command = opened(folder / "lists.db");
  std::int64_t seen = 0;
  put(*command, {.subject = "12155550100"});
  EXPECT_EQ(changed(*daemon, seen), Owners{"operator"});
  EXPECT_EQ(of(*daemon, {}).size(), 1U);
  put(*daemon, contact(kAlice, "442071838750", {}, "phone"));
  put(*command, contact(kBob, "442071838750", {}, "phone"));
  EXPECT_EQ(changed(*daemon, seen), (Owners{kBob, kAlice}));
  EXPECT_EQ(command->users().value(), (Owners{kBob, kAlice}));
}

TEST(ListStore, WhatComesByItselfTakesNobodysPlace) {  // SPIT-FW-10
  const auto store = opened();
  EXPECT_TRUE(offered(*store, contact(kAlice, "1", kNow, "outbound")));
  EXPECT_FALSE(offered(*store, contact(kAlice, "1", kNow + 99, "outbound"))) << "not worth it yet";
  EXPECT_TRUE(offered(*store, contact(kAlice, "1", kNow + 100, "outbound")));
  EXPECT_FALSE(offered(*store, contact(kAlice, "1", kNow, "outbound"))) << "never shorter";
  put(*store, contact(kAlice, "2", std::nullopt, "phone"));
  put(*store, contact(kAlice, "3", kNow, "phone"));
  EXPECT_FALSE(offered(*store, contact(kAlice, "2", kNow + 1'000, "outbound")));
  EXPECT_FALSE(offered(*store, contact(kAlice, "3", kNow + 1'000, "outbound")));
  EXPECT_EQ(of(*store, {.owner = kAlice, .origin = "outbound"}).size(), 1U);
  EXPECT_EQ(of(*store, {.owner = kAlice, .subject = "1"}).front().until, kNow + 100);
}

TEST(ListStore, NoMoreOfOneOwnerThanHeMayHave) {
  const auto store = opened();
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(offered(*store, contact(kAlice, std::to_string(i), kNow, "outbound")), i < 10) << i;
  }
  EXPECT_TRUE(offered(*store, contact(kAlice, "3", kNow + 500, "outbound"))) << "one that is there lasts longer";
  EXPECT_FALSE(offered(*store, contact(kAlice, "3", kNow + 550, "outbound")));
  EXPECT_TRUE(offered(*store, contact(kBob, "3", kNow, "outbound")));
  EXPECT_EQ(of(*store, {.owner = kAlice}).size(), 10U);
}

TEST(ListStore, AUsersEntriesAreTakenBack) {
  const auto store = opened();
  put(*store, contact(kAlice, "1", kNow, "outbound"));
  put(*store, contact(kAlice, "2", kNow, "outbound"));
  put(*store, contact(kAlice, "3", kNow, "phone"));
  put(*store, contact(kBob, "1", kNow, "outbound"));
  EXPECT_FALSE(store->remove(ListFilter{.origin = "outbound"})) << "of whom?";
  EXPECT_EQ(store->remove(ListFilter{.owner = kAlice, .subject = "2"}).value(), 1);
  EXPECT_EQ(store->remove(ListFilter{.owner = kAlice, .origin = "outbound"}).value(), 1);
  EXPECT_EQ(store->remove(ListFilter{.owner = kAlice, .list = List::black}).value(), 0);
  EXPECT_EQ(of(*store, {.owner = kAlice}).size(), 1U);
  EXPECT_EQ(of(*store, {.owner = kBob}).size(), 1U);
}

}  // namespace
}  // namespace stirline::control::policy::list_store_test
