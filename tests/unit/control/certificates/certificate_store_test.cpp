// STIR-CF-03: the cache by exact URL that survives a restart; and what the file may be made to hold.
#include "control/certificates/certificate_store.hpp"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "tests/unit/control/scratch.hpp"

namespace stirline::control::certificate_store_test {
namespace {

constexpr std::int64_t kNow = 1'790'000'000;

StoredChain chain(const std::string& url, std::int64_t fetched_at = kNow) {
  StoredChain one;
  one.url = url;
  one.pem = "-----BEGIN CERTIFICATE-----\n" + url + "\n-----END CERTIFICATE-----\n";
  one.content_type = "application/pem-certificate-chain";
  one.fetched_at = fetched_at;
  one.refresh_at = fetched_at + 75'600;
  one.keep_until = fetched_at + 86'400;
  return one;
}

class CertificateStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<CertificateStore> open(const StoreLimits& limits = {}) const {
    auto store = open_sqlite_store(file_, limits);
    EXPECT_TRUE(store) << store.error();
    return store ? std::move(*store) : nullptr;
  }

  static std::vector<std::string> urls(const CertificateStore& store) {
    std::vector<std::string> urls;
    const auto chains = store.load();
    EXPECT_TRUE(chains) << chains.error();
    for (const StoredChain& one : chains.value_or(std::vector<StoredChain>{})) {
      urls.push_back(one.url);
    }
    return urls;
  }

  std::string why_not() const {
    const auto store = open_sqlite_store(file_, {});
    return store ? "" : store.error();
  }

