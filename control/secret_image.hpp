// The credential table's image at rest in control: the one place where private keys stay after start.
//
// Kept because the tables must be pushed again whenever the data plane comes back. The pages are locked (where the
// system's limit allows), left out of core dumps and wiped before they are given back.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "config/tables/image.hpp"

namespace stirline::control {

class SecretImage {
 public:
  SecretImage() = default;
  // Copies `original` and wipes it. Throws std::system_error if there is no memory; `original` is wiped all the same.
  explicit SecretImage(std::span<std::byte> original);
  SecretImage(SecretImage&& other) noexcept : octets_(std::exchange(other.octets_, {})) {}
  SecretImage& operator=(SecretImage&& other) noexcept;
  SecretImage(const SecretImage&) = delete;
  SecretImage& operator=(const SecretImage&) = delete;
  ~SecretImage() { wipe(); }

  [[nodiscard]] config::tables::ImageView view() const { return octets_; }

 private:
  void wipe() noexcept;

  std::span<std::byte> octets_;
};

}  // namespace stirline::control
