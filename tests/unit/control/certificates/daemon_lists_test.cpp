// STIR-CE-09, STIR-CE-04: what a fetched list says reaches the data plane's table.
#include <mutex>
#include <optional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "config/tables/certificate_table.hpp"
#include "control/daemon.hpp"
#include "tests/unit/control/asking.hpp"
#include "tests/unit/control/certificates/https_server.hpp"
#include "tests/unit/control/fake_dataplane.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/crypto_workers/test_authority.hpp"

namespace stirline::control::daemon_lists_test {
namespace {

namespace tables = config::tables;
using nlohmann::ordered_json;
using std::chrono::milliseconds;
using stirline::test::CertificateOptions;
using stirline::test::issue;
using stirline::test::issue_list;
using stirline::test::IssuedCertificate;
using stirline::test::RevocationListOptions;
using test::FakeDataplane;
using test::HttpsServer;
using Conversation = HttpsServer::Conversation;

constexpr std::int64_t kNow = 1'790'000'000;
constexpr std::int64_t kDay = 86'400;

class DaemonListsTest : public ::testing::Test {
 protected:
  DaemonListsTest() {
    folder_.write("root.pem", root_.pem());
    folder_.write("sti_pa.pem", sti_pa_.pem());
    folder_.write("web_ca.pem", identity().authority_pem);
    options_.config = folder_ / "control.toml";
    options_.now = [this] { return now_.load(); };
    options_.recheck = milliseconds(5);
    options_.first_pause = milliseconds(1);
    options_.longest_pause = milliseconds(4);
    options_.coalesce = milliseconds(5);
    options_.coalesce_dead = milliseconds(5);
    serve("/chain", issue(leaf(), &ca_).pem() + ca_.pem());
  }

  static const test::TlsIdentity& identity() {
    static const test::TlsIdentity made = test::make_identity("IP:127.0.0.1");
    return made;
  }
  static CertificateOptions authority() {
    CertificateOptions options = stirline::test::shaken_intermediate_options();
    options.key_usage = "critical,keyCertSign,cRLSign";
    return options;
  }
  static CertificateOptions sti_pa() {
    CertificateOptions options = stirline::test::authority_options("Test STI-PA CRL");
    options.subject = {{"C", "US"}, {"O", "Test STI-PA"}};
    return options;
  }
  CertificateOptions leaf() const { return stirline::test::shaken_leaf_options(); }

  void configure(const std::string& trust) {
    folder_.write("control.toml", "socket = \"" + (folder_ / "control.sock").string() + "\"\ndataplane_socket = \"" +
                                      dataplane_path() +
                                      "\"\nlog_level = \"error\"\n[trust]\nanchors = [\"root.pem\"]\n" + trust +
                                      "[fetch]\nstore = \"store.db\"\nca_file = \"web_ca.pem\"\nconnect_ms = 10000\n"
                                      "total_ms = 10000\nlab_ports = [" +
                                      std::to_string(server_.port()) + "]\nlab_prefixes = [\"127.0.0.1\"]\n");
  }
  // With the STI-PA's indirect list at /crl.
  void configure_list(const std::string& more = "") {
    configure("crls = [\"sti_pa.pem\"]\ncrl_urls = [\"" + url("/crl") + "\"]\n" + more);
  }

  // The STI-PA's list, of `this_update`, that revokes the leaf or nobody.
  std::string list(std::int64_t this_update, bool revokes, const std::string& place,
                   std::int64_t lifetime = 30 * kDay) const {
    RevocationListOptions options;
    options.this_update = this_update;
    options.next_update = this_update + lifetime;
    options.extensions = {{"issuingDistributionPoint", "critical,fullname:URI:" + place + ",indirectCRL:TRUE"}};
    const IssuedCertificate same_serial = issue(leaf(), &ca_);
    if (revokes) {
      options.revoked = {{&same_serial, X509_get_subject_name(ca_.certificate.get())}};
    }
    return issue_list(options, sti_pa_);
  }

  void serve(const std::string& path, const std::string& body) {
    const std::scoped_lock lock(mutex_);
    bodies_[path] = body;
  }
  [[nodiscard]] std::string dataplane_path() const { return (folder_ / "dataplane.sock").string(); }
  [[nodiscard]] std::string url(const std::string& path) const {
    return "https://127.0.0.1:" + std::to_string(server_.port()) + path;
  }
  void start() {
    daemon_.reset();
    auto daemon = Daemon::make(loop_, options_);
    ASSERT_TRUE(daemon) << config::to_string(daemon.error().front());
    daemon_ = std::move(*daemon);
  }
  bool until(const std::function<bool()>& done) { return test::turn_until(loop_, done); }

