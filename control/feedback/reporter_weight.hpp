// How much a reporter's word weighs (SPIT-MK-03): by how often he agreed with others, and by how he tells callers
// apart. Pure; any thread.
#pragma once

#include <cstddef>

namespace stirline::control {

struct ReporterHistory {
  double agreed = 0;        // verdicts that others have confirmed, with less weight the older they are
  double contradicted = 0;  // likewise
};

struct ReporterChoice {
  std::size_t callers = 0;   // who have called him, as far as is known
  std::size_t unwanted = 0;  // of them those whom he did not want
};

// 0 to 1. A new reporter has a quarter. Who was contradicted as often as he was confirmed comes to half at most; who
// does not want anybody of many callers says nothing about any of them: 0.
[[nodiscard]] double reporter_weight(const ReporterHistory& history, const ReporterChoice& choice);

// One more verdict settled, `by` in either direction; old ones fade, so that nobody is judged for ever by what he was.
void settle(ReporterHistory& history, double agreed, double contradicted);

}  // namespace stirline::control
