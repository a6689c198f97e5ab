// Control's own socket, where the operator's command asks: "status", "reload", "cert list". Speaks
// config/wire/protocol.hpp: hello, then commands, one at a time for each connection.
//
// The peers are local and their credentials are checked by the listener; what they send is bounded all the same: a
// fixed number of connections, short verbs, an idle limit. Thread: that of the loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "config/wire/channel.hpp"
#include "config/wire/protocol.hpp"
#include "control/event_loop.hpp"

namespace stirline::control {

class CommandServer {
 public:
  static constexpr std::size_t kMaxConnections = 16;
  static constexpr std::size_t kMaxVerbBytes = 1'024;
  static constexpr std::size_t kMaxAttachedBytes = 65'536;  // what a verb is about, in a sealed memfd

  // Answers one command, now or later; may be called after the asker has gone (then nothing happens) and only once.
  using Reply = std::function<void(config::wire::ResultCode code, const std::string& document)>;
  // The texts are there within the call only.
  struct Command {
    std::string_view verb;
    std::string_view attached;  // empty if nothing came along
    std::uint32_t user = 0;     // whose process asks
    std::uint64_t connection = 0;
  };
  using Handler = std::function<void(const Command& command, Reply reply)>;

  CommandServer(EventLoop& loop, config::wire::Listener listener, Handler handler,
                std::chrono::milliseconds idle_limit = std::chrono::milliseconds(30'000));
  ~CommandServer();
  CommandServer(const CommandServer&) = delete;
  CommandServer& operator=(const CommandServer&) = delete;

  // While a command is in work: sends its asker events of watched messages. Waits for nobody: false if they were not
  // taken.
  [[nodiscard]] bool relay(std::uint64_t connection, std::string_view events);
  // Likewise: calls `gone` once if the asker goes, or sends anything, before the reply; its connection is closed then.
  void on_gone(std::uint64_t connection, std::function<void()> gone);

  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

 private:
  struct Connection {
    config::wire::Channel channel;
    bool greeted = false;
    EventLoop::TimerId idle_timer = 0;
  };

  void on_connect();
  void on_readable(std::uint64_t id);
  void on_hello(std::uint64_t id, const config::wire::Incoming& incoming);
  void on_command(std::uint64_t id, const config::wire::Incoming& incoming);
  void answer(std::uint64_t id, std::uint32_t request_id, config::wire::ResultCode code, std::string_view text);
  void listen_to(std::uint64_t id);
  void drop(std::uint64_t id);

  EventLoop& loop_;
  config::wire::Listener listener_;
  Handler handler_;
  std::chrono::milliseconds idle_limit_;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, Connection> connections_;
  std::shared_ptr<void> alive_ = std::make_shared<char>();  // replies that come too late find it gone
};

}  // namespace stirline::control
