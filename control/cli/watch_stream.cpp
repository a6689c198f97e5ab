#include "control/cli/watch_stream.hpp"

#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/tables/image.hpp"
#include "config/wire/channel.hpp"
#include "control/cli/ask_control.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/output.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::control::cli {

namespace wire = config::wire;

namespace {

volatile std::sig_atomic_t interrupted = 0;
void interrupt(int /*signal*/) {
  interrupted = 1;
}

// The number of events that came before those that are here, of each poll core: a gap is what was lost.
class Gaps {
 public:
  void see(const wire::WatchEvent& event) {
    std::uint32_t& next = next_[event.core];
    lost_ += event.sequence - next;
    next = event.sequence + 1;
  }
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  std::map<std::uint16_t, std::uint32_t> next_;
  std::uint64_t lost_ = 0;
};

// Over when so many messages have left, been answered, or ended.
class Count {
 public:
  explicit Count(std::uint64_t most) : most_(most) {}
  [[nodiscard]] bool is_over(const wire::WatchEvent& event) {
    const bool concluded = event.kind == wire::WatchKind::sent || event.kind == wire::WatchKind::answered ||
                           event.kind == wire::WatchKind::ended;
    concluded_ += concluded ? 1 : 0;
    return most_ != 0 && concluded_ >= most_;
  }

 private:
  std::uint64_t most_;
  std::uint64_t concluded_ = 0;
};

std::optional<Json> question_of(const WatchOptions& options, bool octets) {
  Json question{{"seconds", options.seconds}, {"octets", octets}};
  if (!options.call_id.empty()) {
    question["call_id"] = options.call_id;
  } else if (!options.trunk.empty()) {
    question["trunk"] = options.trunk;
  } else if (const auto number = sip::canonical_number(options.number, {})) {
    question["number"] = number->view();
  } else {
    return std::nullopt;
  }
  return question;
}

std::expected<wire::Channel, wire::WireError> ask(const std::string& socket, const Json& question) {
  auto channel = wire::Channel::connect(socket);
  if (!channel) {
    return channel;
  }
  const wire::Hello hello{config::tables::schema_hash()};
  const auto greeted = channel->ask(wire::MessageType::hello, {reinterpret_cast<const char*>(&hello), sizeof(hello)});
  if (!greeted || greeted->code != wire::ResultCode::ok) {
    return std::unexpected(greeted ? wire::WireError{.text = greeted->text} : greeted.error());
  }
  const std::string text = question.dump(-1, ' ', true, Json::error_handler_t::replace);
  const auto memfd = wire::make_sealed_memfd("stirline-watch", std::as_bytes(std::span(text)));
  if (!memfd) {
    return std::unexpected(memfd.error());
  }
  if (const auto sent = channel->send(wire::MessageType::command, 0, "watch", memfd->get()); !sent) {
    return std::unexpected(sent.error());
  }
  return channel;
}

int tell_result(const std::string& verb, const wire::Incoming& incoming) {
  const auto answer = wire::read_answer(incoming);
  if (!answer) {
    fmt::print(stderr, "stirline {}: {}\n", verb, answer.error().text);
    return kExitRefused;
  }
  if (answer->code != wire::ResultCode::ok) {
    const Json document = Json::parse(answer->text, nullptr, false);
    const Json errors = document.is_object() ? document.value("errors", Json::array()) : Json::array();
    const bool said = errors.is_array() && !errors.empty() && errors.front().is_string();
    fmt::print(stderr, "stirline {}: {}\n", verb, printable(said ? errors.front().get<std::string>() : answer->text));
  }
  return exit_status(answer->code);
}

}  // namespace

void add_watch_options(CLI::App& verb, WatchOptions& options) {
  CLI::Option_group* what = verb.add_option_group("what");
  what->add_option("--number", options.number, "the number, as caller, asserted, called party or target");
  what->add_option("--call-id", options.call_id, "a Call-ID");
  what->add_option("--trunk", options.trunk, "everything of a trunk, what does not parse included");
  what->require_option(1);
  verb.add_option("--seconds", options.seconds, "then it ends")
      ->check(CLI::Range(std::uint32_t{1}, wire::kMaxWatchSeconds))
      ->capture_default_str();
  verb.add_option("--count", options.count, "so many messages; 0: no limit")->capture_default_str();
  verb.add_option("--socket", options.socket, "stirline-control's socket")->capture_default_str();
}

int watch(const std::string& verb, const WatchOptions& options, bool octets,
          const std::function<bool(const wire::WatchEvent& event)>& take) {
  const auto question = question_of(options, octets);
  if (!question) {
    fmt::print(stderr, "stirline {}: --number: no number: {}\n", verb, printable(options.number));
    return kExitUsage;
  }
  auto channel = ask(options.socket, *question);
  if (!channel) {
    fmt::print(stderr, "stirline {}: {}\n", verb, printable(channel.error().text));
    return kExitMissing;
  }
  struct sigaction action = {};
  action.sa_handler = interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  Gaps gaps;
  Count count(options.count);
  int status = kExitOk;
  bool over = false;
  while (!over && interrupted == 0) {
    constexpr int kLookForCtrlCMs = 200;
    auto incoming = channel->receive(kLookForCtrlCMs);
    if (!incoming && incoming.error().text == "timeout") {
      continue;
    }
    if (!incoming || incoming->type() == wire::MessageType::result) {
      status = incoming ? tell_result(verb, *incoming) : kExitMissing;
      if (!incoming) {
        fmt::print(stderr, "stirline {}: {}\n", verb, printable(incoming.error().text));
      }
      break;
    }
    for (std::string_view rest = incoming->text(); !rest.empty() && !over;) {
      const auto event = wire::decode_watch_event(rest);
      if (!event) {
        fmt::print(stderr, "stirline {}: {}\n", verb, event.error());
        return kExitRefused;
      }
      gaps.see(*event);
      over = !take(*event) || count.is_over(*event);
    }
  }
  if (gaps.lost() != 0) {
    fmt::print(stderr, "stirline {}: {} events found no room on their way\n", verb, gaps.lost());
  }
  return status;
}

}  // namespace stirline::control::cli
