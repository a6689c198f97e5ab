// stirline trace: the way of chosen messages through the data plane, stage by stage, with times and reasons.
//
// A line for each event, as it happens. It shows numbers and Call-IDs: who may run it is decided by the mode of
// stirline-control's socket. Exit statuses: watch_stream.hpp.
#include <cstdio>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/cli/commands.hpp"
#include "control/cli/output.hpp"
#include "control/cli/watch_stream.hpp"
#include "control/watching/trace_view.hpp"

namespace stirline::control::cli {

namespace {

struct TraceOptions {
  WatchOptions watch;
  bool json = false;
};

int trace(const TraceOptions& options) {
  TraceView view;
  return watch("trace", options.watch, false, [&](const config::wire::WatchEvent& event) {
    fmt::print("{}\n",
               options.json ? view.json(event).dump(-1, ' ', true, Json::error_handler_t::replace) : view.line(event));
    return std::fflush(stdout) == 0;  // false: nobody reads any more
  });
}

}  // namespace

void add_trace(CLI::App& app, int& status) {
  const auto options = std::make_shared<TraceOptions>();
  CLI::App* verb = app.add_subcommand("trace", "The way of a call's messages through the data plane, with reasons");
  add_watch_options(*verb, options->watch);
  verb->add_flag("--json", options->json, "a line of JSON for each event");
  verb->callback([options, &status] { status = trace(*options); });
}

}  // namespace stirline::control::cli
