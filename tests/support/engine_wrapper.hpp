// An engine that works as the one under test does, for tests that change one thing about it.
#pragma once

#include <memory>

#include "tests/support/test_engine.hpp"

namespace stirline::test {

class EngineWrapper : public crypto::Engine {
 public:
  [[nodiscard]] std::string_view name() const override { return "test"; }
  std::expected<std::unique_ptr<crypto::SigningKey>, crypto::EngineError> make_signing_key(
      std::span<const std::uint8_t, crypto::kScalarBytes> scalar) override {
    return engine_->make_signing_key(scalar);
  }
  std::expected<std::unique_ptr<crypto::VerifyingKey>, crypto::EngineError> make_verifying_key(
      std::span<const std::uint8_t, crypto::kPointBytes> point) override {
    return engine_->make_verifying_key(point);
  }
  void sign(std::span<crypto::SignRequest> batch) override { engine_->sign(batch); }
  void verify(std::span<crypto::VerifyRequest> batch) override { engine_->verify(batch); }

 private:
  std::unique_ptr<crypto::Engine> engine_ = make_test_engine();
};

}  // namespace stirline::test
