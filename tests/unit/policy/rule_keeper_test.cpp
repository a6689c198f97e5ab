// What is kept compiled, and what is compiled anew (SPIT-PL-07, SPIT-FW-08, SPIT-FW-09).
#include "control/policy/rule_keeper.hpp"

#include <chrono>
#include <functional>
#include <thread>

#include <gtest/gtest.h>
#include <poll.h>

#include "control/xcap/application_usage.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/policy/documents.hpp"

namespace stirline::control::policy::rule_keeper_test {
namespace {

using namespace config::policy;
using config::policy::test::kNow;
using config::policy::test::plain_call;
using std::chrono::milliseconds;
using test::always;
using test::handling_of;
using test::judged;
using test::profile;
using test::rule;
using test::ruleset;

const std::string kBob = "sip:bob@example.com";
const std::string kCarol = "tel:+12155550122";
const std::string kCarolsNumber = "12155550122";

// A store that fails as often as it is told to.
class FailingStore : public DocumentStore {
 public:
  explicit FailingStore(std::unique_ptr<DocumentStore> store) : store_(std::move(store)) {}
  void fail(int times) { failures_ = times; }
  [[nodiscard]] int failures_left() const { return failures_; }

  Result<std::optional<StoredDocument>> find(const DocumentKey& key) const override {
    return fails() ? std::unexpected("no disk") : store_->find(key);
  }
  Result<std::optional<std::string>> put(const DocumentKey& key, const std::string& body,
                                         const std::string& expected) override {
    return store_->put(key, body, expected);
  }
  Result<bool> remove(const DocumentKey& key, const std::string& expected) override {
    return store_->remove(key, expected);
  }
  Result<std::size_t> count(const std::string& usage, const std::string& owner) const override {
    return store_->count(usage, owner);
  }
  Result<std::size_t> count() const override { return store_->count(); }
  Result<void> for_each(const std::string& usage,
                        const std::function<void(const StoredDocument&)>& take) const override {
    return fails() ? std::unexpected("no disk") : store_->for_each(usage, take);
  }
  Result<std::vector<StoredDocument>> documents_of(const std::string& usage, const std::string& owner) const override {
    return fails() ? std::unexpected("no disk") : store_->documents_of(usage, owner);
  }
  Result<std::string> keep(const std::string& name, const std::string& fresh) override {
    return store_->keep(name, fresh);
  }
  void on_change(Listener listener) override { store_->on_change(std::move(listener)); }

 private:
  bool fails() const {
    int left = failures_;
    while (left > 0 && !failures_.compare_exchange_weak(left, left - 1)) {
    }
    return left > 0;
  }
  std::unique_ptr<DocumentStore> store_;
  mutable std::atomic<int> failures_ = 0;
};

class RuleKeeperTest : public ::testing::Test {
 protected:
  static std::shared_ptr<FailingStore> open(const std::filesystem::path& file) {
    auto opened = open_document_store(file);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error());
    return std::make_shared<FailingStore>(std::move(*opened));
  }

  void put(std::string_view usage, const std::string& owner, const std::string& body) {
    const DocumentKey key{std::string(usage), owner, std::string(kPolicyDocument)};
    const auto there = store_->find(key).value();
    ASSERT_TRUE(store_->put(key, body, there ? there->etag : "").value());
  }
  void put_rules(const std::string& owner, const std::string& body) { put(kPolicyAuid, owner, body); }
  void put_profile(const std::string& owner, const std::string& parts) { put(kProfileAuid, owner, profile(parts)); }
  void remove(std::string_view usage, const std::string& owner) {
    const DocumentKey key{std::string(usage), owner, std::string(kPolicyDocument)};
    ASSERT_TRUE(store_->remove(key, store_->find(key).value()->etag).value());
  }

