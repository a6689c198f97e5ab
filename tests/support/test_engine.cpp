#include "tests/support/test_engine.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

#include "crypto_workers/p256/engine_select.hpp"

namespace stirline::test {

std::unique_ptr<crypto::Engine> make_test_engine() {
  const char* const name = std::getenv("STIRLINE_ENGINE");
  const auto kind = crypto::engine_kind(name == nullptr ? "auto" : name);
  if (!kind) {
    throw std::runtime_error(std::string("STIRLINE_ENGINE names no engine: ") + name);
  }
  auto selected = crypto::select_engine(*kind, crypto::NonceSource::rfc6979);
  if (!selected) {
    throw std::runtime_error(selected.error());
  }
  if (!selected->alarm.empty()) {
    throw std::runtime_error(selected->alarm);
  }
  return std::move(selected->engine);
}

}  // namespace stirline::test
