// OpenSSL's big numbers as values: what the arithmetic of the kernels is compared with.
#pragma once

#include <cstdint>

#include <openssl/bn.h>

#include "crypto_workers/openssl_pointers.hpp"
#include "crypto_workers/p256/words.hpp"

namespace stirline::test {

class Number {
 public:
  Number() : value_(BN_new()) {}
  explicit Number(std::uint64_t value) : value_(BN_new()) { BN_set_word(value_.get(), value); }
  Number(const Number& other) : value_(BN_dup(other.value_.get())) {}
  Number& operator=(const Number&) = delete;
  ~Number() = default;
  [[nodiscard]] BIGNUM* get() const { return value_.get(); }
  bool operator==(const Number& other) const { return BN_cmp(get(), other.get()) == 0; }
  bool operator<(const Number& other) const { return BN_cmp(get(), other.get()) < 0; }

 private:
  crypto::BigNumber value_;
};

inline Number from_words(const crypto::Words& words) {
  const Number result;
  BN_lebin2bn(reinterpret_cast<const unsigned char*>(words.word), 32, result.get());
  return result;
}

inline crypto::Words to_words(const Number& number) {  // below 2^256
  crypto::Words words{};
  BN_bn2lebinpad(number.get(), reinterpret_cast<unsigned char*>(words.word), sizeof words.word);
  return words;
}

}  // namespace stirline::test
