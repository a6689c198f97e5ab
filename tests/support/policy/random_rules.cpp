#include "tests/support/policy/random_rules.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace stirline::test {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;  // 2027-01-15 08:00:00 UTC, a Friday
constexpr std::array<std::string_view, 8> kUris{
    "sip:alice@foo.example.com",
    "SIP:Alice@FOO.example.com",
    "sips:alice@foo.example.com",
    "tel:+1-212-555-1234",
    "sip:+12125551234@any.example;user=phone",
    "tel:+442071838750",
    "sip:bob@bar.example",
    "xmpp:carol@example.org",
};
constexpr std::array<std::string_view, 6> kCallers{
    "sip:alice@foo.example.com", "sips:alice@foo.example.com", "12125551234", "442071838750",
    "sip:bob@bar.example",       "sip:dave@foo.example.com",
};
constexpr std::array<std::string_view, 4> kDomains{"foo.example.com", "bar.example", "FOO.Example.com", "else.example"};
constexpr std::array<std::string_view, 7> kAuthentications{"none",       "asserted",   "signed", "verified-A",
                                                           "verified-B", "verified-C", "failed"};
constexpr std::array<std::string_view, 3> kMethods{"INVITE", "MESSAGE", "SUBSCRIBE"};
constexpr std::array<std::string_view, 4> kResults{"none", "success", "failure", "pending"};
constexpr std::array<std::string_view, 4> kGroups{"none", "closed", "semi-open", "open"};
constexpr std::array<std::string_view, 3> kPresences{"unknown", "open", "closed"};
constexpr std::array<std::string_view, 6> kStates{"unknown", "idle", "busy", "no-answer", "not-registered", "ringing"};
constexpr std::array<std::string_view, 4> kMedia{"audio", "video", "message", "text"};
constexpr std::array<std::string_view, 4> kTypes{"text/plain", "text/html", "image/png", "application/sdp"};
constexpr std::array<std::string_view, 6> kAskedTypes{"text/plain", "TEXT/*",          "image/*",
                                                      "image/gif",  "application/sdp", "*/*"};
constexpr std::array<std::string_view, 4> kLanguages{"en", "en-us", "de", "zh-hant-tw"};
constexpr std::array<std::string_view, 5> kAskedLanguages{"en", "EN-us", "de-AT", "zh", "zh-hant"};
constexpr std::array<std::string_view, 3> kTrunks{"carrier", "wholesale", "roaming"};
constexpr std::array<std::string_view, 3> kSpcs{"1234", "707J", "551W"};
constexpr std::array<std::string_view, 5> kListNames{"white", "black", "do-not-originate", "do-not-call",
                                                     "unallocated"};
constexpr std::array<std::string_view, 3> kSpheres{"work", "Home", "meeting"};
constexpr std::array<std::string_view, 4> kComponents{"hashcash", "consent", "pay", "ivr"};

std::string date_time(std::int64_t offset_hours) {
  // Written in another zone now and then: the same instant.
  const std::int64_t hours = 8 + offset_hours;
  const std::int64_t day = 15 + (hours >= 0 ? hours / 24 : (hours - 23) / 24);
  const std::int64_t hour = ((hours % 24) + 24) % 24;
  return fmt::format("2027-01-{:02}T{:02}:00:00{}", day, hour, offset_hours % 2 == 0 ? "Z" : "+00:00");
}

}  // namespace

std::string RandomRules::uri() {
  return any(kUris);
}

std::string RandomRules::identity() {
  std::string text = "<identity>";
  for (std::size_t i = below(4); i-- > 0;) {
    if (one_in(2)) {
      text += fmt::format("<one id=\"{}\"/>", uri());
      continue;
    }
    text += one_in(3) ? "<many>" : fmt::format("<many domain=\"{}\">", any(kDomains));
    for (std::size_t excepts = below(3); excepts-- > 0;) {
      text +=
          one_in(2) ? fmt::format("<except id=\"{}\"/>", uri()) : fmt::format("<except domain=\"{}\"/>", any(kDomains));
    }
    text += "</many>";
  }
  return text + "</identity>";
}

