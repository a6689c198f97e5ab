// What `stirline top` shows, read out of two status documents: rates between them, and what stands in the later one. A
// pure function; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace stirline::control::top {

struct Sample {
  std::int64_t steady_ms = 0;     // by a clock that nobody can set
  std::int64_t wall_seconds = 0;  // since 1970
  nlohmann::ordered_json status;  // {"control": …, "dataplane": …}; null: control did not answer
  std::string error = {};         // why not
};

struct CallRates {  // a second
  double signed_a = 0;
  double signed_b = 0;
  double signed_c = 0;
  double valid = 0;
  double invalid = 0;
  double none = 0;
  double answered = 0;   // by the appliance itself
  double undecided = 0;  // overload, deadlines, certificates that did not come

  [[nodiscard]] double all() const { return signed_a + signed_b + signed_c + valid + invalid + none; }
};

struct PacketRates {  // a second
  double received = 0;
  double transmitted = 0;
  double bypassed = 0;
  double dropped = 0;  // beyond what is meant to end here
};

struct PathFigures {
  std::string name;
  double per_second = 0;
  std::uint64_t p50_ns = 0;  // of what came between the samples; 0: nothing did
  std::uint64_t p99_ns = 0;
};

struct CoreFigures {
  bool crypto = false;
  std::string cpu;
  std::string about;      // of a poll core its pairs, of a crypto core its engine
  double busy = 0;        // share of its time
  double per_second = 0;  // packets or jobs
  std::uint64_t queued = 0;
  std::uint64_t places = 0;
  bool stuck = false;
};

struct TableFigures {
  std::string name;
  std::uint64_t used = 0;
  std::uint64_t places = 0;
};

struct AlarmFigures {
  std::string name;
  std::string severity;
  std::string text;
  std::int64_t since = 0;
};

struct Figures {
  std::string error;  // control did not answer; nothing else is known then
  bool dataplane = false;
  std::int64_t wall_seconds = 0;
  std::uint64_t generation = 0;
  std::int64_t generation_age = 0;  // seconds
  std::int64_t uptime = 0;          // of the data plane, seconds
  CallRates calls;
  PacketRates packets;
  std::vector<PathFigures> paths;
  std::vector<CoreFigures> cores;
  std::vector<TableFigures> tables;
  std::vector<AlarmFigures> alarms;
};

// Documents come from other processes: what is missing or of another type counts as nothing. Texts are made printable.
// Of a data plane that began anew between the samples, rates count from its start.
[[nodiscard]] Figures read_figures(const Sample& before, const Sample& now);

}  // namespace stirline::control::top
