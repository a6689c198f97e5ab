// stirline top: what goes on, drawn anew every second or so, until q or Ctrl-C.
//
// Exit status: 0; 64 wrong command line, or no terminal; 69 no stirline-control there (--once: it did not answer; else
// the screen says so, and it is asked again).
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/control_config.hpp"
#include "control/cli/ask_control.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/output.hpp"
#include "control/top/drawing.hpp"
#include "control/top/figures.hpp"
#include "control/top/frame.hpp"
#include "control/top/terminal.hpp"

namespace stirline::control::cli {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct TopOptions {
  std::string socket = config::ControlConfig{}.socket;
  double interval = 1;  // seconds
  bool once = false;
  std::size_t looks = 1;
  top::Size size;
  std::string svg;
};

top::Sample take_sample(const std::string& socket) {
  top::Sample sample;
  const auto answer = ask_control(socket, "status");
  sample.steady_ms = std::chrono::duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
  sample.wall_seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  if (!answer) {
    sample.error = answer.error().text;
  } else if (answer->code != config::wire::ResultCode::ok) {
    sample.error = answer->text;
  } else {
    sample.status = Json::parse(answer->text, nullptr, false);
  }
  return sample;
}

int show_once(const TopOptions& options, milliseconds interval) {
  top::Trends trends;
  top::Figures figures;
  top::Sample before = take_sample(options.socket);
  for (std::size_t i = 0; i < options.looks; ++i) {
    std::this_thread::sleep_for(interval);
    top::Sample now = take_sample(options.socket);
    figures = top::read_figures(before, now);
    trends.add(figures);
    before = std::move(now);
  }
  const top::Frame frame = top::draw(figures, trends, options.size);
  fmt::print("{}", top::to_plain(frame));
  if (!options.svg.empty()) {
    std::ofstream out(options.svg, std::ios::binary);
    if (!(out << top::to_svg(frame, options.size)) || !out.flush()) {
      fmt::print(stderr, "stirline top: {} cannot be written\n", options.svg);
      return kExitUsage;
    }
  }
  return figures.error.empty() ? kExitOk : kExitMissing;
}

int show_live(const TopOptions& options, milliseconds interval) {
  auto terminal = top::Terminal::open();
  if (!terminal) {
    fmt::print(stderr, "stirline top: {}\n", terminal.error());
    return kExitUsage;
  }
  top::Trends trends;
  top::Sample before = take_sample(options.socket);
  top::Sample now = before;
  while (true) {
    const top::Figures figures = top::read_figures(before, now);
    trends.add(figures);
    const auto next = steady_clock::now() + interval;
    for (auto event = top::Terminal::Event::resized; event != top::Terminal::Event::time;) {
      top::Terminal::show(top::to_terminal(top::draw(figures, trends, top::Terminal::size())));
      event = terminal->wait(std::chrono::ceil<milliseconds>(next - steady_clock::now()));
      if (event == top::Terminal::Event::quit) {
        return kExitOk;
      }
    }
    before = std::move(now);
    now = take_sample(options.socket);
  }
}

}  // namespace

void add_top(CLI::App& app, int& status) {
  const auto options = std::make_shared<TopOptions>();
  CLI::App* command = app.add_subcommand("top", "What goes on: calls, verdicts, cores, delays, alarms; q ends it");
  command->add_option("--socket", options->socket, "stirline-control's socket")->capture_default_str();
  command->add_option("--interval", options->interval, "seconds between two looks")
      ->check(CLI::Range(0.1, 3'600.0))
      ->capture_default_str();
  CLI::Option* once = command->add_flag("--once", options->once, "one picture as plain text");
  command->add_option("--columns", options->size.columns, "with --once: its width")
      ->needs(once)
      ->check(CLI::Range(20, 500))
      ->capture_default_str();
  command->add_option("--rows", options->size.rows, "with --once: its height")
      ->needs(once)
      ->check(CLI::Range(4, 500))
      ->capture_default_str();
  command->add_option("--looks", options->looks, "with --once: after so many intervals, the last of them in figures")
      ->needs(once)
      ->check(CLI::Range(1, 240))
      ->capture_default_str();
  command->add_option("--svg", options->svg, "with --once: draw the picture into this file, too")->needs(once);
  command->callback([options, &status] {
    const auto interval = std::chrono::duration_cast<milliseconds>(std::chrono::duration<double>(options->interval));
    status = options->once ? show_once(*options, interval) : show_live(*options, interval);
  });
}

}  // namespace stirline::control::cli
