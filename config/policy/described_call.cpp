#include "config/policy/described_call.hpp"

#include <algorithm>
#include <array>

#include "crypto_workers/stir/identity_extraction.hpp"
#include "sip_parser/body/body_parts.hpp"
#include "sip_parser/body/sdp.hpp"
#include "sip_parser/characters.hpp"
#include "sip_parser/headers/event.hpp"
#include "sip_parser/headers/option_tags.hpp"
#include "sip_parser/headers/privacy.hpp"
#include "sip_parser/headers/spam_score.hpp"

namespace stirline::config::policy {
namespace {

constexpr std::size_t kMaxWord = 64;  // octets of a media type or a language: what is longer is asked about by nobody

// A text in small letters, or nothing if it is too long.
class SmallText {
 public:
  void add(std::string_view text) {
    for (const char c : text) {
      if (length_ < text_.size()) {
        text_[length_] = sip::detail::lower(c);
      }
      ++length_;
    }
  }
  [[nodiscard]] std::string_view view() const { return {text_.data(), length_ <= text_.size() ? length_ : 0}; }

 private:
  std::array<char, kMaxWord> text_;
  std::size_t length_ = 0;
};

class Describer {
 public:
  Describer(const sip::Message& message, std::string_view octets, const KeySecret& secret, std::uint32_t asked,
            CallFacts& facts)
      : message_(message), octets_(octets), secret_(secret), asked_(asked), facts_(facts) {}

  [[nodiscard]] bool asks(KeyKind kind) const { return (asked_ >> static_cast<unsigned>(kind) & 1) != 0; }

  // Beyond kMaxCallKeys nothing is asked.
  void add(KeyKind kind, std::string_view text) {
    if (!text.empty() && asks(kind)) {
      static_cast<void>(facts_.texts[static_cast<std::size_t>(kind)].push(text_key(secret_, kind, text)));
    }
  }

  // Types of the parts of the body, and of what media their session descriptions speak.
  void add_body() {
    const auto parts = sip::read_body_parts(message_, octets_);
    if (!parts) {
      return;
    }
    for (const sip::BodyPart& part : parts->view()) {
      if (!part.type) {
        add_type("text", "plain");
        continue;
      }
      add_type(sip::text(octets_, part.type->type), sip::text(octets_, part.type->subtype));
      if (asks(KeyKind::media) && !part.encoded && sip::is_media_type(octets_, *part.type, "application", "sdp")) {
        add_media(part.content);
      }
    }
  }

  // RFC 3261 20.3: "da, en-gb;q=0.8". Each with what it is a kind of: "en-gb" is "en".
  void add_languages() {
    for (const sip::HeaderLine& line : message_.headers()) {
      if (line.id != sip::HeaderId::accept_language) {
        continue;
      }
      std::string_view rest = sip::text(octets_, line.value());
      while (!rest.empty()) {
        const std::string_view one = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        add_language(one.substr(0, one.find(';')));
      }
    }
  }

 private:
  void add_type(std::string_view type, std::string_view subtype) {
    SmallText exact;
    exact.add(type);
    exact.add("/");
    SmallText any = exact;
    exact.add(subtype);
    any.add("*");
    add(KeyKind::body_type, exact.view());
    add(KeyKind::body_type, any.view());
  }

  void add_media(sip::Span content) {
    const auto sdp = sip::read_sdp(octets_, content);
    if (!sdp) {
      return;
    }
    for (const sip::SdpMedia& media : sdp->media.view()) {
      SmallText name;
      name.add(sip::text(octets_, media.media));
      add(KeyKind::media, name.view());
    }
  }

  void add_language(std::string_view tag) {
    constexpr std::string_view kBlanks = " \t\r\n";
    tag.remove_prefix(std::min(tag.find_first_not_of(kBlanks), tag.size()));
    tag = tag.substr(0, std::min(tag.find_first_of(kBlanks), tag.size()));
    SmallText small;
    small.add(tag);
    for (std::size_t end = 0; end != std::string_view::npos && !small.view().empty();) {
      end = small.view().find('-', end + 1);
      add(KeyKind::language, small.view().substr(0, end));
    }
  }

