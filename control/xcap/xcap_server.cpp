#include "control/xcap/xcap_server.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>

#include "control/http/http_answer.hpp"
#include "control/http/tls_listener.hpp"
#include "control/xcap/xcap_service.hpp"
#include "control/xcap/xml_document.hpp"

namespace stirline::control {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using Request = http::request<http::string_body>;

constexpr std::size_t kMaxUnreadOctets = 4 * kMaxXmlOctets;
constexpr std::size_t kMaxBufferOctets = std::size_t{2} * kMaxHeaderOctets;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

// Fields of one name, joined; nothing if there is none.
std::optional<std::string> joined(const Request& request, http::field name) {
  std::optional<std::string> whole;
  const auto [first, last] = request.equal_range(name);
  for (auto at = first; at != last; ++at) {
    whole = whole ? fmt::format("{}, {}", *whole, view(at->value())) : std::string(view(at->value()));
  }
  return whole;
}

HttpResponse response_to(const Request& request, XcapHttpAnswer answer) {
  XcapAnswer& resource = answer.resource;
  HttpResponse response = bare_answer(http::int_to_status(resource.status));
  response.version(request.version());
  response.set(http::field::cache_control, "no-cache");
  if (!resource.etag.empty()) {
    response.set(http::field::etag, resource.etag);
  }
  if (!resource.allow.empty()) {
    response.set(http::field::allow, resource.allow);
  }
  for (const std::string& challenge : answer.challenges) {
    response.insert(http::field::www_authenticate, challenge);
  }
  if (!resource.content_type.empty()) {
    response.set(http::field::content_type, resource.content_type);
    response.content_length(resource.body.size());
    response.body() = std::move(resource.body);
  }
  return response;
}

// One connection: handshake, then requests and answers in turn. Alive as long as something is under way.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, asio::ssl::context& tls, XcapService& service, HttpTallies& tallies,
          std::chrono::milliseconds limit)
      : stream_(std::move(socket), tls), service_(service), tallies_(tallies), limit_(limit) {
    ++tallies_.open;
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { --tallies_.open; }

  void run() {
    beast::get_lowest_layer(stream_).expires_after(limit_);
    stream_.async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](error_code error) {
      if (!self->is_broken(error)) {
        self->read();
      }
    });
  }

 private:
  bool is_broken(error_code error) {
    tallies_.broken += error ? 1U : 0U;
    return error.failed();
  }

  void read() {
    parser_.emplace();
    parser_->header_limit(kMaxHeaderOctets);
    parser_->body_limit(kMaxXmlOctets);
    beast::get_lowest_layer(stream_).expires_after(limit_);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](error_code error, std::size_t) { self->on_header(error); });
  }

  void on_header(error_code error) {
    const bool has_left = error == http::error::end_of_stream || error == asio::ssl::error::stream_truncated ||
                          error == beast::error::timeout;
    if (has_left && requests_ > 0) {
      return finish();  // between two requests
    }
    if (is_refused(error)) {
      return;
    }
    if (view(parser_->get()[http::field::expect]) != "100-continue") {
      return read_body();
    }
    static constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(kGoOn.data(), kGoOn.size()),
                      [self = shared_from_this()](error_code failed, std::size_t) {
                        if (!self->is_broken(failed)) {
                          self->read_body();
                        }
                      });
  }

  void read_body() {
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!self->is_refused(error)) {
        self->respond();
      }
    });
  }

  // What is too large is told so; what is no HTTP, or does not come, is left.
  bool is_refused(error_code error) {
    const bool too_large = error == http::error::body_limit;
    if (too_large || error == http::error::header_limit) {
      response_ =
          bare_answer(too_large ? http::status::payload_too_large : http::status::request_header_fields_too_large);
      ++tallies_.refused;
      unread_ = kMaxUnreadOctets;
      write(false);
      return true;
    }
    return is_broken(error);
  }

  void respond() {
    const Request& request = parser_->get();
    const std::string_view authorization = view(request[http::field::authorization]);
    XcapHttpAnswer answer = service_.answer({.method = view(request.method_string()),
                                             .target = view(request.target()),
                                             .authorization = authorization,
                                             .content_type = view(request[http::field::content_type]),
                                             .if_match = joined(request, http::field::if_match),
                                             .if_none_match = joined(request, http::field::if_none_match),
                                             .body = request.body()},
                                            nonce_use_);
    const unsigned status = answer.resource.status;
    (status < 400 ? tallies_.served : tallies_.refused) += 1;
    refused_sign_ins_ += status == 401 && !authorization.empty() ? 1U : 0U;
    ++requests_;
    response_ = response_to(request, std::move(answer));
    response_.keep_alive(request.keep_alive() && requests_ < XcapServer::kMaxRequests &&
                         refused_sign_ins_ < XcapServer::kMaxRefusedSignIns);
    write(request.method() == http::verb::head);
  }

  void write(bool header_only) {
    serializer_.emplace(response_);
    // content_length() stands: a HEAD tells the length of what it does not send.
    serializer_->split(header_only);
    const auto written = [self = shared_from_this()](error_code error, std::size_t) {
      if (self->is_broken(error)) {
        return;
      }
      if (self->response_.keep_alive()) {
        self->read();
      } else if (self->unread_ > 0) {
        self->pass_over();
      } else {
        self->finish();
      }
    };
    if (header_only) {
      http::async_write_header(stream_, *serializer_, written);
    } else {
      http::async_write(stream_, *serializer_, written);
    }
  }

  // Ends our side, and reads for a while what the peer goes on sending: to close at once would take our answer from it.
  void pass_over() {
    error_code ignored;
    beast::get_lowest_layer(stream_).socket().shutdown(tcp::socket::shutdown_send, ignored);
    read_on();
  }

  // Octets below TLS, unread.
  void read_on() {
    beast::get_lowest_layer(stream_).async_read_some(asio::buffer(passed_over_),
                                                     [self = shared_from_this()](error_code error, std::size_t octets) {
                                                       self->unread_ -= std::min(octets, self->unread_);
                                                       if (!error && self->unread_ > 0) {
                                                         self->read_on();
                                                       }
                                                     });
  }

  void finish() {
    // The peer's own end of TLS is waited for, within the limit; whether it comes does not matter any more.
    beast::get_lowest_layer(stream_).expires_after(limit_);
    stream_.async_shutdown([self = shared_from_this()](error_code) {});
  }

  beast::ssl_stream<beast::tcp_stream> stream_;
  XcapService& service_;
  HttpTallies& tallies_;
  std::chrono::milliseconds limit_;
  NonceUse nonce_use_;
  std::size_t requests_ = 0;
  std::size_t refused_sign_ins_ = 0;
  std::size_t unread_ = 0;  // octets of a refused request that are still passed over
  std::array<char, 4'096> passed_over_{};
  beast::flat_buffer buffer_{kMaxBufferOctets};
  std::optional<http::request_parser<http::string_body>> parser_;
  HttpResponse response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
};

