#include "crypto_workers/p256/rfc6979.hpp"

#include <algorithm>
#include <initializer_list>

#include <openssl/hmac.h>
#include <openssl/obj_mac.h>

#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/p256/signature_format.hpp"
#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {
namespace {

constexpr std::size_t kHashBytes = 32;

// HMAC_DRBG of RFC 6979 3.2: K and V, and the update of steps d..g.
class NonceGenerator {
 public:
  NonceGenerator(std::span<const std::uint8_t, kScalarBytes> scalar,
                 std::span<const std::uint8_t, kHashBytes> reduced_digest) {
    std::ranges::fill(v_.span(), std::uint8_t{1});
    for (const std::uint8_t separator : {std::uint8_t{0}, std::uint8_t{1}}) {
      update(separator, scalar, reduced_digest);
    }
  }

  // The next candidate (step h), in range or not.
  void next(SecretBytes<kScalarBytes>& candidate) {
    if (used_) {
      update(0, {}, {});
    }
    used_ = true;
    mac({v_.span()}, v_);
    std::ranges::copy(v_.span(), candidate.data());
  }

  [[nodiscard]] bool failed() const { return failed_; }

 private:
  using Pieces = std::initializer_list<std::span<const std::uint8_t>>;

  void update(std::uint8_t separator, std::span<const std::uint8_t> scalar, std::span<const std::uint8_t> digest) {
    const std::array<std::uint8_t, 1> octet = {separator};
    mac({v_.span(), octet, scalar, digest}, k_);
    mac({v_.span()}, v_);
  }

  void mac(Pieces pieces, SecretBytes<kHashBytes>& out) {
    SecretBytes<kHashBytes + 1 + kScalarBytes + kHashBytes> input;
    std::size_t length = 0;
    for (const std::span<const std::uint8_t> piece : pieces) {
      std::ranges::copy(piece, input.data() + length);
      length += piece.size();
    }
    SecretBytes<kHashBytes> result;
    if (HMAC(EVP_sha256(), k_.data(), static_cast<int>(kHashBytes), input.data(), length, result.data(), nullptr) ==
        nullptr) {
      failed_ = true;
    }
    out = std::move(result);
  }

  SecretBytes<kHashBytes> k_;
  SecretBytes<kHashBytes> v_;
  bool used_ = false;
  bool failed_ = false;
};

// bits2octets (2.3.4): the digest modulo the order, which is more than half of 2^256.
bool reduce_digest(std::span<const std::uint8_t, kHashBytes> digest, std::array<std::uint8_t, kHashBytes>& reduced) {
  const EcGroup group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const BigNumber z(BN_bin2bn(digest.data(), static_cast<int>(digest.size()), nullptr));
  if (!group || !z) {
    return false;
  }
  const BIGNUM* order = EC_GROUP_get0_order(group.get());
  return (BN_cmp(z.get(), order) < 0 || BN_sub(z.get(), z.get(), order) == 1) &&
         BN_bn2binpad(z.get(), reduced.data(), static_cast<int>(reduced.size())) >= 0;
}

}  // namespace

bool rfc6979_nonce(std::span<const std::uint8_t, kScalarBytes> scalar, std::span<const std::uint8_t, 32> digest,
                   SecretBytes<kScalarBytes>& nonce) {
  std::array<std::uint8_t, kHashBytes> reduced{};
  if (!reduce_digest(digest, reduced)) {
    return false;
  }
  NonceGenerator nonces(scalar, reduced);
  do {
    nonces.next(nonce);
  } while (!nonces.failed() && !is_group_scalar(nonce.span()));
  return !nonces.failed();
}

std::optional<std::array<std::uint8_t, kSignatureBytes>> sign_rfc6979(
    std::span<const std::uint8_t, kScalarBytes> scalar, std::span<const std::uint8_t, 32> digest) {
  const EcGroup group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const BigNumberContext context(BN_CTX_secure_new());
  const BigNumber d(BN_secure_new());
  const BigNumber k(BN_secure_new());
  const BigNumber z(BN_new());
  const BigNumber x(BN_new());
  const BigNumber r(BN_new());
  const BigNumber s(BN_secure_new());
  const EcPoint point(group ? EC_POINT_new(group.get()) : nullptr);
  if (!group || !context || !d || !k || !z || !x || !r || !s || !point) {
    return std::nullopt;
  }
  const BIGNUM* order = EC_GROUP_get0_order(group.get());
  std::array<std::uint8_t, kHashBytes> reduced{};
  if (BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), d.get()) == nullptr ||
      !reduce_digest(digest, reduced) ||
      BN_bin2bn(reduced.data(), static_cast<int>(reduced.size()), z.get()) == nullptr) {
    return std::nullopt;
  }

  NonceGenerator nonces(scalar, reduced);
  SecretBytes<kScalarBytes> candidate;
  std::array<std::uint8_t, kSignatureBytes> raw{};
  const std::span<std::uint8_t, kSignatureBytes> out(raw);
  while (!nonces.failed()) {
    nonces.next(candidate);
    if (!is_group_scalar(candidate.span())) {
      continue;
    }
    if (BN_bin2bn(candidate.data(), static_cast<int>(kScalarBytes), k.get()) == nullptr ||
        EC_POINT_mul(group.get(), point.get(), k.get(), nullptr, nullptr, context.get()) != 1 ||
        EC_POINT_get_affine_coordinates(group.get(), point.get(), x.get(), nullptr, context.get()) != 1 ||
        BN_nnmod(r.get(), x.get(), order, context.get()) != 1) {
      return std::nullopt;
    }
    BN_set_flags(k.get(), BN_FLG_CONSTTIME);
    if (BN_mod_inverse(k.get(), k.get(), order, context.get()) == nullptr ||
        BN_mod_mul(s.get(), r.get(), d.get(), order, context.get()) != 1 ||
        BN_mod_add(s.get(), s.get(), z.get(), order, context.get()) != 1 ||
        BN_mod_mul(s.get(), s.get(), k.get(), order, context.get()) != 1) {
      return std::nullopt;
    }
    if (BN_is_zero(r.get()) == 1 || BN_is_zero(s.get()) == 1) {
      continue;
    }
    if (BN_bn2binpad(r.get(), out.first<kScalarBytes>().data(), static_cast<int>(kScalarBytes)) < 0 ||
        BN_bn2binpad(s.get(), out.last<kScalarBytes>().data(), static_cast<int>(kScalarBytes)) < 0) {
      return std::nullopt;
    }
    return raw;
  }
  return std::nullopt;
}

}  // namespace stirline::crypto
