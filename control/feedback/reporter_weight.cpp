#include "control/feedback/reporter_weight.hpp"

#include <algorithm>

namespace stirline::control {
namespace {

constexpr double kConfirmedBefore = 1;  // as if a new reporter had been confirmed so often,
constexpr double kUnknownBefore = 3;    // and so often neither confirmed nor contradicted
constexpr double kFewCallers = 2;       // as if so many more had called him whom he has nothing against
constexpr double kNoChoice = 0.1;       // part of his callers that he has nothing against: up to here he says nothing
constexpr double kFreeChoice = 0.5;     // from here on all of it counts
constexpr double kMostSettled = 50;     // verdicts

}  // namespace

double reporter_weight(const ReporterHistory& history, const ReporterChoice& choice) {
  const double right =
      (history.agreed + kConfirmedBefore) / (history.agreed + history.contradicted + kConfirmedBefore + kUnknownBefore);
  const auto callers = static_cast<double>(std::max(choice.callers, choice.unwanted));
  const double spared = (callers - static_cast<double>(choice.unwanted) + kFewCallers) / (callers + kFewCallers);
  return right * std::clamp((spared - kNoChoice) / (kFreeChoice - kNoChoice), 0.0, 1.0);
}

void settle(ReporterHistory& history, double agreed, double contradicted) {
  history.agreed = std::max(history.agreed + agreed, 0.0);
  history.contradicted = std::max(history.contradicted + contradicted, 0.0);
  const double sum = history.agreed + history.contradicted;
  if (sum > kMostSettled) {
    history.agreed *= kMostSettled / sum;
    history.contradicted *= kMostSettled / sum;
  }
}

}  // namespace stirline::control
