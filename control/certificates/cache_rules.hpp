// How long a fetched chain is kept (STIR-CF-03; RFC 9111 4.2): as long as HTTP says, at least 24 hours, never beyond
// the validity of the leaf.
//
// Pure functions; times are seconds since 1970.
#pragma once

#include <cstdint>
#include <string>

namespace stirline::control {

inline constexpr std::int64_t kLeastFreshSeconds = 86'400;

// What the response said, as far as caching goes; empty if it did not. Several fields of one name are joined by commas.
struct CacheHeaders {
  std::string cache_control = {};
  std::string expires = {};
  std::string date = {};
  std::string age = {};
};

// The freshness lifetime that the directives give, less the age the response had: 0 if there is none, if it cannot be
// read, or if it is forbidden to keep the response (no-store, no-cache).
[[nodiscard]] std::int64_t fresh_seconds(const CacheHeaders& headers, std::int64_t now);

struct KeepTimes {
  std::int64_t refresh_at = 0;  // ask again from here on; at or before keep_until
  std::int64_t keep_until = 0;  // not used beyond
};

// For a chain that arrived at `now` and whose leaf ends at `leaf_not_after`. A refresh is due when seven eighths of the
// time are over, so that a repository that is away for hours costs no call.
[[nodiscard]] KeepTimes keep_times(const CacheHeaders& headers, std::int64_t now, std::int64_t leaf_not_after);

}  // namespace stirline::control
