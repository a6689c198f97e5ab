// Tab-separated tables with a header line.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace stirline::sip::test {

struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

inline std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> result(1);
  for (const char c : line) {
    if (c == '\t') {
      result.emplace_back();
    } else {
      result.back() += c;
    }
  }
  return result;
}

inline Table read_table(const std::filesystem::path& path) {
  std::ifstream in(path);
  Table table;
  std::string line;
  std::getline(in, line);
  table.header = cells(line);
  while (std::getline(in, line)) {
    table.rows.push_back(cells(line));
  }
  return table;
}

}  // namespace stirline::sip::test
