// Records as the daemon keeps them: what the data plane tells is in the file, and nobody asks without a note.
#include "control/records/record_keeper.hpp"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/records/record_query.hpp"
#include "tests/unit/control/records/sample_record.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::record_keeper_test {
namespace {

using Json = nlohmann::ordered_json;
using test::kRecordTime;
using test::octets_of;
using test::sample_record;

class RecordKeeperTest : public testing::Test {
 protected:
  RecordKeeperTest() { config_.folder = folder_ / "records"; }

  std::unique_ptr<RecordKeeper> open() {
    auto keeper = RecordKeeper::open(config_, [] { return kRecordTime; });
    EXPECT_TRUE(keeper) << keeper.error();
    return std::move(*keeper);
  }
  [[nodiscard]] std::vector<Json> lines(const std::string& name) const {
    std::ifstream in(config_.folder / name);
    std::vector<Json> all;
    for (std::string line; std::getline(in, line);) {
      all.push_back(Json::parse(line));
    }
    return all;
  }
  static std::string question(std::string_view number) {
    return Json{{"number", number}, {"since", 1}, {"until", 2}, {"verdict", "valid"}}.dump();
  }
  // What a command would find with that answer.
  static std::size_t found_by(const Json& answer) {
    std::size_t found = 0;
    EXPECT_TRUE(find_records(answer.at("folder").get<std::string>(),
                             {.identities = answer.at("identities"), .times = {0, kRecordTime}, .verdict = {}},
                             [&](const Json&) { return ++found > 0; }));
    return found;
  }
  void use_key() { config_.pseudonym_key = folder_.write("key", std::string(Pseudonyms::kKeyBytes, 'k')); }

  test::ScratchFolder folder_;
  config::RecordKeepingConfig config_;
};

TEST_F(RecordKeeperTest, WhatIsToldIsKept) {  // STIR-RG-03
  const auto keeper = open();
  EXPECT_TRUE(keeper->take(octets_of(sample_record("1")) + octets_of(sample_record("2"))));
  const auto kept = lines("calls.jsonl");
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].at("orig"), "1");
  EXPECT_EQ(kept[1].at("orig"), "2");
  EXPECT_EQ(keeper->status().at("written"), 2);
}

TEST_F(RecordKeeperTest, WhatIsNoRecordIsRefusedAndWhatStandsBeforeItKept) {
  const auto keeper = open();
  EXPECT_FALSE(keeper->take(octets_of(sample_record("1")) + "nonsense"));
  EXPECT_EQ(lines("calls.jsonl").size(), 1U);
}

TEST_F(RecordKeeperTest, EachQuestionIsNoted) {  // STIR-PR-04
  const auto keeper = open();
  EXPECT_TRUE(keeper->take(octets_of(sample_record("12155550121"))));
  const Json answer = keeper->ask(question("12155550121"), 1'234);
  EXPECT_EQ(answer.at("result"), "ok");
  EXPECT_EQ(answer.at("identities"), Json::array({"12155550121"}));
  EXPECT_EQ(found_by(answer), 1U);
  const auto notes = lines("queries.jsonl");
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].dump(),
            R"({"time":1795000000,"user":1234,"number":"12155550121","since":1,"until":2,"verdict":"valid"})");
}

TEST_F(RecordKeeperTest, WithAKeyNeitherRecordsNorNotesHoldTheNumber) {  // STIR-PR-04
  const auto before = open();
  EXPECT_TRUE(before->take(octets_of(sample_record("12155550121"))));
  use_key();
  config::RecordKeepingConfig other = config_;
  other.folder = folder_ / "hidden";
  config_ = other;
  const auto keeper = open();
  EXPECT_TRUE(keeper->take(octets_of(sample_record("12155550121"))));
  const Json answer = keeper->ask(question("12155550121"), 0);
  EXPECT_EQ(found_by(answer), 1U) << "whoever has the key finds it";
  for (const char* name : {"calls.jsonl", "queries.jsonl"}) {
    std::ostringstream text;
    text << std::ifstream(config_.folder / name).rdbuf();
    EXPECT_FALSE(text.str().contains("12155550121")) << name;
    EXPECT_TRUE(text.str().contains("\"p:")) << name;
  }
}

TEST_F(RecordKeeperTest, RecordsOfBeforeTheKeyAreFoundToo) {
  EXPECT_TRUE(open()->take(octets_of(sample_record("12155550121"))));
  use_key();
  const auto keeper = open();
  EXPECT_TRUE(keeper->take(octets_of(sample_record("12155550121"))));
  EXPECT_EQ(found_by(keeper->ask(question("12155550121"), 0)), 2U);
}

TEST_F(RecordKeeperTest, AQuestionMustBeOne) {
  const auto keeper = open();
  for (const std::string& text : {std::string(), std::string("x"), std::string("[]"), std::string("{}"), question(""),
                                  question(std::string(1'000, '1')), std::string(R"({"number":7})")}) {
    EXPECT_EQ(keeper->ask(text, 0).at("result"), "refused") << text;
  }
  EXPECT_TRUE(lines("queries.jsonl").empty());
}

TEST_F(RecordKeeperTest, WithoutAFolderNothingIsKeptAndNothingAnswered) {
  config_.folder.clear();
  const auto keeper = open();
  EXPECT_TRUE(keeper->take(octets_of(sample_record())));
  EXPECT_EQ(keeper->ask(question("1"), 0).at("result"), "refused");
  EXPECT_EQ(keeper->status().dump(), R"({"folder":null,"not_kept":1})");
}

TEST_F(RecordKeeperTest, OneKeeperAFolder) {
  const auto keeper = open();
  const auto second = RecordKeeper::open(config_, [] { return kRecordTime; });
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("another stirline-control"), std::string::npos);
}

TEST_F(RecordKeeperTest, WhatCannotBeUsedIsToldAtTheStart) {
  config_.folder = folder_ / "absent" / "records";
  EXPECT_FALSE(RecordKeeper::open(config_, [] { return kRecordTime; }));
  config_.folder = folder_ / "records";
  config_.pseudonym_key = folder_ / "absent.key";
  EXPECT_FALSE(RecordKeeper::open(config_, [] { return kRecordTime; }));
}

}  // namespace
}  // namespace stirline::control::record_keeper_test
