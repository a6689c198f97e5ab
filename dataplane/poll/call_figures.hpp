// The statistics component of one poll core: which of its calls are counted for whom, and what main is told of it
// (SPIT-CL-14, SPIT-FW-01). The counting itself is config/policy/statistics.
//
// Memory is taken at the start. Threads: one poll core counts, main takes the tellings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/lockfree/spsc_queue.hpp>

#include "config/dataplane_config.hpp"
#include "config/policy/common_rules.hpp"
#include "config/policy/statistics/call_statistics.hpp"
#include "dataplane/packet/numa_array.hpp"

namespace stirline::dataplane {

class CallFigures {
 public:
  // Throws std::bad_alloc if there is no such memory.
  CallFigures(const config::LimitConfig& limits, int socket);

  // A call or message that a peer begins, not an emergency or a priority call.
  struct Begun {
    std::string_view caller;  // canonical number or URI, as the request says it; empty: neither
    bool shown = false;       // it is he (SPIT-FW-02)
    config::policy::Key called = config::policy::kNoKey;
    std::string_view signer;  // service provider code of a valid signature; empty: none
    std::string_view trunk;   // its name
    std::string_view call_id;
    config::policy::Authentication authentication = config::policy::Authentication::none;
    std::int64_t now = 0;  // seconds since 1970
    bool again = false;    // a copy of one that was counted
  };
  // Counts it; the score that rules may ask for, 0 to 100.
  [[nodiscard]] std::uint8_t begin(const Begun& begun, const config::policy::CommonRules& rules);

  // A final answer of our own side to an INVITE or MESSAGE; a BYE of either side.
  void answer(std::string_view call_id, std::uint16_t status, std::int64_t now);
  void end(std::string_view call_id, std::int64_t now);

  // Main: a called user has complained of a call that this core has counted (SPIT-MK-03). False: too many wait.
  [[nodiscard]] bool tell_complaint(const config::policy::Complaint& complaint) { return complaints_.push(complaint); }
  [[nodiscard]] bool has_complaints() const { return complaints_.read_available() != 0; }
  // Counts what main has told since the last time.
  struct Complained {
    std::uint64_t counted = 0;
    std::uint64_t unknown = 0;  // of callers who are not known here, or no longer
  };
  [[nodiscard]] Complained take_complaints(std::int64_t now);

  // Main: calls `visit` with the Profile of each subject that has done something, for each once a minute and whenever
  // its calls have doubled.
  template <typename Visit>
  void take_told(Visit&& visit) {
    told_.consume_all(visit);
  }

 private:
  static constexpr std::size_t kTold = 1'024;
  static constexpr std::size_t kComplaints = 256;

  [[nodiscard]] std::uint64_t name_of(std::string_view call_id) const;
  void name_subjects(const config::policy::CallSubjects& subjects, const Begun& begun);
  void tell(const config::policy::CallSubjects& subjects);

  NumaArray<config::policy::Profile> memory_;  // room for all there is, aligned as it wants to be
  config::policy::KeySecret secret_;
  config::policy::ScoreSettings settings_;  // those of the last call
  config::policy::CallStatistics statistics_;
  boost::lockfree::spsc_queue<config::policy::Profile, boost::lockfree::capacity<kTold>> told_;
  boost::lockfree::spsc_queue<config::policy::Complaint, boost::lockfree::capacity<kComplaints>> complaints_;
};

}  // namespace stirline::dataplane
