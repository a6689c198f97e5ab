#include "control/repository/repository_server.hpp"

#include <chrono>
#include <mutex>
#include <utility>

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>

#include "control/certificates/chain_body.hpp"
#include "control/http/http_answer.hpp"
#include "control/http/tls_listener.hpp"

namespace stirline::control {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

struct Shared {
  Shared(std::chrono::milliseconds limit_of_each, std::uint32_t seconds) : limit(limit_of_each), max_age(seconds) {}

  const std::chrono::milliseconds limit;
  const std::uint32_t max_age;
  HttpTallies tallies;
  std::mutex mutex;
  std::shared_ptr<const PublishedChains::Pages> pages = std::make_shared<PublishedChains::Pages>();

  std::shared_ptr<const PublishedChains::Pages> current() {
    const std::scoped_lock lock(mutex);
    return pages;
  }
};

// One connection: handshake, one request, one response, the end. Alive as long as something is under way.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, asio::ssl::context& tls, Shared& shared)
      : stream_(std::move(socket), tls), shared_(shared) {
    ++shared_.tallies.open;
    parser_.header_limit(kMaxHeaderOctets);
    parser_.body_limit(0);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { --shared_.tallies.open; }

  void run() {
    // One limit for all of it: a peer that drips octets gains nothing.
    beast::get_lowest_layer(stream_).expires_after(shared_.limit);
    stream_.async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](error_code error) {
      if (!self->is_broken(error)) {
        self->read();
      }
    });
  }

 private:
  bool is_broken(error_code error) {
    shared_.tallies.broken += error ? 1U : 0U;
    return error.failed();
  }

  void read() {
    http::async_read(stream_, buffer_, parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!self->is_broken(error)) {
        self->respond();
      }
    });
  }

  void respond() {
    const HttpRequest& request = parser_.get();
    const std::string_view target(request.target().data(), request.target().size());
    const std::shared_ptr<const PublishedChains::Pages> pages = shared_.current();
    const auto found = pages->find(target);
    HttpPage page{kChainContentType, fmt::format("max-age={}", shared_.max_age), {}};
    if (found != pages->end()) {
      page.content_type = found->second.content_type;
      page.body = found->second.body;
      if (!found->second.may_be_kept) {
        page.cache_control = "no-store";
      }
    }
    response_ = answer_request(request, found != pages->end() ? &page : nullptr);
    (response_.result() == http::status::ok ? shared_.tallies.served : shared_.tallies.refused) += 1;
    // content_length() stands: a HEAD tells the length of what it does not send.
    serializer_.split(request.method() == http::verb::head);
    const auto written = [self = shared_from_this()](error_code error, std::size_t) {
      if (!self->is_broken(error)) {
        self->finish();
      }
    };
    if (request.method() == http::verb::head) {
      http::async_write_header(stream_, serializer_, written);
    } else {
      http::async_write(stream_, serializer_, written);
    }
  }

  void finish() {
    // The peer's own end of TLS is waited for, within the limit; whether it comes does not matter any more.
    stream_.async_shutdown([self = shared_from_this()](error_code) {});
  }

  beast::ssl_stream<beast::tcp_stream> stream_;
  Shared& shared_;
  beast::flat_buffer buffer_{kMaxHeaderOctets};
  HttpRequestParser parser_;
  HttpResponse response_;
  http::response_serializer<http::string_body> serializer_{response_};
};

class Server : public RepositoryServer {
 public:
  explicit Server(const config::RepositoryConfig& config)
      : shared_(std::chrono::milliseconds(config.limit_ms), config.max_age),
        listener_({config.listen, config.port, config.certificate, config.key, config.connections}, shared_.tallies,
                  [this](tcp::socket socket, asio::ssl::context& tls) {
                    std::make_shared<Session>(std::move(socket), tls, shared_)->run();
                  }) {}

  void publish(std::shared_ptr<const PublishedChains::Pages> pages) override {
    const std::scoped_lock lock(shared_.mutex);
    shared_.pages = std::move(pages);
  }

  [[nodiscard]] std::uint16_t port() const override { return listener_.port(); }
  [[nodiscard]] HttpCounters counters() const override { return shared_.tallies.read(); }

 private:
  Shared shared_;
  TlsListener listener_;
};

}  // namespace

std::expected<std::unique_ptr<RepositoryServer>, std::string> RepositoryServer::start(
    const config::RepositoryConfig& config) {
  try {
    return std::make_unique<Server>(config);
  } catch (const std::exception& error) {
    return std::unexpected(
        fmt::format("the repository cannot listen on {} port {}: {}", config.listen, config.port, error.what()));
  }
}

}  // namespace stirline::control