  static std::optional<tables::Certificate> record(const FakeDataplane& dataplane, const std::string& x5u) {
    const auto generations = dataplane.generations();
    if (generations.empty()) {
      return std::nullopt;
    }
    const auto records = tables::decode_certificates(generations.back().tables.at(tables::TableKind::certificates));
    EXPECT_TRUE(records) << records.error().text;
    for (const tables::Certificate& one : records.value_or(std::vector<tables::Certificate>{})) {
      if (one.x5u == x5u) {
        return one;
      }
    }
    return std::nullopt;
  }
  static bool stands(const FakeDataplane& dataplane, const std::string& x5u, crypto::Reason standing) {
    const auto found = record(dataplane, x5u);
    return found && found->standing == standing;
  }

  test::Finished ask(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--socket", (folder_ / "control.sock").string()});
    return test::ask(loop_, std::move(arguments));
  }
  ordered_json lists() {
    const test::Finished finished = ask({"cert", "list", "--json"});
    EXPECT_EQ(finished.status, 0) << finished.err;
    return ordered_json::parse(finished.out).at("lists");
  }
  std::string warnings() {
    const test::Finished finished = ask({"status", "--json"});
    return ordered_json::parse(finished.out).at("control").at("warnings").dump();
  }

  const IssuedCertificate root_ = issue(stirline::test::shaken_root_options(), nullptr);
  const IssuedCertificate ca_ = issue(authority(), &root_);
  const IssuedCertificate sti_pa_ = issue(sti_pa(), nullptr);
  test::ScratchFolder folder_;
  EventLoop loop_;
  std::atomic<std::int64_t> now_ = kNow;
  std::mutex mutex_;
  std::map<std::string, std::string> bodies_;
  HttpsServer server_{identity(), [this](Conversation& talk) {
                        const std::scoped_lock lock(mutex_);
                        const auto found = bodies_.find(talk.target);
                        if (found == bodies_.end()) {
                          talk.answer("404 Not Found", "", "");
                        } else {
                          talk.answer("200 OK", "", found->second);
                        }
                      }};
  DaemonOptions options_;
  std::unique_ptr<Daemon> daemon_;
};

// "a revoked certificate turning calls to 437 within one refresh"
TEST_F(DaemonListsTest, ARevokedCertificateIsRefusedAfterOneRefresh) {
  FakeDataplane dataplane(dataplane_path());
  configure_list();
  serve("/crl", list(kNow - 10, false, url("/crl")));
  start();
  dataplane.want(url("/chain"));
  ASSERT_TRUE(until([&] { return stands(dataplane, url("/chain"), crypto::Reason::verified); }));
  serve("/crl", list(kNow, true, url("/crl")));
  now_ = kNow + kDay;
  dataplane.want(url("/chain"));  // the chain's own day is over, too, unless it is refreshed before
  ASSERT_TRUE(until([&] { return stands(dataplane, url("/chain"), crypto::Reason::certificate_revoked); }));
  const ordered_json row = lists().at(0);
  EXPECT_EQ(row.at("url"), url("/crl"));
  EXPECT_EQ(row.at("kind"), "revocation list");
  EXPECT_EQ(row.at("age_seconds"), 0);
  EXPECT_EQ(row.at("refresh_at"), kNow + kDay + kDay / 8 * 7);
  EXPECT_EQ(row.at("entries"), 1);
  // Another life knows it from the store, whatever the server says by then.
  serve("/crl", "gone");
  start();
  ASSERT_TRUE(until([&] { return stands(dataplane, url("/chain"), crypto::Reason::certificate_revoked); }));
  EXPECT_EQ(lists().at(0).at("entries"), 1);
}

// The signature, the place and the age of a list count; the last good one stays and the operator is told.
TEST_F(DaemonListsTest, WhatIsNotGoodIsNotUsed) {
  FakeDataplane dataplane(dataplane_path());
  configure_list();
  serve("/crl", list(kNow - 10, true, url("/elsewhere")));
  start();
  dataplane.want(url("/chain"));
  ASSERT_TRUE(until([&] { return stands(dataplane, url("/chain"), crypto::Reason::verified); }));
  ASSERT_TRUE(until([&] { return warnings().contains("as its place, not the URL that served it"); }));
  serve("/crl", list(kNow - 10, true, url("/crl"), 3'600));
  EXPECT_EQ(ask({"cert", "fetch", url("/crl")}).status, 0);
  ASSERT_TRUE(until([&] { return stands(dataplane, url("/chain"), crypto::Reason::certificate_revoked); }));
  // Signed by the CA, not by the STI-PA.
  RevocationListOptions options;
  options.this_update = kNow;
  options.extensions = {{"issuingDistributionPoint", "critical,indirectCRL:TRUE"}};
  serve("/crl", issue_list(options, ca_));
  const test::Finished refused = ask({"cert", "fetch", url("/crl")});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("not of the signer that is given for such lists"), std::string::npos) << refused.err;
  EXPECT_TRUE(stands(dataplane, url("/chain"), crypto::Reason::certificate_revoked));
  // It gets old: an alarm, and it is used all the same.
  now_ = kNow + 3'600;
  ASSERT_TRUE(until([&] { return warnings().contains("older than its nextUpdate"); }));
  EXPECT_TRUE(stands(dataplane, url("/chain"), crypto::Reason::certificate_revoked));
}

// "URLs from the CRL DistributionPoint only if the regime allows that host; never any URL of a hostile leaf"
TEST_F(DaemonListsTest, CertificatesNameListsWhereTheRegimeAllowsIt) {
  FakeDataplane dataplane(dataplane_path());
  CertificateOptions named = leaf();
  named.serial = "4242";
  named.set("crlDistributionPoints", "URI:" + url("/direct"));
  const IssuedCertificate subject = issue(named, &ca_);
  RevocationListOptions options;
  options.revoked = {{&subject}};
  serve("/direct", issue_list(options, ca_));
  serve("/named", subject.pem() + ca_.pem());
  CertificateOptions stranger = leaf();
  stranger.set("crlDistributionPoints", "URI:" + url("/bait"));
  serve("/stranger", issue(stranger, nullptr).pem());
  const auto bait_taken = [&] { return lists().dump().contains("/bait"); };

  configure("");  // nowhere
  start();
  dataplane.want(url("/named"));
  ASSERT_TRUE(until([&] { return stands(dataplane, url("/named"), crypto::Reason::verified); }));
  EXPECT_TRUE(lists().empty());

  configure("crl_hosts = [\"127.0.0.1\"]\n");
  start();
  ASSERT_TRUE(until([&] { return stands(dataplane, url("/named"), crypto::Reason::certificate_revoked); }));
  dataplane.want(url("/stranger"));
  ASSERT_TRUE(until([&] { return record(dataplane, url("/stranger")).has_value(); }));
  EXPECT_FALSE(bait_taken());
  EXPECT_EQ(lists().size(), 1U);
}

// A regime that wants a current list refuses until it is there.
TEST_F(DaemonListsTest, HardRevocationWaitsForTheList) {
  FakeDataplane dataplane(dataplane_path());
  configure_list("revocation = \"hard\"\n");
  start();
  dataplane.want(url("/chain"));
  ASSERT_TRUE(until([&] { return stands(dataplane, url("/chain"), crypto::Reason::certificate_untrusted); }));
  serve("/crl", list(kNow - 10, false, "https://sti-pa.example.net/crl"));
  EXPECT_EQ(ask({"cert", "fetch", url("/crl")}).status, 1) << "it is of another place";
  // Without a place of its own it is of every place.
  RevocationListOptions options;
  options.this_update = kNow - 10;
  options.extensions = {{"issuingDistributionPoint", "critical,indirectCRL:TRUE"}};
  serve("/crl", issue_list(options, sti_pa_));
  EXPECT_EQ(ask({"cert", "fetch", url("/crl")}).status, 0);
  ASSERT_TRUE(until([&] { return stands(dataplane, url("/chain"), crypto::Reason::verified); }));
}

// STIR-CE-04: "content change revokes scope after cache expiry"
TEST_F(DaemonListsTest, ATnAuthListByReferenceIsFetchedAndItsChangeCounts) {
  FakeDataplane dataplane(dataplane_path());
  configure("");
  CertificateOptions named = leaf();
  named.tn_auth_list.clear();
  named.set("authorityInfoAccess", "1.3.6.1.5.5.7.48.14;URI:" + url("/numbers"));
  serve("/by_reference", issue(named, &ca_).pem() + ca_.pem());
  const auto one = [](const std::string& number) {  // SEQUENCE { [2] { IA5String } }
    const auto size = static_cast<char>(number.size());
    return std::string{'\x30', static_cast<char>(size + 4), '\xa2', static_cast<char>(size + 2), '\x16', size} + number;
  };
  const auto number = [&]() -> std::string {
    const auto found = record(dataplane, url("/by_reference"));
    return found && found->standing == crypto::Reason::verified && found->scope.size() == 1 ? found->scope[0].value
                                                                                            : "";
  };
  serve("/numbers", one("12155551212"));
  start();
  dataplane.want(url("/by_reference"));
  ASSERT_TRUE(until([&] { return number() == "12155551212"; }));
  EXPECT_EQ(lists().at(0).at("kind"), "TNAuthList");
  serve("/numbers", one("12155551213"));
  now_ = kNow + kDay / 8 * 7 - 1;
  EXPECT_EQ(lists().at(0).at("age_seconds"), kDay / 8 * 7 - 1);
  EXPECT_EQ(number(), "12155551212");
  ++now_;
  ASSERT_TRUE(until([&] { return number() == "12155551213"; }));
  // Neither rubbish nor nothing takes it away before its time is over; then it is gone.
  serve("/numbers", "rubbish");
  now_ = now_ + kDay;
  ASSERT_TRUE(until([&] { return warnings().contains("it is no TNAuthList"); }));
  dataplane.want(url("/by_reference"));  // the chain's own day is over, too, unless it was refreshed before
  ASSERT_TRUE(until([&] { return number() == "12155551213"; })) << "the chain itself is fetched again meanwhile";
  ++now_;
  ASSERT_TRUE(until([&] { return stands(dataplane, url("/by_reference"), crypto::Reason::certificate_scope); }));
}

}  // namespace
}  // namespace stirline::control::daemon_lists_test
