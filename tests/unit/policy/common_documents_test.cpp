// The documents of the law, of the operator and of the groups (SPIT-PL-06, SPIT-FW-04, SPIT-FW-08).
#include "control/policy/common_documents.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/unit/control/scratch.hpp"
#include "tests/unit/policy/documents.hpp"

namespace stirline::control::policy::common_documents_test {
namespace {

using namespace config::policy;
using config::PolicyFile;
using config::policy::test::kNow;
using config::policy::test::kSecret;
using config::policy::test::opened;
using config::policy::test::plain_call;
using test::always;
using test::rule;
using test::ruleset;

class CommonDocumentsTest : public ::testing::Test {
 protected:
  void name(PolicyFile file, std::string_view text) {
    const auto at = static_cast<std::size_t>(file);
    config_.files[at] = folder_.write(std::string(to_string(file)) + ".xml", text);
    config_.lines[at] = static_cast<std::uint32_t>(at + 10);
  }
  std::expected<CommonDocuments, config::ConfigErrors> read() {
    return CommonDocuments::read(config_, "control.toml", kNow);
  }
  // The one mistake.
  std::string mistake(PolicyFile file, std::string_view text) {
    config_ = {};
    name(file, text);
    const auto documents = read();
    EXPECT_FALSE(documents) << text;
    EXPECT_EQ(documents ? 0U : documents.error().size(), 1U);
    return documents ? std::string() : config::to_string(documents.error()[0]).substr(folder_.path().string().size());
  }

