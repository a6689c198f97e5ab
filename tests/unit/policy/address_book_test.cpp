// Address books become contacts: three forms, canonical, each once, of one owner (SPIT-FW-11).
#include "control/policy/address_book.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "control/policy/vcard_reader.hpp"
#include "tests/unit/policy/sample_rules.hpp"

namespace stirline::control::policy::address_book_test {
namespace {

using config::policy::List;
using config::policy::test::kNow;
using Texts = std::vector<std::string>;

std::string card(const std::string& lines, const std::string& version = "4.0") {
  return "BEGIN:VCARD\r\nVERSION:" + version + "\r\n" + lines + "END:VCARD\r\n";
}

class AddressBook : public ::testing::Test {
 protected:
  AddressBook() {
    auto store = open_list_store({});
    EXPECT_TRUE(store);
    store_ = std::move(*store);
    options_.owner = owner_of("sip:bob@example.com");
    options_.origin = "phone.vcf";
    options_.dial_plan = {.country_code = "44"};
  }

  ListImport import(const std::string& text) {
    std::istringstream file(text);
    const AddressBookForm form = form_of(file);
    const auto done = import_address_book(file, form, options_, *store_);
    EXPECT_TRUE(done) << (done ? "" : done.error());
    return done.value_or(ListImport());
  }
  std::string failure(const std::string& text, AddressBookForm form) {
    std::istringstream file(text);
    const auto done = import_address_book(file, form, options_, *store_);
    return done ? "" : done.error();
  }
  Texts contacts() {
    Texts subjects;
    EXPECT_TRUE(store_->each({}, [&](const ListEntry& entry) {
      EXPECT_EQ(entry.owner, "sip:bob@example.com");
      EXPECT_EQ(entry.list, List::white);
      EXPECT_EQ(entry.origin, options_.origin);
      EXPECT_EQ(entry.until, options_.until);
      subjects.push_back(entry.subject + (entry.note.empty() ? "" : " " + entry.note));
      return true;
    }));
    return subjects;
  }