  void start(CommonDocuments common = {}) {
    keeper_.reset();
    RuleKeeperOptions options;
    options.now = [this] { return now_.load(); };
    options.coalesce = milliseconds(1);
    options.retry = milliseconds(1);
    options.look = milliseconds(2);
    if (!lists_.empty()) {
      auto store = open_list_store(lists_);
      ASSERT_TRUE(store) << store.error();
      options.contacts = contacts_in(std::move(*store), [this] { return now_.load(); });
    }
    auto keeper = RuleKeeper::start(store_, std::move(common), std::move(options));
    ASSERT_TRUE(keeper) << keeper.error();
    keeper_ = std::move(*keeper);
  }

  // Images of which this is so; the test fails if none come in time.
  RuleImages until(const std::function<bool(const RuleImages&)>& so) {
    const auto end = std::chrono::steady_clock::now() + control::test::kDeadline;
    while (std::chrono::steady_clock::now() < end) {
      pollfd ready{keeper_->ready_fd(), POLLIN, 0};
      if (::poll(&ready, 1, 100) == 1) {
        const auto images = keeper_->images();
        EXPECT_TRUE(images) << "it is ready only with images";
        if (images && so(*images)) {
          return *images;
        }
      }
    }
    ADD_FAILURE() << "it did not come to that";
    return keeper_->images().value_or(RuleImages());
  }
  RuleImages first() {
    return until([](const RuleImages&) { return true; });
  }
  RuleImages until_says(const std::string& called, Handling handling) {
    return until([&](const RuleImages& images) { return handling_of(images, called) == handling; });
  }

  static CommonDocuments common(config::PolicyFile file, std::string_view text) {
    const control::test::ScratchFolder folder;
    config::PolicyConfig config;
    config.files[static_cast<std::size_t>(file)] = folder.write("r.xml", text);
    auto documents = CommonDocuments::read(config, "c.toml", kNow);
    EXPECT_TRUE(documents) << config::to_string(documents.error()[0]);
    return documents.value_or(CommonDocuments());
  }

