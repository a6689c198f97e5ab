// The P-256 engine of appliances under test.
#pragma once

#include <memory>

#include "crypto_workers/p256/engine.hpp"

namespace stirline::test {

// The one that the environment variable STIRLINE_ENGINE names as `engine` in stirlined.toml does, else OpenSSL; with
// the nonces of RFC 6979, so that all give the same octets. Throws std::runtime_error if there is none of that name or
// this processor cannot run it.
[[nodiscard]] std::unique_ptr<crypto::Engine> make_test_engine();

}  // namespace stirline::test
