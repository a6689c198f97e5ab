#include <algorithm>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/wire/system_error.hpp"

namespace stirline::config::wire {
namespace {

constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

}  // namespace

std::expected<Descriptor, WireError> make_sealed_memfd(const char* name, tables::ImageView image) {
  Descriptor fd(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd.valid()) {
    return system_error("memfd_create");
  }
  tables::ImageView rest = image;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd.get(), rest.data(), rest.size());
    if (written < 0 && errno != EINTR) {
      return system_error("writing a memfd");
    }
    rest = rest.subspan(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  if (::fcntl(fd.get(), F_ADD_SEALS, kSeals) != 0) {
    return system_error("sealing a memfd");
  }
  return fd;
}

std::expected<MappedImage, WireError> MappedImage::map(const Descriptor& fd, std::uint64_t bytes) {
  const auto refuse = [](const char* why) {
    return std::unexpected(WireError{.text = why, .code = ResultCode::refused});
  };
  if (!fd.valid()) {
    return refuse("no memfd came along");
  }
  if (bytes == 0 || bytes > tables::kMaxImageBytes) {
    return refuse("the memfd is announced as empty or larger than 256 MiB");
  }
  const int seals = ::fcntl(fd.get(), F_GET_SEALS);
  if (seals < 0 || (seals & kSeals) != kSeals) {
    return refuse("the descriptor is not a memfd sealed against every change");
  }
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) {
    return system_error("fstat of a memfd");
  }
  if (status.st_size < 0 || static_cast<std::uint64_t>(status.st_size) != bytes) {
    return refuse("the memfd has another size than announced");
  }
  void* const where = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd.get(), 0);
  if (where == MAP_FAILED) {
    return system_error("mapping a memfd");
  }
  MappedImage image;
  image.view_ = {static_cast<const std::byte*>(where), static_cast<std::size_t>(bytes)};
  return image;
}

MappedImage& MappedImage::operator=(MappedImage&& other) noexcept {
  std::swap(view_, other.view_);
  return *this;
}

MappedImage::~MappedImage() {
  if (!view_.empty()) {
    ::munmap(const_cast<std::byte*>(view_.data()), view_.size());
  }
}

}  // namespace stirline::config::wire
