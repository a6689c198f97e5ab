// The Engine on OpenSSL 3.0: reference, refuge, and the rival in benchmarks.
#pragma once

#include <cstdint>
#include <memory>

#include "crypto_workers/p256/engine.hpp"

namespace stirline::crypto {

enum class NonceSource : std::uint8_t {
  random,   // OpenSSL's own hedged nonces: what runs in the field
  rfc6979,  // deterministic (RFC 6979 3.2): reproduces vectors and golden files; slower, and not constant time: never
            // in the field
};

[[nodiscard]] std::unique_ptr<Engine> make_openssl_engine(NonceSource nonces = NonceSource::random);

}  // namespace stirline::crypto
