// What is known of a called user (SPIT-FW-08, SPIT-FW-09).
#include "control/policy/user_profile.hpp"

#include <gtest/gtest.h>

#include "config/policy/user_shard.hpp"
#include "control/xcap/schemas/schemas.hpp"
#include "control/xcap/xml_schema.hpp"
#include "tests/unit/policy/documents.hpp"

namespace stirline::control::policy::user_profile_test {
namespace {

using namespace config::policy;
using test::profile;

std::expected<UserProfile, std::string> read(const std::string& text) {
  const auto document = XmlDocument::parse(text);
  EXPECT_TRUE(document) << (document ? "" : document.error().text);
  return document ? read_profile(document->root()) : std::unexpected("no XML");
}

bool is_valid(const std::string& text) {
  const auto document = XmlDocument::parse(text);
  return document && XmlSchema(schemas::kUserProfile).validate(*document).has_value();
}

TEST(UserProfiles, EveryWordOfEveryFact) {
  for (const Fact fact : {Fact::group, Fact::presence, Fact::call_state}) {
    for (const FactValue& value : facts_of(fact).words) {
      const std::string name(facts_of(fact).name);
      const std::string text = profile("<" + name + "> " + std::string(value.word) + "\n</" + name + ">");
      const auto known = read(text);
      ASSERT_TRUE(known) << known.error();
      EXPECT_TRUE(is_complete(known->facts, kAnyUser)) << text;
      EXPECT_EQ(known->facts & all_of(fact), fact_bits(fact, value.values)) << text;
      EXPECT_EQ(known->facts & ~all_of(fact), facts_of_a_stranger() & ~all_of(fact)) << text;
      EXPECT_TRUE(is_valid(text)) << text;
    }
  }
}

TEST(UserProfiles, SphereAndActivities) {
  const std::string text =
      profile("<activities>meeting  on-the-phone</activities><sphere>work</sphere><group>open</group>");
  const auto known = read(text);
  ASSERT_TRUE(known) << known.error();
  EXPECT_TRUE(is_valid(text));
  EXPECT_EQ(known->sphere, "work");
  EXPECT_EQ(known->activities, (std::vector<std::string>{"meeting", "on-the-phone"}));
  const auto empty = read(profile("<sphere/><activities/>"));
  ASSERT_TRUE(empty) << empty.error();
  EXPECT_TRUE(is_valid(profile("<sphere/><activities/>")));
  EXPECT_EQ(empty->sphere, "");
  EXPECT_TRUE(empty->activities.empty());
  const auto nothing = read(profile(""));
  ASSERT_TRUE(nothing) << nothing.error();
  EXPECT_EQ(nothing->facts, facts_of_a_stranger());
}

// What the schema refuses the reader refuses, too: a store may hold what another program has put there.
TEST(UserProfiles, Mistakes) {
  std::string many;
  for (std::size_t i = 0; i <= kMaxActivities; ++i) {
    many += "a" + std::to_string(i) + " ";
  }
  for (const std::string& parts :
       {std::string("<group>wide-open</group>"), std::string("<group/>"), std::string("<group>open closed</group>"),
        std::string("<group>open</group><group>open</group>"), std::string("<sphere>at work</sphere>"),
        "<sphere>" + std::string(256, 's') + "</sphere>", "<activities>" + many + "</activities>",
        std::string("<mood>good</mood>"), std::string("<group xmlns=\"urn:x\">open</group>")}) {
    const auto known = read(profile(parts));
    ASSERT_FALSE(known) << parts;
    EXPECT_FALSE(known.error().empty());
    EXPECT_FALSE(is_valid(profile(parts))) << parts;
  }
  EXPECT_EQ(read(profile("<group>wide-open</group>")).error(), "group: is one of none, closed, semi-open, open");
  EXPECT_FALSE(read("<profile/>"));
  EXPECT_FALSE(read("<other xmlns=\"urn:stirline:xml:ns:user-profile\"/>"));
}

}  // namespace
}  // namespace stirline::control::policy::user_profile_test
