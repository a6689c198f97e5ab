// The P-256 engine that suits the processor, or the one that was asked for.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/p256/kernel.hpp"
#include "crypto_workers/p256/openssl_engine.hpp"

namespace stirline::crypto {

enum class EngineKind : std::uint8_t {
  automatic,  // "auto": the fastest that this processor runs and that passes its self-test
  ifma,       // "ifma": AVX-512 IFMA, eight signatures at once
  scalar,     // "scalar": the same algorithms for any processor
  openssl,    // "openssl": the reference
};

[[nodiscard]] std::optional<EngineKind> engine_kind(std::string_view name);

struct SelectedEngine {
  std::unique_ptr<Engine> engine;
  std::string alarm;  // not empty: faster engines failed their self-test and are not used; names them, for the operator
};

// An engine on a kernel of ours.
struct EngineTier {
  EngineKind kind;
  const KernelOperations& (*kernel)();
  bool (*runs)();  // on this processor
  std::string_view needs;
};

// All there are, the fastest first.
[[nodiscard]] std::span<const EngineTier> engine_tiers();

// The error is a sentence: the kind asked for cannot run here. Throws std::runtime_error or std::bad_alloc at start-up.
[[nodiscard]] std::expected<SelectedEngine, std::string> select_engine(
    EngineKind kind, NonceSource nonces = NonceSource::random, std::span<const EngineTier> tiers = engine_tiers());

}  // namespace stirline::crypto
