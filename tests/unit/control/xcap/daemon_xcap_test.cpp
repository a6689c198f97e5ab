// The programs themselves: stirline-control serves documents behind its confinement, `stirline xcap user` says to whom.
#include <array>
#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <functional>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "config/control_config.hpp"
#include "config/policy/common_rules.hpp"
#include "config/policy/user_shard.hpp"
#include "config/wire/call_record.hpp"
#include "config/wire/complaint_record.hpp"
#include "tests/unit/control/certificates/https_server.hpp"
#include "tests/unit/control/fake_dataplane.hpp"
#include "tests/unit/control/process.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/control/xcap/https_client.hpp"
#include "tests/unit/control/xcap/xcap_world.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::control::daemon_xcap_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Client;
using test::Finished;

class XcapPrograms : public ::testing::Test {
 protected:
  XcapPrograms() {
    // Three folders, as an installation has them.
    for (const char* name : {"etc", "keys", "var"}) {
      fs::create_directory(folder_ / name);
    }
    folder_.write("keys/web.pem", identity_.certificate_pem);
    folder_.write("keys/web.key", identity_.key_pem);
    authority_ = folder_.write("ca.pem", identity_.authority_pem).string();
    folder_.write("etc/control.toml", "socket = \"" + socket_ + "\"\ndataplane_socket = \"" +
                                          (folder_ / "dataplane.sock").string() +
                                          "\"\nlog_level = \"error\"\n[xcap]\nlisten = \"127.0.0.1\"\nport = 0\n"
                                          "certificate = \"../keys/web.pem\"\nkey = \"../keys/web.key\"\n"
                                          "users = \"../keys/users\"\ndatabase = \"../var/documents.db\"\n"
                                          "administrators = [\"sip:admin@example.com\"]\n");
  }

  // The password comes by standard input.
  Finished user(const std::string& arguments, const std::string& password = "") {
    return test::run({"/bin/sh", "-c",
                      "printf '%s\\n' '" + password + "' | '" + test::program("STIRLINE_COMMAND") + "' xcap user " +
                          arguments + " --users '" + users_ + "'"});
  }

  // Nothing until it is there.
  json status_of(const char* part) {
    const Finished asked = test::run({test::program("STIRLINE_COMMAND"), "status", "--json", "--socket", socket_});
    return asked.status == 0 ? json::parse(asked.out).at("control").at(part) : json();
  }
  json status() { return status_of("xcap"); }
  std::uint16_t port_of(test::Process& process) {
    const auto end = std::chrono::steady_clock::now() + test::kDeadline;
    while (std::chrono::steady_clock::now() < end) {
      if (const json shown = status(); shown.is_object()) {
        return shown.at("port").get<std::uint16_t>();
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "it does not serve: " << process.err();
    return 0;
  }

  const test::TlsIdentity identity_ = test::make_identity("IP:127.0.0.1");
  test::ScratchFolder folder_;
  const std::string socket_ = (folder_ / "control.sock").string();
  const std::string users_ = (folder_ / "keys/users").string();
  const std::string bob_ = std::string(test::kBob);
  std::string authority_;
};

// SPIT-XC-08, and the confinement: the file of users and the database are in reach, and stay so.
TEST_F(XcapPrograms, ServeWhatTheOperatorAllows) {
  ASSERT_EQ(user("add sip:bob@example.com", "tr1cky-one").status, 0);
  const std::vector<std::string> argv = {test::program("STIRLINE_CONTROL"), "--config",
                                         (folder_ / "etc/control.toml").string()};
  std::string tag;
  {
    test::Process process(argv);
    const std::uint16_t port = port_of(process);
    Client bob(port, authority_);
    bob.password("bob@example.com:tr1cky-one");
    const auto put = bob.ask("PUT", bob_, {"Content-Type: application/auth-policy+xml"}, std::string(test::kBobsRules));
    EXPECT_EQ(put.status, 201) << put.header << put.body;
    tag = put.field("ETag");
    const Finished token = user("add sip:admin@example.com --token");
    ASSERT_EQ(token.status, 0) << token.err;
    Client administrator(port, authority_);
    administrator.token(token.out.substr(0, token.out.size() - 1));
    EXPECT_EQ(administrator.ask("GET", bob_).body, test::kBobsRules) << "the new user counts at once";
    ASSERT_EQ(user("remove sip:bob@example.com").status, 0);
    EXPECT_EQ(bob.ask("GET", bob_).status, 401);
    const json shown = status();
    EXPECT_EQ(shown.at("documents"), 1);
    EXPECT_EQ(shown.at("changes"), 1);
    EXPECT_GE(shown.at("unauthenticated"), 1);
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait(), 0) << process.err();
    EXPECT_FALSE(process.err().contains("error")) << process.err();
  }
  ASSERT_EQ(user("add sip:bob@example.com", "tr1cky-two").status, 0);
  test::Process process(argv);
  Client bob(port_of(process), authority_);
  bob.password("bob@example.com:tr1cky-two");
  const auto again = bob.ask("GET", bob_);
  EXPECT_EQ(again.body, test::kBobsRules) << "kept across the restart";
  EXPECT_EQ(again.field("ETag"), tag) << "SPIT-XC-06";
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0) << process.err();
}

