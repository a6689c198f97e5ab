#include "control/watching/trace_view.hpp"

#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace stirline::control {

namespace wire = config::wire;
using wire::WatchEvent;
using wire::WatchKind;

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

std::string time_of(std::uint64_t ns) {
  const auto seconds = static_cast<std::time_t>(ns / kSecond);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(seconds), ns % kSecond / 1'000);
}

std::string title(const WatchEvent& event) {
  std::string text;
  if (event.status != 0) {
    text = fmt::format("{} to ", event.status);
  }
  text += event.what.empty() ? std::string("unread") : visible(event.what);
  text += fmt::format("  {}  {}  {} -> {}", event.trunk, to_string(event.flow), event.in_port, event.out_port);
  if (!event.call_id.empty()) {
    text += "  Call-ID " + visible(event.call_id);
  }
  return text;
}

}  // namespace

std::string visible(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    if (c > ' ' && c < '\x7f' && c != '\\') {
      shown += c;
    } else {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return shown;
}

std::int64_t TraceView::since_arrival(const WatchEvent& event) {
  const Message message{event.core, event.message};
  if (event.kind == WatchKind::arrived && arrivals_.emplace(message, event.time_ns).second) {
    order_.push_back(message);
    if (order_.size() > kMostMessages) {
      arrivals_.erase(order_.front());
      order_.pop_front();
    }
  }
  const auto found = arrivals_.find(message);
  return found == arrivals_.end() || found->second > event.time_ns
             ? -1
             : static_cast<std::int64_t>(event.time_ns - found->second);
}

std::string TraceView::line(const WatchEvent& event) {
  const std::int64_t since = since_arrival(event);
  std::string text =
      fmt::format("{}  {:>8}  ", time_of(event.time_ns), fmt::format("{}.{}", event.core, event.message));
  text += since < 0 ? fmt::format("{:>14}", "?") : fmt::format("{:>11.1f} us", static_cast<double>(since) / 1'000);
  text += fmt::format("  {:<8}", to_string(event.kind));
  switch (event.kind) {
    case WatchKind::arrived:
      text += "  " + title(event);
      break;
    case WatchKind::answered:
      text += fmt::format("  {} -> {}", event.status, event.out_port);
      return text;
    case WatchKind::sent:
      text += fmt::format("  {} -> {}", event.reason, event.out_port);
      return text;
    default:
      text += event.what.empty() ? std::string() : "  " + visible(event.what);
      break;
  }
  if (!event.reason.empty()) {
    text += fmt::format("  {}", event.reason);
  }
  while (text.ends_with(' ')) {
    text.pop_back();
  }
  return text;
}

nlohmann::ordered_json TraceView::json(const WatchEvent& event) {
  const std::int64_t since = since_arrival(event);
  nlohmann::ordered_json row{{"at", time_of(event.time_ns)},
                             {"time_ns", event.time_ns},
                             {"message", fmt::format("{}.{}", event.core, event.message)},
                             {"event", to_string(event.kind)}};
  if (since >= 0) {
    row["since_arrival_ns"] = since;
  }
  if (event.kind == WatchKind::arrived) {
    row["flow"] = to_string(event.flow);
  }
  if (event.status != 0) {
    row["status"] = event.status;
  }
  const std::string_view what = event.kind == WatchKind::arrived ? "method" : "decision";
  for (const auto& [name, text] :
       {std::pair{what, event.what}, std::pair{std::string_view("reason"), event.reason},
        std::pair{std::string_view("trunk"), event.trunk}, std::pair{std::string_view("in_port"), event.in_port},
        std::pair{std::string_view("out_port"), event.out_port},
        std::pair{std::string_view("call_id"), event.call_id}}) {
    if (!text.empty()) {
      row[std::string(name)] = text;
    }
  }
  return row;
}

}  // namespace stirline::control
