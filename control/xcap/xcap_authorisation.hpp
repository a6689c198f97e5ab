// Who asks, and may they: HTTP digest and bearer tokens, and the trees of users (SPIT-XC-08; RFC 7616, RFC 6750).
//
// Digest is SHA-256 with qop "auth" and nothing else. MD5 is left out: RFC 7616 keeps it for old peers alone, and a
// leaked list of MD5 hashes is a list of passwords. SHA-256-sess is left out: it serves those who ask a third party for
// a session's key, which nobody does here. Nonces are not kept anywhere: each is a time and an HMAC over it, under a
// key made at the start, and is taken for some minutes. On one connection the count of a nonce must grow. That a
// request is repeated on another connection within these minutes, with its old count, is not seen: it takes somebody
// who can read inside TLS, and repeats the same method on the same target; a condition (If-Match) then fails.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/xcap/xcap_operations.hpp"
#include "control/xcap/xcap_users.hpp"

namespace stirline::control {

inline constexpr std::int64_t kNonceSeconds = 300;

// The last nonce on one connection, and its count.
struct NonceUse {
  std::string nonce;
  std::uint32_t count = 0;
};

struct Authenticated {
  std::string user;                     // the XUI; empty: nobody we know
  std::vector<std::string> challenges;  // then: fields WWW-Authenticate
};

class XcapAuthenticator {
 public:
  using Key = std::array<std::uint8_t, 32>;

  // `now`: seconds since 1970.
  XcapAuthenticator(const Key& key, std::function<std::int64_t()> now) : key_(key), now_(std::move(now)) {}
  // With a key of its own.
  explicit XcapAuthenticator(std::function<std::int64_t()> now);

  // `authorization`: the field's value, empty if there is none.
  [[nodiscard]] Authenticated authenticate(std::string_view method, std::string_view target,
                                           std::string_view authorization, const XcapUsers& users, NonceUse& use) const;

  [[nodiscard]] std::string make_nonce() const;

 private:
  [[nodiscard]] std::string sealed(std::string_view text) const;
  [[nodiscard]] bool is_fresh(std::string_view nonce) const;
  [[nodiscard]] std::vector<std::string> challenges(const XcapUsers& users, bool stale, bool bad_token) const;

  Key key_;
  std::function<std::int64_t()> now_;
};

// Everybody reads the global tree and nobody writes it; the rest belongs to its user, and to administrators.
[[nodiscard]] bool may(std::string_view user, const XcapUri& uri, XcapMethod method,
                       std::span<const std::string> administrators);

}  // namespace stirline::control
