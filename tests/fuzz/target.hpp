// A fuzz target: it takes any octets, and aborts where a promise is broken (check.hpp). Each has a file and a namespace
// of its name, and ends with
//
//   const Target kTarget("name", run);
//
// by which the program that it is linked into knows it: fuzz_NAME has this one (fuzzer.cpp), replay has all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stirline::fuzz {

class Target {
 public:
  // Returns 0, as libFuzzer wants it.
  using Function = int (*)(const std::uint8_t* data, std::size_t size);

  Target(std::string_view name, Function function) noexcept : name_(name), function_(function), next_(first_) {
    first_ = this;
  }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  ~Target() = default;

  [[nodiscard]] static const Target& only() { return *first_; }
  // Null if there is none of this name.
  [[nodiscard]] static const Target* find(std::string_view name) {
    const Target* target = first_;
    while (target != nullptr && target->name_ != name) {
      target = target->next_;
    }
    return target;
  }

  [[nodiscard]] int run(const std::uint8_t* data, std::size_t size) const { return function_(data, size); }

 private:
  static inline const Target* first_ = nullptr;

  std::string_view name_;
  Function function_;
  const Target* next_;
};

}  // namespace stirline::fuzz
