// The daemon as a whole, in this process: configuration in, tables at a data plane of paper, commands on its socket.
#include "control/daemon.hpp"

#include <array>
#include <atomic>
#include <filesystem>
#include <optional>
#include <ranges>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "config/policy/common_rules.hpp"
#include "config/policy/list_table.hpp"
#include "config/policy/user_shard.hpp"
#include "config/tables/certificate_table.hpp"
#include "config/tables/credential_table.hpp"
#include "config/tables/trunk_table.hpp"
#include "config/wire/contact_record.hpp"
#include "tests/unit/control/asking.hpp"
#include "tests/unit/control/fake_dataplane.hpp"
#include "tests/unit/control/process.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/daemon/process_facts.hpp"

namespace stirline::control::daemon_test {
namespace {

namespace fs = std::filesystem;
namespace tables = config::tables;
using config::wire::ResultCode;
using nlohmann::ordered_json;
using std::chrono::milliseconds;
using stirline::test::bits;
using stirline::test::says;
using tables::TableKind;
using test::FakeDataplane;
using test::pem;

constexpr std::int64_t kNow = 1'790'000'000;       // 21 Sep 2026
constexpr std::int64_t kNotAfter = 2'398'377'600;  // 1 Jan 2046

class DaemonTest : public ::testing::Test {
 protected:
  DaemonTest() {
    fs::copy_file(pem("test_leaf_spc1234.key"), folder_ / "main.key");
    fs::copy_file(pem("test_leaf_spc1234_chain.pem"), folder_ / "main.pem");
    fs::copy_file(pem("test_root.pem"), folder_ / "root.pem");
    configure("carrier");
    options_.config = folder_ / "control.toml";
    options_.now = [this] { return now_.load(); };
    options_.recheck = milliseconds(5);
    options_.status_limit = milliseconds(50);
    options_.first_pause = milliseconds(1);
    options_.longest_pause = milliseconds(4);
  }

  void configure(const std::string& trunk, const std::string& more = "") {
    folder_.write("control.toml", "socket = \"" + (folder_ / "control.sock").string() + "\"\n" +
                                      "dataplane_socket = \"" + dataplane_path() + "\"\n" + "log_level = \"error\"\n" +
                                      more +
                                      "[trust]\nanchors = [\"root.pem\"]\n"
                                      "[[trunk]]\nname = \"" +
                                      trunk +
                                      "\"\npair = \"wire\"\npeers = [\"192.0.2.0/24\"]\n"
                                      "[[credential]]\nname = \"main\"\nkey = \"main.key\"\nchain = \"main.pem\"\n"
                                      "x5u = \"https://cert.example.org/a.pem\"\n"
                                      "[[numbers]]\nprefix = \"1215\"\nattest = \"A\"\ncredential = \"main\"\n"
                                      "[[x5u]]\nurl = \"https://cert.example.org/a.pem\"\nfile = \"main.pem\"\n");
  }

  [[nodiscard]] std::string dataplane_path() const { return (folder_ / "dataplane.sock").string(); }

  void start() {
    auto daemon = Daemon::make(loop_, options_);
    ASSERT_TRUE(daemon) << config::to_string(daemon.error().front());
    daemon_ = std::move(*daemon);
  }

  bool until(const std::function<bool()>& done) { return test::turn_until(loop_, done); }
  bool until_generations(const FakeDataplane& dataplane, std::size_t count) {
    return until([&] { return dataplane.generations().size() >= count && !(daemon_ && daemon_->busy()); });
  }

  struct Reloaded {
    std::string result;
    ordered_json document;
  };
  Reloaded reload() {
    std::optional<Reloaded> answer;
    daemon_->reload([&](const ordered_json& document) { answer = {document.at("result"), document}; });
    EXPECT_TRUE(until([&] { return answer.has_value(); }));
    return answer.value_or(Reloaded{});
  }

  test::Finished ask(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--socket", (folder_ / "control.sock").string()});
    return test::ask(loop_, std::move(arguments));
  }

