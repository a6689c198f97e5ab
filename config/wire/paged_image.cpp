#include "config/wire/paged_image.hpp"

#include <cstdint>
#include <cstring>

#include <sys/mman.h>

#include "config/wire/system_error.hpp"

namespace stirline::config::wire {
namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20;

}  // namespace

// A mapping of a large page and more is laid on large pages by the kernel; one page is left over for that.
std::expected<PagedImage, WireError> PagedImage::copy(tables::ImageView image) {
  if (image.empty()) {
    return PagedImage();
  }
  const std::size_t spare = image.size() >= kLargePage ? kLargePage : 0;
  const std::size_t bytes = image.size() + spare;
  void* const where = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (where == MAP_FAILED) {
    return system_error("memory for a table");
  }
  PagedImage made;
  auto* const first = static_cast<std::byte*>(where);
  made.mapping_ = {first, bytes};
  const std::size_t over = reinterpret_cast<std::uintptr_t>(first) % kLargePage;
  std::byte* const begin = first + (spare != 0 && over != 0 ? kLargePage - over : 0);
  made.view_ = {begin, image.size()};
  if (spare != 0) {
    // Refused where the system has no large pages: then it is small ones.
    static_cast<void>(::madvise(begin, image.size(), MADV_HUGEPAGE));
  }
  std::memcpy(begin, image.data(), image.size());
  if (::mprotect(where, bytes, PROT_READ) != 0) {
    return system_error("protecting a table");
  }
  return made;
}

PagedImage& PagedImage::operator=(PagedImage&& other) noexcept {
  std::swap(view_, other.view_);
  std::swap(mapping_, other.mapping_);
  return *this;
}

PagedImage::~PagedImage() {
  if (!mapping_.empty()) {
    ::munmap(mapping_.data(), mapping_.size());
  }
}

}  // namespace stirline::config::wire