// SPIT-PL-07, SPIT-FW-08, SPIT-FW-09: from curl to the data plane.
TEST_F(XcapPrograms, RulesReachTheDataPlane) {
  folder_.write("etc/closed.xml",
                "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" "
                "xmlns:sp=\"urn:ietf:params:xml:ns:spit-policy\"><rule id=\"rest\"><actions>"
                "<sp:handling>block</sp:handling></actions></rule></ruleset>");
  folder_.write("etc/control.toml",
                stirline::test::read_file(folder_ / "etc/control.toml") + "[policy]\ngroup_closed = \"closed.xml\"\n");
  ASSERT_EQ(user("add sip:bob@example.com", "tr1cky-one").status, 0);
  const test::FakeDataplane dataplane((folder_ / "dataplane.sock").string());
  const auto until_rules = [&](std::size_t count) {
    const auto end = std::chrono::steady_clock::now() + test::kDeadline;
    while (dataplane.rules().size() < count && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return dataplane.rules().size() >= count;
  };
  test::Process process({test::program("STIRLINE_CONTROL"), "--config", (folder_ / "etc/control.toml").string()});
  ASSERT_TRUE(until_rules(1)) << process.err();
  const auto first = dataplane.rules()[0];
  ASSERT_EQ(first.common.size(), 1U);
  const auto common = config::policy::CommonRules::open(first.common[0]);
  ASSERT_TRUE(common);
  EXPECT_EQ(common->of(config::policy::Layer::group_default, config::policy::UserGroup::closed).rules(), 1U);
  Client bob(port_of(process), authority_);
  bob.password("bob@example.com:tr1cky-one");
  ASSERT_EQ(bob.ask("PUT", "/user-profile/users/sip:bob@example.com/index", {"Content-Type: application/xml"},
                    "<profile xmlns=\"urn:stirline:xml:ns:user-profile\"><group>closed</group></profile>")
                .status,
            201);
  ASSERT_TRUE(until_rules(2)) << process.err();
  const auto change = dataplane.rules()[1];
  EXPECT_TRUE(change.common.empty());
  ASSERT_EQ(change.users.size(), 1U);
  const auto shard = config::policy::UserShard::open(change.users[0]);
  ASSERT_TRUE(shard);
  const auto found = shard->find(config::policy::identity_key(common->secret(), "sip:bob@example.com"));
  ASSERT_TRUE(found);
  EXPECT_NE(found->facts & config::policy::fact_bit(config::policy::Fact::group, config::policy::UserGroup::closed),
            0U);
  EXPECT_EQ(status_of("rules").at("users"), 1);
  const std::string caps = bob.ask("GET", "/xcap-caps/global/index").body;
  EXPECT_TRUE(caps.contains("urn:ietf:params:xml:ns:hashcash")) << caps << " (SPIT-FW-03)";
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0) << process.err();
}

