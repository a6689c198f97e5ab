// The whole way: a request is planned, signed, carried, verified; and everything that must not pass.
#include "crypto_workers/job/processor.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "crypto_workers/certificate/chain.hpp"
#include "crypto_workers/p256/openssl_engine.hpp"
#include "crypto_workers/stir/authentication_service.hpp"
#include "tests/unit/crypto_workers/counting_engine.hpp"
#include "tests/unit/crypto_workers/test_authority.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::crypto::processor_test {
namespace {

using test::CallText;
using test::kNow;
using test::own_text;

constexpr std::string_view kUrl = "https://cert.example.net/1234.pem";

// A credential and a certificate of the test PKI, joined as the two appliances join them.
class RoundTrip : public testing::Test {
 protected:
  void SetUp() override { use("test_leaf_spc1234.key", own_text("pem/test_leaf_spc1234_chain.pem")); }

  void use(const std::string& key_file, const std::string& chain) { use(test::own_key(key_file), chain); }
  void use(const PrivateKey& key, const std::string& chain) {
    keyring_ = std::make_unique<Keyring>();
    Credential credential;
    credential.key = engine_->make_signing_key(key.scalar()).value();
    credential.x5u = kUrl;
    credential.not_before = 1'700'000'000;
    credential.not_after = 1'900'000'000;
    keyring_->add(std::move(credential));
    ChainValidator validator;
    ASSERT_TRUE(validator.add_anchors(own_text("pem/test_root.pem")));
    const ChainVerdict verdict = validator.validate(chain, kNow);
    Certificate certificate;
    certificate.standing = verdict.standing;
    if (verdict.standing == Reason::verified) {
      certificate.key = engine_->make_verifying_key(verdict.facts.point).value();
    }
    certificate.not_before = verdict.facts.not_before;
    certificate.not_after = verdict.facts.not_after;
    certificate.scope = verdict.facts.scope;
    certificate.constraints = verdict.facts.constraints;
    keyring_->add(std::string(kUrl), std::move(certificate));
  }

  std::unique_ptr<Job> sign_job(const std::string& request, char attest = 'A') {
    const auto message = std::make_unique<sip::Message>();
    EXPECT_TRUE(message->parse(request));
    const auto plan = plan_signing(*message, request, {}, kNow);
    EXPECT_TRUE(plan);
    auto job = std::make_unique<Job>();
    job->kind = JobKind::sign;
    job->keyring = keyring_.get();
    EXPECT_TRUE(job->sign.orders.push({TokenType::shaken, 0, {}}));
    job->sign.attest = attest;
    job->sign.iat = plan->iat;
    job->sign.now = kNow;
    job->sign.orig = plan->orig;
    job->sign.dest = plan->dest;
    std::ranges::copy(test::kOrigid, job->sign.origid.begin());
    return job;
  }

  std::string signed_line(const CallText& call, char attest = 'A') {
    const auto job = sign_job(call.request(), attest);
    Processor processor(*engine_);
    Job* const jobs[] = {job.get()};
    processor.process(jobs);
    EXPECT_EQ(job->sign.outcome, SignOutcome::signed_);
    return std::string(job->sign.identity_lines());
  }

  Reason verified(CallText call, const std::string& line, std::int64_t now = kNow) {
    call.extra += line;
    test::VerifyOptions options;
    options.now = now;
    const auto job = test::verify(*engine_, *keyring_, call.request(), options);
    EXPECT_EQ(job->verify.verdict == Verdict::valid, job->verify.reason == Reason::verified);
    return job->verify.reason;
  }

