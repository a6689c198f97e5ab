#include "control/watching/watch_relay.hpp"

#include <charconv>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "control/command_answer.hpp"

namespace stirline::control {

namespace wire = config::wire;
using Json = nlohmann::ordered_json;
using wire::ResultCode;

namespace {

struct Question {
  wire::WatchBy by = wire::WatchBy::nothing;
  std::string text;
  bool octets = false;
  std::uint32_t seconds = 0;
};

// What is missing or wrong in it is found by decode_watch(), which the data plane uses, too.
std::optional<Question> read_question(std::string_view attached) {
  const Json document = Json::parse(attached, nullptr, false);
  if (!document.is_object()) {
    return std::nullopt;
  }
  Question question;
  for (const auto& [name, by] :
       {std::pair{"number", wire::WatchBy::number}, std::pair{"call_id", wire::WatchBy::call_id},
        std::pair{"trunk", wire::WatchBy::trunk}}) {
    const auto found = document.find(name);
    if (found == document.end()) {
      continue;
    }
    if (!found->is_string() || question.by != wire::WatchBy::nothing) {
      return std::nullopt;
    }
    question.by = by;
    question.text = found->get<std::string>();
  }
  const auto seconds = document.find("seconds");
  const auto octets = document.find("octets");
  if (question.by == wire::WatchBy::nothing || question.text.size() > wire::kMaxWatchText ||
      seconds == document.end() || !seconds->is_number_unsigned() ||
      seconds->get<std::uint64_t>() > wire::kMaxWatchSeconds || (octets != document.end() && !octets->is_boolean())) {
    return std::nullopt;
  }
  question.seconds = seconds->get<std::uint32_t>();
  question.octets = octets != document.end() && octets->get<bool>();
  return question;
}

}  // namespace

void WatchRelay::start(CommandServer& server, const CommandServer::Command& command, CommandServer::Reply reply) {
  const auto question = read_question(command.attached);
  const std::string payload =
      question ? wire::encode_watch({question->by, question->octets, question->seconds, question->text})
               : std::string();
  if (const auto checked = wire::decode_watch(payload); !checked) {
    give(reply, refused(question ? checked.error() : "no question that can be read"));
    return;
  }
  if (state_ != State::idle) {
    give(reply, refused_for_now("somebody watches already: one watch at a time"));
    return;
  }
  if (!dataplane_.connected()) {
    give(reply, refused("the data plane is not connected"));
    return;
  }
  // Who may ask is a matter of the socket's mode; that somebody did stands in the log, without the number.
  spdlog::info("user {} watches {}", command.user, question->octets ? "messages and their frames" : "messages");
  state_ = State::asking;
  asker_gone_ = false;
  server_ = &server;
  connection_ = command.connection;
  reply_ = std::move(reply);
  server.on_gone(connection_, [this] { on_asker_gone(); });
  dataplane_.watch(payload, [this](const wire::Answer& answer) { on_started(answer); });
}

void WatchRelay::on_started(const wire::Answer& answer) {
  std::uint32_t number = 0;
  const char* const end = answer.text.data() + answer.text.size();
  const bool is_number = std::from_chars(answer.text.data(), end, number).ptr == end && number != 0;
  if (answer.code != ResultCode::ok || !is_number) {
    finish(answer.code == ResultCode::busy ? refused_for_now(answer.text) : refused(answer.text));
    return;
  }
  watch_ = number;
  state_ = State::watching;
  if (asker_gone_) {
    stop();
  }
}

void WatchRelay::on_asker_gone() {
  asker_gone_ = true;
  if (state_ == State::watching) {
    stop();
  }
}

void WatchRelay::stop() {
  state_ = State::stopping;
  dataplane_.watch(wire::encode_watch({}), [this](const wire::Answer&) { finish({{"result", "ok"}}); });
}

void WatchRelay::on_dataplane_lost() {
  if (state_ != State::idle) {
    finish(refused("the data plane has gone"));
  }
}

void WatchRelay::finish(const Json& answer) {
  state_ = State::idle;
  watch_ = 0;
  server_ = nullptr;
  give(std::exchange(reply_, {}), answer);
}

std::expected<void, std::string> WatchRelay::take(std::string_view payload) {
  if (payload.empty()) {
    if (state_ == State::watching) {
      finish({{"result", "ok"}});
    }
    return {};
  }
  std::string fitting;
  std::uint64_t events = 0;
  for (std::string_view rest = payload; !rest.empty();) {
    const std::string_view before = rest;
    const auto event = wire::decode_watch_event(rest);
    if (!event) {
      return std::unexpected(event.error());
    }
    if (state_ == State::watching && event->watch == watch_) {  // none of a watch before
      fitting += before.substr(0, before.size() - rest.size());
      ++events;
    }
  }
  if (events != 0) {
    (server_->relay(connection_, fitting) ? told_ : dropped_) += events;
  }
  return {};
}

Json WatchRelay::status() const {
  return {{"watching", state_ != State::idle}, {"told", told_}, {"dropped", dropped_}};
}

}  // namespace stirline::control
