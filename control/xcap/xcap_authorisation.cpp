#include "control/xcap/xcap_authorisation.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace stirline::control {

namespace {

constexpr std::size_t kMaxTokenOctets = 512;

void fill_randomly(void* octets, std::size_t size) {
  if (RAND_bytes(static_cast<unsigned char*>(octets), static_cast<int>(size)) != 1) {
    throw std::runtime_error("OpenSSL has no random octets");
  }
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, small, small);
}

// The rest of the field behind its scheme; nothing if it has another one.
std::optional<std::string_view> behind_scheme(std::string_view field, std::string_view scheme) {
  if (field.size() <= scheme.size() || field[scheme.size()] != ' ' ||
      !equals_ignoring_case(field.substr(0, scheme.size()), scheme)) {
    return std::nullopt;
  }
  field.remove_prefix(scheme.size());
  field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
  return field;
}

using Parameters = std::map<std::string, std::string, std::less<>>;

std::string take_until(std::string_view& rest, std::string_view ends) {
  const std::size_t end = std::min(rest.find_first_of(ends), rest.size());
  std::string taken(rest.substr(0, end));
  rest.remove_prefix(end);
  return taken;
}

std::optional<std::string> take_quoted(std::string_view& rest) {
  std::string value;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return value;
    }
    i += rest[i] == '\\' ? 1U : 0U;
    value += i < rest.size() ? rest[i] : ' ';
  }
  return std::nullopt;
}

// name=value and name="value" with commas between them, each name once (RFC 9110 11.2).
std::optional<Parameters> parse_parameters(std::string_view rest) {
  Parameters parameters;
  while (true) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    std::string name = take_until(rest, "= \t,\"");
    if (name.empty() || !rest.starts_with('=')) {
      return std::nullopt;
    }
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    rest.remove_prefix(1);
    const auto value = rest.starts_with('"') ? take_quoted(rest) : std::optional(take_until(rest, " \t,\""));
    if (!value || !parameters.emplace(std::move(name), *value).second) {
      return std::nullopt;
    }
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    if (rest.empty()) {
      return parameters;
    }
    if (!rest.starts_with(',')) {
      return std::nullopt;
    }
    rest.remove_prefix(1);
  }
}

struct Digest {
  std::string login;
  std::string nonce;
  std::string nc;
  std::string cnonce;
  SecretHash response{};
  std::uint32_t count = 0;
};

// A digest of the one kind that is taken here, for this request.
std::optional<Digest> read_digest(std::string_view rest, std::string_view target, const std::string& realm) {
  const auto parameters = parse_parameters(rest);
  if (!parameters) {
    return std::nullopt;
  }
  const auto get = [&](std::string_view name) {
    const auto found = parameters->find(name);
    return found == parameters->end() ? std::string() : found->second;
  };
  const std::string nc = get("nc");
  const auto response = from_hex(get("response"));
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(nc.data(), nc.data() + nc.size(), count, 16);
  constexpr std::size_t kCountDigits = 8;
  const bool counted = nc.size() == kCountDigits && error == std::errc() && end == nc.data() + nc.size();
  const bool plain = !parameters->contains("username*") && !equals_ignoring_case(get("userhash"), "true");
  if (!counted || !plain || !response || get("realm") != realm || get("uri") != target || get("qop") != "auth" ||
      get("cnonce").empty() || !equals_ignoring_case(get("algorithm"), "SHA-256")) {
    return std::nullopt;
  }
  return Digest{get("username"), get("nonce"), nc, get("cnonce"), *response, count};
}

