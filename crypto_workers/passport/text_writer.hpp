// Appends text to a buffer of fixed size and remembers whether all of it fitted.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

namespace stirline::crypto {

class TextWriter {
 public:
  explicit TextWriter(std::span<char> out) : out_(out) {}

  void add(std::string_view text) {
    if (text.size() > out_.size() - length_) {
      overflow_ = true;
      return;
    }
    std::ranges::copy(text, out_.subspan(length_).begin());
    length_ += text.size();
  }
  void add(char character) { add(std::string_view(&character, 1)); }
  template <std::integral Integer>
    requires(!std::same_as<Integer, char>)
  void add(Integer number) {
    const std::span<char> rest = out_.subspan(length_);
    const auto [end, error] = std::to_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc{}) {
      overflow_ = true;
      return;
    }
    length_ = static_cast<std::size_t>(end - out_.data());
  }

  // Room behind the text, to be filled by the caller and then taken over with grow().
  [[nodiscard]] std::span<char> rest() const { return out_.subspan(length_); }
  void grow(std::size_t characters) { length_ += characters; }
  void fail() { overflow_ = true; }

  [[nodiscard]] bool overflow() const { return overflow_; }
  [[nodiscard]] std::size_t length() const { return length_; }
  [[nodiscard]] std::string_view view() const { return {out_.data(), length_}; }

 private:
  std::span<char> out_;
  std::size_t length_ = 0;
  bool overflow_ = false;
};

}  // namespace stirline::crypto
