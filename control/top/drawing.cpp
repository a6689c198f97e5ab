#include "control/top/drawing.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace stirline::control::top {

namespace {

constexpr std::size_t kLabel = 12;  // columns of what stands in front of a line
constexpr std::size_t kMostAlarms = 3;
constexpr double kWarmCore = 0.7;
constexpr double kHotCore = 0.9;

void keep_last(std::vector<double>& values, double value) {
  values.push_back(value);
  if (values.size() > Trends::kMost) {
    values.erase(values.begin());
  }
}

std::string short_age(std::int64_t seconds) {
  const std::int64_t s = std::max<std::int64_t>(seconds, 0);
  return s < 60       ? fmt::format("{} s", s)
         : s < 3'600  ? fmt::format("{} min", s / 60)
         : s < 86'400 ? fmt::format("{} h {} min", s / 3'600, s / 60 % 60)
                      : fmt::format("{} d {} h", s / 86'400, s / 3'600 % 24);
}

Tone tone_of(std::string_view severity) {
  return severity == "critical" || severity == "major" ? Tone::bad : Tone::warn;
}

class Drawing {
 public:
  Drawing(const Figures& figures, const Trends& trends, Size size) : figures_(figures), trends_(trends), size_(size) {}

  Frame draw() {
    head();
    if (!figures_.error.empty()) {
      labelled("control", Tone::bad).add(figures_.error, Tone::bad);
      return finish();
    }
    alarms();
    if (!figures_.dataplane) {
      labelled("data plane", Tone::bad).add("away", Tone::bad);
      return finish();
    }
    calls();
    packets();
    delays();
    cores();
    tables();
    return finish();
  }

 private:
  Line& line() { return frame_.emplace_back(); }

  Line& labelled(std::string_view label, Tone tone = Tone::strong) { return line().add(label, tone).to_column(kLabel); }

  // How many columns are left behind that one, for a sparkline or a bar.
  [[nodiscard]] std::size_t room(std::size_t column, std::size_t most) const {
    return size_.columns > column ? std::min(size_.columns - column, most) : 0;
  }

  void head() {
    const std::time_t now = figures_.wall_seconds;
    std::tm utc{};
    gmtime_r(&now, &utc);
    Line& top = line();
    top.add("stirline", Tone::accent).to_column(kLabel);
    if (figures_.dataplane) {
      top.add(fmt::format("generation {}, {} old; up {}", figures_.generation, short_age(figures_.generation_age),
                          short_age(figures_.uptime)));
    }
    const std::string time = fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", utc);
    top.to_column(size_.columns > time.size() ? size_.columns - time.size() : 0).add(time, Tone::faint);
  }

  void alarms() {
    if (figures_.alarms.empty()) {
      labelled("alarms").add("none", Tone::good);
      return;
    }
    for (std::size_t i = 0; i < std::min(figures_.alarms.size(), kMostAlarms); ++i) {
      const AlarmFigures& alarm = figures_.alarms[i];
      labelled(i == 0 ? "alarms" : "")
          .add(fmt::format("{} {}", alarm.severity, alarm.name), tone_of(alarm.severity))
          .add(fmt::format(", {}: {}", short_age(figures_.wall_seconds - alarm.since), alarm.text));
    }
    if (figures_.alarms.size() > kMostAlarms) {
      labelled("").add(fmt::format("and {} more", figures_.alarms.size() - kMostAlarms), Tone::warn);
    }
  }

  static void figure(Line& line, std::string_view name, double value, Tone tone = Tone::plain) {
    line.add(fmt::format("{} ", name), Tone::faint).add(fmt::format("{:<6}", short_number(value)), tone);
  }

  void calls() {
    const CallRates& calls = figures_.calls;
    labelled("calls/s")
        .add(fmt::format("{:<8}", short_number(calls.all())), Tone::strong)
        .add(sparkline(trends_.calls, room(kLabel + 8, 60)), Tone::accent);
    Line& made = labelled("  signed");
    figure(made, "A", calls.signed_a, Tone::good);
    figure(made, "B", calls.signed_b);
    figure(made, "C", calls.signed_c);
    made.to_column(kLabel + 28);
    figure(made, "answered here", calls.answered);
    Line& judged = labelled("  verified");
    figure(judged, "valid", calls.valid, Tone::good);
    figure(judged, "invalid", calls.invalid, calls.invalid > 0 ? Tone::warn : Tone::plain);
    figure(judged, "none", calls.none);
    figure(judged, "undecided", calls.undecided, calls.undecided > 0 ? Tone::bad : Tone::plain);
  }

