#include "tests/unit/control/certificates/https_server.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "tests/unit/crypto_workers/test_authority.hpp"

namespace stirline::control::test {

using config::wire::Descriptor;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kNap{2};

void require(bool good, const char* what) {
  if (!good) {
    throw std::runtime_error(what);
  }
}

template <typename T, typename Read>
T read_pem(const std::string& pem, Read read) {
  const crypto::Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return T(read(bio.get(), nullptr, nullptr, nullptr));
}

}  // namespace

TlsIdentity make_identity(const std::string& names) {
  const auto authority = stirline::test::issue(stirline::test::authority_options("Web CA"), nullptr);
  stirline::test::CertificateOptions options;
  options.common_name = "Web server";
  options.not_before = 1'577'836'800;  // 2020: the transport is judged by the real clock
  options.set("subjectAltName", names);
  const auto server = stirline::test::issue(options, &authority);
  return {authority.pem(), server.pem(), server.key_pem()};
}

HttpsServer::HttpsServer(const TlsIdentity& identity, Handler handler, const Options& options)
    : handler_(std::move(handler)), options_(options), context_(SSL_CTX_new(TLS_server_method())) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto certificate = read_pem<crypto::X509Certificate>(identity.certificate_pem, PEM_read_bio_X509);
  const auto key = read_pem<crypto::EvpKey>(identity.key_pem, PEM_read_bio_PrivateKey);
  require(SSL_CTX_use_certificate(context_.get(), certificate.get()) == 1, "certificate");
  require(SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1, "key");
  SSL_CTX_set_security_level(context_.get(), 0);
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context_.get(), options.newest_tls);
  listener_ = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.port);
  require(::inet_pton(AF_INET, options.address.c_str(), &address.sin_addr) == 1, "address");
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  require(::bind(listener_.get(), generic, size) == 0 && ::listen(listener_.get(), 128) == 0, "listen");
  require(::getsockname(listener_.get(), generic, &size) == 0, "getsockname");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
}

void HttpsServer::accept_all(const std::stop_token& stop) {
  std::vector<std::jthread> served;
  while (!stop.stop_requested()) {
    pollfd polled{listener_.get(), POLLIN, 0};
    if (::poll(&polled, 1, static_cast<int>(kNap.count())) <= 0) {
      continue;
    }
    Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.valid()) {
      ++connections_;
      served.emplace_back([this, &stop](Descriptor own) { serve(std::move(own), stop); }, std::move(socket));
    }
  }
}

void HttpsServer::serve(Descriptor socket, const std::stop_token& stop) {
  // A peer that says nothing must not keep the server from ending.
  const timeval patience{5, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const std::unique_ptr<SSL, crypto::OpensslFree<SSL_free>> tls(SSL_new(context_.get()));
  SSL_set_fd(tls.get(), socket.get());
  Conversation talk(tls.get(), socket.get(), stop, *this);
  if (!options_.shakes_hands) {
    talk.hang();
    return;
  }
  if (SSL_accept(tls.get()) != 1) {
    return;
  }
  std::string request;
  std::array<char, 4'096> buffer{};
  while (!request.contains("\r\n\r\n")) {
    const int got = SSL_read(tls.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (got <= 0) {
      return;
    }
    request.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ++requests_;
  talk.method = request.substr(0, request.find(' '));
  const std::size_t target = talk.method.size() + 1;
  talk.target = request.substr(target, request.find(' ', target) - target);
  handler_(talk);
  if (!talk.cut_) {
    SSL_shutdown(tls.get());
  }
}

bool HttpsServer::Conversation::send(std::string_view text) {
  return SSL_write(tls_, text.data(), static_cast<int>(text.size())) > 0;
}

void HttpsServer::Conversation::answer(std::string_view status, std::string_view headers, std::string_view body) {
  std::string text = "HTTP/1.1 ";
  text.append(status).append("\r\n").append(headers);
  text.append("Content-Length: " + std::to_string(body.size()) + "\r\n\r\n").append(body);
  send(text);
}

bool HttpsServer::Conversation::gone() const {
  pollfd polled{fd_, POLLIN | POLLRDHUP, 0};
  return stop_.stop_requested() || (::poll(&polled, 1, static_cast<int>(kNap.count())) > 0 &&
                                    (polled.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0);
}

void HttpsServer::Conversation::hang() {
  while (!gone()) {
  }
}

void HttpsServer::Conversation::drip() {
  send("HTTP/1.1 200 OK\r\nContent-Type: application/pem-certificate-chain\r\n\r\n");
  while (!gone() && send("-")) {
  }
}

void HttpsServer::Conversation::wait_for_gate() {
  ++server_.at_gate_;
  while (!server_.gate_open_ && !gone()) {
  }
  --server_.at_gate_;
}

void HttpsServer::open_gate() {
  gate_open_ = true;
}

}  // namespace stirline::control::test
