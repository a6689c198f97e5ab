#include "control/cli/ask_control.hpp"

#include <cstring>
#include <span>

#include "config/tables/image.hpp"
#include "control/cli/commands.hpp"

namespace stirline::control::cli {

namespace wire = config::wire;

std::expected<wire::Answer, wire::WireError> ask_control(const std::string& socket, std::string_view verb,
                                                         std::string_view attached) {
  auto channel = wire::Channel::connect(socket);
  if (!channel) {
    return std::unexpected(channel.error());
  }
  const wire::Hello hello{config::tables::schema_hash()};
  std::string greeting(sizeof(hello), '\0');
  std::memcpy(greeting.data(), &hello, sizeof(hello));
  auto greeted = channel->ask(wire::MessageType::hello, greeting);
  if (!greeted || greeted->code != wire::ResultCode::ok) {
    return greeted;
  }
  constexpr int kAnswerMs = 30'000;  // a reload waits for the data plane
  if (attached.empty()) {
    return channel->ask(wire::MessageType::command, verb, -1, kAnswerMs);
  }
  const auto memfd = wire::make_sealed_memfd("stirline-command", std::as_bytes(std::span(attached)));
  if (!memfd) {
    return std::unexpected(memfd.error());
  }
  return channel->ask(wire::MessageType::command, verb, memfd->get(), kAnswerMs);
}

int exit_status(wire::ResultCode code) {
  switch (code) {
    case wire::ResultCode::ok:
      return kExitOk;
    case wire::ResultCode::busy:
      return kExitBusy;
    default:
      return kExitRefused;
  }
}

}  // namespace stirline::control::cli
