// Documents and calls by chance, out of small stocks of names so that they meet often: reproducible by the seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "tests/support/policy/plain_reading.hpp"
#include "tests/support/policy/spoken_call.hpp"

namespace stirline::test {

class RandomRules {
 public:
  explicit RandomRules(std::uint64_t seed) : random_(seed) {}

  // A document with so many rules, of every kind of condition and action.
  [[nodiscard]] std::string document(std::size_t rules);
  // The kind that people write: friends and colleagues by name, the rest by score, time or verdict. Of a user whose
  // friends differ from those of others.
  [[nodiscard]] std::string usual_document(std::size_t rules);

  [[nodiscard]] SpokenCall call();
  [[nodiscard]] ReadingContext context();

 private:
  [[nodiscard]] std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
  }
  [[nodiscard]] bool one_in(std::size_t count) { return below(count) == 0; }
  template <typename Array>
  [[nodiscard]] std::string any(const Array& stock) {
    return std::string(stock[below(std::size(stock))]);
  }
  [[nodiscard]] std::string uri();
  [[nodiscard]] std::string identity();
  [[nodiscard]] std::string condition();
  [[nodiscard]] std::string action();

  std::mt19937_64 random_;
};

}  // namespace stirline::test
