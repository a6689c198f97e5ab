#include "tests/unit/crypto_workers/test_call.hpp"

#include <stdexcept>

#include "crypto_workers/passport/base64url.hpp"
#include "tests/unit/crypto_workers/vectors.hpp"

namespace stirline::test {
namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

}  // namespace

TokenText TokenText::with(std::string_view from, std::string_view to) const {
  TokenText result{replaced(header, from, to), replaced(payload, from, to)};
  if (result.header == header && result.payload == payload) {
    throw std::runtime_error("nothing to replace: " + std::string(from));
  }
  return result;
}

TokenText TokenText::of(std::string_view ppt, std::string payload, std::string_view x5u) {
  const std::string type = ppt.empty() ? "" : "\"ppt\":\"" + std::string(ppt) + "\",";
  return {R"({"alg":"ES256",)" + type + R"("typ":"passport","x5u":")" + std::string(x5u) + "\"}", std::move(payload)};
}

std::string base64url(std::span<const std::uint8_t> octets) {
  std::string out(crypto::base64url_encoded_size(octets.size()), '\0');
  out.resize(crypto::base64url_encode(octets, out));
  return out;
}

std::string base64url(std::string_view text) {
  return base64url(octets(text));
}

std::string CallText::request() const {
  return method + " " + target +
         " SIP/2.0\r\n"
         "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"
         "Max-Forwards: 70\r\n"
         "From: " +
         from + "\r\nTo: " + to +
         "\r\n"
         "Call-ID: call-1@192.0.2.1\r\nCSeq: 1 " +
         method + "\r\nContact: <sip:192.0.2.1>\r\n" + extra + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

Signer::Signer(const std::string& key_file) : engine_(crypto::make_openssl_engine(crypto::NonceSource::rfc6979)) {
  const crypto::PrivateKey key = own_key(key_file);
  point_ = key.point();
  key_ = engine_->make_signing_key(key.scalar()).value();
  keyring.add(std::string(kX5u), certificate());
}

crypto::Certificate Signer::certificate(std::vector<crypto::TnEntry> scope) {
  crypto::Certificate certificate;
  certificate.standing = crypto::Reason::verified;
  certificate.key = engine_->make_verifying_key(point_).value();
  certificate.not_before = 0;
  certificate.not_after = 4'000'000'000;
  certificate.scope = crypto::TnAuthList(std::move(scope));
  return certificate;
}

std::string Signer::token(const TokenText& text) {
  const std::string input = base64url(text.header) + "." + base64url(text.payload);
  std::array<std::uint8_t, crypto::kSignatureBytes> signature{};
  std::array<crypto::SignRequest, 1> batch{{{key_.get(), octets(input), signature.data(), false}}};
  engine_->sign(batch);
  if (!batch[0].done) {
    throw std::runtime_error("the engine does not sign");
  }
  return input + "." + base64url(signature);
}

std::string Signer::compact(const TokenText& text) {
  const std::string full = token(text);
  return ".." + full.substr(full.rfind('.') + 1);
}

std::string Signer::identity_line(const std::string& token, std::string_view parameters) {
  return "Identity: " + token + std::string(parameters) + "\r\n";
}

std::string Signer::line(std::string_view ppt, const std::string& payload, std::string_view x5u) {
  const std::string type = ppt.empty() ? "" : ";ppt=\"" + std::string(ppt) + "\"";
  return identity_line(token(TokenText::of(ppt, payload, x5u)), ";info=<" + std::string(x5u) + ">;alg=ES256" + type);
}

std::unique_ptr<crypto::Job> verify(crypto::Engine& engine, const crypto::Keyring& keyring, const std::string& request,
                                    const VerifyOptions& options) {
  const auto message = std::make_unique<sip::Message>();
  if (const auto parsed = message->parse(request); !parsed) {
    throw std::runtime_error("the request does not parse: " + std::string(sip::to_string(parsed.error().code)));
  }
  auto job = std::make_unique<crypto::Job>();
  job->kind = crypto::JobKind::verify;
  job->keyring = &keyring;
  crypto::plan_verification(*message, request, sip::DialPlan{}, crypto::Originator::asserted_then_from, options.policy,
                            options.now, job->verify);
  job->verify.wants_hashes = options.wants_hashes;
  crypto::Processor processor(engine);
  crypto::Job* const jobs[] = {job.get()};
  processor.process(jobs);
  return job;
}

}  // namespace stirline::test