// SPIT-CO-01, SPIT-CO-07, SPIT-PL-05: from the record of a 470 to the list of the called user, from his answer to the
// data plane; and the operator beside him.
TEST_F(XcapPrograms, ConsentGoesAllTheWay) {
  folder_.write("etc/control.toml",
                stirline::test::read_file(folder_ / "etc/control.toml") + "permissions = \"../var/permissions.db\"\n");
  ASSERT_EQ(user("add sip:bob@example.com", "tr1cky-one").status, 0);
  test::FakeDataplane dataplane((folder_ / "dataplane.sock").string());
  config::wire::CallRecord record;
  record.time = 1'795'000'000;
  record.decision = config::wire::Decision::answered;
  record.verdict = crypto::Verdict::valid;
  record.attest = 'A';
  record.status = 470;
  record.trunk = record.in_port = record.out_port = "a";
  record.method = "INVITE";
  record.orig = "12025550001";
  record.dest = record.target = "sip:bob@example.com";
  record.call_id = "x";
  record.known_caller = record.challenged = true;
  std::array<char, config::wire::kMaxRecordBytes> octets;
  dataplane.tell({octets.data(), config::wire::encode_record(record, octets)});
  test::Process process({test::program("STIRLINE_CONTROL"), "--config", (folder_ / "etc/control.toml").string()});
  Client bob(port_of(process), authority_);
  bob.password("bob@example.com:tr1cky-one");
  const auto until = [](const std::function<bool()>& so) {
    const auto end = std::chrono::steady_clock::now() + test::kDeadline;
    while (!so() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return so();
  };
  const std::string bobs = "/consent/users/sip:bob@example.com";
  ASSERT_TRUE(until([&] { return bob.ask("GET", bobs).body.contains("12025550001"); })) << bob.ask("GET", bobs).body;
  EXPECT_EQ(json::parse(bob.ask("GET", bobs).body).at("permissions").at(0).at("verdict"), "verified-A");
  ASSERT_TRUE(until([&] { return !dataplane.rules().empty(); }));
  const auto first = dataplane.rules();  // which views refer to
  const auto common = config::policy::CommonRules::open(first[0].common.at(0));
  ASSERT_TRUE(common);
  EXPECT_EQ(
      bob.ask("PUT", bobs + "/tel:+12025550001", {"Content-Type: application/json"}, R"({"state":"granted"})").status,
      204);
  const auto is_known = [&] {
    using namespace config::policy;
    const auto pushes = dataplane.rules();
    const auto shard = UserShard::open(pushes.back().users.at(0));
    const auto found = shard ? shard->find(identity_key(common->secret(), "sip:bob@example.com")) : std::nullopt;
    CallFacts call{.facts = kAnyCall, .caller = identity_key(common->secret(), "12025550001"), .now = 0};
    return found && found->rules.evaluate(call).rule == Outcome::kContact;
  };
  ASSERT_TRUE(until([&] { return dataplane.rules().size() >= 2; })) << process.err();
  EXPECT_TRUE(is_known()) << "the next attempt passes";
  const auto consent = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {test::program("STIRLINE_COMMAND"), "consent"});
    words.insert(words.end(), {"--user", "sip:bob@example.com", "--socket", socket_});
    return test::run(words);
  };
  const Finished listed = consent({"list", "--json"});
  EXPECT_EQ(listed.status, 0) << listed.err;
  EXPECT_TRUE(listed.out.contains(R"("state":"granted","verdict":"verified-A","origin":"sip:bob@example.com")"))
      << listed.out;
  EXPECT_TRUE(consent({"list"}).out.contains("12025550001"));
  EXPECT_EQ(consent({"deny", "--caller", "+12025550001", "--days", "3"}).status, 0);
  ASSERT_TRUE(until([&] { return dataplane.rules().size() >= 3; })) << process.err();
  EXPECT_FALSE(is_known());
  EXPECT_EQ(consent({"revoke", "--caller", "+12025550001"}).status, 0);
  EXPECT_EQ(consent({"revoke", "--caller", "+12025550001"}).status, 1);
  EXPECT_EQ(consent({"grant", "--caller", "nobody"}).status, 1);
  EXPECT_EQ(consent({"grant"}).status, 64);
  const json shown = status_of("permissions");
  EXPECT_EQ(shown.at("asked"), 1);
  EXPECT_EQ(shown.at("granted"), 1);
  EXPECT_EQ(shown.at("denied"), 1);
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0) << process.err();
}

