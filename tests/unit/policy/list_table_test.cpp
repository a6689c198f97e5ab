// Lists as packet cores ask them: every kind of subject, two questions, ends of entries, images that lie
// (SPIT-CL-02, SPIT-CL-03, SPIT-CL-09, SPIT-FW-02).
#include "config/policy/list_table.hpp"

#include <map>
#include <random>

#include <gtest/gtest.h>

#include "config/policy/list_table_writer.hpp"
#include "config/text_rules.hpp"
#include "tests/unit/policy/sample_rules.hpp"

namespace stirline::config::policy::list_table_test {
namespace {

using test::kNow;
using test::kSecret;

constexpr auto kLater = static_cast<ListUntil>(kNow + 1'000);

Key number(std::string_view digits) {
  return identity_key(kSecret, digits);
}
Key text(KeyKind kind, std::string_view words) {
  return text_key(kSecret, kind, words);
}

struct Opened {
  tables::Image image;
  ListTable table;
};

Opened opened(ListTableWriter& writer) {
  auto image = writer.take();
  EXPECT_TRUE(image.has_value()) << (image ? "" : image.error());
  Opened made{image.value_or(tables::Image()), {}};
  const auto table = ListTable::open(made.image);
  EXPECT_TRUE(table.has_value()) << (table ? "" : table.error().text);
  made.table = table.value_or(ListTable());
  return made;
}

// A little of everything.
Opened sample() {
  ListTableWriter writer(kSecret);
  const std::uint16_t file = writer.origin("fcc-2027.csv");
  const std::uint16_t api = writer.origin("API");
  writer.add(List::black, number("12155550100"), kLater, file);
  writer.add(List::white, number("12155550100"), kForEver, api);
  writer.add(List::black, number("12155550101"), static_cast<ListUntil>(kNow), file);
  writer.add(List::black, text(KeyKind::identity, "sip:mallory@spam.example"), kLater, api);
  writer.add(List::black, text(KeyKind::domain, "spam.example"), kLater, file);
  writer.add(List::white, text(KeyKind::spc, "707J"), kLater, file);
  writer.add(List::black, text(KeyKind::certificate, "CN=Bad Calls, O=Bad"), kLater, file);
  writer.add(List::black, text(KeyKind::trunk, "wholesale"), kLater, file);
  writer.add(List::do_not_originate, number("18005550199"), kForEver, file);
  writer.add(List::do_not_call, number("442071838750"), kForEver, file);
  writer.add_prefix(List::black, number("1900"), kForEver, api);
  writer.add_prefix(List::do_not_originate, number("1900555"), kLater, file);
  writer.add_range(List::unallocated, number("12125550000"), number("12125559999"), kForEver, file);
  return opened(writer);
}

std::string lists_of(const ListHits& hits) {
  std::string words;
  for (std::size_t list = 0; list < kLists; ++list) {
    if (hits.has(static_cast<List>(list))) {
      words += (words.empty() ? "" : " ") + std::string(to_string(static_cast<List>(list)));
    }
  }
  return words;
}

TEST(ListTable, FindsEveryKindOfSubject) {  // SPIT-CL-02, SPIT-CL-03
  const Opened lists = sample();
  const auto of = [&](const ShownCaller& caller) { return lists_of(lists.table.of_caller(caller, kNow)); };
  EXPECT_EQ(of({.identity = number("12155550100")}), "white black");
  EXPECT_EQ(of({.identity = number("12155550102")}), "");
  EXPECT_EQ(of({.identity = text(KeyKind::identity, "sip:mallory@spam.example")}), "black");
  EXPECT_EQ(of({.domain = text(KeyKind::domain, "spam.example")}), "black");
  EXPECT_EQ(of({.signer = text(KeyKind::spc, "707J")}), "white");
  EXPECT_EQ(of({.signer = text(KeyKind::trunk, "707J")}), "");  // equal texts of two kinds are two
  EXPECT_EQ(of({.certificate = text(KeyKind::certificate, "CN=Bad Calls, O=Bad")}), "black");
  EXPECT_EQ(of({.trunk = text(KeyKind::trunk, "wholesale")}), "black");
  EXPECT_EQ(of({.identity = number("19005550100")}), "black");
  EXPECT_EQ(of({.identity = number("1900")}), "black");  // a prefix is itself one of those that begin with it
  EXPECT_EQ(of({.identity = number("190")}), "");
  EXPECT_EQ(of({.identity = number("1901")}), "");
  EXPECT_EQ(of({}), "");
}

TEST(ListTable, OnlyWhoHasBeenShownToCallIsWhiteOrBlack) {  // SPIT-FW-02, SPIT-CL-02
  const Opened lists = sample();
  const ListHits claimed = lists.table.of_claim({.caller = number("12155550100")}, kNow);
  EXPECT_FALSE(claimed.has(List::white));
  EXPECT_TRUE(claimed.has(List::black));  // for a score; rules of black ask of_caller()
  const ListHits nobody = lists.table.of_caller({.trunk = text(KeyKind::trunk, "carrier")}, kNow);
  EXPECT_EQ(lists_of(nobody), "");
}

TEST(ListTable, WhatIsClaimedIsAskedOfTheOthers) {  // SPIT-CL-09: called numbers alone are on do-not-call
  const Opened lists = sample();
  const auto of = [&](const ClaimedCall& call) { return lists_of(lists.table.of_claim(call, kNow)); };
  EXPECT_EQ(of({.caller = number("18005550199")}), "do-not-originate");
  EXPECT_EQ(of({.called = number("18005550199")}), "");
  EXPECT_EQ(of({.called = number("442071838750")}), "do-not-call");
  EXPECT_EQ(of({.caller = number("442071838750")}), "");
  EXPECT_EQ(of({.caller = number("12125550000")}), "unallocated");
  EXPECT_EQ(of({.caller = number("12125559999")}), "unallocated");
  EXPECT_EQ(of({.caller = number("12125560000")}), "");
  EXPECT_EQ(of({.caller = number("121255500001")}), "");  // of another length
  EXPECT_EQ(of({.called = number("12125550000")}), "");
  EXPECT_EQ(of({.caller = number("19005551234")}), "black do-not-originate");
  EXPECT_EQ(lists_of(lists.table.of_caller({.identity = number("18005550199")}, kNow)), "");
}

TEST(ListTable, EntriesEndByThemselves) {  // SPIT-CL-02: lists age out
  const Opened lists = sample();
  EXPECT_EQ(lists_of(lists.table.of_caller({.identity = number("12155550101")}, kNow - 1)), "black");
  EXPECT_EQ(lists_of(lists.table.of_caller({.identity = number("12155550101")}, kNow)), "");
  EXPECT_EQ(lists_of(lists.table.of_caller({.identity = number("12155550100")}, kLater)), "white");
  EXPECT_EQ(lists_of(lists.table.of_caller({.identity = number("12155550100")}, INT64_MAX)), "white");
  EXPECT_EQ(lists_of(lists.table.of_claim({.caller = number("19005550000")}, kLater)), "black");
}

TEST(ListTable, TellsWhereAnEntryComesFrom) {
  const Opened lists = sample();
  const ListHits hits = lists.table.of_caller({.identity = number("12155550100")}, kNow);
  EXPECT_EQ(lists.table.origin(hits.origins[static_cast<std::size_t>(List::black)]), "fcc-2027.csv");
  EXPECT_EQ(lists.table.origin(hits.origins[static_cast<std::size_t>(List::white)]), "API");
  EXPECT_EQ(lists.table.origin(2), "");
  EXPECT_EQ(lists.table.entries(), 10U);
}

TEST(ListTable, OfTwoEntriesTheOneThatLastsLonger) {
  ListTableWriter writer(kSecret);
  const std::uint16_t a = writer.origin("a");
  const std::uint16_t b = writer.origin("b");
  for (const bool first : {true, false}) {
    writer.add(List::black, number("123"), first ? kLater : kLater + 1, first ? a : b);
    writer.add_range(List::black, number(first ? "200" : "210"), number("300"), first ? kLater + 1 : kLater,
                     first ? a : b);
  }
  const Opened lists = opened(writer);
  EXPECT_EQ(lists.table.entries(), 1U);
  EXPECT_EQ(lists.table.of_caller({.identity = number("123")}, kLater).origins[1], b);
  EXPECT_TRUE(lists.table.of_caller({.identity = number("123")}, kLater).has(List::black));
  EXPECT_TRUE(lists.table.of_caller({.identity = number("250")}, kLater).has(List::black));
  EXPECT_EQ(lists.table.spans(), 2U);  // one stretch and its end
}

TEST(ListTable, EmptyListsHaveNobody) {
  ListTableWriter writer(kSecret);
  const Opened lists = opened(writer);
  for (const ListTable& table : {ListTable(), lists.table}) {
    EXPECT_EQ(table.of_caller({.identity = number("123")}, kNow).lists, 0);
    EXPECT_EQ(table.of_claim({.caller = number("123"), .called = number("124")}, kNow).lists, 0);
  }
}

TEST(ListTable, ManyOriginsEndInOthers) {
  ListTableWriter writer(kSecret);
  for (int i = 0; i < 70'000; ++i) {
    const std::uint16_t origin = writer.origin("file" + std::to_string(i));
    if (i == 69'999) {
      writer.add(List::black, number("123"), kForEver, origin);
    }
  }
  const Opened lists = opened(writer);
  EXPECT_EQ(lists.table.origins(), 65'535U);
  EXPECT_EQ(lists.table.origin(lists.table.of_caller({.identity = number("123")}, kNow).origins[1]), "others");
}

// What entries by chance say, found by looking at all of them.
struct Entry {
  List list;
  int kind;  // 0: number, 1: prefix, 2: range
  std::string first;
  std::string last;
  ListUntil until;
};

bool concerns(const Entry& entry, const std::string& digits) {
  return entry.kind == 0   ? digits == entry.first
         : entry.kind == 1 ? digits.starts_with(entry.first)
                           : digits.size() == entry.first.size() && entry.first <= digits && digits <= entry.last;
}

TEST(ListTable, SaysWhatLookingAtEveryEntrySays) {  // SPIT-CL-02: numbers, prefixes, ranges of all lengths
  std::mt19937_64 random(7);
  const auto below = [&](std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random); };
  const auto digits = [&](std::size_t most) {
    std::string made;
    for (std::size_t i = 1 + below(most); i-- > 0;) {
      made += static_cast<char>('0' + below(3));
    }
    return made;
  };
  int hits = 0;
  for (int round = 0; round < 60; ++round) {
    ListTableWriter writer(kSecret);
    const std::uint16_t origin = writer.origin("chance");
    std::vector<Entry> entries;
    for (std::size_t i = below(80); i-- > 0;) {
      Entry entry{.list = static_cast<List>(below(kLists)),
                  .kind = static_cast<int>(below(3)),
                  .first = digits(5),
                  .last = {},
                  .until = static_cast<ListUntil>(kNow - 2 + static_cast<std::int64_t>(below(5)))};
      if (entry.kind == 0) {
        writer.add(entry.list, number(entry.first), entry.until, origin);
      } else if (entry.kind == 1) {
        writer.add_prefix(entry.list, number(entry.first), entry.until, origin);
      } else {
        entry.last = std::string(entry.first.size() - 1, '0') + static_cast<char>('0' + below(3));
        std::tie(entry.first, entry.last) = std::minmax({entry.first, std::string(entry.last)});
        writer.add_range(entry.list, number(entry.first), number(entry.last), entry.until, origin);
      }
      entries.push_back(entry);
    }
    const Opened lists = opened(writer);
    for (int call = 0; call < 300; ++call) {
      const std::string caller = digits(6);
      const std::string called = digits(6);
      unsigned shown = 0;
      unsigned claimed = 0;
      for (const Entry& entry : entries) {
        if (kNow >= entry.until) {
          continue;
        }
        const unsigned bit = list_bit(entry.list);
        const bool is_of_called = entry.list == List::do_not_call;
        shown |= entry.list <= List::black && concerns(entry, caller) ? bit : 0;
        claimed |= entry.list != List::white && concerns(entry, is_of_called ? called : caller) ? bit : 0;
      }
      ASSERT_EQ(lists.table.of_caller({.identity = number(caller)}, kNow).lists, shown) << caller;
      ASSERT_EQ(lists.table.of_claim({.caller = number(caller), .called = number(called)}, kNow).lists, claimed)
          << caller << " to " << called;
      hits += (shown | claimed) != 0 ? 1 : 0;
    }
  }
  EXPECT_GT(hits, 1'000);
}

TEST(ListTable, FindsEachOfManyAndNobodyElse) {
  constexpr std::uint64_t kMany = 200'000;
  ListTableWriter writer(kSecret);
  const std::uint16_t origin = writer.origin("many");
  const auto subject = [](std::uint64_t i) { return number(std::to_string(12'000'000'000 + 2 * i)); };
  for (std::uint64_t i = 0; i < kMany; ++i) {
    writer.add(List::black, subject(i), kForEver, origin);
  }
  for (std::uint64_t i = 0; i < kMany; i += 2) {  // with gaps: none joins another
    const std::uint64_t first = 13'000'000'000 + 10 * i;
    writer.add_range(List::unallocated, number(std::to_string(first)), number(std::to_string(first + 9)), kForEver,
                     origin);
  }
  const Opened lists = opened(writer);
  EXPECT_LT(lists.image.size(), kMany * 21 + kMany * 13 + 700'000);
  for (std::uint64_t i = 0; i < kMany; ++i) {
    ASSERT_TRUE(lists.table.of_caller({.identity = subject(i)}, kNow).has(List::black));
    ASSERT_FALSE(lists.table.of_caller({.identity = subject(i) + 1}, kNow).has(List::black));
    for (const std::uint64_t end : {0U, 9U}) {
      ASSERT_EQ(lists.table.of_claim({.caller = number(std::to_string(13'000'000'000 + 10 * i + end))}, kNow).lists,
                i % 2 == 0 ? list_bit(List::unallocated) : 0);
    }
  }
}

// Every bit of every octet; of the cells of numbers, which are most of the image and all alike, now and then one.
TEST(ListTableImage, EveryBitChanged) {
  const Opened good = sample();
  constexpr std::size_t kEnds = 2'048;  // what is not cells lies in these octets at the begin and at the end
  constexpr std::size_t kStride = 2'003;
  std::size_t tried = 0;
  std::size_t refused = 0;
  tables::Image image = good.image;
  for (std::size_t i = 0; i < image.size(); i += i >= kEnds && i + kEnds + kStride < image.size() ? kStride : 1) {
    for (int bit = 0; bit < 8; ++bit) {
      image[i] = good.image[i] ^ static_cast<std::byte>(1 << bit);
      ++tried;
      const auto table = ListTable::open(image);
      if (!table) {
        EXPECT_FALSE(table.error().text.empty());
        ++refused;
        continue;
      }
      for (const char* digits : {"12155550100", "19005551234", "12125550000", "1", "999999999999999"}) {
        const ListHits hits = table->of_caller({.identity = number(digits), .trunk = 1}, kNow);
        static_cast<void>(table->of_claim({.caller = number(digits), .called = number(digits)}, kNow));
        for (const std::uint16_t origin : hits.origins) {
          static_cast<void>(table->origin(origin));
        }
      }
    }
    image[i] = good.image[i];
  }
  EXPECT_GT(refused, tried / 2);
  for (std::size_t length = 0; length < image.size(); length += length < kEnds ? 1 : kStride) {
    EXPECT_FALSE(ListTable::open(std::span(image).first(length))) << length;
  }
}

TEST(ListTableImage, RandomTrash) {
  const Opened good = sample();
  std::mt19937_64 random(11);
  for (int round = 0; round < 5'000; ++round) {
    tables::Image image = good.image;
    for (int i = 0; i < 3; ++i) {
      image[32 + random() % 1'000] = static_cast<std::byte>(random());
    }
    if (const auto table = ListTable::open(image)) {
      static_cast<void>(table->of_caller({.identity = number("19005551234"), .domain = random()}, kNow));
    }
  }
}

TEST(ListWords, AllAreFoundAgain) {
  const Opened lists = sample();
  for (std::size_t i = 0; i < kLists; ++i) {
    const auto list = static_cast<List>(i);
    EXPECT_EQ(find_list(to_string(list)), list);
    EXPECT_EQ(lists.table.word_of(list), text_key(kSecret, KeyKind::list, to_string(list)));
  }
  EXPECT_FALSE(find_list("grey"));
}

}  // namespace
}  // namespace stirline::config::policy::list_table_test