  std::unique_ptr<ListStore> store_;
  AddressBookOptions options_;
};

TEST_F(AddressBook, VcardsOfBothVersions) {
  options_.until = kNow;
  const ListImport got = import(
      card("N:Stone;Carol;;;\r\nFN:Carol\\, Stone\r\nTEL;TYPE=CELL,VOICE:+1 (215) 555-0122\r\n"
           "item1.TEL;TYPE=\"work:main\":+44 20 7183 8750\r\nEMAIL:carol@example.com\r\n",
           "3.0") +
      card("FN:Dave\r\nTEL;VALUE=uri;TYPE=home:tel:+1-215-555-0123;ext=5\r\nIMPP:sip:Dave@Example.COM\r\n"
           "IMPP:xmpp:dave@example.com\r\nX-SIP:dave2@example.com\r\nPHOTO:data:image/jpeg;base64,AAAA\r\n AAAA\r\n"));
  EXPECT_EQ(contacts(), (Texts{"12155550122 Carol, Stone", "12155550123 Dave", "442071838750 Carol, Stone",
                               "sip:dave@example.com Dave"}));
  EXPECT_EQ(got.taken, 4U);
  ASSERT_EQ(got.mistakes, 1U);
  EXPECT_EQ(got.told[0].line, 9U) << "of the card";
  EXPECT_EQ(got.told[0].text, "\"dave2@example.com\" is nobody who can call");
}

TEST_F(AddressBook, LinesGoOnAndNumbersAreThoseOfTheCountry) {
  const ListImport got = import("begin:vcard\nversion:4.0\nfn:Long\n  Name\ntel:020\n\t 7183\n  8750\nend:vcard\n");
  EXPECT_EQ(got.mistakes, 1U) << "not written in full, and the plan says nothing of national numbers";
  options_.dial_plan = {.country_code = "44", .national_prefix = "0", .national_digits = 10};
  EXPECT_EQ(import("begin:vcard\nversion:4.0\nfn:Long\n  Name\ntel:020\n\t 7183\n  8750\nend:vcard\n").taken, 1U);
  EXPECT_EQ(contacts(), Texts{"442071838750 Long Name"});
}

TEST_F(AddressBook, EachContactOnce) {
  const std::string one = card("TEL:+442071838750\r\nTEL;VALUE=uri:tel:+44-20-7183-8750\r\n");
  EXPECT_EQ(import(one + one).taken, 1U);
  EXPECT_EQ(import(one).taken, 1U) << "it takes its own place again";
  EXPECT_EQ(contacts().size(), 1U);
}

TEST_F(AddressBook, WrongCardsAreToldAndTheOthersTaken) {
  const std::string good = card("TEL:+442071838750\r\n");
  const auto why = [&](const std::string& wrong) {
    const ListImport got = import(wrong + good);
    EXPECT_EQ(got.taken, 1U) << wrong;
    return got.told.empty() ? "" : got.told[0].text;
  };
  EXPECT_EQ(why(card("TEL:+442071838751\r\n", "2.1")), "is of another version than 3.0 and 4.0");
  EXPECT_EQ(why("BEGIN:VCARD\r\nTEL:+442071838751\r\nEND:VCARD\r\n"), "a card without its version");
  EXPECT_EQ(why(card("TEL +442071838751\r\n")), "has a line without a name");
  EXPECT_EQ(why(card("TEL:" + std::string(5'000, '1') + "\r\n")), "has an address of more than 4,096 octets");
  EXPECT_EQ(import(good + "BEGIN:VCARD\r\nVERSION:4.0\r\n").told[0].text, "a card has no end");
  std::string many;
  for (int i = 0; i < 65; ++i) {
    many += "TEL:+4420718" + std::to_string(10'000 + i) + "\r\n";
  }
  EXPECT_EQ(why(card(many)), "has more than 64 addresses");
  EXPECT_EQ(contacts(), Texts{"442071838750"});
}

TEST_F(AddressBook, ValuesByTheNamesOfTheirColumns) {
  EXPECT_EQ(
      import("Name,Phone 1 - Type,Phone 1 - Value,E-mail,sip\r\n"
             "\"Stone, Carol\",Mobile,+1 215 555 0122 ::: +44 20 7183 8750,c@example.com,sip:carol@example.com\r\n"
             "Dave,,,,\r\n"
             "Erin,Home,extension 5,,\r\n")
          .mistakes,
      1U);
  EXPECT_EQ(contacts(),
            (Texts{"12155550122 Stone, Carol", "442071838750 Stone, Carol", "sip:carol@example.com Stone, Carol"}));
  EXPECT_NE(failure("a,b\r\n1,2\r\n", AddressBookForm::csv).find("names no column"), std::string::npos);
  for (const char* name : {"Phone", " mobile ", "Business Phone", "Home Phone 2", "Phone 2 - Value", "SIP", "uri"}) {
    EXPECT_TRUE(is_address_column(name)) << name;
  }
  for (const char* name : {"Name", "Phone 1 - Type", "Home Phone Label", "E-mail 1 - Value", "Fax", ""}) {
    EXPECT_FALSE(is_address_column(name)) << name;
  }
}

TEST_F(AddressBook, ResourceListsWithinLists) {
  EXPECT_EQ(
      import("<?xml version=\"1.0\"?><resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">"
             "<list name=\"friends\"><entry uri=\"sip:Carol@example.com\"><display-name>Carol</display-name></entry>"
             "<list name=\"close\"><entry uri=\"tel:+44-20-7183-8750\"/><entry uri=\"pres:dave@example.com\"/></list>"
             "<external anchor=\"https://elsewhere.example/list\"/></list></resource-lists>")
          .taken,
      2U);
  EXPECT_EQ(contacts(), (Texts{"442071838750", "sip:carol@example.com Carol"}));
  EXPECT_NE(failure("<ruleset/>", AddressBookForm::resource_lists), "");
  EXPECT_NE(failure("<resource-lists", AddressBookForm::resource_lists), "");
}

TEST_F(AddressBook, TenThousandContactsAndNoMoreThanAllowed) {
  std::string book;
  for (int i = 0; i < 10'000; ++i) {
    book += card("FN:Contact " + std::to_string(i) + "\r\nTEL:+4420" + std::to_string(10'000'000 + i) + "\r\n");
  }
  EXPECT_EQ(import(book).taken, 10'000U);
  EXPECT_EQ(store_->size().value(), 10'000);
  options_.most = 9'999;
  options_.owner = "sip:alice@example.com";
  EXPECT_EQ(failure(book, AddressBookForm::vcard), "more than 9999 contacts");
  EXPECT_EQ(store_->size().value(), 10'000) << "all or nothing";
}

TEST(AddressBookForms, AreToldByTheirBeginnings) {
  const auto form = [](const std::string& text) {
    std::istringstream file(text);
    const AddressBookForm told = form_of(file);
    std::string rest((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(rest, text) << "nothing of it is taken";
    return told;
  };
  EXPECT_EQ(form("BEGIN:VCARD\n"), AddressBookForm::vcard);
  EXPECT_EQ(form("<a/>"), AddressBookForm::resource_lists);
  EXPECT_EQ(form("Name,Phone\n"), AddressBookForm::csv);
  EXPECT_EQ(form(""), AddressBookForm::csv);
  EXPECT_EQ(find_address_book_form("vcard"), AddressBookForm::vcard);
  EXPECT_EQ(find_address_book_form("ldif"), std::nullopt);
}

}  // namespace
}  // namespace stirline::control::policy::address_book_test
