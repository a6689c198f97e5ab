// The card of a 608 (STIR-BL-02; RFC 8688 3.2): fetched from the repository and verified as a caller would.
#include "control/repository/rejection_cards.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "config/control_config.hpp"
#include "control/certificates/fetcher.hpp"
#include "control/daemon.hpp"
#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/passport/base64url.hpp"
#include "tests/unit/control/asking.hpp"
#include "tests/unit/control/certificates/https_server.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::rejection_cards_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::pem;

std::string decoded(const std::string& text) {
  std::string out(text.size(), '\0');
  const auto size = crypto::base64url_decode(text, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  EXPECT_TRUE(size) << text;
  out.resize(size.value_or(0));
  return out;
}

struct Token {
  json header;
  json payload;
  std::string signed_part;
  std::string signature;
};

Token read_token(const std::string& text) {
  const std::size_t first = text.find('.');
  const std::size_t second = text.find('.', first + 1);
  EXPECT_NE(second, std::string::npos) << text;
  return {.header = json::parse(decoded(text.substr(0, first))),
          .payload = json::parse(decoded(text.substr(first + 1, second - first - 1))),
          .signed_part = text.substr(0, second),
          .signature = decoded(text.substr(second + 1))};
}

// By OpenSSL, with the key of the leaf in `chain`.
bool verifies(const Token& token, const fs::path& chain) {
  const crypto::Bio file(BIO_new_file(chain.c_str(), "r"));
  const crypto::X509Certificate leaf(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  const std::unique_ptr<ECDSA_SIG, crypto::OpensslFree<ECDSA_SIG_free>> numbers(ECDSA_SIG_new());
  const auto* octets = reinterpret_cast<const std::uint8_t*>(token.signature.data());
  EXPECT_EQ(token.signature.size(), 64U);
  EXPECT_EQ(ECDSA_SIG_set0(numbers.get(), BN_bin2bn(octets, 32, nullptr), BN_bin2bn(octets + 32, 32, nullptr)), 1);
  std::array<std::uint8_t, 80> der{};
  std::uint8_t* end = der.data();
  const int length = i2d_ECDSA_SIG(numbers.get(), &end);
  const crypto::EvpDigestContext context(EVP_MD_CTX_new());
  EXPECT_EQ(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, X509_get0_pubkey(leaf.get())), 1);
  return EVP_DigestVerify(context.get(), der.data(), static_cast<std::size_t>(length),
                          reinterpret_cast<const std::uint8_t*>(token.signed_part.data()),
                          token.signed_part.size()) == 1;
}

const config::CardConfig kCard{.url = "https://cert.example.org/card",
                               .credential = "main",
                               .name = "Example \"Blocking\" Ää",
                               .tel = "12155550100",
                               .email = "redress@example.org",
                               .website = "https://example.org/redress",
                               .address = "1 Main Street"};

TEST(RejectionCardsTest, AJCardSaysAllThatIsGiven) {
  EXPECT_EQ(jcard_of(kCard), R"(["vcard",[["version",{},"text","4.0"],["fn",{},"text","Example \"Blocking\" Ää"],)"
                             R"(["tel",{},"uri","tel:+12155550100"],["email",{},"text","redress@example.org"],)"
                             R"(["url",{},"uri","https://example.org/redress"],)"
                             R"(["adr",{"label":"1 Main Street"},"text",["","","","","","",""]]]])");
  EXPECT_EQ(jcard_of({.name = "A", .email = "a@b"}),
            R"(["vcard",[["version",{},"text","4.0"],["fn",{},"text","A"],["email",{},"text","a@b"]]])");
}

TEST(RejectionCardsTest, WhatCannotBeSignedIsLeftOut) {
  const auto chains = std::make_shared<const PublishedChains::Pages>(
      PublishedChains::Pages{{"/card", PublishedChains::Page{.body = "chain"}}});
  config::tables::Credential no_key;  // its scalar is zero
  no_key.name = "main";
  const config::tables::Image image = config::tables::encode_credentials({no_key});
  std::vector<std::string> errors;
  config::CardConfig stranger = kCard;
  stranger.credential = "other";
  const auto pages = with_cards(chains, {kCard, stranger}, image, 0, errors);
  EXPECT_EQ(pages->size(), 1U);
  EXPECT_EQ(pages->at("/card").body, "chain");
  EXPECT_EQ(errors.size(), 2U);
}

TEST(RejectionCardsTest, MistakesInTheConfigurationAreNamed) {
  const std::string credential =
      "[[credential]]\nname = \"main\"\nkey = \"k\"\nchain = \"c\"\n"
      "x5u = \"https://cert.example.org/a.pem\"\n";
  const auto key_of = [&](const std::string& text) -> std::string {
    const auto loaded = config::read_control_config("c.toml", credential + text);
    return loaded ? "" : loaded.error().front().key;
  };
  const std::string url = "[[card]]\nurl = \"https://cert.example.org/card\"\n";
  const std::string who = "credential = \"main\"\nname = \"A\"\n";
  EXPECT_EQ(key_of(url + who + "tel = \"12155550100\"\n"), "");
  EXPECT_EQ(key_of(url + who), "card[0].tel") << "no way to reach anybody";
  EXPECT_EQ(key_of(url + "credential = \"main\"\ntel = \"1\"\n"), "card[0].name");
  EXPECT_EQ(key_of(url + "credential = \"x\"\nname = \"A\"\ntel = \"1\"\n"), "card[0].credential");
  EXPECT_EQ(key_of("[[card]]\nurl = \"https://cert.example.org/a.pem\"\n" + who + "tel = \"1\"\n"), "card[0].url");
  EXPECT_EQ(key_of("[[card]]\nurl = \"https://cert.example.org\"\n" + who + "tel = \"1\"\n"), "card[0].url");
  EXPECT_EQ(key_of(url + who + "tel = \"1\"\n" + url + who + "tel = \"1\"\n"), "card[1].url");
  for (const char* bad : {"@b", "a@", "ab", "a@b@c", "a b@c"}) {
    EXPECT_EQ(key_of(url + who + "email = \"" + bad + "\"\n"), "card[0].email") << bad;
  }
  EXPECT_EQ(key_of(url + who + "website = \"http://a.example\"\n"), "card[0].website");
}

