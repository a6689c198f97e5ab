#include "control/clock/clock_report.hpp"

#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

std::string_view by_whom(const ClockOffset& offset) {
  return offset.by == ClockOffset::By::servers ? "servers" : "kernel";
}

std::string doubts_of(const ClockWatch& clock) {
  const ClockReading& reading = clock.reading();
  if (!reading.kernel_known || !clock.kernel_doubts()) {
    return {};
  }
  return reading.synchronised ? fmt::format("its error may be {} ms", reading.largest_error.count())
                              : std::string("nothing synchronises it");
}

std::string offset_of(const ClockWatch& clock) {
  if (!clock.over_alarm()) {
    return {};
  }
  const ClockOffset& offset = *clock.offset();
  return fmt::format("at least {} ms {}, by {}", offset.distance().count(),
                     offset.least.count() > 0 ? "ahead" : "behind",
                     offset.by == ClockOffset::By::servers ? fmt::format("{} servers", clock.hosts())
                                                           : std::string("the steps since it was synchronised"));
}

}  // namespace

Json clock_status(const ClockWatch& clock) {
  const ClockReading& reading = clock.reading();
  Json kernel = nullptr;
  if (reading.kernel_known) {
    kernel = {{"synchronised", reading.synchronised}, {"largest_error_ms", reading.largest_error.count()}};
  }
  Json offset = nullptr;
  if (clock.offset()) {
    offset = {{"least_ms", clock.offset()->least.count()},
              {"most_ms", clock.offset()->most.count()},
              {"by", by_whom(*clock.offset())}};
  }
  return {{"kernel", kernel},
          {"servers_heard", clock.hosts()},
          {"offset", offset},
          {"signing_stopped", clock.signing_stopped()}};
}

ClockView clock_view(const ClockWatch& clock) {
  return {.wall = clock.reading().wall,
          .steady = clock.reading().steady,
          .alarm = clock.alarm(),
          .doubts = doubts_of(clock),
          .offset = offset_of(clock),
          .signing_stopped = clock.signing_stopped()};
}

}  // namespace stirline::control
