// UTF-8 text of bounded length, written piece by piece. What finds no room is left out, whole characters only, and the
// text is known to be cut. One thread at a time; no heap.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace stirline::config::policy::content {

inline constexpr std::size_t kMaxTextOctets = 8'192;  // of one message that are looked at

class BoundedText {
 public:
  void clear() {
    length_ = 0;
    is_cut_ = false;
  }

  // `text` is UTF-8. Once a piece was cut no more is taken.
  void add(std::string_view text) {
    if (is_cut_) {
      return;
    }
    std::size_t length = text.size();
    if (length > octets_.size() - length_) {
      is_cut_ = true;
      length = octets_.size() - length_;
      while (length != 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80) {
        --length;
      }
    }
    std::memcpy(octets_.data() + length_, text.data(), length);
    length_ += length;
  }

  // A blank between what belongs to different words, unless there is one.
  void part() {
    if (length_ != 0 && octets_[length_ - 1] != ' ') {
      add(" ");
    }
  }

  void add_point(char32_t point);  // a character that UTF-8 can have; another one is left out

  [[nodiscard]] std::string_view view() const { return {octets_.data(), length_}; }
  [[nodiscard]] bool is_cut() const { return is_cut_; }

 private:
  std::array<char, kMaxTextOctets> octets_;
  std::size_t length_ = 0;
  bool is_cut_ = false;
};

}  // namespace stirline::config::policy::content
