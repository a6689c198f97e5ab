// Documents and their tags survive; a change that was overtaken is turned down (SPIT-XC-06).
#include "control/xcap/document_store.hpp"

#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "control/xcap/document_tag.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::document_store_test {
namespace {

const DocumentKey kKey{"spit-policy", "sip:bob@example.com", "index"};

std::unique_ptr<DocumentStore> open(const std::filesystem::path& file) {
  auto store = open_document_store(file);
  EXPECT_TRUE(store) << store.error();
  return std::move(*store);
}

TEST(DocumentStores, KeepDocumentsAndTagsAcrossARestart) {
  const test::ScratchFolder folder;
  const auto file = folder / "documents.db";
  std::string tag;
  {
    const auto store = open(file);
    EXPECT_EQ(store->find(kKey).value(), std::nullopt);
    tag = store->put(kKey, "<a/>", "").value().value();
    EXPECT_FALSE(open_document_store(file)) << "one process at a time";
  }
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto store = open(file);
  const auto found = store->find(kKey).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->body, "<a/>");
  EXPECT_EQ(found->etag, tag);
  // Gone and there again with the same content: another tag, after the restart too.
  ASSERT_TRUE(store->remove(kKey, tag).value());
  EXPECT_NE(store->put(kKey, "<a/>", "").value().value(), tag);
}

TEST(DocumentStores, AChangeNamesWhatItWasMadeFrom) {
  const auto store = open({});
  const std::string first = store->put(kKey, "<a/>", "").value().value();
  EXPECT_EQ(store->put(kKey, "<b/>", "").value(), std::nullopt) << "it is there already";
  const std::string second = store->put(kKey, "<b/>", first).value().value();
  EXPECT_NE(second, first);
  EXPECT_EQ(store->put(kKey, "<c/>", first).value(), std::nullopt);
  EXPECT_FALSE(store->remove(kKey, first).value());
  EXPECT_EQ(store->find(kKey).value()->body, "<b/>");
  EXPECT_TRUE(store->remove(kKey, second).value());
  EXPECT_FALSE(store->remove(kKey, second).value());
  EXPECT_EQ(store->put(kKey, "<c/>", second).value(), std::nullopt) << "it is gone";
}

TEST(DocumentStores, TellWhoseDocumentsOfWhichUsageChanged) {
  const auto store = open({});
  std::vector<std::string> told;
  store->on_change([&](const std::string& usage, const std::string& owner) {
    EXPECT_TRUE(store->find(kKey)) << "a listener may ask the store";
    told.push_back(usage + " " + owner);
  });
  const std::string tag = store->put(kKey, "<a/>", "").value().value();
  static_cast<void>(store->put(kKey, "<b/>", "\"other\""));
  static_cast<void>(store->remove(kKey, "\"other\""));
  static_cast<void>(store->remove(kKey, tag));
  EXPECT_EQ(told, (std::vector<std::string>(2, "spit-policy sip:bob@example.com")));
}

TEST(DocumentStores, ShowEveryDocumentOfAUsageOnce) {
  const auto store = open({});
  constexpr std::size_t kCount = 200;  // more than are read at once
  for (std::size_t i = 0; i < kCount; ++i) {
    ASSERT_TRUE(store->put({"spit-policy", "user" + std::to_string(i % 7), "d" + std::to_string(i)}, "<a/>", ""));
  }
  ASSERT_TRUE(store->put({"resource-lists", "user1", "index"}, "<b/>", ""));
  std::set<DocumentKey> seen;
  ASSERT_TRUE(store->for_each("spit-policy", [&](const StoredDocument& document) {
    EXPECT_EQ(document.body, "<a/>");
    EXPECT_TRUE(seen.insert(document.key).second);
  }));
  EXPECT_EQ(seen.size(), kCount);
  EXPECT_EQ(store->count().value(), kCount + 1);
  EXPECT_EQ(store->count("resource-lists", "user1").value(), 1U);
  EXPECT_EQ(store->count("resource-lists", "user2").value(), 0U);
}

TEST(DocumentStores, GiveAUsersDocumentsByName) {
  const auto store = open_document_store({}).value();
  for (const auto& [owner, name] : {std::pair("sip:bob@b.example", "work"), std::pair("sip:bob@b.example", "index"),
                                    std::pair("sip:carol@b.example", "index")}) {
    ASSERT_TRUE(store->put({"pres-rules", owner, name}, name, "").value());
  }
  ASSERT_TRUE(store->put({"spit-policy", "sip:bob@b.example", "index"}, "other", "").value());
  const auto found = store->documents_of("pres-rules", "sip:bob@b.example").value();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].key, (DocumentKey{"pres-rules", "sip:bob@b.example", "index"}));
  EXPECT_EQ(found[0].body, "index");
  EXPECT_EQ(found[0].etag, store->find(found[0].key).value()->etag);
  EXPECT_EQ(found[1].key.name, "work");
  EXPECT_TRUE(store->documents_of("pres-rules", "sip:eve@b.example").value().empty());
}

TEST(DocumentStores, SeveralThreadsLoseNoChange) {
  const auto store = open({});
  constexpr int kEach = 50;
  constexpr int kThreads = 4;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (int done = 0; done < kEach;) {
          const auto found = store->find(kKey).value();
          const std::string body = std::to_string(found ? std::stoi(found->body) + 1 : 1);
          done += store->put(kKey, body, found ? found->etag : "").value() ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(store->find(kKey).value()->body, std::to_string(kEach * kThreads));
}

TEST(DocumentStores, AreNotOpenedOverSomethingElse) {
  const test::ScratchFolder folder;
  EXPECT_FALSE(
      open_document_store(folder.write("a.db", "no database at all, though it is long enough for one header...")));
  EXPECT_FALSE(open_document_store(folder / "no" / "such" / "folder.db"));
}

TEST(DocumentTags, AreStrongAndMatchedAsSuch) {
  EXPECT_NE(change_tag(1, "a"), change_tag(2, "a"));
  EXPECT_NE(change_tag(1, "a"), change_tag(1, "b"));
  EXPECT_EQ(content_tag("a"), content_tag("a"));
  EXPECT_TRUE(content_tag("a").starts_with('"') && content_tag("a").ends_with('"'));
  EXPECT_EQ(match_tags("\"a\"", "\"a\"", true), Match::yes);
  EXPECT_EQ(match_tags(" \"x\" ,\t\"a\"", "\"a\"", true), Match::yes);
  EXPECT_EQ(match_tags("\"x\", \"y\"", "\"a\"", true), Match::no);
  EXPECT_EQ(match_tags("W/\"a\"", "\"a\"", true), Match::no) << "weak";
  EXPECT_EQ(match_tags("\"a\"", "", false), Match::no);
  EXPECT_EQ(match_tags("*", "\"a\"", true), Match::yes);
  EXPECT_EQ(match_tags("*", "\"a\"", false), Match::no) << "the element is not there, its document is";
  for (const char* bad : {"", "a", "\"a", "\"a\" \"b\"", "\"a\",", "*, \"a\"", "w/\"a\""}) {
    EXPECT_EQ(match_tags(bad, "\"a\"", true), Match::malformed) << bad;
  }
  std::string many = "\"a\"";
  for (std::size_t i = 0; i < kMaxTagsPerCondition; ++i) {
    many += ",\"a\"";
  }
  EXPECT_EQ(match_tags(many, "\"a\"", true), Match::malformed);
}

}  // namespace
}  // namespace stirline::control::document_store_test
