// The packet path takes nothing from the heap of C++ (OpenSSL's own allocations go through malloc and are not ours).
#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "crypto_workers/job/processor.hpp"
#include "crypto_workers/p256/openssl_engine.hpp"
#include "crypto_workers/stir/authentication_service.hpp"
#include "crypto_workers/stir/marks.hpp"
#include "crypto_workers/stir/origid.hpp"
#include "crypto_workers/stir/signature_edits.hpp"
#include "crypto_workers/stir/verification_service.hpp"
#include "tests/unit/crypto_workers/test_call.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace {
std::atomic<std::size_t> allocations = 0;
}  // namespace

// The whole test program counts; std::malloc behind it keeps the sanitizers at work. Not inlined: g++ would
// take each half alone for a mismatch with the other.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) {
    return memory;
  }
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

namespace stirline::crypto::heap_test {
namespace {

// The largest payload a token of 8,192 octets has room for, full of what the reader has to look at.
std::string crowded_payload() {
  std::string extra = "\"x\":{";
  for (int i = 0; i < 60; ++i) {
    extra += "\"member " + std::to_string(i) + "\":[[[[[\"\\u00e9\",1,2.5]]]]],";
  }
  return extra + "\"y\":1},";
}

TEST(Heap, PlanningSigningAndVerifyingTakeNothing) {
  test::Signer signer;
  const test::TokenText crowded = test::TokenText{}.with("\"iat\"", crowded_payload() + "\"iat\"");
  const auto engine = make_openssl_engine();
  const PrivateKey key = test::own_key("test_leaf_spc1234.key");
  Keyring keyring;
  keyring.add(Credential{engine->make_signing_key(key.scalar()).value(), std::string(test::kX5u), 0, 4'000'000'000});
  test::CallText call;
  const std::string token = signer.token(crowded);
  call.extra = signer.shaken_line() + signer.identity_line(token.substr(0, 700) + "\r\n " + token.substr(700));
  const std::string request = call.request();
  const auto message = std::make_unique<sip::Message>();
  Processor processor(*engine);
  OrigidGenerator origids(std::array<std::uint8_t, kOrigidKeyBytes>{});
  const auto signing = std::make_unique<Job>();
  const auto verifying = std::make_unique<Job>();
  Job* const jobs[] = {signing.get(), verifying.get()};
  VerifyPolicy policy;
  for (const Profile profile : {Profile::lenient, Profile::strict}) {
    policy.profile = profile;
    const std::size_t before = allocations;
    ASSERT_TRUE(message->parse(request));
    const sip::DialPlan dial_plan;
    signing->keyring = &keyring;
    signing->sign.orders.clear();
    ASSERT_TRUE(signing->sign.orders.push({TokenType::shaken, 0, {}}));
    signing->sign.attest = 'A';
    signing->sign.iat = signing->sign.now = test::kNow;
    signing->sign.orig = *sip::canonical_number("+12155550121", dial_plan);
    signing->sign.dest = *sip::canonical_number("+12155550131", dial_plan);
    ASSERT_TRUE(origids.make("element", "call", "tag", signing->sign.origid));
    verifying->kind = JobKind::verify;
    verifying->keyring = &signer.keyring;
    plan_verification(*message, request, dial_plan, Originator::from, policy, test::kNow, verifying->verify);
    const MarkPlan marks = plan_marks(*message, request, dial_plan, TrustDomain::same, sip::InsertPosition::after_via);
    processor.process(jobs);
    EXPECT_EQ(allocations, before);
    EXPECT_EQ(signing->sign.outcome, SignOutcome::signed_);
    EXPECT_EQ(verifying->verify.verdict, Verdict::valid);
    EXPECT_EQ(verifying->verify.verdicts[1].reason,
              profile == Profile::lenient ? Reason::verified : Reason::not_deterministic);
    EXPECT_EQ(marks.marks.size(), 1U);
  }
}

// Every type there is, in one message after the other.
TEST(Heap, TokensOfAllTypesTakeNothing) {
  test::Signer signer;
  const std::string parties = R"("dest":{"tn":["12155550131"]},"iat":1790000000,)";
  const std::string caller = R"("orig":{"tn":"12155550121"})";
  const std::string original = signer.token(test::TokenText{});
  test::CallText diverted;
  diverted.target = "sip:+12155550139@b.example.com";
  const std::string retargeted = R"({"dest":{"tn":["12155550139"]},"div":{"tn":"12155550131"},"iat":1790000000,)";
  diverted.extra = "Resource-Priority: ets.0\r\n" + signer.shaken_line() +
                   signer.line("div", retargeted + caller + "}") +
                   signer.line("div-o", retargeted + "\"opt\":\"" + original + "\"," + caller + "}") +
                   signer.line("rph", "{" + parties + caller + R"(,"rph":{"auth":["ets.0"]}})") +
                   signer.line("rcd", R"({"crn":"x",)" + parties + caller +
                                          R"(,"rcd":{"nam":"Q Branch Spy Gadgets"},"rcdi":{"/nam":")"
                                          R"(sha256-sM275lTgzCte+LHOKHtU4SxG8shlOo6OS4ot8IJQImY"}})");
  test::CallText message;
  message.method = "MESSAGE";
  message.body = "hello";
  message.extra = signer.line(
      "msg", "{" + parties + R"("msgi":"sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",)" + caller + "}");
  const auto parsed = std::make_unique<sip::Message>();
  const auto job = std::make_unique<Job>();
  Job* const jobs[] = {job.get()};
  Processor processor(signer.engine());
  for (const std::string& request : {diverted.request(), message.request()}) {
    ASSERT_TRUE(parsed->parse(request));
    const std::size_t before = allocations;
    job->kind = JobKind::verify;
    job->keyring = &signer.keyring;
    plan_verification(*parsed, request, sip::DialPlan{}, Originator::from, VerifyPolicy{}, test::kNow, job->verify);
    processor.process(jobs);
    EXPECT_EQ(allocations, before);
    EXPECT_EQ(job->verify.verdict, Verdict::valid);
    for (std::size_t i = 0; i < job->verify.token_count; ++i) {
      const std::string_view told = facts(job->verify.verdicts[i].reason).name;
      EXPECT_EQ(told, job->verify.verdicts[i].ppt.data() == std::string_view("rph") ? "certificate_scope" : "verified");
    }
  }
}

// Every type we make, from the request to the edited one.
TEST(Heap, MakingTokensOfAllTypesTakesNothing) {
  test::Signer signer;
  const PrivateKey key = test::own_key("test_leaf_spc1234.key");
  signer.keyring.add(Credential{signer.engine().make_signing_key(key.scalar()).value(),
                                std::string(test::kX5u),
                                0,
                                4'000'000'000,
                                {"\"Appointment\"", "{\"nam\":\"Clinic\"}", ""}});
  test::CallText diverted;
  diverted.target = "sip:+12155550139@b.example.com";
  diverted.extra = signer.shaken_line();
  const std::string requests[] = {
      test::CallText{.extra = "Resource-Priority: ets.0\r\n"}.request(),
      test::CallText{.method = "MESSAGE", .body = "hello"}.request(),
      diverted.request(),
  };
  const std::vector<std::string> namespaces = {"ets"};
  const SignPolicy policy{.dial_plan = {}, .diversions = true, .priorities = namespaces};
  const auto message = std::make_unique<sip::Message>();
  const auto job = std::make_unique<Job>();
  Job* const jobs[] = {job.get()};
  Processor processor(signer.engine());
  DateLine date_line;
  std::size_t tokens = 0;
  for (const std::string& request : requests) {
    ASSERT_TRUE(message->parse(request));
    const std::size_t before = allocations;
    const auto plan = plan_signing(*message, request, policy, test::kNow);
    ASSERT_TRUE(plan);
    job->keyring = &signer.keyring;
    job->sign.attest = 'A';
    fill_sign_job(*plan, *message, request, test::kOrigid, test::kNow, job->sign);
    const auto anybody = [](std::string_view) { return std::optional<std::uint32_t>(0); };
    ASSERT_TRUE(order_tokens(*plan, 0, anybody, true, 0, job->sign.orders));
    processor.process(jobs);
    sip::EditList edits;
    EXPECT_TRUE(apply_signature(plan_signature_edits(*message, *plan, sip::InsertPosition::after_via), job->sign,
                                date_line, edits));
    EXPECT_EQ(allocations, before);
    tokens += job->sign.orders.size();
  }
  EXPECT_EQ(tokens, 5U);
}

}  // namespace
}  // namespace stirline::crypto::heap_test
