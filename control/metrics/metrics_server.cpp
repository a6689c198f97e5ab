#include "control/metrics/metrics_server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <limits>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/beast/core/flat_buffer.hpp>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "control/http/http_answer.hpp"
#include "control/metrics/exposition.hpp"

namespace stirline::control {

namespace http = boost::beast::http;
namespace wire = config::wire;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kPause{100};  // before new connections are taken again, when descriptors have run out
constexpr int kBacklog = 64;

struct SocketPlace {
  sockaddr_storage storage{};
  socklen_t size = 0;

  explicit SocketPlace(const config::ListenPlace& place) {
    if (place.address.family == config::IpAddress::Family::v4) {
      sockaddr_in v4{};
      v4.sin_family = AF_INET;
      v4.sin_port = htons(place.port);
      std::memcpy(&v4.sin_addr, place.address.octets.data(), sizeof(v4.sin_addr));
      size = sizeof(v4);
      std::memcpy(&storage, &v4, sizeof(v4));
    } else {
      sockaddr_in6 v6{};
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(place.port);
      std::memcpy(&v6.sin6_addr, place.address.octets.data(), sizeof(v6.sin6_addr));
      size = sizeof(v6);
      std::memcpy(&storage, &v6, sizeof(v6));
    }
  }
  SocketPlace() : size(sizeof(storage)) {}
  [[nodiscard]] sockaddr* address() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] std::uint16_t port() const {
    sockaddr_in either{};  // the port of both families lies at the same place
    static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
    std::memcpy(&either, &storage, sizeof(either));
    return ntohs(either.sin_port);
  }
};

bool would_block(int error) {
  return error == EAGAIN || error == EINTR;
}

// Status line and header fields as they go out, then the body.
std::string octets_of(const HttpResponse& response) {
  std::ostringstream head;
  head << response.base();
  return std::move(head).str() + response.body();
}

http::status status_of(const boost::system::error_code& error) {
  return error == http::error::header_limit || error == http::error::buffer_overflow
             ? http::status::request_header_fields_too_large
             : http::status::bad_request;
}

}  // namespace

struct MetricsServer::Connection {
  wire::Descriptor socket;
  EventLoop::TimerId limit = 0;
  boost::beast::flat_buffer received{kMaxHeaderOctets};
  HttpRequestParser parser;
  bool waits = false;  // for the page
  std::string answer;  // what has not been sent yet stands behind `sent`
  std::size_t sent = 0;
  std::size_t ignored = 0;
};