  void run_sql(const char* sql) const {
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(file_.c_str(), &raw), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(raw, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(raw);
    sqlite3_close(raw);
  }

  test::ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "certificates.db";
};

TEST_F(CertificateStoreTest, WhatWasPutIsThereAfterARestart) {
  StoredChain first = chain("https://a.example/a.pem");
  StoredChain second = chain("https://a.example/A.pem", kNow + 1);
  second.source = ChainSource::imported;
  second.proven = true;
  {
    const auto store = open();
    ASSERT_TRUE(store->put(first));
    ASSERT_TRUE(store->put(second));
    ASSERT_TRUE(store->note_error(first.url, "no answer", kNow + 10));
    ASSERT_TRUE(store->note_proven(first.url, true));
    ASSERT_TRUE(store->note_error("https://nobody.example/", "never heard of", kNow));
  }
  first.last_error = "no answer";
  first.refresh_at = kNow + 10;
  first.proven = true;
  EXPECT_EQ(open()->load().value(), (std::vector<StoredChain>{second, first}));
}

TEST_F(CertificateStoreTest, ASecondPutReplaces) {
  const auto store = open();
  ASSERT_TRUE(store->put(chain("https://a.example/", kNow)));
  StoredChain newer = chain("https://a.example/", kNow + 5);
  newer.pem = "other";
  ASSERT_TRUE(store->put(newer));
  EXPECT_EQ(store->load().value(), std::vector<StoredChain>{newer});
}

TEST_F(CertificateStoreTest, ForgetsAndPurges) {
  const auto store = open();
  ASSERT_TRUE(store->put(chain("https://a.example/", kNow)));
  ASSERT_TRUE(store->put(chain("https://b.example/", kNow + 1)));
  ASSERT_TRUE(store->put(chain("https://c.example/", kNow + 2)));
  EXPECT_EQ(store->forget("https://c.example/"), true);
  EXPECT_EQ(store->forget("https://c.example/"), false);
  EXPECT_EQ(store->purge(kNow + 86'400).value(), std::vector<std::string>{});
  EXPECT_EQ(store->purge(kNow + 86'401).value(), std::vector<std::string>{"https://a.example/"});
  EXPECT_EQ(urls(*store), std::vector<std::string>{"https://b.example/"});
}

// A stranger who names many URLs must not push out what is in use.
TEST_F(CertificateStoreTest, WhatNeverValidatedMakesRoomFirstThenTheOldest) {
  const auto store = open({.entries = 4});
  StoredChain proven = chain("https://proven.example/", kNow);
  proven.proven = true;
  StoredChain imported = chain("https://imported.example/", kNow - 1'000);
  imported.source = ChainSource::imported;
  ASSERT_TRUE(store->put(proven));
  ASSERT_TRUE(store->put(imported));
  ASSERT_TRUE(store->put(chain("https://old.example/", kNow + 1)));
  ASSERT_TRUE(store->put(chain("https://young.example/", kNow + 2)));
  const auto gone = store->put(chain("https://next.example/", kNow));
  ASSERT_TRUE(gone);
  EXPECT_EQ(*gone, std::vector<std::string>{"https://old.example/"});
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(store->put(chain("https://stranger.example/" + std::to_string(i), kNow + 10 + i)));
  }
  const std::vector<std::string> left = urls(*store);
  EXPECT_EQ(left.size(), 4U);
  EXPECT_TRUE(std::ranges::count(left, "https://proven.example/") == 1);
  EXPECT_TRUE(std::ranges::count(left, "https://imported.example/") == 1);
}

TEST_F(CertificateStoreTest, OctetsAreBoundedToo) {
  const auto store = open({.entries = 100, .octets = 10'000});
  for (int i = 0; i < 20; ++i) {
    StoredChain large = chain("https://large.example/" + std::to_string(i), kNow + i);
    large.pem.assign(3'000, 'x');
    ASSERT_TRUE(store->put(large));
  }
  EXPECT_EQ(urls(*store).size(), 3U);
  EXPECT_EQ(urls(*store).back(), "https://large.example/19");
}

TEST_F(CertificateStoreTest, AStoreInMemoryServesAsWell) {
  const auto store = open_sqlite_store({}, {});
  ASSERT_TRUE(store) << store.error();
  ASSERT_TRUE((*store)->put(chain("https://a.example/")));
  EXPECT_EQ((*store)->load().value().size(), 1U);
}

TEST_F(CertificateStoreTest, TheFileIsForItsOwnerAlone) {
  open();
  struct stat facts{};
  ASSERT_EQ(::stat(file_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(CertificateStoreTest, OneProcessAtATime) {
  const auto store = open();
  EXPECT_EQ(why_not(), file_.string() + ": another process uses it");
}

TEST_F(CertificateStoreTest, ForeignFilesAreLeftAlone) {
  folder_.write("certificates.db",
                "This is a letter to grandmother, and no database at all. " + std::string(4'096, '.'));
  EXPECT_EQ(why_not(), file_.string() + ": file is not a database");
  std::filesystem::remove(file_);
  run_sql("CREATE TABLE songs(name TEXT); INSERT INTO songs VALUES('one')");
  EXPECT_EQ(why_not(), file_.string() + ": this is a database of something else");
  run_sql("SELECT name FROM songs");
  std::filesystem::remove(file_);
  open();
  run_sql("PRAGMA user_version = 9");
  EXPECT_EQ(why_not(), file_.string() + ": it is of version 9, this program writes version 2");
  std::filesystem::remove(file_);
  EXPECT_FALSE(open_sqlite_store(file_, {}, sqlite::Use::existing));
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_FALSE(open_sqlite_store(folder_ / "no" / "such.db", {}));
  EXPECT_FALSE(open_sqlite_store(folder_.path(), {}));
}

// STIR-CE-09, STIR-CE-04: lists survive a restart like chains; of one URL there may be one of each kind.
TEST_F(CertificateStoreTest, ListsAreKeptBesideChains) {
  StoredList crl{{ListKind::revocation, "https://a.example/list"}, "PEM", kNow, kNow + 1, kNow + 2, ""};
  StoredList numbers{{ListKind::numbers, "https://a.example/list"}, std::string("0\0\xff", 3), kNow, kNow, kNow, "why"};
  {
    const auto store = open();
    ASSERT_TRUE(store->put(chain("https://a.example/")));
    ASSERT_TRUE(store->put_list(numbers));
    ASSERT_TRUE(store->put_list(crl));
  }
  EXPECT_EQ(open()->load_lists(), (std::vector<StoredList>{crl, numbers}));
  crl.body = "another";
  {
    const auto store = open();
    ASSERT_TRUE(store->put_list(crl));
    ASSERT_TRUE(store->note_list_error(numbers.name, "later", kNow + 9));
    ASSERT_TRUE(store->purge(kNow + 1'000'000));  // chains alone
  }
  numbers.last_error = "later";
  numbers.refresh_at = kNow + 9;
  EXPECT_EQ(open()->load_lists(), (std::vector<StoredList>{crl, numbers}));
  ASSERT_TRUE(open()->forget_list(crl.name));
  EXPECT_EQ(open()->load_lists(), std::vector<StoredList>{numbers});
  run_sql("UPDATE list SET kind = 2");
  EXPECT_FALSE(open()->load_lists());
}

TEST_F(CertificateStoreTest, AFileOfTheVersionBeforeIsTakenOver) {
  ASSERT_TRUE(open()->put(chain("https://a.example/")));
  run_sql("DROP TABLE list; PRAGMA user_version = 1");
  const auto store = open();
  EXPECT_EQ(urls(*store), std::vector<std::string>{"https://a.example/"});
  EXPECT_TRUE(store->put_list({{ListKind::revocation, "https://a.example/list"}, "PEM", kNow, kNow, kNow, ""}));
}

TEST_F(CertificateStoreTest, WhatSomebodyElseWroteIntoItIsNotBelieved) {
  ASSERT_TRUE(open()->put(chain("https://a.example/")));
  run_sql("UPDATE chain SET pem = printf('%.*c', 70000, 'x')");
  EXPECT_FALSE(open()->load());
  run_sql("UPDATE chain SET pem = '', url = 'https://a.example/ b'");
  EXPECT_FALSE(open()->load());
}

// Every page of the file in turn is overwritten: an error or a store, never a crash.
TEST_F(CertificateStoreTest, ADamagedFileIsAnErrorAndNothingWorse) {
  {
    const auto store = open();
    for (int i = 0; i < 60; ++i) {
      ASSERT_TRUE(store->put(chain("https://a.example/" + std::to_string(i))));
    }
  }
  std::ifstream in(file_, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  ASSERT_GT(whole.size(), 8'192U);
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); at += 512) {
    std::string damaged = whole;
    damaged.replace(at, 512, std::string(512, '\xa5'));
    std::filesystem::remove(folder_ / "certificates.db-wal");
    folder_.write("certificates.db", damaged);
    const auto store = open_sqlite_store(file_, {});
    const bool good = store && (*store)->load() && (*store)->put(chain("https://new.example/"));
    refused += good ? 0 : 1;
  }
  EXPECT_GT(refused, 10U);
  for (std::size_t length = 0; length < whole.size(); length += 1'024) {
    std::filesystem::remove(folder_ / "certificates.db-wal");
    folder_.write("certificates.db", whole.substr(0, length));
    const auto store = open_sqlite_store(file_, {});
    EXPECT_EQ(store.has_value(), length == 0) << length;
    std::filesystem::remove(file_);
  }
}

}  // namespace
}  // namespace stirline::control::certificate_store_test
