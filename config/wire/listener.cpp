#include <algorithm>

#include <sys/stat.h>
#include <unistd.h>

#include "config/wire/socket_address.hpp"
#include "config/wire/system_error.hpp"

namespace stirline::config::wire {
namespace {

constexpr int kBacklog = 8;
constexpr int kMaxRefusals = 16;  // strangers turned away in one call of accept()
constexpr mode_t kMode = 0660;

// Removes a socket file that nobody listens on any more. Anything else in its place is an error.
std::expected<void, WireError> remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return {};
    }
    return system_error(path);
  }
  if (!S_ISSOCK(status.st_mode)) {
    return std::unexpected(
        WireError{.text = path + ": there is a file that is no socket", .code = ResultCode::refused});
  }
  const Descriptor probe(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!probe.valid()) {
    return system_error("socket");
  }
  if (::connect(probe.get(), general(address), sizeof(address)) == 0 || errno != ECONNREFUSED) {
    return std::unexpected(
        WireError{.text = path + ": another process listens there already", .code = ResultCode::busy});
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return system_error(path);
  }
  return {};
}

bool has_our_group(int fd) {
  std::vector<gid_t> groups(64);
  socklen_t bytes = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &bytes) != 0) {
    if (errno != ERANGE) {
      return false;
    }
    groups.resize(bytes / sizeof(gid_t));
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &bytes) != 0) {
      return false;
    }
  }
  groups.resize(bytes / sizeof(gid_t));
  return std::ranges::count(groups, ::getegid()) != 0;
}

bool is_welcome(int fd) {
  ucred peer{};
  socklen_t bytes = sizeof(peer);
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0 || bytes != sizeof(peer)) {
    return false;
  }
  return peer.uid == 0 || peer.uid == ::geteuid() || peer.gid == ::getegid() || has_our_group(fd);
}

}  // namespace

std::expected<Listener, WireError> Listener::listen(const std::string& path) {
  const auto address = socket_address(path);
  if (!address) {
    return std::unexpected(
        WireError{.text = path + ": a socket path has 1 to 107 octets", .code = ResultCode::refused});
  }
  if (auto removed = remove_stale(path, *address); !removed) {
    return std::unexpected(removed.error());
  }
  Listener listener;
  Descriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) {
    return system_error("socket");
  }
  // Before bind() the mode narrows what bind() makes, so that the file is never open to others; after it, it undoes
  // the umask.
  if (::fchmod(socket.get(), kMode) != 0 || ::bind(socket.get(), general(*address), sizeof(*address)) != 0) {
    return system_error(path);
  }
  listener.socket_ = std::move(socket);
  listener.path_ = path;
  if (::chmod(path.c_str(), kMode) != 0 || ::listen(listener.fd(), kBacklog) != 0) {
    return system_error(path);
  }
  return listener;
}

Listener& Listener::operator=(Listener&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(path_, other.path_);
  return *this;
}

Listener::~Listener() {
  if (socket_.valid()) {
    ::unlink(path_.c_str());
  }
}

std::optional<Channel> Listener::accept() {
  for (int refused = 0; refused < kMaxRefusals;) {
    Descriptor peer(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!peer.valid()) {
      if (errno == EINTR || errno == ECONNABORTED) {
        continue;
      }
      return std::nullopt;
    }
    if (is_welcome(peer.get())) {
      return Channel(std::move(peer));
    }
    ++refused;
  }
  return std::nullopt;
}

}  // namespace stirline::config::wire
