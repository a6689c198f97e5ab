// The text that messages have for people, and what it says (SPIT-CL-01): bodies, disguises, bounds.
#include <algorithm>
#include <bit>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/policy/content/html_text.hpp"
#include "config/policy/content/text_body.hpp"
#include "config/policy/content/text_tokens.hpp"

namespace stirline::config::policy::content::content_text_test {
namespace {

constexpr KeySecret kSecret{7, 7, 7};

std::string request(std::string_view type, std::string_view body, std::string_view more = {}) {
  return fmt::format(
      "MESSAGE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
      "From: <sip:alice@example.org>;tag=1\r\nTo: <sip:bob@example.com>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\n{}{}"
      "Content-Length: {}\r\n\r\n{}",
      more, type.empty() ? std::string() : fmt::format("Content-Type: {}\r\n", type), body.size(), body);
}

class ContentText : public testing::Test {
 protected:
  TextFound read(const std::string& octets) {
    EXPECT_TRUE(message_->parse(octets));
    return body_->read(*message_, octets);
  }
  [[nodiscard]] std::string text() const { return std::string(body_->text()); }

  // What a text says, as it was read: words and their like, pairs left out.
  std::vector<std::string> words(std::string_view text, TokenKind kind = TokenKind::word) {
    tokens_->read(text, kSecret);
    std::vector<std::string> found;
    for (const Token& token : tokens_->tokens()) {
      if (token.kind == kind) {
        found.push_back(tokens_->text_of(token));
      }
    }
    return found;
  }
  [[nodiscard]] std::vector<std::uint64_t> keys(std::string_view text, TokenKind kind = TokenKind::word) {
    tokens_->read(text, kSecret);
    std::vector<std::uint64_t> found;
    for (const Token& token : tokens_->tokens()) {
      if (token.kind == kind) {
        found.push_back(token.key);
      }
    }
    return found;
  }
  [[nodiscard]] bool says(std::string_view text, std::string_view word) {
    const std::vector<std::uint64_t> all = keys(text);
    const std::vector<std::uint64_t> wanted = keys(word);
    return wanted.size() == 1 && std::ranges::find(all, wanted.front()) != all.end();
  }

