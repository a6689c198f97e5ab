#include <unistd.h>

#include "config/wire/channel.hpp"

namespace stirline::config::wire {

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (valid()) {
      ::close(fd_);
    }
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (valid()) {
    ::close(fd_);
  }
}

}  // namespace stirline::config::wire
