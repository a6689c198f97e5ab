#include "crypto_workers/job/verification_batch.hpp"

#include <algorithm>
#include <string_view>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/passport/claims.hpp"
#include "sip_parser/characters.hpp"

namespace stirline::crypto {
namespace {

Expectation expectation_of(const VerifyJob& job, const MediaKeyClaim& media_keys) {
  Expectation expectation;
  expectation.place = job.place;
  expectation.orig = job.has_orig ? &job.orig : nullptr;
  expectation.dest = job.has_dest ? &job.dest : nullptr;
  expectation.orig_uri = job.orig_uri.view();
  expectation.dest_uri = job.dest_uri.view();
  expectation.diverted = job.diverted;
  expectation.target = job.target ? &*job.target : nullptr;
  expectation.target_uri = job.target_uri.view();
  expectation.body = octets_of(sip::text(job.message, job.body));
  expectation.priorities = job.priorities.view();
  expectation.psap_callback = job.psap_callback;
  expectation.media_keys = &media_keys;
  expectation.media_keys_readable = job.media_keys_readable;
  expectation.date = job.date;
  expectation.date_malformed = job.date_malformed;
  expectation.now = job.now;
  expectation.fresh_seconds = job.policy.fresh_seconds;
  expectation.future_seconds = job.policy.future_seconds;
  expectation.diverted_seconds = job.policy.diverted_seconds;
  expectation.profile = job.policy.profile;
  return expectation;
}

bool within(std::int64_t time, std::int64_t not_before, std::int64_t not_after) {
  return time >= not_before && time <= not_after;
}

// Freshness has been judged; here the certificate's own time counts (STIR-VS-06).
Reason judge_certificate(const Certificate* certificate, std::int64_t now, std::int64_t iat) {
  if (certificate == nullptr) {
    return Reason::certificate_unknown;
  }
  if (certificate->standing == Reason::certificate_unavailable && now > certificate->not_after) {
    return Reason::certificate_unknown;
  }
  if (certificate->standing != Reason::verified) {
    return certificate->standing;
  }
  if (certificate->key == nullptr) {
    return Reason::certificate_malformed;
  }
  if (!within(now, certificate->not_before, certificate->not_after)) {
    return Reason::certificate_expired;
  }
  if (!within(iat, certificate->not_before, certificate->not_after)) {
    return Reason::outside_certificate_validity;
  }
  return Reason::verified;
}

// The domain of sip:user@domain and sips:user@domain, as normalized_uri() writes them; empty for anything else.
std::string_view domain_of(std::string_view uri) {
  const std::size_t at = uri.find('@');
  const bool is_sip = uri.starts_with("sip:") || uri.starts_with("sips:");
  return is_sip && at != std::string_view::npos ? uri.substr(at + 1) : std::string_view();
}

// No TNAuthList speaks for a URI, no domain for a number (STIR-ID-07).
bool covers(const Certificate& certificate, const ClaimedIdentity& identity) {
  return identity.is_uri ? certificate.covers_domain(domain_of(identity.text))
                         : certificate.scope.covers(identity.text);
}

bool may_sign_priorities(const Certificate& certificate, const Claims& claims) {
  return std::ranges::all_of(claims.priorities, [&](const simdjson::dom::element& element) {
    const std::string_view priority = element.get_string().value_unsafe();
    const std::string_view name_space = priority.substr(0, priority.find('.'));
    return std::ranges::any_of(certificate.namespaces, [&](const std::string& allowed) {
      return sip::detail::equal_ignoring_case(allowed, name_space);
    });
  });
}

// May the holder speak about what the token is about (STIR-VS-09)? A third party speaks for itself (RFC 9795 10).
Reason judge_authority(const Certificate& certificate, const OpenedToken& token, const Claims& claims) {
  bool good = true;
  switch (facts(token.type).subject) {
    case Subject::orig:
      good = token.third_party || covers(certificate, claims.orig);
      break;
    case Subject::div:
      good = covers(certificate, claims.div);
      break;
    case Subject::dest:
      claims.each_dest([&](const ClaimedIdentity& identity) { good = good && covers(certificate, identity); });
      break;
    case Subject::name_space:
      good = may_sign_priorities(certificate, claims);
      break;
  }
  return good ? Reason::verified : Reason::certificate_scope;
}

ClaimedIdentity first_dest(const Claims& claims) {
  ClaimedIdentity first;
  claims.each_dest([&](const ClaimedIdentity& identity) { first = first.text.empty() ? identity : first; });
  return first;
}

bool is_diversion(const OpenedToken& token) {
  return facts(token.type).subject == Subject::div;
}

// What a token says for the verdict on its message: the higher, the more it counts.
enum class Weight : std::uint8_t { nothing, ignored, refused, proof, proof_with_attest };

Weight weigh(const OpenedToken& token, const IdentityVerdict& verdict) {
  const bool decides = facts(token.type).decides && !token.third_party;
  switch (verdict.verdict) {
    case Verdict::none:
      return Weight::ignored;
    case Verdict::valid:
      return !decides ? Weight::nothing : verdict.attest != 0 ? Weight::proof_with_attest : Weight::proof;
    case Verdict::invalid:
      return decides || is_diversion(token) ? Weight::refused : Weight::nothing;
  }
  return Weight::nothing;
}

}  // namespace

VerificationBatch::VerificationBatch(Engine& engine) : engine_(engine), opener_(kMaxBatch), tokens_(kMaxBatch) {}

void VerificationBatch::add(const Keyring* keyring, VerifyJob& job) {
  job.identity_count = static_cast<std::uint8_t>(std::min<std::size_t>(job.identity_count, job.identities.size()));
  const std::size_t most_tokens = job.diverted ? kMaxTokens : job.identity_count;
  if (message_count_ == messages_.size() || token_count_ + most_tokens > tokens_.size()) {
    finish();
  }
  job.media_keys_readable =
      media_keys_.assign(job.message, job.media_keys.fingerprints.view()) && job.media_keys_readable;
  job.token_count = job.identity_count;
  Message& message = messages_[message_count_++];
  message = {&job, token_count_, {}};
  diversions_.begin();
  const Expectation expectation = expectation_of(job, media_keys_);
  for (std::size_t i = 0; i < job.identity_count; ++i) {
    open(expectation, i);
    note_with_originals(keyring, expectation, i);
  }
  token_count_ += job.token_count;
  if (job.diverted) {
    message.links = diversions_.links();
    judge_chain(message);  // what no signature could join need not be verified
  }
  request_signatures(message);
}

void VerificationBatch::open(const Expectation& expectation, std::size_t index) {
  const Message& message = messages_[message_count_ - 1];
  const sip::IdentityHeader& identity = message.job->identities[index];
  opener_.open(message.job->message, identity, expectation, message.first_token + index,
               tokens_[message.first_token + index].opened);
  IdentityVerdict& verdict = message.job->verdicts[index];
  verdict.x5u = identity.info;
  verdict.inside = kNotInside;
}

// Each original may itself be a div-o (RFC 8946 5). It takes the next free place behind the tokens of header fields.
void VerificationBatch::note_with_originals(const Keyring* keyring, const Expectation& expectation, std::size_t index) {
  VerifyJob& job = *messages_[message_count_ - 1].job;
  const std::size_t first = messages_[message_count_ - 1].first_token;
  for (;;) {
    Token& token = tokens_[first + index];
    const bool holds_original = token.opened.type == TokenType::div_o && token.opened.reason == Reason::verified;
    if (holds_original && job.token_count == kMaxTokens) {
      token.opened.reason = Reason::token_too_long;
    }
    const bool goes_on = holds_original && token.opened.reason == Reason::verified;
    note(keyring, index, goes_on);
    if (!goes_on) {
      return;
    }
    const std::size_t original = job.token_count++;
    opener_.open_original(job.message, expectation, first + original, tokens_[first + original].opened);
    job.verdicts[original].x5u = {};
    job.verdicts[original].inside = static_cast<std::uint8_t>(index);
    index = original;
  }
}

// While the claims lie open: what is asked of the signer, and who diverted to whom.
void VerificationBatch::note(const Keyring* keyring, std::size_t index, bool has_original) {
  const Message& message = messages_[message_count_ - 1];
  VerifyJob& job = *message.job;
  Token& token = tokens_[message.first_token + index];
  const OpenedToken& opened = token.opened;
  IdentityVerdict& verdict = job.verdicts[index];
  verdict.verdict = opened.reason == Reason::unsupported_ppt ? Verdict::none : Verdict::invalid;
  verdict.reason = opened.reason;
  verdict.ppt = opened.ppt;
  verdict.attest = opened.attest;
  verdict.origid = opened.origid;
  verdict.rich_call_data = opened.rich_call_data;
  token.certificate = nullptr;
  if (opened.reason != Reason::verified) {
    return;
  }
  const Claims& claims = opener_.claims();
  token.certificate = keyring == nullptr ? nullptr : keyring->certificate(job.policy.regime, opened.x5u);
  token.authority =
      token.certificate == nullptr ? Reason::verified : judge_authority(*token.certificate, opened, claims);
  if (job.diverted) {
    DiversionReader::Token node;
    node.claims = &claims;
    if (job.place == Place::response) {
      // From the party that answers back to the one that was called (RFC 9970 4).
      node.is_end = !is_diversion(opened);
      node.is_origin = is_diversion(opened) ? opened.div_is_called : opened.dest_is_called;
      node.from = is_diversion(opened) ? claims.div : first_dest(claims);
    } else {
      node.is_end = opened.dest_is_target;
      // A third party has shown no authority over the caller's number: nothing may begin with its word.
      node.is_origin = !is_diversion(opened) && !opened.third_party;
      node.from = claims.div;
    }
    node.nested = verdict.inside != kNotInside;
    if (!claims.read.has(Claim::dest)) {  // the compact form is rebuilt for the party in To
      node.dest = job.has_dest ? ClaimedIdentity{false, job.dest.view()} : ClaimedIdentity{true, job.dest_uri.view()};
    }
    if (has_original) {
      node.original = job.token_count;
    }
    diversions_.add(index, node);
  }
}

// A diversion must stand in a whole chain; any other token in one, or be about the party in To (STIR-DV-03, -04).
void VerificationBatch::judge_chain(const Message& message) {
  VerifyJob& job = *message.job;
  TokenSet good = 0;
  for (std::size_t i = 0; i < job.token_count; ++i) {
    good |= job.verdicts[i].reason == Reason::verified ? token_bit(i) : TokenSet{0};
  }
  const TokenSet whole = chained(message.links, good);
  for (std::size_t i = 0; i < job.token_count; ++i) {
    const OpenedToken& opened = tokens_[message.first_token + i].opened;
    if (job.verdicts[i].reason != Reason::verified || (whole & token_bit(i)) != 0) {
      continue;
    }
    // By itself: then it has no more time than any other token.
    const Reason alone = is_diversion(opened)     ? Reason::chain_incomplete
                         : !opened.dest_is_called ? Reason::dest_mismatch
                         : !opened.fresh          ? Reason::iat_stale
                                                  : Reason::verified;
    if (alone != Reason::verified) {
      job.verdicts[i].reason = alone;
      job.verdicts[i].verdict = Verdict::invalid;
    }
  }
}

void VerificationBatch::request_signatures(const Message& message) {
  const VerifyJob& job = *message.job;
  for (std::size_t i = 0; i < job.token_count; ++i) {
    IdentityVerdict& verdict = message.job->verdicts[i];
    const Token& token = tokens_[message.first_token + i];
    if (verdict.reason != Reason::verified) {
      continue;
    }
    verdict.reason = judge_certificate(token.certificate, job.now, token.opened.iat);
    if (verdict.reason != Reason::verified) {
      continue;
    }
    requests_[request_count_] = {token.certificate->key.get(), octets_of(token.opened.signing_input),
                                 token.opened.signature.data(), false};
    asked_[request_count_] = {&verdict, &token};
    ++request_count_;
  }
}

void VerificationBatch::finish() {
  if (request_count_ > 0) {
    engine_.verify(std::span(requests_).first(request_count_));
  }
  for (std::size_t i = 0; i < request_count_; ++i) {
    IdentityVerdict& verdict = *asked_[i].verdict;
    const Token& token = *asked_[i].token;
    const Certificate& certificate = *token.certificate;
    if (!requests_[i].valid) {
      verdict.reason = Reason::signature_wrong;
    } else if (token.authority != Reason::verified) {
      verdict.reason = token.authority;
    } else if (!certificate.constraints.empty() &&
               !opener_.satisfies(certificate.constraints, token.opened.signing_input)) {
      verdict.reason = Reason::claim_constraint;
    }
    verdict.verdict = verdict.reason == Reason::verified ? Verdict::valid : Verdict::invalid;
  }
  for (const Message& message : std::span(messages_).first(message_count_)) {
    if (message.job->diverted) {
      judge_chain(message);
    }
    conclude(message);
    hash_tokens(*message.job);
  }
  hashes_.finish();
  request_count_ = 0;
  message_count_ = 0;
  token_count_ = 0;
}

// What the verdict rests on: every valid token, or else the one that decides.
void VerificationBatch::hash_tokens(VerifyJob& job) {
  for (std::size_t i = 0; i < job.identity_count; ++i) {
    IdentityVerdict& identity = job.verdicts[i];
    identity.hash.known = false;
    if (job.wants_hashes && (identity.verdict == Verdict::valid || i == job.decisive)) {
      hashes_.add(sip::text(job.message, job.identities[i].digest), identity.hash);
    }
  }
}

// One valid identity suffices; what is unsupported counts for nothing (RFC 8224 6.2.1; STIR-VS-01, -10). Originals
// count within their div-o only.
void VerificationBatch::conclude(const Message& message) const {
  VerifyJob& job = *message.job;
  const auto opened = [&](std::size_t i) -> const OpenedToken& { return tokens_[message.first_token + i].opened; };
  bool caller_proved = false;
  std::uint32_t priorities = 0;
  bool priorities_claimed = false;
  for (std::size_t i = 0; i < job.identity_count; ++i) {
    const bool valid = job.verdicts[i].verdict == Verdict::valid;
    caller_proved = caller_proved || (valid && facts(opened(i).type).decides && !opened(i).third_party);
    priorities |= valid ? opened(i).priorities : 0U;
    priorities_claimed = priorities_claimed || opened(i).type == TokenType::rph;
  }
  const std::uint32_t all_priorities = (1U << job.priorities.size()) - 1;
  job.priority = !priorities_claimed                                       ? Verdict::none
                 : priorities == all_priorities && !job.priorities.empty() ? Verdict::valid
                                                                           : Verdict::invalid;
  job.verdict = Verdict::none;
  job.reason = Reason::no_identity;
  job.decisive = 0;
  job.signer = nullptr;
  auto heaviest = Weight::nothing;
  for (std::uint8_t i = 0; i < job.identity_count; ++i) {
    IdentityVerdict& identity = job.verdicts[i];
    if (opened(i).third_party && identity.verdict == Verdict::valid && !caller_proved) {
      identity.verdict = Verdict::none;
      identity.reason = Reason::third_party;
    }
    const Weight weight = weigh(opened(i), identity);
    if (weight > heaviest) {
      heaviest = weight;
      job.verdict = identity.verdict;
      job.reason = identity.reason;
      job.decisive = i;
      job.signer = identity.verdict == Verdict::valid ? tokens_[message.first_token + i].certificate : nullptr;
    }
  }
}

}  // namespace stirline::crypto
