#include "crypto_workers/job/signing_batch.hpp"

#include <algorithm>
#include <span>
#include <string_view>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/passport/claims.hpp"

namespace stirline::crypto {
namespace {

bool within(std::int64_t time, const Credential& credential) {
  return time >= credential.not_before && time <= credential.not_after;
}

// Of "Identity: token;info=...".
std::string_view token_of(std::string_view line) {
  const std::size_t begin = line.find(' ') + 1;
  return line.substr(begin, line.find(';') - begin);
}

bool orders(const SignJob& job, TokenType type) {
  return std::ranges::any_of(job.orders.view(), [&](const TokenOrder& order) { return order.type == type; });
}

}  // namespace

SigningBatch::SigningBatch(Engine& engine) : engine_(engine), opener_(1), tokens_(kMaxBatch) {
  jobs_.reserve(kMaxBatch);
}

void SigningBatch::add(const Keyring* keyring, SignJob& job) {
  if (jobs_.size() == kMaxBatch || token_count_ + job.orders.size() > tokens_.size()) {
    finish();
  }
  jobs_.push_back(&job);
  job.lines_length = 0;
  const bool keys_good = media_keys_.assign(job.message, job.media_keys.fingerprints.view());
  if (orders(job, TokenType::div)) {
    read_diversions(job);
  }
  for (TokenOrder& order : job.orders.view()) {
    order.hash.known = false;
    order.outcome = keys_good ? build(keyring, job, order) : SignOutcome::build_failed;
  }
}

SignOutcome SigningBatch::build(const Keyring* keyring, SignJob& job, TokenOrder& order) {
  const Credential* const credential = keyring == nullptr ? nullptr : keyring->credential(order.credential);
  if (credential == nullptr || credential->key == nullptr) {
    return SignOutcome::no_credential;
  }
  if (!within(job.iat, *credential) || !within(job.now, *credential)) {
    return SignOutcome::outside_credential_validity;
  }
  const auto content = content_of(job, order, *credential);
  if (!content) {
    return order.type == TokenType::div ? SignOutcome::not_diverted : SignOutcome::build_failed;
  }
  Token& token = tokens_[token_count_];
  const auto length = build_signing_input(order.type, *content, credential->x5u, token.input);
  if (!length) {
    return SignOutcome::build_failed;
  }
  token.job = &job;
  token.order = &order;
  token.credential = credential;
  token.length = *length;
  requests_[token_count_] = {credential->key.get(), octets_of({token.input.data(), *length}), token.signature.data(),
                             false};
  ++token_count_;
  return SignOutcome::signed_;  // should the engine agree
}

std::optional<TokenContent> SigningBatch::content_of(const SignJob& job, const TokenOrder& order,
                                                     const Credential& credential) {
  TokenContent content;
  content.dest = {false, job.dest.view()};
  content.iat = job.iat;
  content.orig = {false, job.orig.view()};
  switch (order.type) {
    case TokenType::shaken:
      content.attest = job.attest;
      content.origid = {job.origid.data(), job.origid.size()};
      content.media_keys = &media_keys_;
      break;
    case TokenType::msg: {
      const auto length = digests_.write_sha256(octets_of(sip::text(job.message, job.body)), msgi_);
      if (!length) {
        return std::nullopt;
      }
      content.msgi = {msgi_.data(), *length};
      break;
    }
    case TokenType::div: {
      const auto diverted = find_diverted(job, order.diverter);
      if (!diverted) {
        return std::nullopt;
      }
      content.div = {false, order.diverter.view()};
      content.iat = diverted->iat;  // RFC 8946 3: the original's
      break;
    }
    case TokenType::rph: {
      std::size_t count = 0;
      for (const sip::ResourcePriority& priority : job.priorities.view()) {
        priorities_[count++] = sip::text(job.message, priority.whole);
      }
      content.priorities = std::span(priorities_).first(count);
      break;
    }
    case TokenType::rcd:
      content.crn = credential.rich_call_data.crn;
      content.rcd = credential.rich_call_data.rcd;
      content.rcdi = credential.rich_call_data.rcdi;
      break;
    case TokenType::baseline:
    case TokenType::div_o:
    case TokenType::rsp:
      return std::nullopt;  // never ordered
  }
  return content;
}

// Whether the tokens are any good is for those to judge who rely on them: a diversion adds to what is there
// (RFC 8946 4.1).
void SigningBatch::read_diversions(const SignJob& job) {
  diversions_.begin();
  Expectation expectation;
  expectation.orig = &job.orig;
  expectation.diverted = true;
  expectation.now = job.now;
  for (std::size_t i = 0; i < job.identity_count; ++i) {
    OpenedToken opened;
    opener_.open(job.message, job.identities[i], expectation, 0, opened);
    const Claims& claims = opener_.claims();
    const bool same_caller = claims.read.has(Claim::orig) && claims.orig == ClaimedIdentity{false, job.orig.view()};
    diverted_[i] = {claims.iat, same_caller && claims.read.has(Claim::iat)};
    DiversionReader::Token node;
    node.claims = &claims;
    node.from = claims.div;
    diversions_.add(i, node);
  }
}

// The party must be one that the call was last sent to: named by a token, and not diverted from yet (STIR-DV-01).
std::optional<SigningBatch::Diverted> SigningBatch::find_diverted(const SignJob& job,
                                                                  const sip::TelephoneNumber& diverter) const {
  if (diverter == job.dest) {
    return std::nullopt;
  }
  const auto tail = diversions_.tail({false, diverter.view()});
  return tail && diverted_[*tail].same_caller ? std::optional(diverted_[*tail]) : std::nullopt;
}

void SigningBatch::finish() {
  if (token_count_ > 0) {
    engine_.sign(std::span(requests_).first(token_count_));
  }
  for (std::size_t i = 0; i < token_count_; ++i) {
    Token& token = tokens_[i];
    SignJob& job = *token.job;
    if (!requests_[i].done) {
      token.order->outcome = SignOutcome::engine_failed;
      continue;
    }
    const auto length =
        build_identity_line({token.input.data(), token.length}, token.signature, token.credential->x5u,
                            facts(token.order->type).ppt, std::span(job.lines).subspan(job.lines_length));
    token.order->outcome = length ? SignOutcome::signed_ : SignOutcome::build_failed;
    if (length && job.wants_hashes) {
      hashes_.add(token_of({job.lines.data() + job.lines_length, *length}), token.order->hash);
    }
    job.lines_length = static_cast<std::uint16_t>(job.lines_length + length.value_or(0));
  }
  hashes_.finish();
  token_count_ = 0;
  for (SignJob* const job : jobs_) {
    const auto made = [](const TokenOrder& order) { return order.outcome == SignOutcome::signed_; };
    const auto all = job->orders.view();
    job->outcome = all.empty()                      ? SignOutcome::build_failed
                   : std::ranges::any_of(all, made) ? SignOutcome::signed_
                                                    : all.front().outcome;
  }
  jobs_.clear();
}

}  // namespace stirline::crypto
