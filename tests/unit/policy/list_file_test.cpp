// Lists as people keep them: the store, files of comma-separated values, and the table that comes of it (SPIT-CL-02,
// SPIT-CL-03, SPIT-CL-09, SPIT-FW-07).
#include "control/policy/list_file.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "tests/unit/policy/sample_rules.hpp"

namespace stirline::control::policy::list_file_test {
namespace {

using config::policy::identity_key;
using config::policy::KeyKind;
using config::policy::List;
using config::policy::ListTable;
using config::policy::text_key;
using config::policy::test::kNow;
using config::policy::test::kSecret;

constexpr const char* kHeader = "list,kind,subject,until,origin,note\r\n";

std::unique_ptr<ListStore> new_store() {
  auto store = open_list_store({});
  EXPECT_TRUE(store.has_value()) << (store ? "" : store.error());
  return std::move(*store);
}

ListImport imported(const std::string& text, ListStore& store, ListImportOptions options = {}) {
  options.origin = options.origin.empty() ? "test.csv" : options.origin;
  std::istringstream file(text);
  const auto import = import_lists(file, options, store);
  EXPECT_TRUE(import.has_value()) << (import ? "" : import.error());
  return import.value_or(ListImport{});
}

std::vector<ListEntry> all_of(const ListStore& store, const ListFilter& filter = {}) {
  std::vector<ListEntry> entries;
  EXPECT_TRUE(store.each(filter, [&](const ListEntry& entry) {
    entries.push_back(entry);
    return true;
  }));
  return entries;
}

TEST(ListFile, EveryKindOfSubjectBecomesWhatCallsCarry) {
  const auto store = new_store();
  const ListImport import = imported(std::string(kHeader) +
                                         "black,number,+1 (215) 555-0100,2027-06-30T00:00:00Z,trace-back 17,note\r\n"
                                         "black,prefix,+1900,,,\n"
                                         "unallocated,range,+12125550000-+12125559999,,,\r\n"
                                         "black,uri,SIP:Mallory@SPAM.example,,,\r\n"
                                         "black,domain,Spam.EXAMPLE,,,\r\n"
                                         "white,spc,707J,,,\r\n"
                                         "black,certificate,\"CN=Bad \"\"Calls\"\", O=Bad\",,,\"two\r\nlines\"\r\n"
                                         "white,trunk,wholesale,,,",
                                     *store);
  EXPECT_EQ(import.mistakes, 0U);
  EXPECT_EQ(import.taken, 8U);
  const auto image = make_list_table(*store, kSecret, {}, kNow);
  ASSERT_TRUE(image) << image.error();
  const auto table = ListTable::open(*image);
  ASSERT_TRUE(table) << table.error().text;
  const auto shown = [&](const config::policy::ShownCaller& caller) { return table->of_caller(caller, kNow); };
  const auto hits = shown({.identity = identity_key(kSecret, "12155550100")});
  EXPECT_TRUE(hits.has(List::black));
  EXPECT_EQ(table->origin(hits.origins[static_cast<std::size_t>(List::black)]), "trace-back 17");
  EXPECT_TRUE(shown({.identity = identity_key(kSecret, "19005551234")}).has(List::black));
  EXPECT_TRUE(shown({.identity = identity_key(kSecret, "sip:mallory@spam.example")}).has(List::black));
  EXPECT_TRUE(shown({.domain = text_key(kSecret, KeyKind::domain, "spam.example")}).has(List::black));
  EXPECT_TRUE(shown({.signer = text_key(kSecret, KeyKind::spc, "707J")}).has(List::white));
  EXPECT_TRUE(
      shown({.certificate = text_key(kSecret, KeyKind::certificate, "CN=Bad \"Calls\",O=Bad")}).has(List::black));
  EXPECT_TRUE(shown({.trunk = text_key(kSecret, KeyKind::trunk, "wholesale")}).has(List::white));
  EXPECT_TRUE(table->of_claim({.caller = identity_key(kSecret, "12125551234")}, kNow).has(List::unallocated));
}

TEST(ListFile, WhatIsExportedIsImportedAgain) {
  const auto store = new_store();
  imported(std::string(kHeader) + "black,certificate,\"a,b\"\"c\\, d\",2027-06-30T12:30:01Z,\"o,1\",\"n\"\"\nm\"\r\n" +
               "do-not-call,number,442071838750,,,\r\n",
           *store);
  std::ostringstream first;
  EXPECT_EQ(export_lists(*store, {}, first), 2U);
  const auto again = new_store();
  EXPECT_EQ(imported(first.str(), *again).taken, 2U);
  std::ostringstream second;
  ASSERT_TRUE(export_lists(*again, {}, second));
  EXPECT_EQ(first.str(), second.str());
  EXPECT_EQ(all_of(*again)[0].subject, "a,b\"c\\, d");
  EXPECT_EQ(all_of(*again)[0].until, 1'814'358'601);
  EXPECT_EQ(all_of(*again)[1].origin, "test.csv");
}

const std::string kMistakes = std::string(kHeader) +
                              "black,number,12155550100,,,\r\n"
                              "grey,number,12155550101,,,\r\n"
                              "black,colour,12155550101,,,\r\n"
                              "black,number,nobody,,,\r\n"
                              "black,prefix,12a,,,\r\n"
                              "black,range,12125559999-12125550000,,,\r\n"
                              "black,range,1-22,,,\r\n"
                              "black,uri,mailto:a@b.example,,,\r\n"
                              "black,domain,a b,,,\r\n"
                              "black,number,12155550101,tomorrow,,\r\n"
                              "black,number,12155550101,,\r\n"
                              "black,number,12155550101,,,,\r\n"
                              "black,number,1\"2,,,\r\n"
                              "black,certificate,\"x\"y,,,\r\n"
                              "black,trunk,,,,\r\n" +
                              "black,number,12155550102,,," + std::string(300, 'x') + "\r\n" +
                              "black,number,12155550103,,," + std::string(10'000, 'x') + "\r\n" +
                              "white,number,12155550104,,,\r\n"
                              "black,number,\"12155550105\n";

TEST(ListFile, EveryMistakeIsToldWithItsLineAndNothingIsTaken) {
  const auto store = new_store();
  const ListImport import = imported(kMistakes, *store);
  EXPECT_EQ(import.taken, 0U);
  EXPECT_EQ(store->size(), 0);
  ASSERT_EQ(import.told.size(), 17U);
  EXPECT_EQ(import.mistakes, 17U);
  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(import.told[i].line, i + 3) << import.told[i].text;
    EXPECT_FALSE(import.told[i].text.empty());
  }
  EXPECT_EQ(import.told[0].text, "\"grey\" is no list");
  EXPECT_EQ(import.told[16].line, 20U);
}

TEST(ListFile, MistakesCanBeLeftOut) {
  const auto store = new_store();
  const ListImport import = imported(kMistakes, *store, {.skip_mistakes = true});
  EXPECT_EQ(import.taken, 2U);
  EXPECT_EQ(import.mistakes, 17U);
  const auto entries = all_of(*store);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].subject, "12155550104");  // white is before black
  EXPECT_EQ(entries[1].subject, "12155550100");
}

TEST(ListFile, AFileOfSomethingElseIsRefused) {
  const auto store = new_store();
  for (const char* text :
       {"", "number\n1", "list;kind;subject;until;origin;note\n", "list,kind,subject,until,origin\n"}) {
    std::istringstream file(text);
    EXPECT_FALSE(import_lists(file, {}, *store)) << text;
  }
}

TEST(ListFile, OfManyMistakesAHundredAreTold) {
  const auto store = new_store();
  std::string text = kHeader;
  for (int i = 0; i < 1'000; ++i) {
    text += "wrong\n";
  }
  const ListImport import = imported(text, *store);
  EXPECT_EQ(import.mistakes, 1'000U);
  EXPECT_EQ(import.told.size(), 100U);
}

TEST(ListStore, AnEntryTakesThePlaceOfItsLike) {
  const auto store = new_store();
  imported(std::string(kHeader) + "black,number,12155550100,,,first\r\n", *store);
  imported(std::string(kHeader) + "black,number,+12155550100,2027-06-30T00:00:00Z,,second\r\n", *store);
  imported(std::string(kHeader) + "black,number,12155550100,,,of bob\r\n", *store, {.owner = "sip:bob@example.com"});
  ASSERT_EQ(store->size(), 2);
  const auto entries = all_of(*store, {.owner = std::string(kOperator)});
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].note, "second");
  EXPECT_TRUE(store->remove(entries[0]).value());
  EXPECT_FALSE(store->remove(entries[0]).value());
  EXPECT_EQ(all_of(*store)[0].owner, "sip:bob@example.com");
  EXPECT_TRUE(all_of(*store, {.list = List::white}).empty());
}

