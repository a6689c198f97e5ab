#include "control/watching/capture_writer.hpp"

#include <fmt/format.h>

#include "control/watching/trace_view.hpp"

namespace stirline::control {

namespace wire = config::wire;
using wire::WatchEvent;
using wire::WatchKind;

CaptureWriter::Story& CaptureWriter::story_of(const Message& message) {
  const auto [found, is_new] = stories_.try_emplace(message);
  if (is_new) {
    order_.push_back(message);
    if (order_.size() > kMostMessages) {
      stories_.erase(order_.front());
      order_.pop_front();
    }
  }
  return found->second;
}

std::string CaptureWriter::take(const WatchEvent& event) {
  Story& story = story_of({event.core, event.message});
  switch (event.kind) {
    case WatchKind::arrived:
      story.name = fmt::format("{}{} {} {}", event.status == 0 ? "" : fmt::format("{} to ", event.status),
                               event.what.empty() ? "unread" : visible(event.what), to_string(event.flow), event.trunk);
      story.decision = event.reason;
      return {};
    case WatchKind::decided:
      story.decision = fmt::format("{}{}{}", visible(event.what), event.reason.empty() ? "" : " ", event.reason);
      return {};
    case WatchKind::packet_in:
    case WatchKind::packet_out:
      break;
    default:
      return {};
  }
  const bool inbound = event.kind == WatchKind::packet_in;
  const std::string interface = fmt::format("{} {}", inbound ? event.in_port : event.out_port, inbound ? "in" : "out");
  const std::string comment = fmt::format("message {}.{}: {}{}{}", event.core, event.message, story.name,
                                          story.decision.empty() ? "" : ", ", story.decision);
  ++frames_;
  return file_.frame({.interface = interface,
                      .inbound = inbound,
                      .time_ns = event.time_ns,
                      .whole = event.whole,
                      .octets = event.octets,
                      .comment = comment});
}

}  // namespace stirline::control
