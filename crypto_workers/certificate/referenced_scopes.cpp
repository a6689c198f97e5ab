#include "crypto_workers/certificate/referenced_scopes.hpp"

#include <utility>

namespace stirline::crypto {

std::expected<void, TnAuthListError> ReferencedScopes::set(std::string url, std::span<const std::uint8_t> der) {
  if (der.size() > kMaxReferencedScopeBytes) {
    return std::unexpected(TnAuthListError::too_long);
  }
  auto scope = decode_tn_auth_list(der);
  if (!scope) {
    return std::unexpected(scope.error());
  }
  const std::string_view body(reinterpret_cast<const char*>(der.data()), der.size());
  const auto before = scopes_.find(url);
  if (before != scopes_.end() && before->second.der == body) {
    return {};
  }
  epoch_.add(url);
  epoch_.add(body);
  scopes_.insert_or_assign(std::move(url), Known{std::string(body), *std::move(scope)});
  return {};
}

void ReferencedScopes::forget(std::string_view url) {
  if (const auto found = scopes_.find(url); found != scopes_.end()) {
    scopes_.erase(found);
    epoch_.add("forgotten");
    epoch_.add(url);
  }
}

const TnAuthList* ReferencedScopes::find(std::string_view url) const {
  const auto found = scopes_.find(url);
  return found == scopes_.end() ? nullptr : &found->second.scope;
}

}  // namespace stirline::crypto
