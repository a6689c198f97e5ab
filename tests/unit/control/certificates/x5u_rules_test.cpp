// STIR-CF-01: what is refused before any socket opens.
#include "control/certificates/x5u_rules.hpp"

#include <string>

#include <gtest/gtest.h>

namespace stirline::control::x5u_rules_test {
namespace {

X5uRules lab() {
  X5uRules rules;
  rules.lab_ports = {9'443};
  rules.addresses.lab_prefixes = {*config::parse_prefix("127.0.0.0/8"), *config::parse_prefix("::1/128")};
  return rules;
}

std::string part(const FetchUrl& url, CURLUPart part) {
  char* text = nullptr;
  EXPECT_EQ(curl_url_get(url.parsed.get(), part, &text, CURLU_DEFAULT_PORT), CURLUE_OK);
  std::string copy = text == nullptr ? "" : text;
  curl_free(text);
  return copy;
}

struct Good {
  std::string url;
  const char* host;
  std::uint16_t port;
};

TEST(X5uRules, GoodUrlsAndWhatIsUnderstoodOfThem) {
  const Good good[] = {
      {"https://cert.example.org/a.pem", "cert.example.org", 443},
      {"https://cert.example.org:443/a.pem", "cert.example.org", 443},
      {"https://cert.example.org:8443/a/b/c.pem", "cert.example.org", 8443},
      {"https://Cert.Example.ORG/a.pem", "cert.example.org", 443},
      {"https://cert.example.org", "cert.example.org", 443},
      {"https://cert.example.org/", "cert.example.org", 443},
      {"https://cert.example.org/a@b;c=d%20e.pem", "cert.example.org", 443},
      {"https://xn--bcher-kva.example/a.pem", "xn--bcher-kva.example", 443},
      {"https://1and1.example/a.pem", "1and1.example", 443},
      {"https://host/a.pem", "host", 443},
      {"https://8.8.8.8/a.pem", "8.8.8.8", 443},
      {"https://[2606:4700::1111]:8443/a.pem", "2606:4700::1111", 8443},
      {"https://a.example/" + std::string(494, 'x'), "a.example", 443},
  };
  for (const Good& one : good) {
    const auto judged = judge_x5u(one.url, {});
    ASSERT_TRUE(judged) << one.url << ": " << sentence(judged.error());
    EXPECT_EQ(judged->text, one.url);
    EXPECT_EQ(judged->host, one.host);
    EXPECT_EQ(judged->port, one.port);
    EXPECT_EQ(part(*judged, CURLUPART_PORT), std::to_string(one.port));
    EXPECT_EQ(part(*judged, CURLUPART_SCHEME), "https");
  }
}

struct Bad {
  std::string url;
  X5uProblem problem;
};

TEST(X5uRules, EachBreachHasItsReason) {
  const Bad bad[] = {
      {"", X5uProblem::length},
      {"https://a.example/" + std::string(495, 'x'), X5uProblem::length},
      {"https://a.example/ b", X5uProblem::character},
      {"https://a.example/\r\nHost: b", X5uProblem::character},
      {std::string("https://a.example/\0b", 20), X5uProblem::character},
      {"https://a.example\\@b.example/", X5uProblem::character},
      {"https://b\xc3\xbc"
       "cher.example/",
       X5uProblem::character},
      {"http://a.example/", X5uProblem::scheme},
      {"HTTP://a.example/", X5uProblem::scheme},
      {"ftp://a.example/", X5uProblem::scheme},
      {"file:///etc/passwd", X5uProblem::scheme},
      {"sip:a.example", X5uProblem::scheme},
      {"cid:abc", X5uProblem::scheme},
      {"a.example/x.pem", X5uProblem::scheme},
      {"//a.example/x.pem", X5uProblem::scheme},
      {"https:/a.example/", X5uProblem::scheme},
      {"https:a.example/", X5uProblem::scheme},
      {"https://user@a.example/", X5uProblem::user},
      {"https://user:password@a.example/", X5uProblem::user},
      {"https://@a.example/", X5uProblem::user},
      {"https://a.example:443@b.example/", X5uProblem::user},
      {"https://a.example/x?y=z", X5uProblem::query},
      {"https://a.example/x?", X5uProblem::query},
      {"https://a.example?x", X5uProblem::query},
      {"https://a.example/x#y", X5uProblem::fragment},
      {"https://a.example/x#", X5uProblem::fragment},
      {"https://a.example#@b.example/", X5uProblem::fragment},
      {"https:///a.example/x", X5uProblem::host},
      {"https://", X5uProblem::host},
      {"https://:443/", X5uProblem::host},
      {"https://./", X5uProblem::host},
      {"https://a..example/", X5uProblem::host},
      {"https://a.example./", X5uProblem::host},
      {"https://-a.example/", X5uProblem::host},
      {"https://a_b.example/", X5uProblem::host},
      {"https://" + std::string(64, 'a') + ".example/", X5uProblem::host},
      {"https://%61.example/", X5uProblem::host},
      {"https://a.example%2f@b.example/", X5uProblem::user},
      {"https://a.example%00/", X5uProblem::host},
      // Other spellings of 127.0.0.1.
      {"https://127.1/", X5uProblem::host},
      {"https://2130706433/", X5uProblem::host},
      {"https://0x7f000001/", X5uProblem::host},
      {"https://0x7f.0.0.1/", X5uProblem::host},
      {"https://0177.0.0.1/", X5uProblem::host},
      {"https://127.0.0.1./", X5uProblem::host},
      {"https://[::1/", X5uProblem::host},
      {"https://[fe80::1%25eth0]/", X5uProblem::host},
      {"https://[127.0.0.1]/", X5uProblem::host},
      {"https://[]/", X5uProblem::host},
      {"https://::1/", X5uProblem::host},
      {"https://a.example:/", X5uProblem::port},
      {"https://a.example:80/", X5uProblem::port},
      {"https://a.example:0/", X5uProblem::port},
      {"https://a.example:9443/", X5uProblem::port},
      {"https://a.example:0443/", X5uProblem::port},
      {"https://a.example:65979/", X5uProblem::port},
      {"https://a.example:443x/", X5uProblem::port},
      {"https://a.example:443:443/", X5uProblem::port},
      {"https://a.example:-443/", X5uProblem::port},
      {"https://[2606:4700::1111]443/", X5uProblem::port},
      {"https://127.0.0.1/", X5uProblem::address},
      {"https://10.0.0.1/", X5uProblem::address},
      {"https://169.254.169.254/latest/meta-data", X5uProblem::address},
      {"https://[::1]/", X5uProblem::address},
      {"https://[0:0:0:0:0:0:0:1]:8443/", X5uProblem::address},
      {"https://[::ffff:127.0.0.1]/", X5uProblem::address},
      {"https://[64:ff9b::7f00:1]/", X5uProblem::address},
      {"https://[fe80::1]/", X5uProblem::address},
  };
  for (const Bad& one : bad) {
    const auto judged = judge_x5u(one.url, {});
    ASSERT_FALSE(judged) << one.url;
    EXPECT_EQ(to_string(judged.error()), to_string(one.problem)) << one.url;
  }
}

TEST(X5uRules, ALabMayNamePortsAndPrefixes) {
  EXPECT_TRUE(judge_x5u("https://a.example:9443/", lab()));
  EXPECT_TRUE(judge_x5u("https://127.0.0.1:9443/", lab()));
  EXPECT_TRUE(judge_x5u("https://[::1]/", lab()));
  EXPECT_TRUE(judge_x5u("https://[0:0:0:0:0:0:0:1]/", lab()));
  EXPECT_EQ(judge_x5u("https://10.0.0.1/", lab()).error(), X5uProblem::address);
  EXPECT_EQ(judge_x5u("https://a.example:9444/", lab()).error(), X5uProblem::port);
}

}  // namespace
}  // namespace stirline::control::x5u_rules_test