class Server : public XcapServer {
 public:
  Server(const config::XcapConfig& config, const Parts& parts, UserFile users)
      : limit_(config.limit_ms),
        operations_(parts.checker, parts.capabilities, parts.store),
        service_({config.root, config.administrators, parts.side}, operations_, std::move(users),
                 XcapAuthenticator(parts.now)),
        listener_({config.listen, config.port, config.certificate, config.key, config.connections}, tallies_,
                  [this](tcp::socket socket, asio::ssl::context& tls) {
                    std::make_shared<Session>(std::move(socket), tls, service_, tallies_, limit_)->run();
                  }) {}

  [[nodiscard]] std::uint16_t port() const override { return listener_.port(); }
  [[nodiscard]] HttpCounters counters() const override { return tallies_.read(); }
  [[nodiscard]] const XcapTallies& tallies() const override { return service_.tallies(); }

 private:
  std::chrono::milliseconds limit_;
  XcapOperations operations_;
  XcapService service_;
  HttpTallies tallies_;
  TlsListener listener_;  // last: its thread uses what stands above
};

}  // namespace

std::expected<std::unique_ptr<XcapServer>, std::string> XcapServer::start(const config::XcapConfig& config,
                                                                          const Parts& parts) {
  auto users = UserFile::open(config.users);
  if (!users) {
    return std::unexpected(std::move(users.error()));
  }
  try {
    return std::make_unique<Server>(config, parts, std::move(*users));
  } catch (const std::exception& error) {
    return std::unexpected(
        fmt::format("the XCAP server cannot listen on {} port {}: {}", config.listen, config.port, error.what()));
  }
}

}  // namespace stirline::control