  void packets() {
    const PacketRates& packets = figures_.packets;
    Line& all = labelled("packets/s");
    figure(all, "in", packets.received);
    figure(all, "out", packets.transmitted);
    figure(all, "not ours", packets.bypassed);
    figure(all, "dropped", packets.dropped, packets.dropped > 0 ? Tone::bad : Tone::plain);
    all.add(sparkline(trends_.packets, room(all.width(), 24)), Tone::accent);
  }

  void delays() {
    line()
        .add("delay", Tone::strong)
        .to_column(kLabel)
        .add(fmt::format("{:>7}  {:>9}  {:>9}  p99 so far", "per s", "p50", "p99"), Tone::faint);
    for (const PathFigures& path : figures_.paths) {
      const auto trend = trends_.p99.find(path.name);
      Line& row = line();
      row.add("  " + path.name)
          .to_column(kLabel)
          .add(fmt::format("{:>7}  ", short_number(path.per_second)))
          .add(fmt::format("{:>9}  {:>9}  ", path.p50_ns == 0 ? "-" : short_time(path.p50_ns),
                           path.p99_ns == 0 ? "-" : short_time(path.p99_ns)),
               Tone::strong);
      if (trend != trends_.p99.end()) {
        row.add(sparkline(trend->second, room(row.width(), 40)), Tone::accent);
      }
    }
  }

  void cores() {
    line().add("cores", Tone::strong).to_column(kLabel).add("busy", Tone::faint);
    for (const CoreFigures& core : figures_.cores) {
      const std::size_t width = std::min<std::size_t>(16, size_.columns / 5);
      Line& row = line();
      row.add(core.crypto ? "  crypto" : "  poll").to_column(kLabel);
      row.add(bar(core.busy, width), core.busy >= kHotCore    ? Tone::bad
                                     : core.busy >= kWarmCore ? Tone::warn
                                                              : Tone::good);
      row.add(fmt::format(" {:>3.0f} %  ", core.busy * 100), Tone::strong);
      row.add(fmt::format("cpu {:<3} {}/s {}  ", core.cpu, short_number(core.per_second),
                          core.crypto ? "jobs" : "packets"));
      row.add(core.crypto ? fmt::format("queue {}/{}  ", core.queued, core.places)
                          : fmt::format("parked {}  ", core.queued));
      row.add(core.about, Tone::faint);
      if (core.stuck) {
        row.add("  stuck", Tone::bad);
      }
    }
  }

  void tables() {
    constexpr std::size_t kCell = 26;
    const std::size_t beside = std::max<std::size_t>(room(2, size_.columns) / kCell, 1);
    line().add("tables", Tone::strong).to_column(kLabel).add("used of places", Tone::faint);
    for (std::size_t i = 0; i < figures_.tables.size(); ++i) {
      const TableFigures& table = figures_.tables[i];
      if (i % beside == 0) {
        line();
      }
      const double share = table.places == 0 ? 0 : static_cast<double>(table.used) / static_cast<double>(table.places);
      Line& row = frame_.back();
      row.to_column(2 + i % beside * kCell)
          .add(fmt::format("{:<16}", table.name))
          .add(fmt::format("{:>3.0f} %", share * 100), share >= kHotCore && table.name != "replay_watch" &&
                                                               table.name != "signed_requests" &&
                                                               table.name != "sources"
                                                           ? Tone::warn
                                                           : Tone::plain);
    }
  }

  Frame finish() {
    frame_.resize(std::min(frame_.size(), size_.rows));
    for (Line& drawn : frame_) {
      drawn.cut(size_.columns);
    }
    return std::move(frame_);
  }

  const Figures& figures_;
  const Trends& trends_;
  Size size_;
  Frame frame_;
};

}  // namespace

void Trends::add(const Figures& figures) {
  keep_last(calls, figures.calls.all());
  keep_last(packets, figures.packets.received);
  for (const PathFigures& path : figures.paths) {
    keep_last(p99[path.name], static_cast<double>(path.p99_ns));
  }
}

Frame draw(const Figures& figures, const Trends& trends, Size size) {
  return Drawing(figures, trends, size).draw();
}

std::string short_number(double value) {
  constexpr std::array<const char*, 5> kUnits{"", "k", "M", "G", "T"};
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1'000;
    ++unit;
  }
  const int digits = unit == 0 ? (value < 99.95 && value != 0 ? 1 : 0) : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}{}", value, digits, kUnits[unit]);
}

std::string short_time(std::uint64_t ns) {
  constexpr std::array<const char*, 4> kUnits{"ns", "µs", "ms", "s"};
  double value = static_cast<double>(ns);
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1'000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", value, unit == 0 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0, kUnits[unit]);
}

}  // namespace stirline::control::top