std::expected<std::unique_ptr<MetricsServer>, std::string> MetricsServer::open(EventLoop& loop,
                                                                               const config::MetricsConfig& config,
                                                                               PageSource source) {
  const auto failed = [&](int error) {
    return std::unexpected(
        fmt::format("metrics cannot be served on {}: {}", config.listen, std::generic_category().message(error)));
  };
  const auto place = config::parse_listen_place(config.listen);
  if (!place) {
    return failed(EINVAL);
  }
  SocketPlace wanted(*place);
  wire::Descriptor listener(
      ::socket(wanted.address()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  const int on = 1;
  SocketPlace bound;
  if (!listener.valid() || ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      (wanted.address()->sa_family == AF_INET6 &&
       ::setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0) ||
      ::bind(listener.get(), wanted.address(), wanted.size) != 0 || ::listen(listener.get(), kBacklog) != 0 ||
      ::getsockname(listener.get(), bound.address(), &bound.size) != 0) {
    return failed(errno);
  }
  return std::unique_ptr<MetricsServer>(
      new MetricsServer(loop, config, std::move(source), std::move(listener), bound.port()));
}

MetricsServer::MetricsServer(EventLoop& loop, const config::MetricsConfig& config, PageSource source,
                             wire::Descriptor listener, std::uint16_t port)
    : loop_(loop),
      source_(std::move(source)),
      listener_(std::move(listener)),
      port_(port),
      most_(config.connections),
      limit_(config.limit_ms) {
  listen();
}

MetricsServer::~MetricsServer() {
  loop_.cancel(pause_);
  loop_.forget(listener_.get());
  for (const auto& [id, connection] : connections_) {
    loop_.cancel(connection->limit);
    loop_.forget(connection->socket.get());
  }
}

void MetricsServer::listen() {
  loop_.watch(listener_.get(), [this] { on_connect(); });
}

void MetricsServer::on_connect() {
  wire::Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket.valid()) {
    if (!would_block(errno) && errno != ECONNABORTED) {
      loop_.forget(listener_.get());
      pause_ = loop_.after(kPause, [this] { listen(); });
    }
    return;
  }
  ++counters_.connections;
  if (connections_.size() >= most_) {
    ++counters_.turned_away;
    return;
  }
  const std::uint64_t id = next_id_++;
  Connection& connection = *(connections_[id] = std::make_unique<Connection>());
  connection.socket = std::move(socket);
  connection.parser.header_limit(kMaxHeaderOctets);
  connection.parser.body_limit(std::numeric_limits<std::uint64_t>::max());  // it is never read
  // One limit for all of it: a peer that drips octets gains nothing.
  connection.limit = loop_.after(limit_, [this, id] { on_limit(id); });
  loop_.watch(connection.socket.get(), [this, id] { on_request(id); });
}

void MetricsServer::on_request(std::uint64_t id) {
  Connection& connection = *connections_.at(id);
  boost::beast::flat_buffer& received = connection.received;
  const auto room = received.prepare(kMaxHeaderOctets - received.size());
  const ssize_t got = ::recv(connection.socket.get(), room.data(), room.size(), 0);
  if (got <= 0) {
    if (got == 0 || !would_block(errno)) {
      end(id, true);
    }
    return;
  }
  received.commit(static_cast<std::size_t>(got));
  boost::system::error_code error;
  received.consume(connection.parser.put(received.data(), error));
  if (error == http::error::need_more) {
    if (received.size() < kMaxHeaderOctets) {
      return;
    }
    error = http::error::header_limit;
  }
  if (error) {
    reply(id, octets_of(bare_answer(status_of(error))), false);
  } else if (connection.parser.is_header_done()) {
    answer(id);
  }
}

void MetricsServer::answer(std::uint64_t id) {
  Connection& connection = *connections_.at(id);
  const HttpRequest& request = connection.parser.get();
  const std::string_view target(request.target().data(), request.target().size());
  if (!reads(request) || target.substr(0, target.find('?')) != "/metrics") {
    reply(id, octets_of(answer_request(request, nullptr)), false);
    return;
  }
  // Whether the peer is still there shows when the page goes out.
  loop_.forget(connection.socket.get());
  connection.waits = true;
  if (!std::exchange(page_in_work_, true)) {
    source_([this, alive = std::weak_ptr<void>(alive_)](const std::string& page) {
      if (!alive.expired()) {
        on_page(page);
      }
    });
  }
}

void MetricsServer::on_page(const std::string& page) {
  page_in_work_ = false;
  std::vector<std::uint64_t> waiting;
  for (const auto& [id, connection] : connections_) {
    if (std::exchange(connection->waits, false)) {
      waiting.push_back(id);
    }
  }
  const HttpPage content{kOpenMetricsType, "no-store", page};
  for (const std::uint64_t id : waiting) {
    reply(id, octets_of(answer_request(connections_.at(id)->parser.get(), &content)), true);
  }
}

void MetricsServer::reply(std::uint64_t id, const std::string& octets, bool served) {
  ++(served ? counters_.served : counters_.refused);
  connections_.at(id)->answer = octets;
  send_more(id);
}

void MetricsServer::send_more(std::uint64_t id) {
  Connection& connection = *connections_.at(id);
  const std::string_view rest = std::string_view(connection.answer).substr(connection.sent);
  const ssize_t sent = ::send(connection.socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
  if (sent < 0 && !would_block(errno)) {
    end(id, true);
    return;
  }
  connection.sent += static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
  if (connection.sent < connection.answer.size()) {
    loop_.watch(connection.socket.get(), EventLoop::Interest::writable, [this, id] { send_more(id); });
    return;
  }
  // A close with unread octets would take the answer back from a peer that is slow to read it.
  ::shutdown(connection.socket.get(), SHUT_WR);
  loop_.watch(connection.socket.get(), [this, id] { drain(id); });
}

void MetricsServer::drain(std::uint64_t id) {
  Connection& connection = *connections_.at(id);
  std::array<char, 4'096> ignored{};
  const ssize_t got = ::recv(connection.socket.get(), ignored.data(), ignored.size(), 0);
  connection.ignored += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  if (got == 0 || (got < 0 && !would_block(errno)) || connection.ignored > kMaxIgnoredOctets) {
    end(id, false);
  }
}

void MetricsServer::on_limit(std::uint64_t id) {
  const Connection& connection = *connections_.at(id);
  end(id, connection.answer.empty() || connection.sent < connection.answer.size());
}

void MetricsServer::end(std::uint64_t id, bool broken) {
  const auto found = connections_.find(id);
  counters_.broken += broken ? 1U : 0U;
  loop_.cancel(found->second->limit);
  loop_.forget(found->second->socket.get());
  connections_.erase(found);
}

}  // namespace stirline::control
