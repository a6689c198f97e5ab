// SPIT-XC-08: who asks, and may they.
#include "control/xcap/xcap_authorisation.hpp"

#include <array>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "control/xcap/xcap_service.hpp"
#include "tests/unit/control/scratch.hpp"
#include "tests/unit/control/xcap/xcap_world.hpp"

namespace stirline::control::xcap_authorisation_test {
namespace {

constexpr std::int64_t kNow = 1'790'000'000;

SecretHash ha1(std::string_view login, std::string_view realm, std::string_view password) {
  return hash_of(fmt::format("{}:{}:{}", login, realm, password));
}

// What a client says, and may say wrongly.
struct Claim {
  std::string login = "bob@example.com";
  std::string password = "tr1cky";
  std::string realm = "stirline";
  std::string nonce;
  std::string uri = "/spit-policy/users/sip:bob@example.com/index";
  std::string nc = "00000001";
  std::string cnonce = "c0ffee";
  std::string qop = "auth";
  std::string algorithm = "SHA-256";
  std::string method = "GET";
  std::string more;
};

std::string digest(const Claim& claim) {
  const std::string response = to_hex(hash_of(
      fmt::format("{}:{}:{}:{}:{}:{}", to_hex(ha1(claim.login, claim.realm, claim.password)), claim.nonce, claim.nc,
                  claim.cnonce, claim.qop, to_hex(hash_of(fmt::format("{}:{}", claim.method, claim.uri))))));
  return fmt::format(
      R"(Digest username="{}", realm="{}", nonce="{}", uri="{}", response="{}", algorithm={}, cnonce="{}", nc={}, qop={}{})",
      claim.login, claim.realm, claim.nonce, claim.uri, response, claim.algorithm, claim.cnonce, claim.nc, claim.qop,
      claim.more);
}

class Authentication : public ::testing::Test {
 protected:
  Authentication() {
    users_.set_password("sip:bob@example.com", "bob@example.com", ha1("bob@example.com", "stirline", "tr1cky"));
    users_.add_token("sip:carol@example.com", hash_of("token-of-carol"));
  }

  Claim claim() {
    Claim made;
    made.nonce = authenticator_.make_nonce();
    return made;
  }
  Authenticated say(const std::string& authorization, const std::string& method = "GET") {
    return authenticator_.authenticate(method, Claim{}.uri, authorization, users_, use_);
  }
  std::string user_after(const Claim& claim) { return say(digest(claim)).user; }
  bool is_stale(const Claim& claim) {
    const Authenticated answer = say(digest(claim));
    return answer.user.empty() && answer.challenges.front().contains("stale=true");
  }

