#include "crypto_workers/p256/openssl_key.hpp"

#include <algorithm>
#include <bit>
#include <string_view>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

#include "crypto_workers/p256/signature_format.hpp"
#include "crypto_workers/secret_bytes.hpp"

namespace stirline::crypto {
namespace {

constexpr std::uint8_t kUncompressed = 0x04;
constexpr std::string_view kCurveName = "prime256v1";

std::expected<EvpKey, EngineError> from_params(int selection, OSSL_PARAM* params, EngineError refused) {
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) {
    return std::unexpected(EngineError::internal);
  }
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, params) != 1) {
    ERR_clear_error();
    return std::unexpected(refused);
  }
  return EvpKey(key);
}

// OSSL_PARAM takes names as writable text, though it only reads them.
OSSL_PARAM group_param(std::array<char, 16>& buffer) {
  std::ranges::copy(kCurveName, buffer.begin());
  return OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, buffer.data(), kCurveName.size());
}

}  // namespace

std::expected<std::array<std::uint8_t, kPointBytes>, EngineError> public_point(
    std::span<const std::uint8_t, kScalarBytes> scalar) {
  if (!is_group_scalar(scalar)) {
    return std::unexpected(EngineError::bad_scalar);
  }
  const EcGroup group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const BigNumber d(BN_secure_new());
  const EcPoint point(group ? EC_POINT_new(group.get()) : nullptr);
  std::array<std::uint8_t, kPointBytes> octets{};
  if (!group || !d || !point || BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), d.get()) == nullptr ||
      EC_POINT_mul(group.get(), point.get(), d.get(), nullptr, nullptr, nullptr) != 1 ||
      EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, octets.data(), octets.size(),
                         nullptr) != octets.size()) {
    ERR_clear_error();
    return std::unexpected(EngineError::internal);
  }
  return octets;
}

std::expected<EvpKey, EngineError> private_evp_key(std::span<const std::uint8_t, kScalarBytes> scalar) {
  auto point = public_point(scalar);
  if (!point) {
    return std::unexpected(point.error());
  }
  SecretBytes<kScalarBytes> native;  // OSSL_PARAM integers are in the byte order of the machine
  if constexpr (std::endian::native == std::endian::little) {
    std::ranges::reverse_copy(scalar, native.data());
  } else {
    std::ranges::copy(scalar, native.data());
  }
  std::array<char, 16> name{};
  std::array<OSSL_PARAM, 4> params = {
      group_param(name), OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point->data(), point->size()),
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native.data(), native.size()), OSSL_PARAM_construct_end()};
  return from_params(EVP_PKEY_KEYPAIR, params.data(), EngineError::bad_scalar);
}

std::expected<EvpKey, EngineError> public_evp_key(std::span<const std::uint8_t, kPointBytes> point) {
  if (point.front() != kUncompressed) {
    return std::unexpected(EngineError::bad_point);
  }
  std::array<std::uint8_t, kPointBytes> octets{};
  std::ranges::copy(point, octets.begin());
  std::array<char, 16> name{};
  std::array<OSSL_PARAM, 3> params = {
      group_param(name), OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, octets.data(), octets.size()),
      OSSL_PARAM_construct_end()};
  return from_params(EVP_PKEY_PUBLIC_KEY, params.data(), EngineError::bad_point);
}

std::expected<std::array<std::uint8_t, kPointBytes>, EngineError> point_of(const EVP_PKEY* key) {
  std::array<char, 32> group{};
  std::size_t group_length = 0;
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
      EVP_PKEY_get_group_name(key, group.data(), group.size(), &group_length) != 1 ||
      std::string_view(group.data(), group_length) != kCurveName) {
    ERR_clear_error();
    return std::unexpected(EngineError::bad_point);
  }
  const BigNumber x([&] {
    BIGNUM* value = nullptr;
    return EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &value) == 1 ? value : nullptr;
  }());
  const BigNumber y([&] {
    BIGNUM* value = nullptr;
    return EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &value) == 1 ? value : nullptr;
  }());
  std::array<std::uint8_t, kPointBytes> point{};
  point[0] = kUncompressed;
  if (!x || !y || BN_bn2binpad(x.get(), point.data() + 1, static_cast<int>(kScalarBytes)) < 0 ||
      BN_bn2binpad(y.get(), point.data() + 1 + kScalarBytes, static_cast<int>(kScalarBytes)) < 0) {
    ERR_clear_error();
    return std::unexpected(EngineError::bad_point);
  }
  return point;
}

}  // namespace stirline::crypto