  const sip::Message& message_;
  std::string_view octets_;
  const KeySecret& secret_;
  std::uint32_t asked_;
  CallFacts& facts_;
};

CallMethod method_of(const sip::Message& message) {
  return message.method() == sip::Method::message     ? CallMethod::message
         : message.method() == sip::Method::subscribe ? CallMethod::subscribe
                                                      : CallMethod::invite;
}

// RFC 3856 6.1. What cannot be read is about nothing that rules of presence know.
bool watches(const sip::Message& message, std::string_view octets) {
  return message.method() == sip::Method::subscribe &&
         sip::read_event(message, octets).value_or(std::string_view()) == "presence";
}

Truth truth(bool holds) {
  return holds ? Truth::yes : Truth::no;
}

bool is_anonymous(const sip::Message& message, std::string_view octets) {
  if (crypto::is_anonymous(octets, message.from().uri)) {
    return true;
  }
  const auto privacy = sip::read_privacy(message, octets);
  return privacy && (privacy->id || privacy->user || privacy->header);
}

// SPIT-HC-04. Whoever brings a solution can solve them, too.
bool says_it_solves(const sip::Message& message, std::string_view octets) {
  if (message.first(sip::HeaderId::puzzle) != nullptr) {
    return true;
  }
  const auto tags = sip::read_option_tags(message, octets, sip::HeaderId::supported);
  return tags && sip::has_option_tag(*tags, octets, "hashcash");
}

// A number of another country than the trunk's: the caller's, as the message says it.
bool is_international(const crypto::ExtractedIdentity& caller, const sip::DialPlan& dial_plan) {
  return caller.number && !dial_plan.country_code.empty() && !caller.number->view().starts_with(dial_plan.country_code);
}

std::string_view text_of(const crypto::ExtractedIdentity& identity) {
  return identity.number ? identity.number->view() : identity.uri.view();
}

// Of a URI; numbers have none.
Key domain_of(std::string_view identity, bool is_number, const KeySecret& secret) {
  const std::size_t at = identity.rfind('@');
  return is_number || at == std::string_view::npos ? kNoKey
                                                   : text_key(secret, KeyKind::domain, identity.substr(at + 1));
}

void set_caller(std::string_view identity, bool is_number, const KeySecret& secret, CallFacts& facts) {
  if (!identity.empty()) {
    facts.caller = identity_key(secret, identity);
    facts.caller_domain = domain_of(identity, is_number, secret);
  }
}

// What lists are asked about as long as nobody has vouched for anything.
void claim(const crypto::ExtractedIdentity& caller, std::string_view trunk, const KeySecret& secret,
           DescribedCall& call) {
  const std::string_view identity = text_of(caller);
  call.claimed = {.called = call.called};
  if (!identity.empty()) {
    call.claimed.caller = identity_key(secret, identity);
    call.claimed.caller_domain = domain_of(identity, caller.number.has_value(), secret);
  }
  call.shown = {.trunk = text_key(secret, KeyKind::trunk, trunk)};
}

// Who has signed, whatever is attested of the number (SPIT-CL-02).
void add_signer(const crypto::Certificate& signer, const KeySecret& secret, DescribedCall& call) {
  if (call.asks(KeyKind::list) && !signer.subject.empty()) {
    call.shown.certificate = text_key(secret, KeyKind::certificate, signer.subject);
  }
  const std::string_view spc = signer.scope.spc();
  if (spc.empty() || (!call.asks(KeyKind::spc) && !call.asks(KeyKind::list))) {
    return;
  }
  call.shown.signer = text_key(secret, KeyKind::spc, spc);
  static_cast<void>(call.facts.texts[static_cast<std::size_t>(KeyKind::spc)].push(call.shown.signer));
}

}  // namespace

bool begins_something(const sip::Message& message) {
  const bool begins = message.method() == sip::Method::invite || message.method() == sip::Method::message ||
                      message.method() == sip::Method::subscribe;
  return begins && message.to().tag.empty();
}

Key called_by(const sip::Message& message, std::string_view octets, const CallOrigin& origin, const KeySecret& secret) {
  const auto target = crypto::extract_target(message, octets, origin.dial_plan);
  const std::string_view called = text_of(target);
  return called.empty() ? kNoKey : identity_key(secret, called);
}

void describe_call(const sip::Message& message, std::string_view octets, const CallOrigin& origin,
                   const KeySecret& secret, std::int64_t now, std::uint32_t asked, DescribedCall& call) {
  CallFacts& facts = call.facts;
  for (auto& texts : facts.texts) {
    texts.clear();
  }
  facts.caller = facts.caller_domain = kNoKey;
  facts.now = now;
  facts.score = 0;
  call.asked = asked;
  call.solves_puzzles = says_it_solves(message, octets);
  call.peer_score =
      origin.trusted ? sip::read_spam_score(message, octets).value_or(std::nullopt) : std::optional<std::uint8_t>();
  const auto caller = crypto::extract_originator(message, octets, origin.dial_plan, origin.originator);
  const bool diverted =
      message.first(sip::HeaderId::diversion) != nullptr || message.first(sip::HeaderId::history_info) != nullptr;
  facts.facts = fact_bit(Fact::method, method_of(message)) |
                fact_bit(Fact::anonymous, truth(is_anonymous(message, octets))) |
                fact_bit(Fact::international, truth(is_international(caller, origin.dial_plan))) |
                fact_bit(Fact::diverted, truth(diverted)) | fact_bit(Fact::puzzle, Result::none) |
                fact_bit(Fact::turing, Result::none) | fact_bit(Fact::consent, Result::none) |
                fact_bit(Fact::payment, Result::none) | fact_bit(Fact::sender, Sender::unchecked) |
                fact_bit(Fact::watch, truth(watches(message, octets)));
  if (asked == 0) {
    return;
  }
  if (call.asks(KeyKind::list)) {
    claim(caller, origin.trunk, secret, call);
  }
  Describer describer(message, octets, secret, asked, facts);
  describer.add(KeyKind::trunk, origin.trunk);
  if (message.method() == sip::Method::message) {
    describer.add(KeyKind::media, "message");
  }
  if (describer.asks(KeyKind::media) || describer.asks(KeyKind::body_type)) {
    describer.add_body();
  }
  if (describer.asks(KeyKind::language)) {
    describer.add_languages();
  }
}

Authentication authentication_of(const crypto::VerifyJob& job) {
  if (job.verdict != crypto::Verdict::valid) {
    return job.verdict == crypto::Verdict::invalid ? Authentication::failed : Authentication::none;
  }
  const char attest = job.verdicts[job.decisive].attest;
  return attest == 'A'   ? Authentication::verified_a
         : attest == 'B' ? Authentication::verified_b
         : attest == 'C' ? Authentication::verified_c
                         : Authentication::signed_;
}

void add_verdict(const crypto::VerifyJob& job, const KeySecret& secret, DescribedCall& call) {
  const Authentication authentication = authentication_of(job);
  call.facts.facts |= fact_bit(Fact::authentication, authentication);
  if (authentication == Authentication::verified_a || authentication == Authentication::signed_) {
    set_caller(job.has_orig ? job.orig.view() : job.orig_uri.view(), job.has_orig, secret, call.facts);
  }
  if (job.signer != nullptr) {
    add_signer(*job.signer, secret, call);
  }
}

void add_asserted(const sip::Message& message, std::string_view octets, const CallOrigin& origin,
                  const KeySecret& secret, DescribedCall& call) {
  const bool asserted = origin.trusted && !message.asserted_identities().empty();
  call.facts.facts |= fact_bit(Fact::authentication, asserted ? Authentication::asserted : Authentication::none);
  const crypto::ExtractedIdentity caller = asserted_caller(message, octets, origin);
  set_caller(text_of(caller), caller.number.has_value(), secret, call.facts);
}

crypto::ExtractedIdentity asserted_caller(const sip::Message& message, std::string_view octets,
                                          const CallOrigin& origin) {
  crypto::ExtractedIdentity caller;
  if (!origin.trusted || message.asserted_identities().empty()) {
    return caller;
  }
  for (const sip::NameAddr& each : message.asserted_identities()) {
    if (const auto number = sip::telephone_number(octets, each.uri, origin.dial_plan)) {
      caller.number = number;
      return caller;
    }
  }
  caller.uri = crypto::normalized_uri(octets, message.asserted_identities().front().uri);
  return caller;
}

void add_sender(Sender sender, DescribedCall& call) {
  call.facts.facts = (call.facts.facts & ~all_of(Fact::sender)) | fact_bit(Fact::sender, sender);
}

}  // namespace stirline::config::policy
