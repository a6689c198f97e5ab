// What lists say about a described call: by what is shown of it, and by what it says (SPIT-CL-02, SPIT-FW-02).
#include "config/policy/listed_call.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "config/policy/list_table_writer.hpp"
#include "tests/unit/policy/sample_rules.hpp"

namespace stirline::config::policy::listed_call_test {
namespace {

using test::kNow;
using test::kSecret;

constexpr std::uint32_t kAsksForLists = 1U << static_cast<unsigned>(KeyKind::list);

class ListedCall : public ::testing::Test {
 protected:
  // A call of +1 215 555 0112, or of sip:eve@spam.example, to +1 303 555 0100.
  DescribedCall describe(std::uint32_t asked = kAsksForLists, bool from_number = true) {
    const std::string from = from_number ? "<sip:+12155550112@a.example;user=phone>" : "<sip:Eve@spam.example>";
    const std::string request =
        "INVITE sip:+13035550100@b.example;user=phone SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
        "Max-Forwards: 70\r\nFrom: " +
        from + ";tag=1\r\nTo: <sip:b@b.example>\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";
    const auto message = std::make_unique<sip::Message>();
    EXPECT_TRUE(message->parse(request)) << request;
    const CallOrigin origin{.trunk = "carrier", .dial_plan = dial_plan_};
    DescribedCall call;
    call.called = called_by(*message, request, origin, kSecret);
    describe_call(*message, request, origin, kSecret, kNow, asked, call);
    return call;
  }
  // The verdict of a token that this certificate has signed.
  static void sign(char attest, const crypto::Certificate& signer, DescribedCall& call) {
    const auto job = std::make_unique<crypto::VerifyJob>();
    job->verdict = crypto::Verdict::valid;
    job->verdicts[0].attest = attest;
    job->has_orig = true;
    std::ranges::copy(std::string_view("12155550112"), job->orig.digits.begin());
    job->orig.length = 11;
    job->signer = &signer;
    add_verdict(*job, kSecret, call);
  }

  void list(List list, Key subject) { writer_.add(list, subject, kForEver, writer_.origin("test")); }
  // The lists' names that the call has now.
  std::string ask(DescribedCall& call) {
    auto image = writer_.take();
    EXPECT_TRUE(image);
    image_ = std::move(*image);
    const auto table = ListTable::open(image_);
    EXPECT_TRUE(table) << (table ? "" : table.error().text);
    add_lists(*table, call);
    std::string words;
    for (std::size_t i = 0; i < kLists; ++i) {
      const auto keys = call.facts.texts[static_cast<std::size_t>(KeyKind::list)].view();
      if (std::ranges::find(keys, table->word_of(static_cast<List>(i))) != keys.end()) {
        words += (words.empty() ? "" : " ") + std::string(to_string(static_cast<List>(i)));
      }
    }
    return words;
  }

  const sip::DialPlan dial_plan_{.country_code = "1", .national_digits = 10};
  const crypto::Certificate signer_ = [] {
    crypto::Certificate made;
    made.scope = crypto::TnAuthList({{crypto::TnEntry::Kind::one, "12155550112", 1},
                                     {crypto::TnEntry::Kind::spc, "707J", 1},
                                     {crypto::TnEntry::Kind::spc, "708J", 1}});
    made.subject = "CN=SHAKEN 707J,O=Bad Calls,C=US";
    return made;
  }();
  ListTableWriter writer_{kSecret, {.claim_score = 40}};
  tables::Image image_;
};

TEST_F(ListedCall, WhoIsShownIsBlackWhoClaimsIsSuspect) {
  const Key caller = identity_key(kSecret, "12155550112");
  DescribedCall shown = describe();
  sign('A', signer_, shown);
  list(List::black, caller);
  EXPECT_EQ(ask(shown), "black");
  EXPECT_EQ(shown.facts.score, 0);
  DescribedCall claimed = describe();
  sign('B', signer_, claimed);
  list(List::black, caller);
  EXPECT_EQ(ask(claimed), "");
  EXPECT_EQ(claimed.facts.score, 40);
  claimed.facts.score = 70;
  list(List::black, caller);
  EXPECT_EQ(ask(claimed), "");
  EXPECT_EQ(claimed.facts.score, 70) << "what others say counts for more";
}

TEST_F(ListedCall, TheSignerCountsWhateverIsAttested) {
  for (const char attest : {'A', 'C'}) {
    DescribedCall call = describe();
    sign(attest, signer_, call);
    list(List::black, text_key(kSecret, KeyKind::spc, "707J"));
    EXPECT_EQ(ask(call), "black") << attest;
  }
  DescribedCall second = describe();
  sign('A', signer_, second);
  list(List::black, text_key(kSecret, KeyKind::spc, "708J"));
  EXPECT_EQ(ask(second), "") << "the first code is who he is";
}

TEST_F(ListedCall, TheSubjectOfTheCertificateCounts) {  // SPIT-CL-02
  for (const char attest : {'A', 'C'}) {
    DescribedCall call = describe();
    sign(attest, signer_, call);
    list(List::black, text_key(kSecret, KeyKind::certificate, signer_.subject));
    EXPECT_EQ(ask(call), "black") << attest;
  }
  DescribedCall other = describe();
  sign('A', signer_, other);
  list(List::black, text_key(kSecret, KeyKind::certificate, "CN=SHAKEN 707J"));
  EXPECT_EQ(ask(other), "") << "all of it";
  crypto::Certificate nameless;
  DescribedCall unnamed = describe();
  sign('A', nameless, unnamed);
  list(List::black, text_key(kSecret, KeyKind::certificate, ""));
  EXPECT_EQ(ask(unnamed), "") << "no subject is nobody's";
}

TEST_F(ListedCall, TheWireTellsRulesWhoHasSigned) {
  DescribedCall call = describe(1U << static_cast<unsigned>(KeyKind::spc));
  sign('A', signer_, call);
  const auto signers = call.facts.texts[static_cast<std::size_t>(KeyKind::spc)].view();
  ASSERT_EQ(signers.size(), 1U);
  EXPECT_EQ(signers[0], text_key(kSecret, KeyKind::spc, "707J"));
  list(List::do_not_call, identity_key(kSecret, "13035550100"));
  EXPECT_EQ(ask(call), "") << "nobody asks for lists";
}

TEST_F(ListedCall, WhatTheCallSaysOfItself) {
  DescribedCall call = describe();
  list(List::do_not_call, identity_key(kSecret, "13035550100"));
  list(List::do_not_originate, identity_key(kSecret, "12155550112"));
  writer_.add_prefix(List::unallocated, identity_key(kSecret, "1215555"), kForEver, writer_.origin("test"));
  EXPECT_EQ(ask(call), "do-not-originate do-not-call unallocated");
  DescribedCall by_uri = describe(kAsksForLists, false);
  list(List::black, text_key(kSecret, KeyKind::domain, "spam.example"));
  EXPECT_EQ(ask(by_uri), "");
  EXPECT_EQ(by_uri.facts.score, 40);
}

TEST_F(ListedCall, TheTrunkIsKnownOfEveryCall) {
  DescribedCall call = describe();
  list(List::black, text_key(kSecret, KeyKind::trunk, "carrier"));
  EXPECT_EQ(ask(call), "black");
}

}  // namespace
}  // namespace stirline::config::policy::listed_call_test
