// The lines of a file that somebody hands in, one after the other, none of them kept longer than its bound.
//
// The file outlives the reader. One thread.
#pragma once

#include <cstddef>
#include <istream>
#include <string>

namespace stirline::control::policy {

inline constexpr std::size_t kMistakesTold = 100;  // of a file: more are only counted

class LineReader {
 public:
  // `most`: octets of a line.
  LineReader(std::istream& file, std::size_t most) : file_(file), most_(most) {}

  // Into `text`, without its end (LF or CRLF). False: there is none.
  bool next(std::string& text);
  // Of the line read last: it was longer than the bound, and only so much of it is there.
  [[nodiscard]] bool is_cut() const { return is_cut_; }
  [[nodiscard]] std::size_t line() const { return line_; }  // the number of the line read last, from 1

  // Whether the next line begins with a blank, which is taken then: it goes on with the one before (RFC 6350 3.2).
  bool take_fold();

 private:
  std::istream& file_;
  std::size_t most_;
  std::size_t line_ = 0;
  bool is_cut_ = false;
};

}  // namespace stirline::control::policy
