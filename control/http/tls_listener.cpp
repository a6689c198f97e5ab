#include "control/http/tls_listener.hpp"

#include <chrono>
#include <utility>

namespace stirline::control {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

TlsListener::TlsListener(const Place& place, HttpTallies& tallies, Begin begin)
    : most_(place.connections), tallies_(tallies), begin_(std::move(begin)) {
  tls_.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  tls_.use_certificate_chain_file(place.certificate.string());
  tls_.use_private_key_file(place.key.string(), asio::ssl::context::pem);
  const tcp::endpoint endpoint(asio::ip::make_address(place.listen), place.port);
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(asio::socket_base::reuse_address(true));
  acceptor_.bind(endpoint);
  acceptor_.listen();
  port_ = acceptor_.local_endpoint().port();
  accept();
  thread_ = std::jthread([this] { io_.run(); });
}

TlsListener::~TlsListener() {
  io_.stop();
  thread_.join();
}

void TlsListener::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (error) {
      // Out of descriptors, most likely: some will be free in a moment.
      pause_.expires_after(std::chrono::milliseconds(100));
      pause_.async_wait([this](error_code stopped) {
        if (!stopped) {
          accept();
        }
      });
      return;
    }
    ++tallies_.connections;
    if (tallies_.open >= most_) {
      ++tallies_.turned_away;
    } else {
      begin_(std::move(socket), tls_);
    }
    accept();
  });
}

}  // namespace stirline::control