  std::filesystem::path lists_;  // empty: nobody has contacts
  std::atomic<std::int64_t> now_ = kNow;
  std::shared_ptr<FailingStore> store_ = open({});
  std::unique_ptr<RuleKeeper> keeper_;
};

std::size_t shard_of(const RuleImages& images, std::string_view called) {
  return config::policy::shard_of(identity_key(test::tables_of(images).common.secret(), called));
}

// The shards in which two differ.
std::vector<std::size_t> changed(const RuleImages& before, const RuleImages& after) {
  std::vector<std::size_t> shards;
  for (std::size_t i = 0; i < kUserShards; ++i) {
    if (before.users[i] != after.users[i]) {
      shards.push_back(i);
    }
  }
  return shards;
}

TEST_F(RuleKeeperTest, WithoutAStoreThereAreTheCommonRules) {
  store_.reset();
  start(common(config::PolicyFile::group_none, always("block")));
  const RuleImages images = first();
  EXPECT_EQ(handling_of(images, kBob), Handling::block);
  EXPECT_EQ(keeper_->tallies().users, 0U);
}

TEST_F(RuleKeeperTest, CompilesWhatIsThereAtTheStart) {
  put_rules(kBob, always("polite-block"));
  put_profile(kCarol, "<group>closed</group>");
  put_rules("sip:dave@example.com", ruleset(rule("r", "<sphere value=\"work\"/>", "block")));
  put_profile("sip:dave@example.com", "<sphere>work</sphere>");
  start(common(config::PolicyFile::group_closed, always("block")));
  const RuleImages images = first();
  EXPECT_EQ(handling_of(images, kBob), Handling::polite_block);
  EXPECT_EQ(judged(images, kCarolsNumber, plain_call()).layer, Layer::group_default) << "SPIT-FW-08";
  EXPECT_EQ(handling_of(images, "sip:dave@example.com"), Handling::block);
  EXPECT_EQ(handling_of(images, "sip:eve@example.com"), Handling::none) << "SPIT-FW-04";
  EXPECT_EQ(keeper_->tallies().users, 3U);
  EXPECT_EQ(keeper_->tallies().compiled, 3U);
  EXPECT_GT(keeper_->tallies().octets, 0U);
}

TEST_F(RuleKeeperTest, AChangeOfAUserIsAnotherImageOfHisShardAlone) {
  put_rules(kBob, always("block"));
  put_rules(kCarol, always("block"));
  start();
  const RuleImages before = first();
  put_rules(kCarol, always("allow"));
  const RuleImages after = until_says(kCarolsNumber, Handling::allow);
  EXPECT_EQ(changed(before, after), std::vector<std::size_t>{shard_of(before, kCarolsNumber)});
  EXPECT_EQ(after.common, before.common);
  EXPECT_EQ(handling_of(before, kCarolsNumber), Handling::block) << "what was handed on stays as it was";
  remove(kPolicyAuid, kCarol);
  until_says(kCarolsNumber, Handling::none);
  EXPECT_EQ(keeper_->tallies().users, 1U);
}

TEST_F(RuleKeeperTest, TheSphereIsSwitchedBetweenTwoCalls) {  // SPIT-FW-09
  put_rules(kBob, ruleset(rule("w", "<sphere value=\"work\"/>", "allow") +
                          rule("m", "<sphere value=\"meeting\"/>", "polite-block")));
  put_profile(kBob, "<sphere>work</sphere>");
  start();
  EXPECT_EQ(handling_of(first(), kBob), Handling::allow);
  put_profile(kBob, "<sphere>meeting</sphere>");
  until_says(kBob, Handling::polite_block);
  remove(kProfileAuid, kBob);
  until_says(kBob, Handling::none);
}

TEST_F(RuleKeeperTest, ChangesFromAnotherThreadAreNotLost) {
  start();
  first();
  constexpr int kUsers = 300;
  const auto name = [](int i) { return "sip:user" + std::to_string(i) + "@example.com"; };
  std::jthread others([&] {
    for (const char* handling : {"block", "polite-block", "allow"}) {
      for (int i = 0; i < kUsers; ++i) {
        put_rules(name(i), always(handling));
      }
    }
  });
  const RuleImages images = until([&](const RuleImages& now) {
    const PolicyTables tables = test::tables_of(now);
    for (int i = 0; i < kUsers; ++i) {
      if (judge(tables, identity_key(tables.common.secret(), name(i)), plain_call()).outcome.handling !=
          Handling::allow) {
        return false;
      }
    }
    return true;
  });
  EXPECT_EQ(keeper_->tallies().users, std::size_t{kUsers});
}

TEST_F(RuleKeeperTest, AMistakeLeavesThingsAsTheyWere) {
  put_rules(kBob, always("block"));
  put_rules(kCarol, always("perhaps"));
  put_profile(kCarol, "<group>closed</group>");
  start(common(config::PolicyFile::group_closed, always("polite-block")));
  const RuleImages before = first();
  EXPECT_EQ(handling_of(before, kCarolsNumber), Handling::polite_block) << "the profile counts";
  EXPECT_EQ(keeper_->tallies().mistakes, 1U);
  put_rules(kBob, "no XML");
  put_rules(kCarol, always("allow"));
  const RuleImages after = until_says(kCarolsNumber, Handling::allow);
  EXPECT_EQ(handling_of(after, kBob), Handling::block);
  EXPECT_EQ(keeper_->tallies().mistakes, 1U) << "Bob's";
  remove(kPolicyAuid, kBob);
  until_says(kBob, Handling::none);
  EXPECT_EQ(keeper_->tallies().mistakes, 0U);
}

TEST_F(RuleKeeperTest, OtherUsagesAndUsersWhoCannotBeCalledChangeNothing) {
  put_rules("mailto:x@example.com", always("block"));
  start();
  const RuleImages before = first();
  EXPECT_EQ(keeper_->tallies().mistakes, 1U);
  EXPECT_EQ(keeper_->tallies().users, 0U);
  put("resource-lists", kBob, "<lists/>");
  put_rules(kBob, always("block"));
  until_says(kBob, Handling::block);
  EXPECT_EQ(keeper_->tallies().compiled, 2U);
}

TEST_F(RuleKeeperTest, TwoNamesOfOneNumber) {  // one number has one voice (SPIT-FW-07)
  put_rules("sip:+12155550122@example.com;user=phone", always("block"));
  put_rules(kCarol, always("allow"));
  start();
  EXPECT_EQ(handling_of(first(), kCarolsNumber), Handling::block);
  remove(kPolicyAuid, "sip:+12155550122@example.com;user=phone");
  until_says(kCarolsNumber, Handling::allow);
}

TEST_F(RuleKeeperTest, TheSecretSurvivesARestart) {
  const control::test::ScratchFolder folder;
  store_ = open(folder / "d.db");
  put_rules(kBob, always("block"));
  start();
  const RuleImages before = first();
  const KeySecret secret = test::tables_of(before).common.secret();
  EXPECT_NE(secret, KeySecret{});
  keeper_.reset();
  store_.reset();
  const auto mode = std::filesystem::status(folder / "d.db").permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  store_ = open(folder / "d.db");
  start();
  const RuleImages after = first();
  EXPECT_EQ(test::tables_of(after).common.secret(), secret);
  EXPECT_EQ(*after.users[shard_of(after, kBob)], *before.users[shard_of(before, kBob)]);
  store_ = open({});
  start();
  EXPECT_NE(test::tables_of(first()).common.secret(), secret) << "another store has another";
}

TEST_F(RuleKeeperTest, WhatSpeaksOfTimeIsCompiledAnewEveryDay) {
  constexpr std::int64_t kDay = 86'400;
  const std::string period = "<sp:time-period dtstart=\"20260101T080000Z\" duration=\"PT1H\" freq=\"daily\"/>";
  put_rules(kBob, ruleset(rule("t", period, "block")));
  put_rules(kCarol, always("block"));
  start(common(config::PolicyFile::group_none, ruleset(rule("t", period, "polite-block"))));
  const RuleImages before = first();
  EXPECT_EQ(keeper_->tallies().compiled, 2U);
  CallFacts call = plain_call();
  call.now = kNow - kNow % kDay + 40 * kDay + 8 * 3'600;
  EXPECT_EQ(judged(before, kBob, call).outcome.handling, Handling::none) << "it reaches 32 days";
  now_ = kNow + 40 * kDay;
  const RuleImages after =
      until([&](const RuleImages& images) { return judged(images, kBob, call).outcome.handling == Handling::block; });
  EXPECT_EQ(judged(after, "sip:eve@example.com", call).outcome.handling, Handling::polite_block);
  EXPECT_EQ(changed(before, after), std::vector<std::size_t>{shard_of(before, kBob)});
  EXPECT_EQ(keeper_->tallies().compiled, 3U) << "Carol's do not speak of time";
}

TEST_F(RuleKeeperTest, ManyWhoSpeakOfTimeComeInTurns) {
  const std::string period = "<sp:time-period dtstart=\"20260101T080000Z\" duration=\"PT1H\" freq=\"daily\"/>";
  constexpr std::uint64_t kUsers = 500;
  for (std::uint64_t i = 0; i < kUsers; ++i) {
    put_rules("tel:+1215555" + std::to_string(1'000 + i), ruleset(rule("t", period, "block")));
  }
  start();
  first();
  now_ = kNow + 40 * 86'400;
  until([&](const RuleImages&) { return keeper_->tallies().compiled >= 2 * kUsers; });
  EXPECT_EQ(keeper_->tallies().compiled, 2 * kUsers);
}

TEST_F(RuleKeeperTest, AStoreThatFailsIsAskedAgain) {
  put_rules(kBob, always("block"));
  store_->fail(3);
  start();
  EXPECT_EQ(handling_of(first(), kBob), Handling::block);
  EXPECT_EQ(keeper_->tallies().store_errors, 3U);
  put_rules(kBob, always("allow"));
  until_says(kBob, Handling::allow);
  {
    const DocumentKey key{std::string(kPolicyAuid), kBob, std::string(kPolicyDocument)};
    const std::string etag = store_->find(key).value()->etag;
    store_->fail(4);
    ASSERT_TRUE(store_->put(key, always("polite-block"), etag).value());
  }
  until_says(kBob, Handling::polite_block);
  EXPECT_EQ(store_->failures_left(), 0);
}

TEST_F(RuleKeeperTest, OtherCommonDocumentsChangeNoShard) {
  put_rules(kBob, always("block"));
  start();
  const RuleImages before = first();
  keeper_->set_common(common(config::PolicyFile::legal, always("allow")));
  const RuleImages after = until_says(kBob, Handling::allow);
  EXPECT_TRUE(changed(before, after).empty());
  EXPECT_GT(after.version, before.version);
}

// Whom users know (SPIT-FW-07, SPIT-FW-10).
class ContactsOfUsers : public RuleKeeperTest {
 protected:
  ContactsOfUsers() { lists_ = folder_ / "lists.db"; }

  void put_contact(const std::string& owner, const std::string& subject, std::optional<std::int64_t> until = {}) {
    auto store = open_list_store(lists_);
    ASSERT_TRUE(store) << store.error();
    const auto done = (*store)->change([&](const ListStore::Put& put_one) {
      return put_one({.owner = owner,
                      .list = List::white,
                      .kind = subject.starts_with("sip:") ? SubjectKind::uri : SubjectKind::number,
                      .subject = subject,
                      .until = until,
                      .origin = "test"});
    });
    ASSERT_TRUE(done) << done.error();
  }
  static Judgement judged_for(const RuleImages& images, const std::string& called, const std::string& caller) {
    CallFacts call = plain_call();
    call.caller = identity_key(test::tables_of(images).common.secret(), caller);
    return judged(images, called, call);
  }
  static bool knows(const RuleImages& images, const std::string& called, const std::string& caller) {
    const Judgement judgement = judged_for(images, called, caller);
    return judgement.layer == Layer::user && judgement.outcome.rule == Outcome::kContact;
  }

  const control::test::ScratchFolder folder_;
};

// SPIT-CL-16, SPIT-XC-10: all documents of the usage, with his rules and without any.
TEST_F(RuleKeeperTest, PresenceRulesAreCompiledToo) {
  const auto watcher = [](const std::string& sub_handling) {
    return "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" xmlns:pr=\"urn:ietf:params:xml:ns:pres-rules\">"
           "<rule id=\"r\"><actions><pr:sub-handling>" +
           sub_handling + "</pr:sub-handling></actions></rule></ruleset>";
  };
  const auto watched = [](const RuleImages& images, const std::string& called) {
    using config::policy::test::with;
    const CallFacts call = with(with(plain_call(), Fact::method, CallMethod::subscribe), Fact::watch, Truth::yes);
    return judged(images, called, call).outcome.handling;
  };
  put_rules(kBob, always("allow"));
  put(kPresenceAuid, kBob, watcher("confirm"));
  put(kPresenceAuid, kCarol, watcher("block"));
  start();
  const RuleImages images = first();
  EXPECT_EQ(watched(images, kBob), Handling::challenge);
  EXPECT_EQ(handling_of(images, kBob), Handling::allow);
  EXPECT_EQ(watched(images, kCarolsNumber), Handling::block);
  EXPECT_EQ(handling_of(images, kCarolsNumber), Handling::none);
  ASSERT_TRUE(store_->put({std::string(kPresenceAuid), kBob, "work"}, watcher("polite-block"), "").value());
  until([&](const RuleImages& now) { return watched(now, kBob) == Handling::polite_block; });
  remove(kPresenceAuid, kCarol);
  until([&](const RuleImages& now) { return watched(now, kCarolsNumber) == Handling::none; });
  EXPECT_EQ(keeper_->tallies().users, 1U);
}

TEST_F(ContactsOfUsers, CountBesideRulesAndWithoutAny) {
  put_rules(kBob, always("block"));
  put_contact(kBob, "442071838750");
  put_contact(kBob, "442071838751", kNow);  // has ended
  put_contact("tel:+12155550122", "sip:dave@example.com", kNow + 100);
  start(common(config::PolicyFile::operator_soft, always("block")));
  const RuleImages images = first();
  EXPECT_TRUE(knows(images, kBob, "442071838750"));
  EXPECT_FALSE(knows(images, kBob, "442071838751"));
  EXPECT_TRUE(knows(images, kCarolsNumber, "sip:dave@example.com")) << "she has no document";
  EXPECT_EQ(judged_for(images, kCarolsNumber, "442071838750").outcome.handling, Handling::block);
  EXPECT_EQ(keeper_->tallies().users, 2U);
}

TEST_F(ContactsOfUsers, AChangeIsCompiledAtOnce) {
  start();
  const RuleImages before = first();
  put_contact("tel:+12155550122", "442071838750");
  keeper_->note_contacts({kCarolsNumber});
  const RuleImages after =
      until([&](const RuleImages& images) { return knows(images, kCarolsNumber, "442071838750"); });
  EXPECT_EQ(changed(before, after), std::vector<std::size_t>{shard_of(after, kCarolsNumber)});
  auto store = open_list_store(lists_);
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->remove(ListFilter{.owner = "tel:+12155550122"}).value(), 1);
  keeper_->note_contacts({kCarolsNumber});
  until([&](const RuleImages& images) { return !knows(images, kCarolsNumber, "442071838750"); });
  EXPECT_EQ(keeper_->tallies().users, 0U) << "nothing is left of her";
}

// Documents are kept under a name of the user's own, contacts under the one that calls have.
TEST_F(ContactsOfUsers, HoweverAUserIsWritten) {
  const std::string written = "tel:+1-215-555-0122";
  put_contact("tel:+12155550122", "442071838750");
  start();
  until([&](const RuleImages& images) { return knows(images, kCarolsNumber, "442071838750"); });
  put_rules(written, always("block"));
  const RuleImages with_rules = until_says(kCarolsNumber, Handling::block);
  EXPECT_TRUE(knows(with_rules, kCarolsNumber, "442071838750"));
  put_contact("tel:+12155550122", "442071838751");
  keeper_->note_contacts({kCarolsNumber});
  until([&](const RuleImages& images) { return knows(images, kCarolsNumber, "442071838751"); });
  remove(kPolicyAuid, written);
  const RuleImages again =
      until([&](const RuleImages& images) { return handling_of(images, kCarolsNumber) == Handling::none; });
  EXPECT_TRUE(knows(again, kCarolsNumber, "442071838750"));
}

TEST_F(ContactsOfUsers, WhomARuleBlocksByNameIsNone) {
  put_rules(kBob, ruleset(rule("r", "<identity><one id=\"tel:+442071838750\"/></identity>", "block")));
  put_contact(kBob, "442071838750");
  put_contact(kBob, "442071838751");
  start();
  const RuleImages images = first();
  EXPECT_EQ(judged_for(images, kBob, "442071838750").outcome.handling, Handling::block);
  EXPECT_TRUE(knows(images, kBob, "442071838751"));
}

TEST_F(ContactsOfUsers, ListsGoOutWithTheRules) {
  start();
  EXPECT_EQ(first().lists, nullptr);
  const auto table = std::make_shared<const config::wire::SealedTable>();
  keeper_->set_lists(table);
  until([&](const RuleImages& images) { return images.lists == table; });
}

}  // namespace
}  // namespace stirline::control::policy::rule_keeper_test