// SPIT-MK-03: from the record of a call to the report of the called user, and on to the data plane; and the operator
// beside him.
TEST_F(XcapPrograms, FeedbackGoesAllTheWay) {
  folder_.write("etc/control.toml", stirline::test::read_file(folder_ / "etc/control.toml") +
                                        "[feedback]\ndatabase = \"../var/feedback.db\"\n");
  ASSERT_EQ(user("add sip:bob@example.com", "tr1cky-one").status, 0);
  test::FakeDataplane dataplane((folder_ / "dataplane.sock").string());
  config::wire::CallRecord record;
  record.time = std::time(nullptr);
  record.decision = config::wire::Decision::judged;
  record.verdict = crypto::Verdict::valid;
  record.attest = 'A';
  record.trunk = record.in_port = record.out_port = "a";
  record.method = "INVITE";
  record.orig = "12025550001";
  record.dest = "sip:bob@example.com";
  record.call_id = "x";
  record.core = 1;
  std::array<char, config::wire::kMaxRecordBytes> octets;
  dataplane.tell({octets.data(), config::wire::encode_record(record, octets)});
  test::Process process({test::program("STIRLINE_CONTROL"), "--config", (folder_ / "etc/control.toml").string()});
  Client bob(port_of(process), authority_);
  bob.password("bob@example.com:tr1cky-one");
  const auto until = [](const std::function<bool()>& so) {
    const auto end = std::chrono::steady_clock::now() + test::kDeadline;
    while (!so() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return so();
  };
  ASSERT_TRUE(until([&] { return status_of("feedback").at("calls") == 1; })) << process.err();
  const std::string report = R"({"from":"tel:+12025550001","verdict":"unwanted","call-id":"x"})";
  EXPECT_EQ(bob.ask("POST", "/feedback", {"Content-Type: application/json"}, report).status, 204);
  EXPECT_EQ(bob.ask("POST", "/feedback", {"Content-Type: application/json"}, report).status, 409);
  ASSERT_TRUE(until([&] { return !dataplane.complaints().empty(); })) << process.err();
  const std::string told = dataplane.complaints();
  std::string_view rest = told;
  const auto complaint = config::wire::decode_complaint(rest);
  ASSERT_TRUE(complaint) << complaint.error();
  EXPECT_TRUE(rest.empty());
  EXPECT_EQ(complaint->caller, "12025550001");
  EXPECT_EQ(complaint->user, "sip:bob@example.com");
  EXPECT_EQ(complaint->trunk, "a");
  EXPECT_TRUE(complaint->shown);
  EXPECT_EQ(complaint->core, 1);
  EXPECT_EQ(complaint->weight, 250);
  const auto feedback = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {test::program("STIRLINE_COMMAND"), "feedback"});
    words.insert(words.end(), {"--user", "sip:bob@example.com", "--socket", socket_});
    return test::run(words);
  };
  EXPECT_TRUE(feedback({"show"}).out.contains("12025550001"));
  EXPECT_TRUE(feedback({"export"}).out.contains(R"("caller":"12025550001","verdict":"unwanted")"));
  EXPECT_EQ(feedback({"undo", "--caller", "+12025550001"}).out, "1 undone\n");
  EXPECT_EQ(feedback({"undo"}).status, 1);
  EXPECT_EQ(feedback({"show"}).out, "");
  const json shown = status_of("feedback");
  EXPECT_EQ(shown.at("unwanted"), 1);
  EXPECT_EQ(shown.at("repeated"), 1);
  EXPECT_EQ(shown.at("undone"), 1);
  EXPECT_TRUE(until([&] { return status_of("feedback").at("told") == 1; }));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0) << process.err();
}

