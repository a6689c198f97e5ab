#include "control/feedback/consensus.hpp"

#include <algorithm>

namespace stirline::control {
namespace {

constexpr double kLeastWeight = 0.75;      // of those who agree: three new reporters, or one and a half who are trusted
constexpr std::size_t kLeastOpinions = 3;  // of others
constexpr double kTwice = 2;               // as much as those who say the opposite
constexpr double kUnwantedPart = 0.06;     // of those who were called, by weight: as where complaints begin to count
constexpr double kSilentPart = 0.01;       // of those who were called, by number: fewer than that mind
constexpr std::size_t kLeastCalled = 100;  // for silence to say anything

struct Sums {
  double unwanted = 0;
  double wanted = 0;
  std::size_t count_unwanted = 0;
  std::size_t count = 0;

  void add(const Opinion& opinion, int sign) {
    const bool is_unwanted = opinion.verdict == FeedbackVerdict::unwanted;
    (is_unwanted ? unwanted : wanted) += sign * opinion.weight;
    count = sign > 0 ? count + 1 : count - 1;
    if (is_unwanted) {
      count_unwanted = sign > 0 ? count_unwanted + 1 : count_unwanted - 1;
    }
  }
};

bool minds(const Sums& others, std::size_t called) {
  return others.count >= kLeastOpinions && others.unwanted >= kLeastWeight &&
         others.unwanted >= kUnwantedPart * static_cast<double>(called) && others.unwanted > kTwice * others.wanted;
}

bool likes(const Sums& others, std::size_t called) {
  const bool by_word =
      others.count >= kLeastOpinions && others.wanted >= kLeastWeight && others.wanted > kTwice * others.unwanted;
  const bool by_silence =
      called >= kLeastCalled && static_cast<double>(others.count_unwanted) < kSilentPart * static_cast<double>(called);
  return by_word || by_silence;
}

}  // namespace

std::vector<FeedbackOutcome> outcomes(std::span<const Opinion> opinions, std::size_t called) {
  Sums all;
  for (const Opinion& opinion : opinions) {
    all.add(opinion, 1);
  }
  std::vector<FeedbackOutcome> result;
  result.reserve(opinions.size());
  for (const Opinion& opinion : opinions) {
    Sums others = all;
    others.add(opinion, -1);
    const bool unwanted = minds(others, called);
    const bool wanted = !unwanted && likes(others, called);
    const bool is_unwanted = opinion.verdict == FeedbackVerdict::unwanted;
    result.push_back(!unwanted && !wanted      ? FeedbackOutcome::open
                     : unwanted == is_unwanted ? FeedbackOutcome::agreed
                                               : FeedbackOutcome::contradicted);
  }
  return result;
}

}  // namespace stirline::control
