// The data plane's histograms of added delay, read out of its status document. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "config/wire/delay_buckets.hpp"

namespace stirline::control {

struct PathDelays {
  std::string path;
  std::string unit;
  std::string help;
  std::array<std::uint64_t, config::wire::kDelayBuckets> buckets{};  // not summed up
  std::uint64_t sum_ns = 0;

  [[nodiscard]] std::uint64_t count() const;
  // In nanoseconds; at most an eighth off (config/wire/delay_buckets.hpp).
  [[nodiscard]] std::uint64_t quantile(double share) const { return config::wire::delay_quantile(buckets, share); }
  // What came since `earlier`, a reading of the same path; all of it if the data plane began anew meanwhile.
  [[nodiscard]] PathDelays since(const PathDelays& earlier) const;
};

// `status` is the data plane's; it comes from another process: what is not a histogram of ours is passed over.
[[nodiscard]] std::vector<PathDelays> read_delays(const nlohmann::ordered_json& status);

}  // namespace stirline::control