  control::test::ScratchFolder folder_;
  config::PolicyConfig config_;
};

constexpr std::array kFiles{PolicyFile::legal,        PolicyFile::operator_hard,   PolicyFile::group_none,
                            PolicyFile::group_closed, PolicyFile::group_semi_open, PolicyFile::group_open,
                            PolicyFile::operator_soft};

TEST_F(CommonDocumentsTest, EachFileIsTheLayerItIsNamedFor) {  // SPIT-PL-06
  constexpr std::array kLayers{Layer::legal,         Layer::operator_hard, Layer::group_default, Layer::group_default,
                               Layer::group_default, Layer::group_default, Layer::operator_soft};
  for (std::size_t i = 0; i < kFiles.size(); ++i) {
    config_ = {};
    name(kFiles[i], always("allow-marked"));
    const auto documents = read();
    ASSERT_TRUE(documents) << config::to_string(documents.error()[0]);
    const auto compiled = documents->compile(kNow, kSecret);
    ASSERT_TRUE(compiled) << compiled.error();
    const auto common = CommonRules::open(compiled->image);
    ASSERT_TRUE(common) << common.error().text;
    EXPECT_EQ(common->secret(), kSecret);
    for (const Layer layer : {Layer::legal, Layer::operator_hard, Layer::group_default, Layer::operator_soft}) {
      for (const UserGroup group : {UserGroup::none, UserGroup::closed, UserGroup::semi_open, UserGroup::open}) {
        const bool here =
            layer == kLayers[i] && (layer != Layer::group_default || static_cast<std::size_t>(group) + 2 == i);
        EXPECT_EQ(common->of(layer, group).rules(), here ? 1U : 0U) << to_string(kFiles[i]);
      }
    }
  }
}

TEST_F(CommonDocumentsTest, TheFiveLayersInTheirOrder) {  // SPIT-PL-06: a matrix of five by five
  const std::array kNames{Layer::legal, Layer::operator_hard, Layer::user, Layer::group_default, Layer::operator_soft};
  const std::array kOfLayer{PolicyFile::legal, PolicyFile::operator_hard, PolicyFile::legal, PolicyFile::group_none,
                            PolicyFile::operator_soft};
  for (std::size_t allows = 0; allows < kNames.size(); ++allows) {
    for (std::size_t blocks = 0; blocks < kNames.size(); ++blocks) {
      if (allows == blocks) {
        continue;
      }
      config_ = {};
      std::vector<std::byte> users;
      for (const auto& [layer, handling] : {std::pair(allows, "allow"), std::pair(blocks, "block")}) {
        if (kNames[layer] == Layer::user) {
          users = compile_document(always(handling), UserProfile(), kNow, kSecret)->octets;
        } else {
          name(kOfLayer[layer], always(handling));
        }
      }
      const auto documents = read();
      ASSERT_TRUE(documents);
      const auto compiled = documents->compile(kNow, kSecret);
      ASSERT_TRUE(compiled);
      const Key bob = identity_key(kSecret, "12155550100");
      UserShardWriter writer(shard_of(bob), kSecret);
      writer.add(bob, facts_of_a_stranger(), users);
      const config::tables::Image shard = writer.take();
      PolicyTables tables{.common = CommonRules::open(compiled->image).value()};
      tables.users[shard_of(bob)] = UserShard::open(shard).value();
      EXPECT_EQ(judge(tables, bob, plain_call()).outcome.handling, allows < blocks ? Handling::allow : Handling::block);
    }
  }
}

TEST_F(CommonDocumentsTest, WithoutFilesThereAreNoRules) {
  const auto documents = read();
  ASSERT_TRUE(documents);
  EXPECT_TRUE(config_.empty());
  const auto compiled = documents->compile(kNow, kSecret);
  ASSERT_TRUE(compiled);
  EXPECT_FALSE(compiled->recurs);
  EXPECT_TRUE(CommonRules::open(compiled->image));
}

TEST_F(CommonDocumentsTest, PeriodsOfTimeRecur) {
  name(PolicyFile::legal,
       ruleset(rule("t", "<sp:time-period dtstart=\"20260101T080000Z\" duration=\"PT1H\" freq=\"daily\"/>", "block")));
  const auto documents = read();
  ASSERT_TRUE(documents);
  EXPECT_TRUE(documents->compile(kNow, kSecret)->recurs);
}

TEST_F(CommonDocumentsTest, MistakesAreToldWithFileAndLine) {
  EXPECT_EQ(mistake(PolicyFile::legal, ruleset("\n" + rule("x", "", "perhaps"))),
            "/legal.xml:3: policy.legal: expected rules that can be used, found \"rule x: handling: is block, "
            "polite-block, allow-marked or allow\"");
  EXPECT_TRUE(mistake(PolicyFile::legal, "<ruleset").contains("line 1: "));
  EXPECT_TRUE(mistake(PolicyFile::legal, "").contains("policy.legal"));
  EXPECT_TRUE(mistake(PolicyFile::legal, "<lists/>").contains("policy.legal"));
  EXPECT_TRUE(mistake(PolicyFile::legal, ruleset("<rule/>")).contains("line 2: ")) << "the schema";
  config_ = {};
  name(PolicyFile::legal, always("perhaps"));
  name(PolicyFile::group_open, always("perhaps"));
  config_.files[static_cast<std::size_t>(PolicyFile::operator_soft)] = folder_ / "absent.xml";
  config_.lines[static_cast<std::size_t>(PolicyFile::operator_soft)] = 17;
  const auto documents = read();
  ASSERT_FALSE(documents);
  ASSERT_EQ(documents.error().size(), 3U) << "all together";
  EXPECT_EQ(documents.error()[2].file, "control.toml");
  EXPECT_EQ(documents.error()[2].line, 17U);
  EXPECT_TRUE(documents.error()[2].found.contains("absent.xml"));
}

// SPIT-FW-04: machine judgement blocks only where the user, the law or the operator's hard rules say so.
TEST_F(CommonDocumentsTest, AScoreMayOnlyMarkWhereNobodyHasAskedForMore) {
  const std::string score = "<sa:spam-score min=\"90\"/>";
  const std::string whole = "<sa:spam-score/>";
  const std::string mixed = "<sp:method>MESSAGE</sp:method>" + score;
  const std::string alters =
      ruleset("<rule id=\"a\"><conditions>" + score +
              "</conditions><actions><sp:handling>allow-marked</sp:handling></actions><transformations>"
              "<sp:remove-body-part type=\"image/png\"/></transformations></rule>");
  for (const PolicyFile file : kFiles) {
    const bool may = file == PolicyFile::legal || file == PolicyFile::operator_hard;
    for (const std::string& text :
         {ruleset(rule("a", score, "block")), ruleset(rule("b", "", "allow") + rule("a", mixed, "polite-block")),
          ruleset(rule("a", whole, "block")), alters}) {
      if (may) {
        config_ = {};
        name(file, text);
        EXPECT_TRUE(read()) << to_string(file);
      } else {
        EXPECT_TRUE(mistake(file, text).contains("rule a blocks or alters by a spam score")) << to_string(file);
      }
    }
    config_ = {};
    name(file, ruleset(rule("m", score, "allow-marked") + rule("a", score, "allow") + rule("b", "", "block")));
    EXPECT_TRUE(read()) << to_string(file) << ": it marks; and a closed group blocks whom it does not know";
  }
}

// The rules about lists that an operator finds beside the reference files (SPIT-CL-02, SPIT-CL-03).
TEST_F(CommonDocumentsTest, TheReferenceRulesAboutLists) {
  config_.files[static_cast<std::size_t>(PolicyFile::operator_hard)] =
      std::filesystem::path(std::getenv("STIRLINE_SOURCE")) / "config" / "reference" / "list_rules.xml";
  const auto documents = read();
  ASSERT_TRUE(documents) << config::to_string(documents.error()[0]);
  const auto compiled = documents->compile(kNow, kSecret);
  ASSERT_TRUE(compiled) << compiled.error();
  PolicyTables tables;
  const auto common = CommonRules::open(compiled->image);
  ASSERT_TRUE(common);
  tables.common = *common;
  EXPECT_NE(common->asked() & 1U << static_cast<unsigned>(KeyKind::list), 0U);
  const auto said = [&](const std::vector<std::string>& lists) {
    CallFacts call = plain_call();
    call.facts &= kAnyCall;
    for (const std::string& list : lists) {
      static_cast<void>(
          call.texts[static_cast<std::size_t>(KeyKind::list)].push(text_key(kSecret, KeyKind::list, list)));
    }
    return judge(tables, kNoKey, call).outcome.handling;
  };
  EXPECT_EQ(said({}), Handling::none);
  EXPECT_EQ(said({"black"}), Handling::block);
  EXPECT_EQ(said({"black", "white"}), Handling::allow);
  EXPECT_EQ(said({"do-not-originate"}), Handling::block);
  EXPECT_EQ(said({"unallocated"}), Handling::block);
  EXPECT_EQ(said({"do-not-call"}), Handling::none);
}

}  // namespace
}  // namespace stirline::control::policy::common_documents_test
