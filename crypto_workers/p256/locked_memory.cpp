#include "crypto_workers/p256/locked_memory.hpp"

#include <cstdint>
#include <new>

#include <openssl/crypto.h>
#include <sys/mman.h>

namespace stirline::crypto {
namespace {

constexpr std::size_t kPage = 4'096;
constexpr std::size_t kLargePage = std::size_t{2} << 20;

constexpr std::size_t rounded_up(std::size_t value, std::size_t unit) {
  return (value + unit - 1) / unit * unit;
}

}  // namespace

LockedMemory::LockedMemory(std::size_t bytes, OnFork on_fork) {
  const bool large = bytes >= kLargePage;
  bytes_ = rounded_up(bytes, large ? kLargePage : kPage);
  mapping_bytes_ = bytes_ + (large ? kLargePage : 0);  // room to begin at a multiple of the large page
  void* mapping = mmap(nullptr, mapping_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) {
    throw std::bad_alloc();
  }
  mapping_ = static_cast<std::byte*>(mapping);
  begin_ = mapping_;
  if (large) {
    const auto address = reinterpret_cast<std::uintptr_t>(mapping_);
    begin_ += rounded_up(address, kLargePage) - address;
    madvise(begin_, bytes_, MADV_HUGEPAGE);
  }
  madvise(begin_, bytes_, MADV_DONTDUMP);
  const int advice = on_fork == OnFork::wipe ? MADV_WIPEONFORK : MADV_DONTFORK;
  if (madvise(begin_, bytes_, advice) != 0) {  // a child that shares our nonces would give the keys away
    munmap(mapping_, mapping_bytes_);
    throw std::bad_alloc();
  }
  locked_ = mlock(begin_, bytes_) == 0;
}

LockedMemory::~LockedMemory() {
  OPENSSL_cleanse(begin_, bytes_);
  munmap(mapping_, mapping_bytes_);
}

}  // namespace stirline::crypto
