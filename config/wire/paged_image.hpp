// An image in memory of our own, on pages of 2 MiB where the system has them: who looks all over some hundred megabytes
// would wait for page tables as often as for the memory itself.
//
// Owns its memory, which nobody else can change. Any thread; made off the packet path.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <utility>

#include "config/tables/image.hpp"
#include "config/wire/channel.hpp"

namespace stirline::config::wire {

class PagedImage {
 public:
  // The error: there is no memory.
  [[nodiscard]] static std::expected<PagedImage, WireError> copy(tables::ImageView image);

  PagedImage() = default;
  PagedImage(PagedImage&& other) noexcept
      : view_(std::exchange(other.view_, {})), mapping_(std::exchange(other.mapping_, {})) {}
  PagedImage& operator=(PagedImage&& other) noexcept;
  PagedImage(const PagedImage&) = delete;
  PagedImage& operator=(const PagedImage&) = delete;
  ~PagedImage();

  [[nodiscard]] tables::ImageView view() const { return view_; }

 private:
  tables::ImageView view_;
  std::span<std::byte> mapping_;  // that it lies in
};

}  // namespace stirline::config::wire
