#include "control/command_server.hpp"

#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include "config/tables/image.hpp"

namespace stirline::control {

namespace wire = config::wire;

namespace {

std::expected<wire::MappedImage, std::string> read_attached(const wire::Descriptor& fd) {
  if (!fd.valid()) {
    return wire::MappedImage();
  }
  struct stat facts{};
  if (::fstat(fd.get(), &facts) != 0 || facts.st_size < 0 ||
      static_cast<std::size_t>(facts.st_size) > CommandServer::kMaxAttachedBytes) {
    return std::unexpected("what came with the command is too long");
  }
  auto mapped = wire::MappedImage::map(fd, static_cast<std::uint64_t>(facts.st_size));
  if (!mapped) {
    return std::unexpected(std::move(mapped.error().text));
  }
  return std::move(*mapped);
}

}  // namespace

CommandServer::CommandServer(EventLoop& loop, wire::Listener listener, Handler handler,
                             std::chrono::milliseconds idle_limit)
    : loop_(loop), listener_(std::move(listener)), handler_(std::move(handler)), idle_limit_(idle_limit) {
  loop_.watch(listener_.fd(), [this] { on_connect(); });
}

CommandServer::~CommandServer() {
  loop_.forget(listener_.fd());
  while (!connections_.empty()) {
    drop(connections_.begin()->first);
  }
}

void CommandServer::on_connect() {
  std::optional<wire::Channel> channel = listener_.accept();
  if (!channel) {
    return;
  }
  if (connections_.size() >= kMaxConnections) {
    spdlog::warn("a command was turned away: {} connections are open", connections_.size());
    return;
  }
  const std::uint64_t id = next_id_++;
  connections_[id].channel = std::move(*channel);
  listen_to(id);
}

void CommandServer::listen_to(std::uint64_t id) {
  Connection& connection = connections_.at(id);
  loop_.watch(connection.channel.fd(), [this, id] { on_readable(id); });
  loop_.cancel(connection.idle_timer);
  connection.idle_timer = loop_.after(idle_limit_, [this, id] { drop(id); });
}

void CommandServer::drop(std::uint64_t id) {
  const auto found = connections_.find(id);
  if (found != connections_.end()) {
    loop_.forget(found->second.channel.fd());
    loop_.cancel(found->second.idle_timer);
    connections_.erase(found);
  }
}

void CommandServer::on_readable(std::uint64_t id) {
  Connection& connection = connections_.at(id);
  auto incoming = connection.channel.receive(0);
  if (!incoming) {
    if (!incoming.error().closed) {
      spdlog::warn("a command connection is closed: {}", incoming.error().text);
      [[maybe_unused]] const auto told =
          connection.channel.send_result(0, incoming.error().code, incoming.error().text);
    }
    drop(id);
    return;
  }
  if (incoming->type() == wire::MessageType::hello) {
    on_hello(id, *incoming);
  } else if (incoming->type() == wire::MessageType::command && connection.greeted) {
    on_command(id, *incoming);
  } else {
    answer(id, incoming->header.request_id, wire::ResultCode::bad_message,
           connection.greeted ? "only commands are served here" : "the first message must be hello");
    drop(id);
  }
}

void CommandServer::on_hello(std::uint64_t id, const wire::Incoming& incoming) {
  wire::Hello hello;
  if (incoming.payload.size() != sizeof(hello)) {
    answer(id, incoming.header.request_id, wire::ResultCode::bad_message, "hello of a wrong length");
    drop(id);
    return;
  }
  std::memcpy(&hello, incoming.payload.data(), sizeof(hello));
  if (hello.schema_hash != config::tables::schema_hash()) {
    answer(id, incoming.header.request_id, wire::ResultCode::wrong_schema,
           "the command and stirline-control are of different builds");
    drop(id);
    return;
  }
  connections_.at(id).greeted = true;
  answer(id, incoming.header.request_id, wire::ResultCode::ok, "");
}

void CommandServer::on_command(std::uint64_t id, const wire::Incoming& incoming) {
  Connection& connection = connections_.at(id);
  const std::uint32_t request_id = incoming.header.request_id;
  if (incoming.payload.size() > kMaxVerbBytes) {
    answer(id, request_id, wire::ResultCode::bad_message, "the command is too long");
    drop(id);
    return;
  }
  const auto attached = read_attached(incoming.fd);
  if (!attached) {
    answer(id, request_id, wire::ResultCode::bad_message, attached.error());
    drop(id);
    return;
  }
  // Nothing more is read from this connection until the answer has gone: one command at a time.
  loop_.forget(connection.channel.fd());
  loop_.cancel(connection.idle_timer);
  const std::weak_ptr<void> alive = alive_;
  const std::string_view text(reinterpret_cast<const char*>(attached->view().data()), attached->view().size());
  const Command command{
      .verb = incoming.text(), .attached = text, .user = connection.channel.peer_user(), .connection = id};
  handler_(command, [this, alive, id, request_id](wire::ResultCode code, const std::string& document) {
    if (alive.expired() || !connections_.contains(id)) {
      return;
    }
    answer(id, request_id, code, document);
    if (connections_.contains(id)) {
      listen_to(id);
    }
  });
}

bool CommandServer::relay(std::uint64_t connection, std::string_view events) {
  const auto found = connections_.find(connection);
  return found != connections_.end() &&
         found->second.channel.send(wire::MessageType::watched, 0, events, -1, 0).has_value();
}

void CommandServer::on_gone(std::uint64_t connection, std::function<void()> gone) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) {
    return;
  }
  loop_.watch(found->second.channel.fd(), [this, connection, gone = std::move(gone)] {
    const std::function<void()> tell = gone;  // the loop forgets this handler with the connection
    drop(connection);
    tell();
  });
}

void CommandServer::answer(std::uint64_t id, std::uint32_t request_id, wire::ResultCode code, std::string_view text) {
  const auto sent = connections_.at(id).channel.send_result(request_id, code, text);
  if (!sent) {
    spdlog::warn("an answer to a command was not taken: {}", sent.error().text);
    drop(id);
  }
}

}  // namespace stirline::control