// Served under its URL, signed by the credential it names, and issued anew before anybody could call it stale.
TEST(RejectionCardsTest, TheCardThatIsServedVerifiesAndStaysFresh) {
  const test::ScratchFolder folder;
  const test::TlsIdentity identity = test::make_identity("IP:127.0.0.1");
  folder.write("web.pem", identity.certificate_pem);
  folder.write("web.key", identity.key_pem);
  fs::copy_file(pem("test_root.pem"), folder / "root.pem");
  const auto write = [&](const std::string& name) {
    folder.write("control.toml",
                 "socket = \"" + (folder / "control.sock").string() + "\"\ndataplane_socket = \"" +
                     (folder / "dataplane.sock").string() +
                     "\"\nlog_level = \"error\"\n[trust]\nanchors = [\"root.pem\"]\n"
                     "[repository]\nlisten = \"127.0.0.1\"\nport = 0\ncertificate = \"web.pem\"\nkey = \"web.key\"\n"
                     "[[credential]]\nname = \"main\"\nkey = \"" +
                     pem("test_leaf_spc1234.key").string() + "\"\nchain = \"" +
                     pem("test_leaf_spc1234_chain.pem").string() +
                     "\"\nx5u = \"https://cert.example.org/a.pem\"\n"
                     "[[card]]\nurl = \"https://cert.example.org/card\"\ncredential = \"main\"\nname = \"" +
                     name + "\"\nemail = \"redress@example.org\"\n");
  };
  write("Before");
  EventLoop loop;
  std::atomic<std::int64_t> now = 1'790'000'000;
  DaemonOptions options;
  options.config = folder / "control.toml";
  options.now = [&] { return now.load(); };
  options.renew_cards = std::chrono::milliseconds(5);
  auto daemon = Daemon::make(loop, options);
  ASSERT_TRUE(daemon) << config::to_string(daemon.error().front());

  const test::Finished shown = test::ask(loop, {"status", "--json", "--socket", (folder / "control.sock").string()});
  const auto port = json::parse(shown.out).at("control").at("repository").at("port").get<std::uint16_t>();
  FetcherOptions fetching;
  fetching.transfer.raw = true;
  fetching.transfer.ca_file = folder.write("web_ca.pem", identity.authority_pem);
  fetching.transfer.connect_limit = std::chrono::milliseconds(15'000);
  fetching.transfer.total_limit = std::chrono::milliseconds(15'000);
  fetching.limits.per_second = fetching.limits.per_second_per_host = 10'000;
  fetching.rules.lab_ports = {port};
  fetching.rules.addresses.lab_prefixes = {*config::parse_prefix("127.0.0.1")};
  Fetcher fetcher(loop, fetching);
  const auto card = [&] {
    std::optional<FetchResult> got;
    fetcher.fetch("https://127.0.0.1:" + std::to_string(port) + "/card",
                  [&](const FetchResult& result) { got = result; });
    EXPECT_TRUE(test::turn_until(loop, [&] { return got.has_value(); }));
    EXPECT_EQ(got->outcome, FetchOutcome::fetched);
    EXPECT_EQ(got->content_type, "application/jose");
    EXPECT_EQ(got->caching.cache_control, "no-store");
    return read_token(got->body);
  };

  const Token first = card();
  EXPECT_EQ(first.header, (json{{"alg", "ES256"}, {"typ", "vcard+json"}, {"x5u", "https://cert.example.org/a.pem"}}));
  EXPECT_EQ(first.payload.at("iat"), 1'790'000'000);
  EXPECT_EQ(first.payload.at("jcard"), json::parse(R"(["vcard",[["version",{},"text","4.0"],["fn",{},"text","Before"],)"
                                                   R"(["email",{},"text","redress@example.org"]]])"));
  EXPECT_TRUE(verifies(first, pem("test_leaf_spc1234_chain.pem")));
  Token changed = first;
  changed.signed_part.back() = changed.signed_part.back() == 'A' ? 'B' : 'A';
  EXPECT_FALSE(verifies(changed, pem("test_leaf_spc1234_chain.pem")));

  now += 600;
  Token later = first;
  ASSERT_TRUE(test::turn_until(loop, [&] { return (later = card()).payload.at("iat") == now.load(); }));
  EXPECT_TRUE(verifies(later, pem("test_leaf_spc1234_chain.pem")));

  write("After");
  bool is_reloaded = false;
  (*daemon)->reload([&](const nlohmann::ordered_json&) { is_reloaded = true; });
  ASSERT_TRUE(test::turn_until(loop, [&] { return is_reloaded; }));
  EXPECT_EQ(card().payload.at("jcard").at(1).at(1).at(3), "After");
}

}  // namespace
}  // namespace stirline::control::rejection_cards_test
