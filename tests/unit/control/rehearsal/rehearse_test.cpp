// stirline policy rehearse and lint: what rules would do, before they do it (SPIT-FW-04).
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/xcap/application_usage.hpp"
#include "control/xcap/document_store.hpp"
#include "tests/golden/packet_spec.hpp"
#include "tests/golden/pcap_file.hpp"
#include "tests/unit/control/process.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/test_data.hpp"

namespace stirline::control::rehearse_test {
namespace {

using nlohmann::json;
using test::Finished;

std::string ruleset(const std::string& rules) {
  return "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" xmlns:sp=\"urn:ietf:params:xml:ns:spit-policy\">\n" +
         rules + "</ruleset>\n";
}

std::string rule(const std::string& id, const std::string& conditions, const std::string& handling) {
  return "<rule id=\"" + id + "\"><conditions>" + conditions + "</conditions><actions><sp:handling>" + handling +
         "</sp:handling></actions></rule>\n";
}

std::string request(const std::string& called, const std::string& branch, const std::string& to_tag = "",
                    const std::string& method = "INVITE") {
  const std::string length = method == "MESSAGE" ? "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi"
                                                 : "Contact: <sip:192.0.2.10>\r\nContent-Length: 0\r\n\r\n";
  return method + " sip:" + called + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK" + branch +
         "\r\nMax-Forwards: 70\r\nFrom: <sip:alice@example.org>;tag=1\r\nTo: <sip:" + called + ">" + to_tag +
         "\r\nCall-ID: " + branch + "@192.0.2.10\r\nCSeq: 1 " + method + "\r\n" + length;
}

golden::PacketSpec from_peer(const std::string& payload) {
  golden::PacketSpec spec;
  spec.source = "192.0.2.10";
  spec.payload = payload;
  return spec;
}

class Rehearse : public ::testing::Test {
 protected:
  Rehearse() {
    folder_.write("hard.xml", ruleset(rule("no-messages", "<sp:method>MESSAGE</sp:method>", "block")));
    config_ =
        folder_
            .write("control.toml", "[trust]\nanchors = [\"" + test::pem("test_root.pem").string() +
                                       "\"]\n[policy]\noperator_hard = \"hard.xml\"\n"
                                       "[[trunk]]\nname = \"peer\"\npair = \"a-b\"\nside = \"b\"\nrole = \"verify\"\n"
                                       "peers = [\"192.0.2.0/24\"]\n")
            .string();
    documents_ = (folder_ / "documents.db").string();
    const auto store = open_document_store(documents_);
    EXPECT_TRUE(store.has_value());
    const std::string bob = ruleset(rule("nobody", "<sp:authentication>none</sp:authentication>", "polite-block"));
    EXPECT_TRUE((*store)->put({std::string(kPolicyAuid), "sip:bob@example.net", "index"}, bob, ""));
  }

  static Finished stirline(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {test::program("STIRLINE_COMMAND"), "policy"});
    return test::run(std::move(arguments));
  }

  std::string capture(const std::vector<golden::Octets>& frames) {
    const auto file = folder_ / "calls.pcap";
    golden::write_pcap(file, frames);
    return file.string();
  }

  test::ScratchFolder folder_;
  std::string config_;
  std::string documents_;
};

TEST_F(Rehearse, TellsWhatTodaysRulesWouldHaveDone) {  // SPIT-FW-04
  std::vector<golden::Octets> frames;
  const auto add = [&](const std::string& payload) { frames.push_back(build(from_peer(payload))); };
  add(request("bob@example.net", "1"));
  add(request("bob@example.net", "1"));                                // a copy
  add(request("carol@example.net", "2"));                              // without rules of her own
  add(request("carol@example.net", "3", "", "MESSAGE"));               // the operator's
  add(request("bob@example.net", "4", ";tag=9"));                      // within a dialog
  add("INVITE sip:bob@example.net SIP/2.0\r\nVia: nonsense\r\n\r\n");  // cannot be read
  add("SIP/2.0 200 OK\r\n\r\n");
  golden::PacketSpec stranger = from_peer(request("bob@example.net", "5"));
  stranger.source = "198.51.100.1";  // nobody's peer
  frames.push_back(build(stranger));
  golden::PacketSpec large = from_peer(request("bob@example.net", "6"));
  large.id = 9;
  for (const golden::PacketSpec& piece : split(large, 160)) {
    frames.push_back(build(piece));
  }
  golden::PacketSpec arp;
  arp.ether_type = 0x0806;
  frames.push_back(build(arp));

  const Finished done = stirline(
      {"rehearse", "--json", "--each", "--config", config_, "--documents", documents_, "--pcap", capture(frames)});
  ASSERT_EQ(done.status, 0) << done.err;
  std::vector<json> lines;
  std::size_t begin = 0;
  for (std::size_t end = done.out.find('\n'); end != std::string::npos; end = done.out.find('\n', begin)) {
    lines.push_back(json::parse(done.out.substr(begin, end - begin)));
    begin = end + 1;
  }
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0]["called"], "sip:bob@example.net");
  EXPECT_EQ(lines[0]["trunk"], "peer");
  EXPECT_EQ(lines[0]["handling"], "polite-block");
  EXPECT_EQ(lines[0]["rule"], "nobody");
  EXPECT_EQ(lines[1]["handling"], "none");
  EXPECT_EQ(lines[2]["rule"], "no-messages");
  const json& report = lines[4];
  EXPECT_EQ(report["judged"], 4);
  EXPECT_EQ(report["copies"], 1);
  EXPECT_EQ(report["frames_not_udp"], 1);
  EXPECT_EQ(report["datagrams_not_whole"], 0);
  EXPECT_EQ(report["frames"], frames.size());
  EXPECT_EQ(report["unreadable"].get<int>() + report["other_datagrams"].get<int>(), 4);
  EXPECT_EQ(report["outcomes"], json::parse(R"([
      {"handling": "block", "layer": "operator-hard", "rule": "no-messages", "calls": 1},
      {"handling": "none", "layer": "none", "rule": "", "calls": 1},
      {"handling": "polite-block", "layer": "user", "rule": "nobody", "calls": 2}])"));
}