  std::unique_ptr<sip::Message> message_ = std::make_unique<sip::Message>();
  std::unique_ptr<TextBody> body_ = std::make_unique<TextBody>();
  std::unique_ptr<TextTokens> tokens_ = std::make_unique<TextTokens>();
};

TEST_F(ContentText, ReadsWhatPeopleRead) {  // SPIT-CL-01
  EXPECT_EQ(read(request("text/plain", "hello")), TextFound::text);
  EXPECT_EQ(text(), "hello");
  EXPECT_EQ(read(request("TEXT/Plain;Charset=\"UTF-8\"", "grüße")), TextFound::text);
  EXPECT_EQ(text(), "grüße");
  EXPECT_EQ(read(request("text/html", "<p>Buy <b>n</b>ow &amp; win</p><a href=\"http://x.example/a\">here</a>")),
            TextFound::text);
  EXPECT_NE(text().find("Buy now & win"), std::string::npos) << text();
  EXPECT_NE(text().find("http://x.example/a"), std::string::npos) << text();
  EXPECT_EQ(read(request("text/plain", "body", "Subject: urgent\r\n")), TextFound::text);
  EXPECT_EQ(text(), "body urgent");
  EXPECT_EQ(read(request("", "", "Subject: urgent\r\n")), TextFound::text);
  EXPECT_EQ(text(), "urgent");
  EXPECT_EQ(
      read(request("message/cpim",
                   "From: <sip:a@example.org>\r\nSubject: prize\r\n\r\nContent-Type: text/plain\r\n\r\nclaim it")),
      TextFound::text);
  EXPECT_NE(text().find("prize"), std::string::npos);
  EXPECT_NE(text().find("claim it"), std::string::npos);
  EXPECT_EQ(read(request("multipart/mixed;boundary=b",
                         "--b\r\nContent-Type: application/pkcs7-mime\r\n\r\nxx\r\n--b\r\nContent-Type: "
                         "text/plain\r\n\r\nspam\r\n--b--\r\n")),
            TextFound::text)
      << "an encrypted part hides nothing";
  EXPECT_EQ(text(), "spam");
}

TEST_F(ContentText, WhatCannotBeReadIsUnknown) {  // SPIT-CL-01
  for (const std::string_view type : {"application/pkcs7-mime", "application/octet-stream", "image/png",
                                      "text/plain;charset=utf-16", "text/plain;charset=iso-8859-1"}) {
    EXPECT_EQ(read(request(type, "hello", "Subject: harmless\r\n")), TextFound::unknown) << type;
  }
  EXPECT_EQ(read(request("text/plain", "hello", "Content-Encoding: gzip\r\n")), TextFound::unknown);
  EXPECT_EQ(read(request("text/plain", "caf\xE9")), TextFound::unknown) << "not UTF-8";
  EXPECT_EQ(read(request("text/plain", std::string_view("a\0b", 3))), TextFound::unknown);
  EXPECT_EQ(read(request("multipart/mixed;boundary=b", "--b\r\n\r\ncut")), TextFound::unknown);
  EXPECT_EQ(read(request("message/cpim", "A: b\r\n\r\nContent-Type: application/pkcs7-mime\r\n\r\nx")),
            TextFound::unknown);
  EXPECT_EQ(read(request("application/im-iscomposing+xml", "<isComposing/>")), TextFound::none);
  EXPECT_EQ(read(request("", "")), TextFound::none);
}

TEST_F(ContentText, LongTextIsCutBetweenCharacters) {  // bounds
  std::string longest;
  while (longest.size() < 2 * kMaxTextOctets) {
    longest += "ü";
  }
  EXPECT_EQ(read(request("text/plain", "x" + longest)), TextFound::text);
  EXPECT_TRUE(body_->is_cut());
  EXPECT_EQ(text().size(), kMaxTextOctets - 1);
  tokens_->read(body_->text(), kSecret);
  // Every character another one of eighteen (U+FDFA): what is folded has its bounds, too.
  std::string blown;
  while (blown.size() + 3 <= kMaxTextOctets) {
    blown += "\uFDFA";
  }
  tokens_->read(blown, kSecret);
  EXPECT_TRUE(tokens_->is_cut());
  std::string many;
  for (unsigned i = 0; many.size() < kMaxTextOctets; ++i) {
    many += static_cast<char>('a' + i % 26);
    many += static_cast<char>('a' + i / 26 % 26);
    many += ' ';
  }
  tokens_->read(many, kSecret);
  EXPECT_LE(tokens_->tokens().size(), TextTokens::kMaxTokens);
}

TEST_F(ContentText, HtmlIsUndone) {
  const auto undone = [](std::string_view html) {
    BoundedText text;
    text.clear();
    add_html(html, text);
    return std::string(text.view());
  };
  EXPECT_EQ(undone("vi<!-- x -->ag<b></b>ra"), "viagra");
  EXPECT_EQ(undone("a<br>b<p>c"), "a b c");
  EXPECT_EQ(undone("<style>p{}</style>x<script>if(1<2)</script>y"), "xy");
  EXPECT_EQ(undone("1 < 2 & 3 > 2"), "1 < 2 & 3 > 2");
  EXPECT_EQ(undone("&#86;&#x49;&nbsp;&euro;&unknown;&"), "VI €&unknown;&");
  EXPECT_EQ(undone("<a title=\"a>b\" href='http://x.example'>z</a>"), "http://x.example z");
  EXPECT_EQ(undone("&#xD800;&#x110000;x"), "x") << "no such characters";
  for (const std::string_view hostile :
       {"<", "<a", "</", "<!--", "&", "&#", "&#x", "<a href=", "<a href=\"", "<script"}) {
    static_cast<void>(undone(hostile));
  }
}

TEST_F(ContentText, DisguisesAreUndone) {  // SPIT-CL-01
  EXPECT_TRUE(says("VIAGRA", "viagra"));
  EXPECT_TRUE(says("ｖｉａｇｒａ", "viagra")) << "full width";
  EXPECT_TRUE(says("𝓿𝓲𝓪𝓰𝓻𝓪", "viagra")) << "mathematical letters";
  EXPECT_TRUE(says("vi\u200Bag\u00ADra", "viagra")) << "invisible characters";
  EXPECT_TRUE(says("víágrà", "viagra")) << "accents";
  EXPECT_TRUE(says("vi\u0301a\u0300gra", "viagra")) << "combining accents";
  EXPECT_TRUE(says("vіаgrа", "viagra")) << "Cyrillic letters";
  EXPECT_EQ(words("vіаgrа", TokenKind::disguise).size(), 1U);
  EXPECT_TRUE(says("v1agr4", "viagra")) << "digits";
  EXPECT_TRUE(says("v i a g r a now", "viagra")) << "spaced out";
  EXPECT_TRUE(says("v.i.a.g.r.a", "viagra"));
  EXPECT_TRUE(says("don't", "dont"));
  EXPECT_TRUE(says("GRÜSSE", "grüße"));
  EXPECT_TRUE(words("привет мир", TokenKind::disguise).empty()) << "one script";
}

TEST_F(ContentText, LanguagesHaveWords) {  // SPIT-CL-01: multi-language UTF-8
  EXPECT_EQ(words("Guten Tag, Welt!"), (std::vector<std::string>{"guten", "tag", "welt"}));
  EXPECT_EQ(words("恭喜您获", TokenKind::gram), (std::vector<std::string>{"恭喜", "喜您", "您获"}));
  EXPECT_EQ(words("สวัสดี", TokenKind::gram).size(), 4U);
  EXPECT_EQ(keys("ｶﾞｲﾄﾞ", TokenKind::gram), keys("ガイド", TokenKind::gram)) << "half width";
  EXPECT_TRUE(says("مُبَارَك", "مبارك")) << "vowels or not";
  EXPECT_EQ(keys("١٢٣", TokenKind::number), keys("456", TokenKind::number)) << "of one length";
  EXPECT_EQ(words("5 €", TokenKind::symbol), (std::vector<std::string>{"€"}));
}

TEST_F(ContentText, LinksAndNumbersAreKnownAgain) {  // SPIT-CL-01: URL hashes
  EXPECT_EQ(words("see HTTPS://www.Win.example/a/b?id=7#x.", TokenKind::url),
            (std::vector<std::string>{"win.example/a/b"}));
  EXPECT_EQ(words("x.win-now.co.uk/a", TokenKind::host),
            (std::vector<std::string>{"x.win-now.co.uk", "win-now.co.uk"}));
  EXPECT_EQ(words("http://bank.example@evil.example/", TokenKind::host), (std::vector<std::string>{"evil.example"}));
  EXPECT_EQ(words("www．evil．example", TokenKind::host), (std::vector<std::string>{"evil.example"}));
  EXPECT_TRUE(words("end.Next one", TokenKind::url).empty());
  EXPECT_EQ(keys("+1 215-555-0123", TokenKind::telephone), keys("1 (215) 555.0123", TokenKind::telephone));
  EXPECT_EQ(keys("call +1 215 555 0123", TokenKind::telephone).size(), 1U);
  EXPECT_NE(keys("12155550123", TokenKind::telephone), keys("12155550124", TokenKind::telephone));
}

TEST_F(ContentText, CopiesOfATemplateAreLike) {  // SPIT-CL-01: template hashes
  const auto likeness = [&](std::string_view text) {
    tokens_->read(text, kSecret);
    return tokens_->likeness();
  };
  const Likeness one = likeness("Your parcel 123 waits, pay 5 now at http://x.example/a");
  EXPECT_EQ(one.bits, likeness("your PARCEL 999 waits, pay 7 now at http://x.example/b").bits);
  EXPECT_GT(std::popcount(one.bits ^ likeness("Shall we meet at the station tomorrow morning, then?").bits), 10);
  EXPECT_GE(one.words, 8U);
}

TEST_F(ContentText, KeysAreOfASecret) {  // privacy: nobody outside knows the key of a word
  const auto of = [&](const KeySecret& secret) {
    tokens_->read("word", secret);
    return tokens_->tokens().front().key;
  };
  EXPECT_NE(of(KeySecret{1}), of(KeySecret{2}));
}

}  // namespace
}  // namespace stirline::config::policy::content::content_text_test
