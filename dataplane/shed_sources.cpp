#include "dataplane/shed_sources.hpp"

#include <algorithm>
#include <tuple>

namespace stirline::dataplane {

void ShedSources::see(const ShedSource& source, std::int64_t now) {
  Name name{config::to_string(source.prefix), std::string(source.trunk())};
  const auto known = sources_.find(name);
  if (known != sources_.end()) {
    Kept& kept = known->second;
    kept.earlier += source.shed < kept.shed ? kept.shed : 0;
    kept.shed = source.shed;
    kept.last_seen = now;
    return;
  }
  if (sources_.size() == kMost) {
    const auto least = std::ranges::min_element(sources_, {}, [](const auto& each) { return each.second.all(); });
    if (least->second.all() >= source.shed) {
      return;
    }
    sources_.erase(least);
  }
  sources_.emplace(std::move(name), Kept{.shed = source.shed, .last_seen = now});
}

void ShedSources::forget_old(std::int64_t now) {
  std::erase_if(sources_, [now](const auto& each) { return now - each.second.last_seen > kKeptSeconds; });
}

std::vector<ShedSources::Row> ShedSources::worst_first() const {
  std::vector<Row> rows;
  rows.reserve(sources_.size());
  for (const auto& [name, kept] : sources_) {
    rows.push_back({.prefix = name.first, .trunk = name.second, .shed = kept.all(), .last_seen = kept.last_seen});
  }
  std::ranges::sort(rows, [](const Row& a, const Row& b) {
    return std::tie(b.shed, a.prefix, a.trunk) < std::tie(a.shed, b.prefix, b.trunk);
  });
  return rows;
}

}  // namespace stirline::dataplane
