#include "crypto_workers/p256/engine_select.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto_workers/p256/batch_engine.hpp"
#include "crypto_workers/p256/cpu_features.hpp"
#include "crypto_workers/p256/ifma/kernel.hpp"
#include "crypto_workers/p256/scalar/kernel.hpp"

namespace stirline::crypto {
namespace {

constexpr std::array kTiers = {EngineTier{EngineKind::ifma, ifma::kernel, has_ifma, "AVX-512 IFMA"},
                               EngineTier{EngineKind::scalar, scalar::kernel, [] { return true; }, ""}};

std::string failure(const KernelOperations& kernel) {
  return std::string("the P-256 engine ") + kernel.name + " fails its self-test: this processor computes wrong results";
}

}  // namespace

std::optional<EngineKind> engine_kind(std::string_view name) {
  using enum EngineKind;
  static constexpr std::array kNames = {std::pair<std::string_view, EngineKind>("auto", automatic),
                                        std::pair<std::string_view, EngineKind>("ifma", ifma),
                                        std::pair<std::string_view, EngineKind>("scalar", scalar),
                                        std::pair<std::string_view, EngineKind>("openssl", openssl)};
  const auto* const found = std::ranges::find(kNames, name, [](const auto& named) { return named.first; });
  return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

std::span<const EngineTier> engine_tiers() {
  return kTiers;
}

std::expected<SelectedEngine, std::string> select_engine(EngineKind kind, NonceSource nonces,
                                                         std::span<const EngineTier> tiers) {
  SelectedEngine selected;
  for (const EngineTier& tier : tiers) {
    if (kind != EngineKind::automatic && kind != tier.kind) {
      continue;
    }
    if (tier.runs()) {
      selected.engine = BatchEngine::make(tier.kernel(), {.nonces = nonces});
      if (selected.engine) {
        return selected;
      }
      selected.alarm += (selected.alarm.empty() ? "" : "; ") + failure(tier.kernel());
    }
    if (kind == tier.kind) {
      return std::unexpected(selected.alarm.empty() ? "this processor has no " + std::string(tier.needs)
                                                    : selected.alarm);
    }
  }
  selected.engine = make_openssl_engine(nonces);
  return selected;
}

}  // namespace stirline::crypto
