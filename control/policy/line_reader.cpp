#include "control/policy/line_reader.hpp"

namespace stirline::control::policy {

using Traits = std::char_traits<char>;

bool LineReader::next(std::string& text) {
  text.clear();
  is_cut_ = false;
  std::streambuf& buffer = *file_.rdbuf();
  int c = buffer.sbumpc();
  if (c == Traits::eof()) {
    return false;
  }
  ++line_;
  for (; c != Traits::eof() && c != '\n'; c = buffer.sbumpc()) {
    if (text.size() <= most_) {  // one more, which may be the end's
      text += Traits::to_char_type(c);
    } else {
      is_cut_ = true;
    }
  }
  if (!text.empty() && text.back() == '\r' && !is_cut_) {
    text.pop_back();
  }
  if (text.size() > most_) {
    is_cut_ = true;
    text.pop_back();
  }
  return true;
}

bool LineReader::take_fold() {
  std::streambuf& buffer = *file_.rdbuf();
  const int c = buffer.sgetc();
  if (c != ' ' && c != '\t') {
    return false;
  }
  buffer.sbumpc();
  return true;
}

}  // namespace stirline::control::policy