  static std::string trunk_of(const FakeDataplane::Generation& generation) {
    const auto trunks = tables::decode_trunks(generation.tables.at(TableKind::trunks));
    return trunks && trunks->size() == 1 ? trunks->front().name : "?";
  }

  test::ScratchFolder folder_;
  EventLoop loop_;
  std::atomic<std::int64_t> now_ = kNow;
  DaemonOptions options_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(DaemonTest, GivesTheDataPlaneItsTables) {
  const FakeDataplane dataplane(dataplane_path());
  start();
  ASSERT_TRUE(until_generations(dataplane, 1));
  const auto generation = dataplane.generations().front();
  EXPECT_EQ(generation.number, daemon_->generation());
  EXPECT_EQ(trunk_of(generation), "carrier");
  const auto credentials = tables::decode_credentials(generation.tables.at(TableKind::credentials));
  ASSERT_TRUE(credentials) << credentials.error().text;
  EXPECT_EQ(credentials->front().name, "main");
  const auto certificates = tables::decode_certificates(generation.tables.at(TableKind::certificates));
  ASSERT_TRUE(certificates) << certificates.error().text;
  EXPECT_EQ(certificates->front().standing, crypto::Reason::verified);
}

TEST_F(DaemonTest, MistakesOfTheFileAndOfWhatItNamesAreToldAtTheStart) {
  folder_.write("main.key", "no key");
  auto daemon = Daemon::make(loop_, options_);
  ASSERT_FALSE(daemon);
  EXPECT_EQ(daemon.error().size(), 1U);
  configure("carrier", "unknown_option = 1\n");
  daemon = Daemon::make(loop_, options_);
  ASSERT_FALSE(daemon);
  EXPECT_EQ(daemon.error().front().key, "unknown_option");
}

constexpr const char* kBlockAll =
    "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" xmlns:sp=\"urn:ietf:params:xml:ns:spit-policy\">\n"
    "<rule id=\"all\"><actions><sp:handling>block</sp:handling></actions></rule></ruleset>";

// SPIT-PL-06: the operator's documents are files, and a reload takes them anew.
TEST_F(DaemonTest, CommonRulesGoOutAndChangeWithAReload) {
  const FakeDataplane dataplane(dataplane_path());
  start();
  ASSERT_TRUE(until_generations(dataplane, 1));
  EXPECT_EQ(reload().result, "ok");
  EXPECT_EQ(dataplane.rules_seen(), 0U) << "without documents nothing is sent";
  folder_.write("legal.xml", kBlockAll);
  configure("carrier", "policy.legal = \"legal.xml\"\n");
  EXPECT_EQ(reload().result, "ok");
  ASSERT_TRUE(until([&] { return dataplane.rules().size() == 1; })) << "from the reload on";
  const auto legal = [&](std::size_t push) {
    const auto rules = dataplane.rules().at(push);
    const auto common = config::policy::CommonRules::open(rules.common.at(0));
    EXPECT_TRUE(common);
    return common ? common->of(config::policy::Layer::legal, {}).rules() : 0;
  };
  EXPECT_EQ(legal(0), 1U);
  folder_.write("legal.xml", std::string(kBlockAll).substr(0, 100));
  const Reloaded refused = reload();
  EXPECT_EQ(refused.result, "refused");
  EXPECT_TRUE(refused.document.at("errors").at(0).get<std::string>().contains("policy.legal")) << refused.document;
  folder_.write("legal.xml", "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\"/>");
  EXPECT_EQ(reload().result, "ok");
  ASSERT_TRUE(until([&] { return dataplane.rules().size() == 2; }));
  EXPECT_EQ(legal(1), 0U);
  EXPECT_TRUE(dataplane.rules()[1].users.empty()) << "no user has changed";
  const auto asked = ask({"status", "--json"});
  const auto status = ordered_json::parse(asked.out).at("control").at("rules");
  EXPECT_EQ(status.at("number"), dataplane.rules()[1].number);
  EXPECT_EQ(status.at("users"), 0);
}

// SPIT-CL-02, SPIT-FW-10: lists out of their store, changed by a command meanwhile; whom users have called.
TEST_F(DaemonTest, ListsGoOutAndContactsComeIn) {
  const std::string file = (folder_ / "lists.db").string();
  configure("carrier", "lists.database = \"lists.db\"\nlists.claim_score = 33\n");
  options_.look_at_lists = std::chrono::milliseconds(5);
  options_.coalesce_rules = std::chrono::milliseconds(1);
  FakeDataplane dataplane(dataplane_path());
  start();
  const auto entries = [&]() -> std::size_t {
    for (const auto& rules : std::views::reverse(dataplane.rules())) {
      if (!rules.lists.empty()) {
        const auto table = config::policy::ListTable::open(rules.lists[0]);
        EXPECT_TRUE(table) << table.error().text;
        EXPECT_EQ(table->claim_score(), 33);
        EXPECT_TRUE(table->learns_contacts());
        return table->entries();
      }
    }
    return 99;
  };
  ASSERT_TRUE(until([&] { return entries() == 0; })) << "an empty table";
  const auto imported = test::run({test::program("STIRLINE_COMMAND"), "policy", "import", "--store", file,
                                   folder_
                                       .write("l.csv",
                                              "list,kind,subject,until,origin,note\n"
                                              "black,number,+12155550100,,,\n")
                                       .string()});
  EXPECT_EQ(imported.status, 0) << imported.err;
  ASSERT_TRUE(until([&] { return entries() == 1; }));
  std::array<char, config::wire::kMaxContactBytes> record;
  const std::size_t bytes = config::wire::encode_contact({"12155550101", "442071838750"}, record);
  dataplane.tell_contacts(std::string(record.data(), bytes));
  const auto users = [&] {
    std::size_t count = 0;
    for (const auto& rules : dataplane.rules()) {
      for (const auto& image : rules.users) {
        const auto shard = config::policy::UserShard::open(image);
        count += shard ? shard->users() : 0;
      }
    }
    return count;
  };
  ASSERT_TRUE(until([&] { return users() == 1; })) << "the caller's rules, with his contact";
  const auto status = ordered_json::parse(ask({"status", "--json"}).out).at("control").at("call_lists");
  EXPECT_EQ(status.at("entries"), 1);
  EXPECT_EQ(status.at("learned"), 1);
}

TEST_F(DaemonTest, MistakesInRulesAreToldBesideThoseOfTheRest) {
  folder_.write("soft.xml", "<ruleset/>");
  folder_.write("main.key", "no key");
  configure("carrier", "policy.operator_soft = \"soft.xml\"\n");
  const auto daemon = Daemon::make(loop_, options_);
  ASSERT_FALSE(daemon);
  ASSERT_EQ(daemon.error().size(), 2U);
  EXPECT_EQ(daemon.error()[1].key, "policy.operator_soft");
  EXPECT_EQ(daemon.error()[1].file, (folder_ / "soft.xml").string());
}

// Rules on their way are no reason to turn a reload away.
TEST_F(DaemonTest, AReloadWaitsForRulesThatAreOnTheirWay) {
  folder_.write("legal.xml", kBlockAll);
  configure("carrier", "policy.legal = \"legal.xml\"\n");
  FakeDataplane dataplane(dataplane_path());
  for (int i = 0; i < 3; ++i) {
    dataplane.answer_rules(ResultCode::busy, "in use");
  }
  start();
  ASSERT_TRUE(until([&] { return dataplane.rules_seen() >= 1; }));
  configure("other", "policy.legal = \"legal.xml\"\n");
  EXPECT_EQ(reload().result, "ok");
  EXPECT_EQ(trunk_of(dataplane.generations().back()), "other");
  ASSERT_TRUE(until([&] { return dataplane.rules().size() == 1; }));
}

TEST_F(DaemonTest, PushesAgainToADataPlaneThatWasKilledAndCameBack) {
  auto dataplane = std::make_unique<FakeDataplane>(dataplane_path());
  start();
  ASSERT_TRUE(until_generations(*dataplane, 1));
  dataplane.reset();
  dataplane = std::make_unique<FakeDataplane>(dataplane_path());
  ASSERT_TRUE(until_generations(*dataplane, 1));
  EXPECT_EQ(trunk_of(dataplane->generations().front()), "carrier");
}

TEST_F(DaemonTest, AnotherLifeOfControlPushesAHigherGeneration) {
  const FakeDataplane dataplane(dataplane_path());
  start();
  ASSERT_TRUE(until_generations(dataplane, 1));
  daemon_.reset();
  ++now_;
  start();
  ASSERT_TRUE(until_generations(dataplane, 2));
  EXPECT_GT(dataplane.generations()[1].number, dataplane.generations()[0].number);
}

TEST_F(DaemonTest, ReloadSwapsTheTables) {
  const FakeDataplane dataplane(dataplane_path());
  start();
  ASSERT_TRUE(until_generations(dataplane, 1));
  configure("transit");
  const Reloaded answer = reload();
  EXPECT_EQ(answer.result, "ok") << answer.document;
  EXPECT_EQ(answer.document.at("in_use"), true);
  EXPECT_EQ(answer.document.at("generation"), daemon_->generation());
  ASSERT_EQ(dataplane.generations().size(), 2U);
  EXPECT_EQ(trunk_of(dataplane.generations()[1]), "transit");
  EXPECT_GT(dataplane.generations()[1].number, dataplane.generations()[0].number);
}

TEST_F(DaemonTest, ABadFileChangesNothingAndSaysAllOfWhy) {
  auto dataplane = std::make_unique<FakeDataplane>(dataplane_path());
  start();
  ASSERT_TRUE(until_generations(*dataplane, 1));
  const std::uint64_t before = daemon_->generation();
  configure("transit");
  fs::copy_file(pem("test_delegate_range.key"), folder_ / "main.key", fs::copy_options::overwrite_existing);
  folder_.write("root.pem", "no anchor");
  const Reloaded answer = reload();
  EXPECT_EQ(answer.result, "refused");
  EXPECT_EQ(answer.document.at("errors").size(), 2U) << answer.document;
  EXPECT_EQ(daemon_->generation(), before);
  EXPECT_EQ(dataplane->generations().size(), 1U);

  // What comes back after the data plane's death is the old state, keys included.
  dataplane.reset();
  dataplane = std::make_unique<FakeDataplane>(dataplane_path());
  ASSERT_TRUE(until_generations(*dataplane, 1));
  EXPECT_EQ(trunk_of(dataplane->generations().front()), "carrier");
}

TEST_F(DaemonTest, ATableThatTheDataPlaneRefusesChangesNothing) {
  auto dataplane = std::make_unique<FakeDataplane>(dataplane_path());
  start();
  ASSERT_TRUE(until_generations(*dataplane, 1));
  const std::uint64_t before = daemon_->generation();
  dataplane->answer_commit(ResultCode::refused, "no port pair \"wire\"");
  configure("transit");
  const Reloaded answer = reload();
  EXPECT_EQ(answer.result, "refused");
  EXPECT_EQ(answer.document.at("errors").at(0), "data plane: no port pair \"wire\"");
  EXPECT_EQ(daemon_->generation(), before);
  dataplane.reset();
  dataplane = std::make_unique<FakeDataplane>(dataplane_path());
  ASSERT_TRUE(until_generations(*dataplane, 1));
  EXPECT_EQ(trunk_of(dataplane->generations().front()), "carrier");
}

TEST_F(DaemonTest, AReloadWhoseConnectionBreaksLeavesTheOldStateInUse) {
  FakeDataplane dataplane(dataplane_path());
  start();
  ASSERT_TRUE(until_generations(dataplane, 1));
  dataplane.break_at_commit();
  configure("transit");
  EXPECT_EQ(reload().result, "refused");
  ASSERT_TRUE(until_generations(dataplane, 2));
  EXPECT_EQ(trunk_of(dataplane.generations()[1]), "carrier");
  EXPECT_GT(dataplane.generations()[1].number, dataplane.generations()[0].number);
}

TEST_F(DaemonTest, ASecondReloadAtOnceIsBusy) {
  FakeDataplane dataplane(dataplane_path());
  start();
  ASSERT_TRUE(until_generations(dataplane, 1));
  configure("transit");
  std::optional<std::string> first;
  std::optional<std::string> second;
  daemon_->reload([&](const ordered_json& document) { first = document.at("result"); });
  daemon_->reload([&](const ordered_json& document) { second = document.at("result"); });
  EXPECT_FALSE(first.has_value());
  EXPECT_EQ(second, "busy");
  ASSERT_TRUE(until([&] { return first.has_value(); }));
  EXPECT_EQ(first, "ok");
}

TEST_F(DaemonTest, AReloadWithoutADataPlaneIsSentWhenItComes) {
  start();
  configure("transit");
  const Reloaded answer = reload();
  EXPECT_EQ(answer.result, "ok");
  EXPECT_EQ(answer.document.at("in_use"), false);
  const FakeDataplane dataplane(dataplane_path());
  ASSERT_TRUE(until_generations(dataplane, 1));
  EXPECT_EQ(trunk_of(dataplane.generations().front()), "transit");
}

TEST_F(DaemonTest, SocketsStayWhereTheyAreUntilTheNextStart) {
  start();
  folder_.write("control.toml", "socket = \"" + (folder_ / "elsewhere.sock").string() + "\"\nlog_level = \"error\"\n");
  const Reloaded answer = reload();
  EXPECT_EQ(answer.result, "ok") << answer.document;
  EXPECT_EQ(answer.document.at("warnings").size(), 2U) << answer.document;
}

// Time alone changes the standing of a certificate: the data plane is told, and no file is read for it.
TEST_F(DaemonTest, ACertificateThatExpiresIsToldToTheDataPlane) {
  const FakeDataplane dataplane(dataplane_path());
  start();
  ASSERT_TRUE(until_generations(dataplane, 1));
  fs::remove(folder_ / "main.pem");
  now_ = kNotAfter + 1;
  ASSERT_TRUE(until_generations(dataplane, 2));
  const auto certificates = tables::decode_certificates(dataplane.generations()[1].tables.at(TableKind::certificates));
  ASSERT_TRUE(certificates) << certificates.error().text;
  EXPECT_EQ(certificates->front().standing, crypto::Reason::certificate_expired);
}

TEST_F(DaemonTest, ABusyDataPlaneIsAskedAgainLater) {
  FakeDataplane dataplane(dataplane_path());
  dataplane.answer_commit(ResultCode::busy, "two generations are alive");
  start();
  ASSERT_TRUE(until_generations(dataplane, 1));
}

TEST_F(DaemonTest, StatusHoldsOurPartAndTheDataPlanesVerbatim) {
  FakeDataplane dataplane(dataplane_path());
  dataplane.set_status(R"({"ports":[{"name":"west","received":7}],"z":1,"a":2})");
  start();
  ASSERT_TRUE(until_generations(dataplane, 1));
  const test::Finished finished = ask({"status", "--json"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  const ordered_json document = ordered_json::parse(finished.out);
  EXPECT_EQ(document.at("dataplane").dump(), R"({"ports":[{"name":"west","received":7}],"z":1,"a":2})");
  const ordered_json& control = document.at("control");
  EXPECT_EQ(control.at("generation"), daemon_->generation());
  EXPECT_EQ(control.at("config"), (folder_ / "control.toml").string());
  EXPECT_EQ(control.at("tables").at("credentials"), 1);
  EXPECT_EQ(control.at("dataplane").at("connected"), true);
  EXPECT_EQ(control.at("dataplane").at("generation"), daemon_->generation());
  EXPECT_EQ(control.at("certificates").at(0).at("standing"), "verified");
  const test::Finished shown = ask({"status"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_NE(shown.out.find("name  received\n"), std::string::npos) << shown.out;
}

TEST_F(DaemonTest, StatusDoesNotWaitForASilentDataPlane) {
  FakeDataplane dataplane(dataplane_path());
  start();
  ASSERT_TRUE(until_generations(dataplane, 1));
  dataplane.fall_silent(true);
  const test::Finished finished = ask({"status", "--json"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  const ordered_json document = ordered_json::parse(finished.out);
  EXPECT_TRUE(document.at("dataplane").is_null());
  EXPECT_EQ(document.at("control").at("dataplane").at("status_error"), "no status within 50 ms");
}

TEST_F(DaemonTest, TheCommandReloadsAndShowsReasons) {
  start();
  EXPECT_EQ(ask({"reload"}).status, 0);
  folder_.write("root.pem", "no anchor");
  const test::Finished refused = ask({"reload"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("trust.anchors[0]"), std::string::npos) << refused.err;
  const test::Finished json = ask({"reload", "--json"});
  EXPECT_EQ(json.status, 1);
  EXPECT_EQ(ordered_json::parse(json.out).at("result"), "refused");
  daemon_.reset();
  EXPECT_EQ(ask({"status"}).status, 69);
}

// The program itself: signals, exit status, and no key in what it writes.
TEST_F(DaemonTest, TheProgramServesUntilItIsToldToStop) {
  FakeDataplane dataplane(dataplane_path());
  configure("carrier");
  test::Process process({test::program("STIRLINE_CONTROL"), "--config", (folder_ / "control.toml").string()});
  ASSERT_TRUE(until_generations(dataplane, 1));
  configure("transit");
  process.signal(SIGHUP);
  ASSERT_TRUE(until_generations(dataplane, 2));
  EXPECT_EQ(trunk_of(dataplane.generations()[1]), "transit");
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0) << process.err();
  EXPECT_FALSE(fs::exists(folder_ / "control.sock"));
}

// What the kernel says of it: no capability, no way to get one, a filter of system calls, no core; and as another user.
TEST_F(DaemonTest, TheProgramIsConfined) {
  configure("carrier");
  const auto check = [&](std::vector<std::string> more) {
    std::vector<std::string> argv = {test::program("STIRLINE_CONTROL"), "--config",
                                     (folder_ / "control.toml").string()};
    argv.insert(argv.end(), more.begin(), more.end());
    test::Process process(argv);
    test::Finished answer;
    ASSERT_TRUE(until([&] { return (answer = ask({"status", "--json"})).status == 0; })) << process.err();
    const auto threads = stirline::test::thread_facts(std::to_string(process.pid()));
    EXPECT_FALSE(threads.empty());
    for (const stirline::test::ThreadFacts& facts : threads) {
      for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
        EXPECT_EQ(bits(facts, set), 0U) << set;
      }
      EXPECT_TRUE(bits(facts, "CapBnd") == 0 || ::geteuid() != 0) << "the bounding set";
      EXPECT_TRUE(says(facts, "NoNewPrivs", "1"));
      EXPECT_TRUE(says(facts, "Seccomp", "2"));
      EXPECT_EQ(facts.at("Uid").starts_with("0\t"), ::geteuid() == 0 && more.empty()) << facts.at("Uid");
    }
    const auto status = ordered_json::parse(answer.out).at("control").at("confinement");
    EXPECT_EQ(status.at("system_calls_filtered"), true);
    EXPECT_NE(status.at("files").get<std::string>().find("limited"), std::string::npos);
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait(), 0) << process.err();
  };
  check({});
  if (::geteuid() == 0) {
    for (const auto& file : fs::directory_iterator(folder_.path())) {
      fs::permissions(file, fs::perms::others_read, fs::perm_options::add);
    }
    fs::permissions(folder_.path(), fs::perms::all);
    check({"--user", "nobody"});
  }
}

TEST_F(DaemonTest, TheProgramPrintsEveryMistakeAndEndsWithTwo) {
  folder_.write("main.key", "no key");
  folder_.write("main.pem", "no chain");
  const test::Finished finished =
      test::run({test::program("STIRLINE_CONTROL"), "--config", (folder_ / "control.toml").string()});
  EXPECT_EQ(finished.status, 2);
  EXPECT_NE(finished.err.find("credential[0].key"), std::string::npos) << finished.err;
  EXPECT_NE(finished.err.find("credential[0].chain"), std::string::npos) << finished.err;
  EXPECT_EQ(test::run({test::program("STIRLINE_CONTROL")}).status, 64);
}

}  // namespace
}  // namespace stirline::control::daemon_test
