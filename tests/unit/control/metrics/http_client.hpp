// A peer of the metrics server that the test holds in its hand: connects, says what it is told, hears what comes. It
// never waits, so that it can live on the thread of the server's loop.
#pragma once

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>

#include "config/wire/channel.hpp"

namespace stirline::control::test {

class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port, int receive_buffer = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0) {
      ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      throw std::runtime_error("no connection");
    }
  }

  // As much as goes at once.
  std::size_t say(std::string_view text) {
    const ssize_t sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }

  // What has come so far; `over` once the server has ended the connection.
  const std::string& hear() {
    std::array<char, 65'536> buffer{};
    ssize_t got = 0;
    while ((got = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
      heard_.append(buffer.data(), static_cast<std::size_t>(got));
    }
    over_ = over_ || got == 0 || errno != EAGAIN;
    return heard_;
  }
  [[nodiscard]] bool over() {
    hear();
    return over_;
  }

  void hang_up() { socket_ = config::wire::Descriptor(); }

 private:
  config::wire::Descriptor socket_;
  std::string heard_;
  bool over_ = false;
};

inline std::string body_of(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

}  // namespace stirline::control::test