// The user whose password made the response; takes as long for a login that nobody has.
std::string user_of(const Digest& digest, std::string_view method, std::string_view target, const XcapUsers& users) {
  static const XcapUsers::Password kNobody;
  const XcapUsers::Password* const known = users.find_login(digest.login);
  const XcapUsers::Password& password = known != nullptr ? *known : kNobody;
  const std::string request = to_hex(hash_of(fmt::format("{}:{}", method, target)));
  const SecretHash expected = hash_of(
      fmt::format("{}:{}:{}:{}:auth:{}", to_hex(password.ha1), digest.nonce, digest.nc, digest.cnonce, request));
  const bool is_right = CRYPTO_memcmp(expected.data(), digest.response.data(), expected.size()) == 0;
  return is_right && known != nullptr ? known->xui : std::string();
}

// False: the count does not grow.
bool count_on(const Digest& digest, NonceUse& use) {
  if (use.nonce == digest.nonce && digest.count <= use.count) {
    return false;
  }
  use = {digest.nonce, digest.count};
  return true;
}

}  // namespace

XcapAuthenticator::XcapAuthenticator(std::function<std::int64_t()> now) : key_{}, now_(std::move(now)) {
  fill_randomly(key_.data(), key_.size());
}

// The text and an HMAC over it.
std::string XcapAuthenticator::sealed(std::string_view text) const {
  SecretHash code{};
  unsigned length = 0;
  if (::HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), code.data(), &length) == nullptr) {
    throw std::runtime_error("OpenSSL offers no HMAC-SHA-256");
  }
  return fmt::format("{}-{}", text, to_hex(code));
}

std::string XcapAuthenticator::make_nonce() const {
  std::uint64_t salt = 0;
  fill_randomly(&salt, sizeof(salt));
  return sealed(fmt::format("{:x}-{:x}", static_cast<std::uint64_t>(now_()), salt));
}

bool XcapAuthenticator::is_fresh(std::string_view nonce) const {
  const std::string ours = sealed(nonce.substr(0, nonce.rfind('-')));
  if (ours.size() != nonce.size() || CRYPTO_memcmp(ours.data(), nonce.data(), ours.size()) != 0) {
    return false;
  }
  std::uint64_t made = 0;
  std::from_chars(nonce.data(), nonce.data() + nonce.size(), made, 16);
  const auto time = static_cast<std::int64_t>(made);
  const std::int64_t now = now_();
  return time <= now && now - time <= kNonceSeconds;
}

std::vector<std::string> XcapAuthenticator::challenges(const XcapUsers& users, bool stale, bool bad_token) const {
  return {fmt::format(R"(Digest realm="{}", qop="auth", algorithm=SHA-256, nonce="{}"{}, charset=UTF-8)", users.realm(),
                      make_nonce(), stale ? ", stale=true" : ""),
          fmt::format(R"(Bearer realm="{}"{})", users.realm(), bad_token ? R"(, error="invalid_token")" : "")};
}

Authenticated XcapAuthenticator::authenticate(std::string_view method, std::string_view target,
                                              std::string_view authorization, const XcapUsers& users,
                                              NonceUse& use) const {
  if (const auto token = behind_scheme(authorization, "Bearer")) {
    // Looked for by its hash: what the time of a comparison tells is about a hash that nobody can choose.
    const std::string* const user = token->size() <= kMaxTokenOctets ? users.find_token(hash_of(*token)) : nullptr;
    return user != nullptr ? Authenticated{*user, {}} : Authenticated{{}, challenges(users, false, true)};
  }
  bool stale = false;
  if (const auto rest = behind_scheme(authorization, "Digest")) {
    if (const auto digest = read_digest(*rest, target, users.realm())) {
      std::string user = user_of(*digest, method, target, users);
      if (!user.empty() && is_fresh(digest->nonce) && count_on(*digest, use)) {
        return {std::move(user), {}};
      }
      stale = !user.empty();
    }
  }
  return {{}, challenges(users, stale, false)};
}

bool may(std::string_view user, const XcapUri& uri, XcapMethod method, std::span<const std::string> administrators) {
  if (uri.tree == XcapTree::global) {
    return method == XcapMethod::get || method == XcapMethod::head;
  }
  return user == uri.owner || std::ranges::find(administrators, user) != administrators.end();
}

}  // namespace stirline::control