  std::unique_ptr<Engine> engine_ = make_openssl_engine();
  std::unique_ptr<Keyring> keyring_;
  const CallText call_;
};

TEST_F(RoundTrip, EveryAttestationPasses) {
  for (const char attest : {'A', 'B', 'C'}) {
    EXPECT_EQ(verified(call_, signed_line(call_, attest)), Reason::verified) << attest;
  }
}

TEST_F(RoundTrip, OtherPartiesAreRefused) {
  const std::string line = signed_line(call_);
  CallText other = call_;
  other.from = "<sip:+12155550122@a.example.com;user=phone>;tag=a1";
  EXPECT_EQ(verified(other, line), Reason::orig_mismatch);
  other = call_;
  other.to = "<sip:+12155550132@b.example.com;user=phone>";
  EXPECT_EQ(verified(other, line), Reason::dest_mismatch);
}

TEST_F(RoundTrip, OtherTimesAreRefused) {
  const std::string line = signed_line(call_);
  EXPECT_EQ(verified(call_, line, kNow + 61), Reason::iat_stale);
  EXPECT_EQ(verified(call_, line, kNow - 61), Reason::iat_in_future);
}

TEST_F(RoundTrip, EveryFlippedBitOfTheSignatureIsRefused) {
  const std::string line = signed_line(call_);
  const std::size_t end = line.find(";info");
  const std::size_t begin = line.rfind('.', end) + 1;
  for (std::size_t at = begin; at < end; ++at) {
    std::string forged = line;
    forged[at] = forged[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(verified(call_, forged), Reason::verified) << at - begin;
  }
  std::string forged = line;
  forged[begin] = forged[begin] == 'A' ? 'B' : 'A';
  EXPECT_EQ(verified(call_, forged), Reason::signature_wrong);
}

TEST_F(RoundTrip, AnExpiredCertificateIsRefused) {
  use("test_leaf_spc1234.key", own_text("pem/test_leaf_expired_chain.pem"));
  EXPECT_EQ(verified(call_, signed_line(call_)), Reason::certificate_expired);
}

TEST_F(RoundTrip, ACertificateOfAnotherAuthorityIsRefused) {
  const auto other_root = test::issue(test::authority_options("SHAKEN Other Root"), nullptr);
  test::CertificateOptions options;
  options.tn_auth_list = test::from_hex("3008a006160431323334");
  const auto leaf = test::issue(options, &other_root);
  use(PrivateKey::from_pem(leaf.key_pem()).value(), leaf.pem());
  EXPECT_EQ(verified(call_, signed_line(call_)), Reason::certificate_untrusted);
}

// STIR-VS-09
TEST_F(RoundTrip, ANumberOutsideTheRangeIsRefused) {
  use("test_delegate_range.key", own_text("pem/test_delegate_range_chain.pem"));
  CallText inside = call_;
  inside.from = "<sip:+12155551500@a.example.com;user=phone>;tag=a1";
  EXPECT_EQ(verified(inside, signed_line(inside)), Reason::verified);
  CallText outside = call_;
  outside.from = "<sip:+12155552000@a.example.com;user=phone>;tag=a1";
  EXPECT_EQ(verified(outside, signed_line(outside)), Reason::certificate_scope);
}

// STIR-CE-05
TEST_F(RoundTrip, AConstrainedCertificateAllowsAAndBOnly) {
  use("test_leaf_constrained.key", own_text("pem/test_leaf_constrained_chain.pem"));
  EXPECT_EQ(verified(call_, signed_line(call_, 'A')), Reason::verified);
  EXPECT_EQ(verified(call_, signed_line(call_, 'B')), Reason::verified);
  EXPECT_EQ(verified(call_, signed_line(call_, 'C')), Reason::claim_constraint);
}

// STIR-AS-04
TEST_F(RoundTrip, WhatCannotBeSignedSaysWhy) {
  const auto outcome = [&](auto change) {
    const auto job = sign_job(call_.request());
    change(*job);
    Processor processor(*engine_);
    Job* const jobs[] = {job.get()};
    processor.process(jobs);
    EXPECT_EQ(job->sign.identity_lines().empty(), job->sign.outcome != SignOutcome::signed_);
    return job->sign.outcome;
  };
  EXPECT_EQ(outcome([](Job&) {}), SignOutcome::signed_);
  EXPECT_EQ(outcome([](Job& job) { job.sign.orders.view()[0].credential = 1; }), SignOutcome::no_credential);
  EXPECT_EQ(outcome([](Job& job) { job.keyring = nullptr; }), SignOutcome::no_credential);
  EXPECT_EQ(outcome([](Job& job) { job.sign.now = 1'900'000'001; }), SignOutcome::outside_credential_validity);
  EXPECT_EQ(outcome([](Job& job) { job.sign.iat = 1'699'999'999; }), SignOutcome::outside_credential_validity);
  EXPECT_EQ(outcome([](Job& job) { job.sign.attest = 'D'; }), SignOutcome::build_failed);
  EXPECT_EQ(outcome([](Job& job) { job.sign.dest = {}; }), SignOutcome::build_failed);
}

// Every third signature of it fails.
class FailingEngine final : public test::CountingEngine {
 public:
  void sign(std::span<SignRequest> batch) override {
    CountingEngine::sign(batch);
    for (std::size_t i = 2; i < batch.size(); i += 3) {
      batch[i].done = false;
    }
  }
};

TEST(Batches, OneEngineCallEachAndUndisturbedNeighbours) {
  FailingEngine engine;
  const PrivateKey key = test::own_key("test_leaf_spc1234.key");
  Keyring keyring;
  keyring.add(Credential{engine.make_signing_key(key.scalar()).value(), std::string(kUrl), 0, 4'000'000'000});
  Certificate certificate;
  certificate.standing = Reason::verified;
  certificate.key = engine.make_verifying_key(key.point()).value();
  certificate.not_after = 4'000'000'000;
  certificate.scope = TnAuthList({{TnEntry::Kind::spc, "1234", 1}});
  keyring.add(std::string(kUrl), std::move(certificate));

  const auto sign_job = [&] {
    auto job = std::make_unique<Job>();
    job->kind = JobKind::sign;
    job->keyring = &keyring;
    EXPECT_TRUE(job->sign.orders.push({TokenType::shaken, 0, {}}));
    job->sign.attest = 'B';
    job->sign.iat = job->sign.now = kNow;
    const sip::DialPlan plan;
    job->sign.orig = sip::canonical_number("+12155550121", plan).value();
    job->sign.dest = sip::canonical_number("+12155550131", plan).value();
    std::ranges::copy(test::kOrigid, job->sign.origid.begin());
    return job;
  };
  Processor processor(engine);
  std::vector<std::unique_ptr<Job>> signing;
  std::vector<Job*> batch;
  for (std::size_t i = 0; i < kMaxBatch; ++i) {
    signing.push_back(sign_job());
    batch.push_back(signing.back().get());
  }
  processor.process(batch);
  EXPECT_EQ(engine.sign_calls, 1);
  EXPECT_EQ(engine.verify_calls, 0);
  for (std::size_t i = 0; i < kMaxBatch; ++i) {
    EXPECT_EQ(signing[i]->sign.outcome, i % 3 == 2 ? SignOutcome::engine_failed : SignOutcome::signed_) << i;
  }

  // Every verify job carries three identities: more than there are slots, and every fourth request is wrong.
  const std::string line(signing[0]->sign.identity_lines());
  std::string broken = line;
  char& digit = broken[line.find(";info") - 40];
  digit = digit == 'B' ? 'C' : 'B';  // still base64url
  std::vector<std::string> requests;
  std::vector<std::unique_ptr<Job>> verifying;
  batch.clear();
  for (std::size_t i = 0; i < kMaxBatch; ++i) {
    CallText call;
    const std::string& last = i % 4 == 1 ? broken : line;
    call.extra = broken + "Identity: x;info=<https://a.example/c>;ppt=foo\r\n" + last;
    requests.push_back(call.request());
  }
  const auto message = std::make_unique<sip::Message>();
  for (const std::string& request : requests) {
    ASSERT_TRUE(message->parse(request));
    auto job = std::make_unique<Job>();
    job->kind = JobKind::verify;
    job->keyring = &keyring;
    plan_verification(*message, request, sip::DialPlan{}, Originator::from, VerifyPolicy{}, kNow, job->verify);
    verifying.push_back(std::move(job));
    batch.push_back(verifying.back().get());
  }
  processor.process(batch);
  EXPECT_EQ(engine.verify_calls, 4);  // three open tokens a message, 128 at once: 42 messages together
  for (std::size_t i = 0; i < kMaxBatch; ++i) {
    const bool good = i % 4 != 1;
    EXPECT_EQ(verifying[i]->verify.verdict, good ? Verdict::valid : Verdict::invalid) << i;
    EXPECT_EQ(verifying[i]->verify.reason, good ? Reason::verified : Reason::signature_wrong) << i;
    EXPECT_EQ(verifying[i]->verify.decisive, good ? 2 : 0) << i;
  }
}

TEST(Keyrings, LookUpExactStringsAndReplace) {
  Keyring keyring;
  EXPECT_EQ(keyring.credential(0), nullptr);
  EXPECT_EQ(keyring.certificate(kDefaultRegime, "https://a"), nullptr);
  Certificate first;
  first.not_after = 1;
  keyring.add("https://a", std::move(first));
  Certificate second;
  second.not_after = 2;
  keyring.add("https://a", std::move(second));
  EXPECT_EQ(keyring.certificates(), 1U);
  ASSERT_NE(keyring.certificate(kDefaultRegime, "https://a"), nullptr);
  EXPECT_EQ(keyring.certificate(kDefaultRegime, "https://a")->not_after, 2);
  EXPECT_EQ(keyring.certificate(kDefaultRegime, "https://A"), nullptr);  // STIR-CF-03
  EXPECT_EQ(keyring.add(Credential{}), 0U);
  EXPECT_EQ(keyring.add(Credential{}), 1U);
  EXPECT_EQ(keyring.credentials(), 2U);
}

}  // namespace
}  // namespace stirline::crypto::processor_test
