#include "control/secret_image.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <openssl/crypto.h>
#include <sys/mman.h>

namespace stirline::control {

SecretImage::SecretImage(std::span<std::byte> original) {
  if (original.empty()) {
    return;
  }
  void* memory = ::mmap(nullptr, original.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    const int error = errno;
    OPENSSL_cleanse(original.data(), original.size());
    throw std::system_error(error, std::generic_category(), "mmap of the credential table");
  }
  octets_ = {static_cast<std::byte*>(memory), original.size()};
  // Both are precautions: an appliance with a small lock limit must still be able to sign.
  [[maybe_unused]] const int locked = ::mlock(memory, octets_.size());
  [[maybe_unused]] const int undumped = ::madvise(memory, octets_.size(), MADV_DONTDUMP);
  std::ranges::copy(original, octets_.begin());
  OPENSSL_cleanse(original.data(), original.size());
}

SecretImage& SecretImage::operator=(SecretImage&& other) noexcept {
  if (this != &other) {
    wipe();
    octets_ = std::exchange(other.octets_, {});
  }
  return *this;
}

void SecretImage::wipe() noexcept {
  if (!octets_.empty()) {
    OPENSSL_cleanse(octets_.data(), octets_.size());
    ::munmap(octets_.data(), octets_.size());
    octets_ = {};
  }
}

}  // namespace stirline::control
