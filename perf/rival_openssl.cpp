#include "perf/rival_openssl.hpp"

#include <array>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <vector>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

namespace stirline::perf {
namespace {

constexpr std::size_t kMessageBytes = 400;
constexpr std::uint32_t kMessages = 1'024;

template <auto function>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    function(object);
  }
};

void require(bool good) {
  if (!good) {
    throw std::runtime_error("OpenSSL refuses to be measured");
  }
}

double clock_us(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

}  // namespace

double thread_cpu_us() {
  return clock_us(CLOCK_THREAD_CPUTIME_ID);
}
double process_cpu_us() {
  return clock_us(CLOCK_PROCESS_CPUTIME_ID);
}

struct OpensslRival::Impl {
  std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>> key{EVP_EC_gen("P-256")};
  std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>> signer{EVP_PKEY_CTX_new(key.get(), nullptr)};
  std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>> verifier{EVP_PKEY_CTX_new(key.get(), nullptr)};
  std::unique_ptr<EVP_MD, Free<EVP_MD_free>> sha256{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> hasher{EVP_MD_CTX_new()};
  std::array<std::uint8_t, kMessageBytes> message{};
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  std::vector<std::vector<std::uint8_t>> signatures;  // of the first kMessages messages

  void hash(std::uint32_t number) {
    std::memcpy(message.data(), &number, sizeof number);
    unsigned length = 0;
    require(EVP_DigestInit_ex2(hasher.get(), sha256.get(), nullptr) == 1 &&
            EVP_DigestUpdate(hasher.get(), message.data(), message.size()) == 1 &&
            EVP_DigestFinal_ex(hasher.get(), digest.data(), &length) == 1);
  }
  std::vector<std::uint8_t> sign(std::uint32_t number) {
    hash(number);
    std::vector<std::uint8_t> signature(80);
    std::size_t length = signature.size();
    require(EVP_PKEY_sign(signer.get(), signature.data(), &length, digest.data(), digest.size()) == 1);
    signature.resize(length);
    return signature;
  }
};

OpensslRival::OpensslRival() : impl_(std::make_unique<Impl>()) {
  require(EVP_PKEY_sign_init(impl_->signer.get()) == 1 && EVP_PKEY_verify_init(impl_->verifier.get()) == 1);
  for (std::uint32_t i = 0; i < kMessages; ++i) {
    impl_->signatures.push_back(impl_->sign(i));
  }
}

OpensslRival::~OpensslRival() = default;

double OpensslRival::sign_us(std::uint32_t count) {
  const double started = thread_cpu_us();
  for (std::uint32_t i = 0; i < count; ++i) {
    impl_->sign(i);
  }
  return (thread_cpu_us() - started) / count;
}

double OpensslRival::verify_us(std::uint32_t count) {
  const double started = thread_cpu_us();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t number = i % kMessages;
    impl_->hash(number);
    const std::vector<std::uint8_t>& signature = impl_->signatures[number];
    require(EVP_PKEY_verify(impl_->verifier.get(), signature.data(), signature.size(), impl_->digest.data(),
                            impl_->digest.size()) == 1);
  }
  return (thread_cpu_us() - started) / count;
}

}  // namespace stirline::perf
