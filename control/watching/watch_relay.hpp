// Hands what the data plane tells of watched messages on to the command that asked for it: one watch at a time, over
// when its command goes, when its time is over, or when the data plane goes.
//
// Events are checked and not looked into. A command that reads too slowly loses events, which are counted; nobody waits
// for it. Thread: that of the loop.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "config/wire/watch.hpp"
#include "control/command_server.hpp"
#include "control/dataplane_client.hpp"

namespace stirline::control {

class WatchRelay {
 public:
  explicit WatchRelay(DataplaneClient& dataplane) : dataplane_(dataplane) {}

  // A command's question: {"number": "12155550121"} or {"call_id": ...} or {"trunk": ...}, with "seconds" and perhaps
  // "octets". `server` outlives this object's use of it. The reply comes when the watch is over.
  void start(CommandServer& server, const CommandServer::Command& command, CommandServer::Reply reply);

  // Events from the data plane; empty: it has ended the watch. The error says what is wrong with them.
  [[nodiscard]] std::expected<void, std::string> take(std::string_view payload);

  void on_dataplane_lost();

  [[nodiscard]] nlohmann::ordered_json status() const;

 private:
  enum class State : std::uint8_t { idle, asking, watching, stopping };

  void on_started(const config::wire::Answer& answer);
  void on_asker_gone();
  void stop();
  void finish(const nlohmann::ordered_json& answer);

  DataplaneClient& dataplane_;
  State state_ = State::idle;
  bool asker_gone_ = false;
  CommandServer* server_ = nullptr;
  std::uint64_t connection_ = 0;  // of the asker
  CommandServer::Reply reply_;
  std::uint32_t watch_ = 0;    // its number, as the data plane has it
  std::uint64_t told_ = 0;     // events, ever
  std::uint64_t dropped_ = 0;  // likewise: the command was too slow
};

}  // namespace stirline::control
