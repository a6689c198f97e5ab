// TNAuthLists that certificates name by URL instead of holding them (RFC 8226 10.1; STIR-CE-04). Fetching them is
// somebody else's; here they are kept, to be treated as if they stood in the certificate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "crypto_workers/certificate/epoch_digest.hpp"
#include "crypto_workers/certificate/tn_auth_list.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kMaxReferencedScopeBytes = 65'536;

class ReferencedScopes {
 public:
  // `der`: the body that `url` served (application/tnauthlist). Replaces what was known; the same body changes nothing.
  // One that is no TNAuthList, or longer than 64 KiB, is refused and takes nothing away.
  [[nodiscard]] std::expected<void, TnAuthListError> set(std::string url, std::span<const std::uint8_t> der);
  void forget(std::string_view url);

  // nullptr if nothing is known of `url` (exact string).
  [[nodiscard]] const TnAuthList* find(std::string_view url) const;

  [[nodiscard]] bool empty() const { return scopes_.empty(); }

  // Another value with every change.
  [[nodiscard]] const EpochDigest::Value& epoch() const { return epoch_.value(); }

 private:
  struct Known {
    std::string der;
    TnAuthList scope;
  };
  std::map<std::string, Known, std::less<>> scopes_;
  EpochDigest epoch_;
};

}  // namespace stirline::crypto
