// The engine's part in the XCAP server: what it refuses, and what it announces (SPIT-FW-03, SPIT-XC-07).
#include "control/policy/policy_usages.hpp"

#include <gtest/gtest.h>

#include "control/policy/rule_reader.hpp"
#include "tests/unit/control/xcap/xcap_world.hpp"
#include "tests/unit/policy/documents.hpp"

namespace stirline::control::policy::policy_usages_test {
namespace {

using control::test::reason_of;
using control::test::XcapWorld;
using test::always;
using test::profile;
using test::rule;
using test::ruleset;

constexpr std::string_view kProfileType = "application/vnd.stirline.user-profile+xml";
const std::string kBobsProfile = "/user-profile/users/sip:bob@example.com/index";

class PolicyUsages : public ::testing::Test {
 protected:
  PolicyUsages() {
    join_usages(world_.checker, world_.capabilities, [] { return config::policy::test::kNow; });
  }
  XcapWorld world_;
};

TEST_F(PolicyUsages, TheSeedsRulesAreTaken) {
  EXPECT_EQ(world_.put(std::string(control::test::kBob), control::test::kPolicyType, control::test::kBobsRules).status,
            201U);
}

TEST_F(PolicyUsages, WhatTheCompilerRefusesIsAConflictWithItsPhrase) {
  const XcapAnswer answer = world_.put(std::string(control::test::kBob), control::test::kPolicyType, always("perhaps"));
  EXPECT_EQ(reason_of(answer), "constraint-failure");
  EXPECT_TRUE(answer.body.contains("rule r: handling: is block, polite-block, allow-marked or allow")) << answer.body;
  const std::string period = "<sp:time-period dtstart=\"20260101T000000Z\" duration=\"PT1S\" freq=\"minutely\"/>";
  EXPECT_EQ(reason_of(world_.put(std::string(control::test::kBob), control::test::kPolicyType,
                                 ruleset(rule("r", period, "block")))),
            "constraint-failure");
}

TEST_F(PolicyUsages, ProfilesAreKept) {  // SPIT-FW-08
  EXPECT_EQ(world_.put(kBobsProfile, kProfileType, profile("<group>closed</group>")).status, 201U);
  EXPECT_EQ(world_.put(kBobsProfile, "application/xml", profile("<group>open</group>")).status, 200U);
  EXPECT_EQ(world_.get(kBobsProfile).content_type, kProfileType);
  EXPECT_EQ(world_.get(kBobsProfile + "/~~/profile/group").body, "<group>open</group>");
  EXPECT_EQ(reason_of(world_.put(kBobsProfile, kProfileType, profile("<group>wide</group>"))),
            "schema-validation-error");
  EXPECT_EQ(reason_of(world_.put(kBobsProfile, kProfileType,
                                 profile("<activities>" + std::string(256, 'a') + "</activities>"))),
            "constraint-failure");
  EXPECT_EQ(world_.put_element(kBobsProfile + "/~~/profile/sphere", "<sphere>work</sphere>").status, 201U)
      << "switched by one element (SPIT-FW-09)";
}

TEST_F(PolicyUsages, PresenceRulesAreChecked) {  // SPIT-XC-07, SPIT-CL-16
  const std::string bobs = "/pres-rules/users/sip:bob@example.com/index";
  const auto watcher = [](const std::string& sub_handling) {
    return "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" xmlns:pr=\"urn:ietf:params:xml:ns:pres-rules\">"
           "<rule id=\"r\"><actions><pr:sub-handling>" +
           sub_handling + "</pr:sub-handling></actions></rule></ruleset>";
  };
  EXPECT_EQ(world_.put(bobs, control::test::kPolicyType, watcher("confirm")).status, 201U);
  EXPECT_EQ(world_.put(bobs, control::test::kPolicyType, control::test::kBobsRules).status, 200U)
      << "says nothing of it";
  const XcapAnswer answer = world_.put(bobs, control::test::kPolicyType, watcher("perhaps"));
  EXPECT_EQ(reason_of(answer), "constraint-failure");
  EXPECT_TRUE(answer.body.contains("rule r: sub-handling: is block, confirm, polite-block or allow")) << answer.body;
  EXPECT_EQ(reason_of(world_.put("/pres-rules/users/bob/index", control::test::kPolicyType, watcher("allow"))),
            "constraint-failure");
}

// SPIT-FW-07
TEST_F(PolicyUsages, WhoeverCannotBeCalledHasNoRules) {
  EXPECT_EQ(reason_of(world_.put("/spit-policy/users/mailto:bob@example.com/index", control::test::kPolicyType,
                                 always("block"))),
            "constraint-failure");
  EXPECT_EQ(reason_of(world_.put("/user-profile/users/mailto:bob@example.com/index", kProfileType, profile(""))),
            "constraint-failure");
}

TEST_F(PolicyUsages, EveryModuleIsAnnounced) {  // SPIT-FW-03
  const std::string page = world_.get("/xcap-caps/global/index").body;
  for (const std::string_view space : rule_namespaces()) {
    EXPECT_TRUE(page.contains("<namespace>" + std::string(space) + "</namespace>")) << space;
  }
  EXPECT_TRUE(page.contains("<auid>user-profile</auid>"));
}

}  // namespace
}  // namespace stirline::control::policy::policy_usages_test