// SPIT-PL-03: from the record of a call to the notice of the called user; and the operator beside him.
TEST_F(XcapPrograms, NoticesGoAllTheWay) {
  folder_.write("etc/control.toml", stirline::test::read_file(folder_ / "etc/control.toml") +
                                        "[notices]\ndatabase = \"../var/notices.db\"\n");
  ASSERT_EQ(user("add sip:bob@example.com", "tr1cky-one").status, 0);
  test::FakeDataplane dataplane((folder_ / "dataplane.sock").string());
  config::wire::CallRecord record;
  record.time = std::time(nullptr);
  record.decision = config::wire::Decision::answered;
  record.status = 603;
  record.trunk = record.in_port = record.out_port = "a";
  record.method = "INVITE";
  record.rule = "user:r5";
  record.orig = "12025550001";
  record.dest = record.target = "sip:bob@example.com";
  record.notify = true;
  std::array<char, config::wire::kMaxRecordBytes> octets;
  std::string told(octets.data(), config::wire::encode_record(record, octets));
  record.orig = "12025550002";
  record.withheld = true;
  told.append(octets.data(), config::wire::encode_record(record, octets));
  dataplane.tell(told);
  test::Process process({test::program("STIRLINE_CONTROL"), "--config", (folder_ / "etc/control.toml").string()});
  Client bob(port_of(process), authority_);
  bob.password("bob@example.com:tr1cky-one");
  const auto until = [](const std::function<bool()>& so) {
    const auto end = std::chrono::steady_clock::now() + test::kDeadline;
    while (!so() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return so();
  };
  ASSERT_TRUE(until([&] { return status_of("notices").at("taken") == 2; })) << process.err();
  const std::string bobs = "/notices/users/sip:bob@example.com";
  const json page = json::parse(bob.ask("GET", bobs).body).at("notices");
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].at("caller"), "anonymous");
  EXPECT_EQ(page[1].at("caller"), "12025550001");
  EXPECT_EQ(page[1].at("status"), 603);
  EXPECT_EQ(page[1].at("rule"), "user:r5");
  EXPECT_EQ(bob.ask("GET", "/notices/users/sip:eve@example.com").status, 403);
  const auto notices = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {test::program("STIRLINE_COMMAND"), "notices"});
    words.insert(words.end(), {"--socket", socket_});
    return test::run(words);
  };
  const Finished listed = notices({"--user", "sip:bob@example.com", "--json"});
  EXPECT_EQ(listed.status, 0) << listed.err;
  EXPECT_TRUE(listed.out.contains(R"("done":"answered","status":603,"rule":"user:r5")")) << listed.out;
  EXPECT_FALSE(listed.out.contains("12025550002"));
  EXPECT_TRUE(notices({"--user", "sip:bob@example.com"}).out.contains("answered 603"));
  EXPECT_EQ(notices({"--user", "bob"}).status, 1);
  EXPECT_EQ(notices({}).status, 64);
  EXPECT_EQ(bob.ask("DELETE", bobs).status, 204);
  EXPECT_EQ(notices({"--user", "sip:bob@example.com"}).out, "");
  EXPECT_EQ(status_of("notices").at("undone"), 2);
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0) << process.err();
}

