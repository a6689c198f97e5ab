// OpenSSL's engine, with its calls counted.
#pragma once

#include <memory>

#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/p256/openssl_engine.hpp"

namespace stirline::test {

class CountingEngine : public crypto::Engine {
 public:
  [[nodiscard]] std::string_view name() const override { return "counting"; }
  [[nodiscard]] std::expected<std::unique_ptr<crypto::SigningKey>, crypto::EngineError> make_signing_key(
      std::span<const std::uint8_t, crypto::kScalarBytes> scalar) override {
    return inner_->make_signing_key(scalar);
  }
  [[nodiscard]] std::expected<std::unique_ptr<crypto::VerifyingKey>, crypto::EngineError> make_verifying_key(
      std::span<const std::uint8_t, crypto::kPointBytes> point) override {
    return inner_->make_verifying_key(point);
  }
  void sign(std::span<crypto::SignRequest> batch) override {
    ++sign_calls;
    inner_->sign(batch);
  }
  void verify(std::span<crypto::VerifyRequest> batch) override {
    ++verify_calls;
    verified += batch.size();
    inner_->verify(batch);
  }

  int sign_calls = 0;
  int verify_calls = 0;
  std::size_t verified = 0;  // signatures

 private:
  std::unique_ptr<crypto::Engine> inner_ = crypto::make_openssl_engine();
};

}  // namespace stirline::test
