// The sources that have gone over their limit, the worst of them, for the status (INL-AV-02). One thread: main.
//
// Bounded: one that has sent less beyond its limit than all that are kept is not, and who has kept within it for ten
// minutes is forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dataplane/poll/source_limits.hpp"

namespace stirline::dataplane {

class ShedSources {
 public:
  static constexpr std::size_t kMost = 256;
  static constexpr std::int64_t kKeptSeconds = 600;

  // `now`: seconds since 1970.
  void see(const ShedSource& source, std::int64_t now);
  void forget_old(std::int64_t now);

  struct Row {
    std::string prefix;
    std::string trunk;
    std::uint64_t shed = 0;      // messages
    std::int64_t last_seen = 0;  // seconds since 1970
  };
  [[nodiscard]] std::vector<Row> worst_first() const;

 private:
  using Name = std::pair<std::string, std::string>;  // prefix, trunk
  struct Kept {
    std::uint64_t earlier = 0;  // before the poll core forgot it and began to count anew
    std::uint64_t shed = 0;
    std::int64_t last_seen = 0;

    [[nodiscard]] std::uint64_t all() const { return earlier + shed; }
  };

  std::map<Name, Kept> sources_;
};

}  // namespace stirline::dataplane
