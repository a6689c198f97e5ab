// Who forwarded a call, and who would like to be called what: Diversion, History-Info, P-Preferred-Identity.
#include <string>

#include <gtest/gtest.h>

#include "sip_parser/headers/diversion.hpp"
#include "sip_parser/headers/history_info.hpp"
#include "sip_parser/headers/preferred_identity.hpp"
#include "tests/unit/sip_parser/header_fields.hpp"

namespace stirline::sip::test::diverted_call_test {
namespace {

// RFC 5806 3
TEST(Diversions, Values) {
  const Parsed parsed(invite(
      "Diversion: \"B, Bob\" <sip:+12155550122@b>;reason=unconditional;counter=2;limit=5;privacy=off;screen=yes\r\n"
      "Diversion: <tel:+12155550123>;Reason=\"no-answer\" , sip:c@d;x=y\r\n"));
  const auto diversions = read_diversions(parsed.message(), parsed.octets());
  ASSERT_TRUE(diversions);
  ASSERT_EQ(diversions->size(), 3U);
  const Diversion& top = (*diversions)[0];
  EXPECT_EQ(parsed.text(top.party.uri.user), "+12155550122");
  EXPECT_EQ(parsed.text(top.reason), "unconditional");
  EXPECT_EQ(top.counter, 2);
  EXPECT_EQ(top.limit, 5);
  EXPECT_EQ(parsed.text(top.privacy), "off");
  EXPECT_EQ(parsed.text(top.screen), "yes");
  EXPECT_EQ(parsed.text((*diversions)[1].reason), "no-answer");
  EXPECT_FALSE((*diversions)[1].counter);
  EXPECT_EQ(parsed.text((*diversions)[2].party.uri.host), "d");
}

TEST(Diversions, Errors) {
  expect_errors(read_diversions, "Diversion",
                {{"", FieldErrorCode::malformed},
                 {"<sip:a@b>,", FieldErrorCode::malformed},
                 {"<sip:>", FieldErrorCode::bad_uri},
                 {"<sip:a@b", FieldErrorCode::open_quote},
                 {"\"x <sip:a@b>", FieldErrorCode::open_quote},
                 {"<sip:a@b>;reason", FieldErrorCode::malformed},
                 {"<sip:a@b>;reason=", FieldErrorCode::malformed},
                 {"<sip:a@b>;reason=a/b", FieldErrorCode::malformed},
                 {"<sip:a@b>;reason=a;reason=b", FieldErrorCode::duplicate},
                 {"<sip:a@b>;counter=1;counter=1", FieldErrorCode::duplicate},
                 {"<sip:a@b>;counter=100", FieldErrorCode::out_of_range},
                 {"<sip:a@b>;limit=1000000000000", FieldErrorCode::out_of_range},
                 {"<sip:a@b>;limit=x", FieldErrorCode::malformed},
                 {"<sip:a@b>;privacy=a;privacy=a", FieldErrorCode::duplicate},
                 {"<sip:a@b>;screen=no;screen=yes", FieldErrorCode::duplicate}});
  expect_at_most(read_diversions, "Diversion", "<sip:a@b>", kMaxDiversions);
}

// RFC 7044 5, RFC 4458 2
TEST(Histories, Values) {
  const Parsed parsed(
      invite("History-Info: <sip:bob@b?Privacy=history&Reason=SIP%3Bcause%3D302>;index=1\r\n"
             "History-Info: <sip:+1215@c;cause=408>;index=1.1;mp=1, <sip:d@e>;np=1.1;index=1.1.10\r\n"
             "History-Info: <sip:f@g>;rc=1.1.10;index=1.1.10.1;x\r\n"));
  const auto history = read_history(parsed.message(), parsed.octets());
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 4U);
  EXPECT_EQ(parsed.text((*history)[0].reason), "SIP%3Bcause%3D302");
  EXPECT_EQ(parsed.text((*history)[0].privacy), "history");
  EXPECT_EQ((*history)[0].origin, TargetOrigin::unsaid);
  EXPECT_EQ((*history)[0].levels, 1);
  EXPECT_EQ((*history)[1].cause, 408);
  EXPECT_EQ((*history)[1].origin, TargetOrigin::mp);
  EXPECT_EQ(parsed.text((*history)[1].origin_index), "1");
  EXPECT_EQ((*history)[2].origin, TargetOrigin::np);
  EXPECT_EQ(parsed.text((*history)[2].index), "1.1.10");
  EXPECT_EQ((*history)[2].levels, 3);
  EXPECT_EQ((*history)[3].origin, TargetOrigin::rc);
  EXPECT_TRUE((*history)[3].privacy.empty());
}

TEST(Histories, Errors) {
  expect_errors(read_history, "History-Info",
                {{"", FieldErrorCode::malformed},
                 {"sip:a@b;index=1", FieldErrorCode::malformed},  // hi-targeted-to-uri is a name-addr
                 {"<sip:a@b>", FieldErrorCode::missing},
                 {"<sip:a@b>;mp=1", FieldErrorCode::missing},
                 {"<sip:a@b>;index", FieldErrorCode::malformed},
                 {"<sip:a@b>;index=.1", FieldErrorCode::malformed},
                 {"<sip:a@b>;index=1.", FieldErrorCode::malformed},
                 {"<sip:a@b>;index=1..2", FieldErrorCode::malformed},
                 {"<sip:a@b>;index=a", FieldErrorCode::malformed},
                 {"<sip:a@b>;index=\"1\"", FieldErrorCode::malformed},
                 {"<sip:a@b>;index=1;index=1", FieldErrorCode::duplicate},
                 {"<sip:a@b>;index=1;rc=1;mp=1", FieldErrorCode::duplicate},
                 {"<sip:a@b>;index=1000", FieldErrorCode::out_of_range},
                 {"<sip:a@b>;index=1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1", FieldErrorCode::out_of_range},
                 {"<sip:a@b;cause=x>;index=1", FieldErrorCode::out_of_range},
                 {"<sip:a@b;cause=700>;index=1", FieldErrorCode::out_of_range},
                 {"<sip:a@b%>;index=1", FieldErrorCode::bad_uri},
                 {"<sip:a@b;index=1", FieldErrorCode::open_quote}});
  expect_at_most(read_history, "History-Info", "<sip:a@b>;index=1", kMaxHistoryEntries);
}

// RFC 3325 9.2
TEST(PreferredIdentities, Values) {
  const Parsed parsed(invite("P-Preferred-Identity: \"Zo\xC3\xAB\" <sip:z@a>, tel:+12155550121\r\n"));
  const auto wishes = read_preferred_identities(parsed.message(), parsed.octets());
  ASSERT_TRUE(wishes);
  ASSERT_EQ(wishes->size(), 2U);
  EXPECT_EQ(parsed.text((*wishes)[1].uri.user), "+12155550121");
  expect_errors(read_preferred_identities, "P-Preferred-Identity",
                {{"", FieldErrorCode::malformed},
                 {"<sip:>", FieldErrorCode::bad_uri},
                 {"<sip:a@b", FieldErrorCode::open_quote},
                 {"<sip:a@b>;;x", FieldErrorCode::malformed}});
  expect_at_most(read_preferred_identities, "P-Preferred-Identity", "<sip:a@b>", kMaxPreferredIdentities);
}

}  // namespace
}  // namespace stirline::sip::test::diverted_call_test