TEST(ListStore, WhatHasEndedIsNotInTheTableAndGoesAfterAWhile) {  // SPIT-CL-02: lists age out
  const auto store = new_store();
  imported(std::string(kHeader) + "black,number,12155550100,2026-12-31T00:00:00Z,,\r\n" +
               "black,number,12155550101,2027-12-31T00:00:00Z,,\r\nblack,number,12155550102,,,\r\n",
           *store);
  const auto image = make_list_table(*store, kSecret, {}, kNow);
  ASSERT_TRUE(image) << image.error();
  const auto table = ListTable::open(*image);
  ASSERT_TRUE(table) << table.error().text;
  EXPECT_EQ(table->entries(), 2U);
  EXPECT_EQ(store->size(), 3);
  EXPECT_EQ(store->forget_ended(kNow), 1);
  EXPECT_EQ(store->size(), 2);
}

TEST(ListStore, OneUsersEntriesAreNotEverybodys) {  // SPIT-FW-07: nobody lists anybody for others
  const auto store = new_store();
  imported(std::string(kHeader) + "white,number,12155550100,,,\r\n", *store, {.owner = "sip:bob@example.com"});
  const auto image = make_list_table(*store, kSecret, {}, kNow);
  ASSERT_TRUE(image) << image.error();
  const auto table = ListTable::open(*image);
  ASSERT_TRUE(table) << table.error().text;
  EXPECT_EQ(table->of_caller({.identity = identity_key(kSecret, "12155550100")}, kNow).lists, 0);
}

TEST(ListStore, AFailureInTheMiddleLeavesEverythingAsItWas) {
  const auto store = new_store();
  const auto changed = store->change([](const ListStore::Put& put) -> ListStore::Done {
    EXPECT_TRUE(put({.subject = "12155550100"}));
    return std::unexpected("enough");
  });
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error(), "enough");
  EXPECT_EQ(store->size(), 0);
}

}  // namespace
}  // namespace stirline::control::policy::list_file_test