std::string RandomRules::condition() {
  const auto element = [](std::string_view name, std::string_view text) {
    return fmt::format("<{0}>{1}</{0}>", name, text);
  };
  const auto two = [&](const auto& stock) { return one_in(2) ? any(stock) : any(stock) + " " + any(stock); };
  switch (below(20)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return identity();
    case 4:
      return fmt::format("<sphere value=\"{}\"/>", two(kSpheres));
    case 5:
      return fmt::format("<validity><from>{}</from><until>{}</until></validity>",
                         date_time(static_cast<std::int64_t>(below(8)) - 4),
                         date_time(static_cast<std::int64_t>(below(8)) - 4));
    case 6:
      return element("sp:authentication", two(kAuthentications));
    case 7:
      return element("sp:method", two(kMethods));
    case 8:
      return element(one_in(2)   ? "sp:anonymous"
                     : one_in(2) ? "sp:international"
                     : one_in(2) ? "sp:watch"
                                 : "sp:diverted",
                     one_in(3)   ? ""
                     : one_in(2) ? "true"
                                 : "0");
    case 9:
      return element("sp:group", two(kGroups));
    case 10:
      return element("sp:presence", one_in(3) ? "meeting" : one_in(3) ? "closed away" : two(kPresences));
    case 11:
      return element("sp:call-state", two(kStates));
    case 12:
      return fmt::format("<sp:result component=\"{}\">{}</sp:result>", one_in(9) ? "dna-test" : any(kComponents),
                         two(kResults));
    case 13:
      return element("hc:result", two(kResults));
    case 14:
      return element("sp:media", two(kMedia));
    case 15:
      return element("sp:body-type", two(kAskedTypes));
    case 16:
      return element("sp:language", two(kAskedLanguages));
    case 17:
      return one_in(3)   ? element("sp:trunk", two(kTrunks))
             : one_in(2) ? element("sp:spc", two(kSpcs))
                         : element("sp:list", one_in(9) ? "grey" : two(kListNames));
    case 18:
      return fmt::format("<sa:spam-score min=\"{}\" max=\"{}\"/>", below(60), 30 + below(71));
    default:
      return one_in(4) ? "<x:unheard-of xmlns:x=\"urn:example:x\"/>"
                       : fmt::format(
                             "<sp:time-period dtstart=\"20260101T0{}0000\" duration=\"PT3H\" tzid=\"Europe/Berlin\" "
                             "freq=\"weekly\" byday=\"{}\"/>",
                             6 + below(4), one_in(2) ? "MO,FR" : "WE,TH,FR,SA");
  }
}

std::string RandomRules::action() {
  switch (below(9)) {
    case 0:
    case 1:
      return "<sp:handling>allow</sp:handling>";
    case 2:
      return "<sp:handling>block</sp:handling>";
    case 3:
      return "<sp:handling> polite-block </sp:handling>";
    case 4:
      return "<sp:forward-to>sip:voicebox@company-example.com</sp:forward-to>";
    case 5:
      return fmt::format("<sp:execute><hc:hashcash work=\"{}\"/></sp:execute>", 1 + below(24));
    case 6:
      return "<sp:mark>true</sp:mark>";
    case 7:
      return "<sp:notify>true</sp:notify>";
    default:
      return "<sp:response code=\"607\" phrase=\"Unwanted\"/>";
  }
}

namespace {

constexpr std::string_view kOpening =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" "
    "xmlns:sp=\"urn:ietf:params:xml:ns:spit-policy\" xmlns:hc=\"urn:ietf:params:xml:ns:hashcash\" "
    "xmlns:sa=\"urn:ietf:params:xml:ns:statistical-analysis\"";

}  // namespace

