// What the kernel tells of a process' threads: /proc/PID/task/*/status.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace stirline::test {

using ThreadFacts = std::map<std::string, std::string>;  // "CapEff" -> "0000000000000000"

// Of each thread; `process` is a pid or "self".
inline std::vector<ThreadFacts> thread_facts(const std::string& process) {
  std::vector<ThreadFacts> all;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + process + "/task", error)) {
    ThreadFacts facts;
    std::ifstream file(entry.path() / "status");
    for (std::string line; std::getline(file, line);) {
      const std::size_t colon = line.find(":\t");
      if (colon != std::string::npos) {
        facts[line.substr(0, colon)] = line.substr(colon + 2);
      }
    }
    all.push_back(std::move(facts));
  }
  return all;
}

// "0000000000000400" -> 0x400
inline std::uint64_t bits(const ThreadFacts& facts, const std::string& name) {
  const auto found = facts.find(name);
  return found == facts.end() ? ~std::uint64_t{0} : std::stoull(found->second, nullptr, 16);
}

inline bool says(const ThreadFacts& facts, const std::string& name, const std::string& value) {
  const auto found = facts.find(name);
  return found != facts.end() && found->second == value;
}

}  // namespace stirline::test