// Lists are asked, contacts count, and numbers are read by the trunk's dial plan.
TEST_F(Rehearse, KnowsListsContactsAndTheDialPlan) {
  const std::string lists = (folder_ / "lists.db").string();
  const std::string entries =
      folder_.write("lists.csv", "list,kind,subject,until,origin,note\ndo-not-originate,number,+12155551212,,,\n")
          .string();
  const Finished imported = stirline({"import", "--store", lists, entries});
  ASSERT_EQ(imported.status, 0) << imported.err;
  folder_.write("hard.xml", ruleset(rule("listed", "<sp:list>do-not-originate</sp:list>", "block")));
  folder_.write("control.toml", stirline::test::read_file(config_) +
                                    "country_code = \"1\"\nnational_digits = 10\n[lists]\ndatabase = \"lists.db\"\n");
  std::string listed = request("carol@example.net", "1");
  const std::string alice = "sip:alice@example.org";
  listed.replace(listed.find(alice), alice.size(), "sip:2155551212@example.org;user=phone");
  const Finished done =
      stirline({"rehearse", "--json", "--config", config_, "--documents", documents_, "--pcap",
                capture({build(from_peer(listed)), build(from_peer(request("carol@example.net", "2")))})});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(json::parse(done.out)["outcomes"], json::parse(R"([
      {"handling": "block", "layer": "operator-hard", "rule": "listed", "calls": 1},
      {"handling": "none", "layer": "none", "rule": "", "calls": 1}])"))
      << done.out;
}

TEST_F(Rehearse, SaysWhatIsWrong) {
  const std::string good = capture({build(from_peer(request("bob@example.net", "1")))});
  EXPECT_EQ(stirline({"rehearse", "--config", config_, "--pcap", folder_.write("no.pcap", "nonsense").string()}).status,
            64);
  EXPECT_EQ(stirline({"rehearse", "--config", (folder_ / "none.toml").string(), "--pcap", good}).status, 64);
  folder_.write("hard.xml", "<ruleset");
  const Finished broken = stirline({"rehearse", "--config", config_, "--pcap", good});
  EXPECT_EQ(broken.status, 64);
  EXPECT_NE(broken.err.find("hard.xml"), std::string::npos) << broken.err;
}

TEST_F(Rehearse, LintTellsMistakesAndWhatCanHardlyBeMeant) {  // SPIT-XC-07, SPIT-CP-02
  const std::string good = folder_.write("good.xml", ruleset(rule("a", "", "allow"))).string();
  const std::string odd =
      folder_
          .write(
              "odd.xml",
              ruleset(rule("unknown", "<x:moon xmlns:x=\"urn:x\"/>", "block") +
                      rule("past",
                           "<validity><from>2001-01-01T00:00:00Z</from><until>2002-01-01T00:00:00Z</until></validity>",
                           "block") +
                      "<rule id=\"silent\"><conditions/></rule>\n"))
          .string();
  const std::string bad = folder_.write("bad.xml", ruleset(rule("a", "", "perhaps"))).string();

  EXPECT_EQ(stirline({"lint", "--strict", good}).status, 0);
  const Finished remarks = stirline({"lint", "--json", odd});
  EXPECT_EQ(remarks.status, 0) << remarks.err;
  const json said = json::parse(remarks.out);
  EXPECT_EQ(said["rules"], 3);
  EXPECT_TRUE(said["mistake"].is_null());
  EXPECT_EQ(said["remarks"].size(), 3U) << said;
  EXPECT_EQ(stirline({"lint", "--strict", odd}).status, 1);
  const Finished wrong = stirline({"lint", good, bad});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_NE(wrong.out.find("bad.xml:2: "), std::string::npos) << wrong.out;
  EXPECT_NE(wrong.out.find("good.xml: 1 rules"), std::string::npos) << wrong.out;
  EXPECT_EQ(stirline({"lint", (folder_ / "none.xml").string()}).status, 64);
}

}  // namespace
}  // namespace stirline::control::rehearse_test