std::string RandomRules::document(std::size_t rules) {
  std::string text(kOpening);
  text += one_in(4) ? " sp:evaluation=\"first-match\">" : ">";
  for (std::size_t i = 0; i < rules; ++i) {
    text += fmt::format("<rule id=\"r{}\">", i);
    if (!one_in(10)) {
      text += "<conditions>";
      for (std::size_t conditions = below(4); conditions-- > 0;) {
        text += condition();
      }
      text += "</conditions>";
    }
    text += "<actions>";
    for (std::size_t actions = 1 + below(2); actions-- > 0;) {
      text += action();
    }
    text += "</actions><transformations/></rule>";
  }
  return text + "</ruleset>";
}

std::string RandomRules::usual_document(std::size_t rules) {
  std::string text(kOpening);
  text += ">";
  for (std::size_t i = 0; i < rules; ++i) {
    text += fmt::format("<rule id=\"r{}\"><conditions>", i);
    switch (i % 5) {
      case 0:
        text +=
            fmt::format("<identity><one id=\"tel:+1212{:07}\"/><one id=\"sip:friend{}@foo.example.com\"/></identity>",
                        below(10'000'000), below(1'000'000));
        text += "</conditions><actions><sp:handling>allow</sp:handling></actions></rule>";
        break;
      case 1:
        text += fmt::format("<identity><many domain=\"company{}.example\"/></identity>", below(100'000));
        text += "</conditions><actions><sp:handling>allow</sp:handling></actions></rule>";
        break;
      case 2:
        text +=
            "<sp:authentication>none</sp:authentication></conditions><actions><sp:execute><hc:hashcash "
            "work=\"15\"/></sp:execute></actions></rule>";
        break;
      case 3:
        text += fmt::format(
            "<sp:method>MESSAGE</sp:method><sa:spam-score min=\"{}\"/></conditions><actions><sp:handling>"
            "polite-block</sp:handling></actions></rule>",
            50 + below(50));
        break;
      default:
        text += fmt::format("<sa:spam-score min=\"{}\"/></conditions><actions><sp:mark>true</sp:mark></actions></rule>",
                            30 + below(50));
    }
  }
  return text + "</ruleset>";
}

SpokenCall RandomRules::call() {
  SpokenCall call;
  call.authentication = any(kAuthentications);
  if (call.authentication != "none" && call.authentication != "failed") {
    call.caller = any(kCallers);
    const std::size_t at = call.caller.find('@');
    call.caller_domain = at == std::string::npos ? "" : call.caller.substr(at + 1);
  }
  call.method = any(kMethods);
  call.watch = call.method == "SUBSCRIBE" && one_in(2);
  call.anonymous = one_in(3);
  call.international = one_in(3);
  call.diverted = one_in(3);
  call.puzzle = any(kResults);
  call.turing = any(kResults);
  call.consent = any(kResults);
  call.payment = any(kResults);
  for (std::size_t i = below(3); i-- > 0;) {
    call.media.push_back(any(kMedia));
    call.body_types.push_back(any(kTypes));
  }
  if (one_in(2)) {
    call.languages.push_back(any(kLanguages));
  }
  call.trunk = any(kTrunks);
  call.spc = one_in(3) ? "" : any(kSpcs);
  for (std::size_t i = below(3); i-- > 0;) {
    call.lists.push_back(any(kListNames));
  }
  call.score = static_cast<unsigned>(below(101));
  call.now = kNow + static_cast<std::int64_t>(below(8 * 3600)) - 4 * 3600;
  call.group = any(kGroups);
  call.presence = any(kPresences);
  call.call_state = any(kStates);
  return call;
}

ReadingContext RandomRules::context() {
  ReadingContext context;
  if (!one_in(4)) {
    context.sphere = any(kSpheres);
  }
  if (one_in(2)) {
    context.activities = {"meeting"};
  }
  if (one_in(3)) {
    context.activities.emplace_back("away");
  }
  return context;
}

}  // namespace stirline::test
