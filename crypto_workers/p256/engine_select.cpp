#include "crypto_workers/p256/engine_select.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto_workers/p256/batch_engine.hpp"
#include "crypto_workers/p256/cpu_features.hpp"
#include "crypto_workers/p256/ifma/kernel.hpp"

namespace stirline::crypto {
namespace {

constexpr std::string_view kSelfTestFailed =
    "the P-256 engine ifma fails its self-test: this processor computes wrong results";

}  // namespace

std::optional<EngineKind> engine_kind(std::string_view name) {
  using enum EngineKind;
  static constexpr std::array kNames = {std::pair<std::string_view, EngineKind>("auto", automatic),
                                        std::pair<std::string_view, EngineKind>("ifma", ifma),
                                        std::pair<std::string_view, EngineKind>("openssl", openssl)};
  const auto* const found = std::ranges::find(kNames, name, [](const auto& named) { return named.first; });
  return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

std::expected<SelectedEngine, std::string> select_engine(EngineKind kind, NonceSource nonces) {
  SelectedEngine selected;
  if (kind != EngineKind::openssl) {
    if (has_ifma()) {
      selected.engine = BatchEngine::make(ifma::kernel(), {.nonces = nonces});
      if (!selected.engine) {
        selected.alarm = kSelfTestFailed;
      }
    }
    if (kind == EngineKind::ifma && !selected.engine) {
      return std::unexpected(selected.alarm.empty() ? "this processor has no AVX-512 IFMA" : selected.alarm);
    }
  }
  if (!selected.engine) {
    selected.engine = make_openssl_engine(nonces);
  }
  return selected;
}

}  // namespace stirline::crypto
