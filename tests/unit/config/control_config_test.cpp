// stirline-control's file: a good one is read whole, and each class of mistake is told with line, key and what was
// expected.
#include "config/control_config.hpp"

#include <gtest/gtest.h>

#include "tests/unit/config/good_control_config.hpp"

namespace stirline::config::control_config_test {
namespace {

using test::kGood;
using test::Lines;
using test::mistakes;
using test::replaced;
using test::TemporaryFile;
using namespace tables;

TEST(ControlConfig, GoodFileIsReadWhole) {
  const TemporaryFile file("c.toml", kGood);
  const auto loaded = load_control_config(file.path());
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  const ControlConfig& config = *loaded;
  const std::filesystem::path folder = file.path().parent_path();
  EXPECT_EQ(config.file, file.path());
  EXPECT_EQ(config.socket, folder / "c.sock");
  EXPECT_EQ(config.dataplane_socket, folder / "d.sock");
  EXPECT_EQ(config.log_level, "warning");
  EXPECT_EQ(config.trust.anchors, (std::vector<std::filesystem::path>{folder / "root.pem", "/etc/other.pem"}));
  EXPECT_EQ(config.trust.crls, (std::vector<std::filesystem::path>{folder / "crl.pem"}));
  ASSERT_EQ(config.trunks.size(), 2U);
  const Trunk& north = config.trunks[0];
  EXPECT_EQ(north.name, "north");
  EXPECT_EQ(north.pair, "west");
  EXPECT_EQ(north.side, Side::a);
  EXPECT_EQ(north.role, Role::verify);
  EXPECT_EQ(north.peers, (std::vector<IpPrefix>{*parse_prefix("192.0.2.0/24"), *parse_prefix("2001:db8::1/128")}));
  EXPECT_EQ(north.ports, (std::vector<std::uint16_t>{5060, 5080}));
  EXPECT_TRUE(north.trusted);
  EXPECT_EQ(north.unknown_attest, 'C');
  EXPECT_EQ(north.unknown_credential, "main");
  EXPECT_EQ(north.fixed_origid, "123e4567-e89b-12d3-a456-426614174000");
  EXPECT_TRUE(north.sign_calls);
  EXPECT_TRUE(north.sign_messages);
  EXPECT_FALSE(north.sign_diversions);
  EXPECT_EQ(north.insert_at, InsertAt::before_content_length);
  EXPECT_EQ(north.originator, OriginatorSource::from);
  EXPECT_EQ(north.profile, TokenProfile::strict);
  EXPECT_EQ(north.too_large, TooLarge::pass);
  EXPECT_EQ(north.fresh_seconds, 10U);
  EXPECT_EQ(north.future_seconds, 0U);
  EXPECT_EQ(north.date_seconds, 20U);
  EXPECT_EQ(north.country_code, "49");
  EXPECT_EQ(north.national_prefix, "0");
  EXPECT_EQ(north.international_prefix, "00");
  EXPECT_FALSE(north.accept_bare_digits);
  EXPECT_EQ(north.routing_prefix, "1010288");
  EXPECT_EQ(north.national_digits, 10U);
  EXPECT_FALSE(north.accept_leading_plus);
  EXPECT_EQ(north.line, 7U);
  EXPECT_EQ(config.trunks[1].ports, (std::vector<std::uint16_t>{5060}));
  EXPECT_EQ(config.trunks[1].side, Side::b);
  ASSERT_EQ(config.numbers.size(), 3U);
  EXPECT_EQ(config.numbers[0].trunks, (std::vector<std::string>{"north"}));
  EXPECT_EQ(config.numbers[0].start, "4930");
  EXPECT_EQ(config.numbers[0].count, 0U);
  EXPECT_EQ(config.numbers[1].start, "493012340000");
  EXPECT_EQ(config.numbers[1].count, 10'000U);
  EXPECT_EQ(config.numbers[1].attest, 'B');
  EXPECT_EQ(config.numbers[1].credential, "spare");
  EXPECT_EQ(config.numbers[2].count, 1U);
  EXPECT_EQ(config.numbers[2].attest, '-');
  ASSERT_EQ(config.credentials.size(), 2U);
  EXPECT_EQ(config.credentials[0].key, folder / "main.key");
  EXPECT_EQ(config.credentials[0].chain, folder / "main.pem");
  EXPECT_EQ(config.credentials[0].x5u, "https://cert.example.org/main.pem");
  EXPECT_EQ(config.credentials[0].line, 49U);
  ASSERT_EQ(config.x5u_files.size(), 1U);
  EXPECT_EQ(config.x5u_files[0].url, "https://cert.example.net/x.pem");
  EXPECT_EQ(config.x5u_files[0].file, folder / "x.pem");
}

TEST(ControlConfig, AnEmptyFileTouchesNothingOnTheWire) {
  EXPECT_EQ(mistakes(""), Lines{});
}

TEST(ControlConfig, UnknownOptions) {
  EXPECT_EQ(mistakes("pears = 1"), Lines{R"~(:1: pears: expected a known option, found "pears")~"});
  EXPECT_EQ(mistakes("trusted", "trussed"),
            Lines{R"~(:14: trunk[0].trussed: expected a known option (did you mean trusted?), found "trussed")~"});
  EXPECT_EQ(mistakes("[[x5u]]", "[[x5us]]"),
            Lines{R"~(:59: x5us: expected a known option (did you mean x5u?), found "x5us")~"});
}

TEST(ControlConfig, AttestLettersAndTheirCredentials) {
  EXPECT_EQ(mistakes("attest = \"A\"", "attest = \"D\""),
            Lines{R"~(:39: numbers[0].attest: expected one of A, B, C, none, found "D")~"});
  EXPECT_EQ(mistakes("unknown_attest = \"C\"", "unknown_attest = \"c\""),
            Lines{R"~(:15: trunk[0].unknown_attest: expected one of A, B, C, none, found "c")~"});
  EXPECT_EQ(mistakes("unknown_attest = \"C\"\n", ""),
            Lines{R"~(:15: trunk[0].unknown_credential: expected unknown_attest A, B or C beside it, found "main")~"});
  EXPECT_EQ(
      mistakes("unknown_credential = \"main\"\n", ""),
      Lines{
          R"~(:7: trunk[0].unknown_credential: expected a name of 1 to 64 letters, digits, '.', '_' or '-', found nothing)~"});
  EXPECT_EQ(mistakes("attest = \"none\"", "attest = \"none\"\ncredential = \"main\""),
            Lines{R"~(:49: numbers[2].credential: expected no credential where attest is none, found "main")~"});
  EXPECT_EQ(
      mistakes("credential = \"spare\"\n", ""),
      Lines{
          R"~(:41: numbers[1].credential: expected a name of 1 to 64 letters, digits, '.', '_' or '-', found nothing)~"});
}

TEST(ControlConfig, NamesAreUniqueAndKnown) {
  EXPECT_EQ(mistakes("name = \"south\"", "name = \"north\""),
            Lines{R"~(:33: trunk[1].name: expected a trunk name that is not used before (line 8), found "north")~"});
  EXPECT_EQ(mistakes("unknown_credential = \"main\"", "unknown_credential = \"mein\""),
            Lines{R"~(:16: trunk[0].unknown_credential: expected the name of a [[credential]], found "mein")~"});
  EXPECT_EQ(mistakes("credential = \"spare\"", "credential = \"rare\""),
            Lines{R"~(:45: numbers[1].credential: expected the name of a [[credential]], found "rare")~"});
  EXPECT_EQ(mistakes("trunks = [\"north\"]", "trunks = [\"east\"]"),
            Lines{R"~(:37: numbers[0].trunks: expected names of a [[trunk]], each once, found "east")~"});
  EXPECT_EQ(mistakes("trunks = [\"north\"]", "trunks = [\"north\", \"north\"]"),
            Lines{R"~(:37: numbers[0].trunks: expected names of a [[trunk]], each once, found "north")~"});
  EXPECT_EQ(
      mistakes("name = \"spare\"", "name = \"main\""),
      (Lines{
          R"~(:45: numbers[1].credential: expected the name of a [[credential]], found "spare")~",
          R"~(:55: credential[1].name: expected a credential name that is not used before (line 50), found "main")~"}));
}

// STIR-RG-02
TEST(ControlConfig, KeysOfTenantsNeverCross) {
  const auto with = [](std::string_view main, std::string_view spare, std::string_view numbers) {
    std::string text = replaced(std::string(kGood), "x5u = \"https://cert.example.org/main.pem\"\n",
                                "x5u = \"https://cert.example.org/main.pem\"\n" + std::string(main));
    text = replaced(text, "x5u = \"https://cert.example.org/spare.pem\"\n",
                    "x5u = \"https://cert.example.org/spare.pem\"\n" + std::string(spare));
    return replaced(text, "credential = \"spare\"\n", "credential = \"spare\"\n" + std::string(numbers));
  };
  const std::string_view acme = "tenant = \"acme\"\n";
  const std::string_view other = "tenant = \"other\"\n";
  const TemporaryFile file("t.toml", with("", acme, acme));
  const auto loaded = load_control_config(file.path());
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  EXPECT_EQ(loaded->numbers[1].tenant, "acme");
  EXPECT_EQ(loaded->credentials[1].tenant, "acme");
  EXPECT_EQ(mistakes(with("", acme, "")),
            Lines{R"~(:45: numbers[1].credential: expected a [[credential]] of no tenant, found "spare, of acme")~"});
  EXPECT_EQ(
      mistakes(with("", other, acme)),
      Lines{R"~(:45: numbers[1].credential: expected a [[credential]] of the same tenant, found "spare, of other")~"});
  EXPECT_EQ(
      mistakes(with("", "", acme)),
      Lines{
          R"~(:45: numbers[1].credential: expected a [[credential]] of the same tenant, found "spare, of no tenant")~"});
  // Callers whom nobody knows are nobody's tenants.
  EXPECT_EQ(
      mistakes(with(acme, acme, acme)),
      (Lines{R"~(:16: trunk[0].unknown_credential: expected a [[credential]] of no tenant, found "main, of acme")~",
             R"~(:40: numbers[0].credential: expected a [[credential]] of no tenant, found "main, of acme")~"}));
}

TEST(ControlConfig, NumberIntervals) {
  EXPECT_EQ(
      mistakes("prefix = \"4930\"", "prefix = \"+4930\""),
      Lines{R"~(:38: numbers[0].prefix: expected 1 to 15 digits, international form without '+', found "+4930")~"});
  EXPECT_EQ(mistakes("prefix = \"4930\"", "prefix = \"\"").size(), 1U);
  EXPECT_EQ(mistakes("prefix = \"4930\"", "prefix = \"1234567890123456\"").size(), 1U);
  EXPECT_EQ(mistakes("prefix = \"4930\"", "prefix = 4930").size(), 1U);
  EXPECT_EQ(mistakes("prefix = \"4930\"\n", ""),
            Lines{R"~(:36: numbers[0].prefix: expected either prefix or first, found nothing)~"});
  EXPECT_EQ(mistakes("prefix = \"4930\"", "prefix = \"4930\"\nfirst = \"1\""),
            Lines{R"~(:38: numbers[0].prefix: expected either prefix or first, found "both")~"});
  EXPECT_EQ(mistakes("prefix = \"4930\"", "prefix = \"4930\"\nlast = \"5\""),
            Lines{R"~(:39: numbers[0].last: expected last only together with first, found "prefix and last")~"});
  EXPECT_EQ(
      mistakes("493012349999", "493012339999"),
      Lines{
          R"~(:43: numbers[1].last: expected a number of as many digits as first, not before it, found "493012339999")~"});
  EXPECT_EQ(mistakes("493012349999", "4930123499990").size(), 1U);
}

TEST(ControlConfig, RangesThatClash) {
  EXPECT_EQ(
      mistakes("first = \"493012340000\"\nlast = \"493012349999\"", "first = \"493012345678\""),
      Lines{
          R"~(:46: numbers[2].first: expected numbers that no range of the same size holds already (line 41), found "493012345678")~"});
  EXPECT_EQ(
      mistakes("first = \"493012345678\"", "first = \"493012345678\"\nlast = \"493012355677\""),
      Lines{
          R"~(:47: numbers[2].first: expected numbers that no range of the same size holds already (line 41), found "493012345678")~"});
}

TEST(ControlConfig, X5uUrls) {
  for (const std::string_view bad : {"http://cert.example.org/main.pem", "https://cert.example.org/<main>",
                                     "https://cert.example.org:80/", "https://u@cert.example.org/", ""}) {
    const Lines told = mistakes("https://cert.example.org/main.pem", bad);
    ASSERT_EQ(told.size(), 1U) << bad;
    EXPECT_TRUE(told[0].starts_with(":53: credential[0].x5u: expected an https URL")) << told[0];
  }
  EXPECT_EQ(mistakes("https://cert.example.net/x.pem", "https://cert.example.net/" + std::string(500, 'x')).size(), 1U);
  EXPECT_EQ(
      mistakes("file = \"x.pem\"\n",
               "file = \"x.pem\"\n[[x5u]]\nurl = \"https://cert.example.net/x.pem\"\n"
               "file = \"y.pem\"\n"),
      Lines{
          R"~(:63: x5u[1].url: expected a URL that is not used before (line 60), found "https://cert.example.net/x.pem")~"});
}

TEST(ControlConfig, WhatCallersShow) {
  const auto with = [](const std::string& options) {
    return replaced(std::string(kGood), "x5u = \"https://cert.example.org/main.pem\"\n",
                    "x5u = \"https://cert.example.org/main.pem\"\n" + options);
  };
  const TemporaryFile file("t.toml", with("display_name = \"Springfield Clinic\"\ncall_reason = \"why\"\n"
                                          "icon = \"https://a.example/i.png\"\nicon_file = \"/i.png\"\n"));
  const auto loaded = load_control_config(file.path());
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  EXPECT_EQ(loaded->credentials[0].rich_call_data,
            (RichCallConfig{"Springfield Clinic", "why", "https://a.example/i.png", "/i.png"}));
  for (
      const auto& [options, mistake] : std::vector<std::pair<std::string, std::string>>{
          {"display_name = \"\"\n",
           R"~(:54: credential[0].display_name: expected 1 to 128 octets of UTF-8 without control characters, found "(empty)")~"},
          {"display_name = \"A\"\nicon = \"http://a.example/i.png\"\nicon_file = \"i\"\n",
           R"~(:55: credential[0].icon: expected an https URL of at most 512 characters, found "http://a.example/i.png")~"},
          {"icon = \"https://a.example/i.png\"\nicon_file = \"i\"\n",
           R"~(:54: credential[0].icon: expected display_name beside it, found "https://a.example/i.png")~"}}) {
    const Lines told = mistakes(with(options));
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.front(), mistake);
  }
}

TEST(ControlConfig, WhoVerifiesNeedsAnchors) {
  EXPECT_EQ(mistakes("anchors = [\"root.pem\", \"/etc/other.pem\"]\n", ""),
            Lines{R"~(:4: trust.anchors: expected a list of PEM files, as trunk north verifies, found nothing)~"});
  EXPECT_EQ(
      mistakes("anchors = [\"root.pem\", \"/etc/other.pem\"]\n", "anchors = []\n"),
      Lines{R"~(:5: trust.anchors: expected a list of PEM files, as trunk north verifies, found "an empty list")~"});
}

constexpr std::string_view kRegimes = R"(crls = ["crl.pem"]
revocation = "hard"
[[trust.priority]]
spc = "1234"
namespaces = ["ets", "wps"]
[[regime]]
name = "enterprise"
anchors = ["enterprise.pem"]
certificates = "rfc8226"
domains = true
spc_delegates_numbers = false
[[regime.priority]]
spc = "AB-1"
namespaces = ["q735"]
[[regime]]
name = "other"
anchors = ["other.pem"]
crls = ["other-crl.pem"]
crl_urls = ["https://sti-pa.example.org/crl"]
crl_hosts = ["crl.example.org"]
)";

// STIR-CE-10, STIR-RP-02: regimes side by side, each bound to trunks.
TEST(ControlConfig, RegimesStandSideBySide) {
  std::string text = replaced(std::string(kGood), "crls = [\"crl.pem\"]\n", kRegimes);
  text = replaced(text, "name = \"south\"\n", "name = \"south\"\nregime = \"other\"\n");
  const auto loaded = read_control_config("control.toml", text);
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  ASSERT_EQ(loaded->regime_count(), 3U);
  EXPECT_EQ(loaded->regime(0).name, "default");
  EXPECT_TRUE(loaded->regime(0).rules.revocation_required);
  EXPECT_FALSE(loaded->regime(0).rules.domains);
  ASSERT_EQ(loaded->regime(0).priorities.size(), 1U);
  EXPECT_EQ(loaded->regime(0).priorities[0].spc, "1234");
  EXPECT_EQ(loaded->regime(0).priorities[0].namespaces, (std::vector<std::string>{"ets", "wps"}));
  const RegimeConfig& enterprise = loaded->regime(1);
  EXPECT_EQ(enterprise.name, "enterprise");
  EXPECT_EQ(enterprise.anchors, std::vector<std::filesystem::path>{"enterprise.pem"});
  EXPECT_EQ(enterprise.rules.profile, crypto::CertificateProfile::rfc8226);
  EXPECT_TRUE(enterprise.rules.domains);
  EXPECT_FALSE(enterprise.rules.spc_delegates_numbers);
  EXPECT_FALSE(enterprise.rules.revocation_required);
  EXPECT_EQ(enterprise.priorities.at(0).spc, "AB-1");
  EXPECT_EQ(loaded->regime(2).crls, std::vector<std::filesystem::path>{"other-crl.pem"});
  EXPECT_EQ(loaded->regime(2).crl_urls, std::vector<std::string>{"https://sti-pa.example.org/crl"});
  EXPECT_EQ(loaded->regime(2).crl_hosts, std::vector<std::string>{"crl.example.org"});
  EXPECT_TRUE(loaded->regime(0).crl_urls.empty());
  EXPECT_EQ(loaded->trunks[0].regime, 0U);
  EXPECT_EQ(loaded->trunks[1].regime, 2U);
}

TEST(ControlConfig, MistakesInRegimes) {
  const auto with = [](std::string_view from, std::string_view to) {
    const std::string regimes = replaced(std::string(kRegimes), from, to);
    return mistakes("crls = [\"crl.pem\"]\n", regimes);
  };
  EXPECT_EQ(with("", ""), Lines{});
  EXPECT_EQ(with("\"hard\"", "\"strict\""),
            Lines{R"~(:7: trust.revocation: expected one of soft, hard, found "strict")~"});
  EXPECT_EQ(with("\"rfc8226\"", "\"web\""),
            Lines{R"~(:14: regime[0].certificates: expected one of shaken, rfc8226, found "web")~"});
  EXPECT_EQ(
      with("name = \"other\"", "name = \"enterprise\""),
      Lines{R"~(:21: regime[1].name: expected a regime name that is not used before (line 12), found "enterprise")~"});
  EXPECT_EQ(
      with("name = \"other\"", "name = \"default\""),
      Lines{
          R"~(:21: regime[1].name: expected another name, for the regime of [trust] is called so, found "default")~"});
  EXPECT_EQ(with("anchors = [\"other.pem\"]\n", ""),
            Lines{R"~(:20: regime[1].anchors: expected a list of PEM files, found nothing)~"});
  EXPECT_EQ(with("anchors = [\"other.pem\"]", "anchors = []"),
            Lines{R"~(:22: regime[1].anchors: expected a list of PEM files, found "an empty list")~"});
  EXPECT_EQ(with("\"q735\"", "\"Q735\"").size(), 1U);
  EXPECT_EQ(with("https://sti-pa", "http://sti-pa").size(), 1U);
  EXPECT_EQ(with("\"crl.example.org\"", "\"https://crl.example.org\"").size(), 1U);
  EXPECT_EQ(with("\"AB-1\"", "\"A B\"").size(), 1U);
  EXPECT_EQ(with("spc = \"AB-1\"\n", "").size(), 1U);
  EXPECT_EQ(mistakes("name = \"south\"\n", "name = \"south\"\nregime = \"nowhere\"\n"),
            Lines{R"~(:34: trunk[1].regime: expected the name of a [[regime]], or default, found "nowhere")~"});
}

TEST(ControlConfig, ManyMistakesAreAllTold) {
  std::string text(kGood);
  text = replaced(text, "\"warning\"", "\"loud\"");
  text = replaced(text, "role = \"verify\"", "role = \"judge\"");
  text = replaced(text, "fresh_seconds = 10", "fresh_seconds = 0");
  text = replaced(text, "country_code = \"49\"", "country_code = \"+49\"");
  text = replaced(text, "123e4567-", "123e4567");
  text = replaced(text, "key = \"main.key\"\n", "");
  EXPECT_EQ(
      mistakes(text),
      (Lines{
          R"~(:3: log_level: expected one of error, warning, info, debug, found "loud")~",
          R"~(:11: trunk[0].role: expected one of pass, sign, verify, both, found "judge")~",
          R"~(:17: trunk[0].fixed_origid: expected a UUID such as 123e4567-e89b-12d3-a456-426614174000, found "123e4567e89b-12d3-a456-426614174000")~",
          R"~(:22: trunk[0].fresh_seconds: expected a whole number from 1 to 86400, found "0")~",
          R"~(:25: trunk[0].country_code: expected 0 to 3 digits, found "+49")~",
          R"~(:49: credential[0].key: expected a file name, found nothing)~",
      }));
}

}  // namespace
}  // namespace stirline::config::control_config_test