TEST_F(XcapPrograms, WithoutUsersNothingIsServed) {
  const Finished finished =
      test::run({test::program("STIRLINE_CONTROL"), "--config", (folder_ / "etc/control.toml").string()});
  EXPECT_EQ(finished.status, 2);
  EXPECT_TRUE(finished.err.contains("users")) << finished.err;
}

TEST_F(XcapPrograms, UsersAreAddedListedAndRemoved) {
  ASSERT_EQ(user("add sip:bob@example.com", "a-secret-word").status, 0);
  ASSERT_EQ(user("add tel:+12155551212 --login twelve", "another-word").status, 0);
  const Finished token = user("add tel:+12155551212 --token");
  EXPECT_EQ(token.status, 0);
  EXPECT_EQ(token.out.size(), 44U) << "256 bits and the end of the line";
  EXPECT_TRUE(user("list").out.contains("bob@example.com"));
  EXPECT_EQ(user("list --json").out,
            "{\"user\":\"sip:bob@example.com\",\"login\":\"bob@example.com\",\"tokens\":0}\n"
            "{\"user\":\"tel:+12155551212\",\"login\":\"twelve\",\"tokens\":1}\n");
  const std::string text = stirline::test::read_file(users_);
  EXPECT_FALSE(text.contains("secret-word") || text.contains(token.out.substr(0, 20))) << "hashes only";
  EXPECT_EQ(user("remove tel:+12155551212").status, 0);
  EXPECT_EQ(user("remove tel:+12155551212").status, 1);
  EXPECT_EQ(user("add sip:eve@example.com --login bob@example.com", "a-secret-word").status, 1) << "bob's";
  EXPECT_EQ(user("add sip:eve@example.com", "short").status, 1);
  EXPECT_EQ(user("add sip:eve@example.com --realm other", "a-secret-word").status, 1);
  EXPECT_EQ(user("add 'two words'", "a-secret-word").status, 64);
  EXPECT_EQ(test::run({test::program("STIRLINE_COMMAND"), "xcap", "user", "list"}).status, 64);
  const Finished named = test::run({test::program("STIRLINE_COMMAND"), "xcap", "user", "list", "--json", "--config",
                                    (folder_ / "etc/control.toml").string()});
  EXPECT_EQ(named.out, "{\"user\":\"sip:bob@example.com\",\"login\":\"bob@example.com\",\"tokens\":0}\n") << named.err;
}

TEST(XcapConfigs, OptionsAndMistakes) {
  const auto loaded = config::read_control_config(
      "/x/c.toml",
      "[xcap]\nlisten = \"::1\"\nport = 443\ncertificate = \"w.pem\"\nkey = \"w.key\"\nusers = \"u\"\n"
      "database = \"d.db\"\nroot = \"/xcap/root/\"\nadministrators = [\"sip:a@b\"]\nconnections = 7\nlimit_ms = 10\n"
      "permissions = \"p.db\"\ntesters = [\"sip:ivr@b\"]\n");
  ASSERT_TRUE(loaded) << config::to_string(loaded.error().front());
  EXPECT_EQ(loaded->xcap.database, "/x/d.db");
  EXPECT_EQ(loaded->xcap.permissions, "/x/p.db");
  EXPECT_EQ(loaded->xcap.testers, std::vector<std::string>{"sip:ivr@b"});
  EXPECT_EQ(loaded->xcap.root, "/xcap/root/");
  EXPECT_EQ(config::read_control_config("c.toml", "")->xcap, config::XcapConfig{});
  for (const char* bad :
       {"listen = \"::1\"", "listen = \"host\"", "root = \"xcap/\"", "root = \"/xcap\"", "root = \"//\"",
        "root = \"/a b/\"", "administrators = [\"a b\"]", "connections = 0", "limit_ms = 1"}) {
    EXPECT_FALSE(config::read_control_config("c.toml", std::string("[xcap]\n") + bad + "\n")) << bad;
  }
}

}  // namespace
}  // namespace stirline::control::daemon_xcap_test
