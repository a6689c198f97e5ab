// Finds records by number, time and verdict in a folder: the answer to a traceback (STIR-RG-03). Line by line, in
// memory that does not grow with the files; a file that a daemon closes or removes meanwhile does no harm.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "control/records/record_files.hpp"

namespace stirline::control {

inline constexpr std::string_view kCallFiles = "calls";

struct RecordQuery {
  std::vector<std::string> identities;  // any of them as orig, dest or target
  TimeSpan times;
  std::string verdict;  // "valid", "invalid", "none"; empty: any, and calls that were not judged
};

struct QueryFacts {
  std::uint64_t files = 0;
  std::uint64_t lines = 0;
  std::uint64_t unreadable = 0;  // lines without end, too long, or no record; and files that could not be opened
};

// Calls `visit` with each record that fits, files by their time and lines as they stand there, until it says false. The
// error is a sentence for the operator.
[[nodiscard]] std::expected<QueryFacts, std::string> find_records(
    const std::filesystem::path& folder, const RecordQuery& query,
    const std::function<bool(const nlohmann::ordered_json& record)>& visit);

}  // namespace stirline::control