  std::int64_t now_ = kNow;
  XcapAuthenticator authenticator_{{1, 2, 3}, [this] { return now_; }};
  XcapUsers users_;
  NonceUse use_;
};

// RFC 7616 3.9.1, with its SHA-256 example: our arithmetic is that of the RFC.
TEST(DigestArithmetic, IsThatOfTheRfc) {
  const std::string secret = to_hex(ha1("Mufasa", "http-auth@example.org", "Circle of Life"));
  const std::string request = to_hex(hash_of("GET:/dir/index.html"));
  EXPECT_EQ(to_hex(hash_of(secret +
                           ":7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v:00000001:"
                           "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ:auth:" +
                           request)),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST_F(Authentication, WithoutCredentialsThereIsAChallenge) {
  const Authenticated answer = say("");
  EXPECT_EQ(answer.user, "");
  ASSERT_EQ(answer.challenges.size(), 2U);
  EXPECT_TRUE(answer.challenges[0].starts_with(R"(Digest realm="stirline", qop="auth", algorithm=SHA-256, nonce=")"))
      << answer.challenges[0];
  EXPECT_FALSE(answer.challenges[0].contains("stale"));
  EXPECT_EQ(answer.challenges[1], R"(Bearer realm="stirline")");
  for (const char* other : {"Basic Ym9iOnRyMWNreQ==", "Digest", "Digest ", "Bearer", "rubbish", " "}) {
    EXPECT_EQ(say(other).user, "") << other;
  }
}

TEST_F(Authentication, DigestWithTheRightPassword) {
  EXPECT_EQ(user_after(claim()), "sip:bob@example.com");
  Claim quoted = claim();
  quoted.nc = "00000002";
  std::string field = digest(quoted);
  field.replace(field.find("qop=auth"), 8, "qop=\"auth\"");
  field.replace(field.find("algorithm=SHA-256"), 17, "algorithm=\"sha-256\"");
  EXPECT_EQ(say(field).user, "sip:bob@example.com");
}

TEST_F(Authentication, DigestWithAnythingWrong) {
  const auto refused = [&](auto change) {
    Claim wrong = claim();
    change(wrong);
    use_ = {};
    EXPECT_FALSE(is_stale(wrong)) << digest(wrong);
    EXPECT_EQ(user_after(wrong), "") << digest(wrong);
  };
  refused([](Claim& c) { c.password = "tricky"; });
  refused([](Claim& c) { c.login = "eve@example.com"; });
  refused([](Claim& c) { c.login = "carol@example.com"; });
  refused([](Claim& c) { c.realm = "elsewhere"; });
  refused([](Claim& c) { c.uri = "/spit-policy/users/sip:eve@example.com/index"; });
  refused([](Claim& c) { c.method = "DELETE"; });
  refused([](Claim& c) { c.qop = "auth-int"; });
  refused([](Claim& c) { c.algorithm = "MD5"; });
  refused([](Claim& c) { c.algorithm = "SHA-256-sess"; });
  refused([](Claim& c) { c.cnonce = ""; });
  refused([](Claim& c) { c.nc = "1"; });
  refused([](Claim& c) { c.nc = "0000000g"; });
  refused([](Claim& c) { c.more = ", username=\"eve\""; });
  refused([](Claim& c) { c.more = ", userhash=true"; });
  refused([](Claim& c) { c.more = ", username*=UTF-8''bob"; });
  refused([](Claim& c) { c.more = ", "; });
  refused([](Claim& c) { c.more = " rubbish"; });
  refused([](Claim& c) { c.more = ", opaque=\"never ends"; });
  const std::string whole = digest(claim());
  for (std::size_t length = 0; length < whole.size() - 1; ++length) {
    EXPECT_EQ(say(whole.substr(0, length)).user, "") << length;
  }
}

// Of a nonce that is not ours, or old, the right password says: try again, do not ask the person.
TEST_F(Authentication, NoncesAreOursAndFresh) {
  Claim foreign = claim();
  foreign.nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
  EXPECT_TRUE(is_stale(foreign));
  Claim forged = claim();
  forged.nonce.back() = forged.nonce.back() == '0' ? '1' : '0';
  EXPECT_TRUE(is_stale(forged));
  EXPECT_NE(claim().nonce, claim().nonce) << "each client gets its own";
  Claim renamed = claim();
  renamed.nonce.insert(0, "0");
  EXPECT_TRUE(is_stale(renamed)) << "the same time, written otherwise";
  const XcapAuthenticator restarted{{9}, [this] { return now_; }};
  Claim other = claim();
  other.nonce = restarted.make_nonce();
  EXPECT_TRUE(is_stale(other));
  const Claim old = claim();
  now_ += kNonceSeconds;
  EXPECT_EQ(user_after(old), "sip:bob@example.com");
  now_ += 1;
  use_ = {};
  EXPECT_TRUE(is_stale(old));
  now_ = kNow - 1;
  EXPECT_TRUE(is_stale(old)) << "of a time to come";
}

TEST_F(Authentication, TheCountOfANonceGrowsOnAConnection) {
  Claim first = claim();
  EXPECT_EQ(user_after(first), "sip:bob@example.com");
  EXPECT_TRUE(is_stale(first)) << "replayed";
  Claim second = first;
  second.nc = "0000000a";
  EXPECT_EQ(user_after(second), "sip:bob@example.com");
  second.nc = "00000009";
  EXPECT_TRUE(is_stale(second));
  second.nc = "0000000b";
  EXPECT_EQ(user_after(second), "sip:bob@example.com");
  use_ = {};
  EXPECT_EQ(user_after(first), "sip:bob@example.com") << "another connection: nobody keeps its count there";
}

TEST_F(Authentication, Tokens) {
  EXPECT_EQ(say("Bearer token-of-carol").user, "sip:carol@example.com");
  EXPECT_EQ(say("bearer  token-of-carol").user, "sip:carol@example.com");
  for (const char* wrong : {"Bearer token-of-caro", "Bearer token-of-carol ", "Bearer x", "Token token-of-carol"}) {
    EXPECT_EQ(say(wrong).user, "") << wrong;
  }
  EXPECT_EQ(say("Bearer x").challenges.back(), R"(Bearer realm="stirline", error="invalid_token")");
  EXPECT_EQ(say("Bearer " + std::string(10'000, 'x')).user, "");
}

TEST(Trees, BelongToTheirUsers) {
  const auto uri = [](const char* target) { return parse_xcap_uri(target, "/").value(); };
  const XcapUri bobs = uri("/spit-policy/users/sip:bob@example.com/index");
  const XcapUri global = uri("/xcap-caps/global/index");
  const std::array<std::string, 1> administrators = {"sip:admin@example.com"};
  for (const XcapMethod method : {XcapMethod::get, XcapMethod::head, XcapMethod::put, XcapMethod::remove}) {
    const bool reads = method == XcapMethod::get || method == XcapMethod::head;
    EXPECT_TRUE(may("sip:bob@example.com", bobs, method, {}));
    EXPECT_FALSE(may("sip:eve@example.com", bobs, method, administrators));
    EXPECT_TRUE(may("sip:admin@example.com", bobs, method, administrators));
    EXPECT_FALSE(may("sip:admin@example.com", bobs, method, {}));
    EXPECT_EQ(may("sip:eve@example.com", global, method, administrators), reads);
    EXPECT_EQ(may("sip:admin@example.com", global, method, administrators), reads);
  }
}

class Service : public ::testing::Test {
 protected:
  Service() {
    XcapUsers users;
    for (const char* name : {"bob", "eve", "admin"}) {
      users.add_token(fmt::format("sip:{}@example.com", name), hash_of(name));
    }
    EXPECT_TRUE(write_users(folder_ / "users", users));
    service_ = std::make_unique<XcapService>(
        XcapService::Options{.root = "/", .administrators = {"sip:admin@example.com"}}, world_.operations,
        UserFile::open(folder_ / "users").value(), XcapAuthenticator([] { return kNow; }));
  }

  XcapHttpAnswer ask(std::string_view method, std::string_view target, std::string_view name) {
    const std::string token = name.empty() ? std::string() : fmt::format("Bearer {}", name);
    NonceUse use;
    return service_->answer({.method = method,
                             .target = target,
                             .authorization = token,
                             .content_type = test::kPolicyType,
                             .if_match = {},
                             .if_none_match = {},
                             .body = test::kOneRule},
                            use);
  }

  test::ScratchFolder folder_;
  test::XcapWorld world_;
  std::unique_ptr<XcapService> service_;
};

// SPIT-XC-08: cross-user 403.
TEST_F(Service, AUserStaysInTheOwnTree) {
  EXPECT_EQ(ask("PUT", test::kBob, "bob").resource.status, 201U);
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE"}) {
    const XcapHttpAnswer answer = ask(method, test::kBob, "eve");
    EXPECT_EQ(answer.resource.status, 403U) << method;
    EXPECT_EQ(answer.resource.body + answer.resource.etag, "") << "nothing is told";
    EXPECT_EQ(ask(method, test::kBob, "").resource.status, 401U);
    EXPECT_EQ(ask(method, test::kBob, "mallory").resource.status, 401U);
  }
  EXPECT_EQ(ask("PUT", "/spit-policy/users/sip:nobody@example.com/index", "eve").resource.status, 403U)
      << "whether there is such a user is not told either";
  EXPECT_EQ(ask("GET", "/spit-policy/users/sip:Bob@example.com/index", "bob").resource.status, 403U)
      << "an XUI is compared octet for octet";
  EXPECT_EQ(ask("GET", "/spit-policy/users/sip%3abob%40example.com/index", "bob").resource.status, 200U);
  EXPECT_EQ(ask("GET", test::kBob, "admin").resource.status, 200U);
  EXPECT_EQ(ask("DELETE", test::kBob, "admin").resource.status, 200U);
  EXPECT_EQ(service_->tallies().forbidden, 6U);
  EXPECT_EQ(service_->tallies().unauthenticated, 8U);
  EXPECT_EQ(service_->tallies().changes, 2U);
  EXPECT_EQ(ask("", test::kBob, "").challenges.size(), 0U);
}

// SPIT-XC-03
TEST_F(Service, OtherMethodsAreRefusedWhoeverAsks) {
  for (const char* method : {"POST", "PATCH", "OPTIONS", "get", "CONNECT", "TRACE", ""}) {
    const XcapHttpAnswer answer = ask(method, test::kBob, "bob");
    EXPECT_EQ(answer.resource.status, 405U) << method;
    EXPECT_EQ(answer.resource.allow, "GET, HEAD, PUT, DELETE");
  }
}

TEST_F(Service, WhatIsNoUriOfOursIsSaidToUsersAlone) {
  EXPECT_EQ(ask("GET", "/", "bob").resource.status, 404U);
  EXPECT_EQ(ask("GET", "*", "bob").resource.status, 404U);
  EXPECT_EQ(ask("GET", "/spit-policy/users/sip:bob@example.com/index/~~/a[", "bob").resource.status, 400U);
  EXPECT_EQ(ask("GET", "/no-such/users/sip:bob@example.com/index", "bob").resource.status, 404U);
  EXPECT_EQ(ask("GET", "/", "").resource.status, 401U);
}

TEST_F(Service, AChangedFileOfUsersCountsAtOnceAndABrokenOneDoesNot) {
  EXPECT_EQ(ask("GET", test::kBob, "new").resource.status, 401U);
  XcapUsers users = read_users(folder_ / "users").value();
  users.add_token("sip:bob@example.com", hash_of("new"));
  EXPECT_EQ(users.remove("sip:eve@example.com"), 1U);
  ASSERT_TRUE(write_users(folder_ / "users", users));
  EXPECT_EQ(ask("GET", test::kBob, "new").resource.status, 404U);
  EXPECT_EQ(ask("GET", test::kBob, "eve").resource.status, 401U);
  folder_.write("users", "rubbish, and longer than before or not\n");
  EXPECT_EQ(ask("GET", test::kBob, "new").resource.status, 404U);
  std::filesystem::remove(folder_ / "users");
  EXPECT_EQ(ask("GET", test::kBob, "new").resource.status, 404U);
}

TEST(UserFiles, AreWrittenAndReadAgain) {
  XcapUsers users("lab");
  EXPECT_TRUE(users.set_password("sip:bob@example.com", "bob", ha1("bob", "lab", "x")));
  EXPECT_TRUE(users.set_password("sip:bob@example.com", "bob2", ha1("bob2", "lab", "x")));
  EXPECT_FALSE(users.set_password("sip:eve@example.com", "bob2", {})) << "a login is one user's";
  users.add_token("tel:+12155551212", hash_of("t"));
  users.add_token("tel:+12155551212", hash_of("u"));
  const auto again = XcapUsers::parse(users.to_text());
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(again->to_text(), users.to_text());
  EXPECT_EQ(again->realm(), "lab");
  EXPECT_EQ(again->find_login("bob"), nullptr) << "one password a user";
  ASSERT_NE(again->find_login("bob2"), nullptr);
  EXPECT_EQ(again->find_login("bob2")->ha1, ha1("bob2", "lab", "x"));
  EXPECT_EQ(again->list().at("tel:+12155551212").tokens, 2U);
  EXPECT_FALSE(users.to_text().contains(" x\n"));
  for (const char* bad : {"realm", "realm a\"b", "realm a b", "password sip:a b", "token sip:a abcd", "user x",
                          "token sip:a 0000000000000000000000000000000000000000000000000000000000000000 more",
                          "password sip:a a:b 0000000000000000000000000000000000000000000000000000000000000000",
                          "token sip:a 000000000000000000000000000000000000000000000000000000000000000G"}) {
    const auto refused = XcapUsers::parse(std::string("# a comment\n\n") + bad + "\n");
    ASSERT_FALSE(refused) << bad;
    EXPECT_TRUE(refused.error().starts_with("line 3: ")) << refused.error();
  }
  EXPECT_EQ(login_of("sip:bob@example.com"), "bob@example.com");
  EXPECT_EQ(login_of("bob"), "bob");
  EXPECT_FALSE(is_login("sip:bob"));
  EXPECT_FALSE(is_xui("sip:b b"));
}

TEST(UserFiles, KeepTheirMode) {
  const test::ScratchFolder folder;
  using std::filesystem::perms;
  ASSERT_TRUE(write_users(folder / "users", XcapUsers()));
  EXPECT_EQ(std::filesystem::status(folder / "users").permissions(),
            perms::owner_read | perms::owner_write | perms::group_read);
  std::filesystem::permissions(folder / "users", perms::owner_read | perms::owner_write);
  ASSERT_TRUE(write_users(folder / "users", XcapUsers("b")));
  EXPECT_EQ(std::filesystem::status(folder / "users").permissions(), perms::owner_read | perms::owner_write);
  EXPECT_EQ(read_users(folder / "users")->realm(), "b");
  EXPECT_FALSE(write_users(folder / "no" / "users", XcapUsers()));
  EXPECT_FALSE(UserFile::open(folder / "missing"));
}

}  // namespace
}  // namespace stirline::control::xcap_authorisation_test
