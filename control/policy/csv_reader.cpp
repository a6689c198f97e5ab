#include "control/policy/csv_reader.hpp"

#include <utility>

#include <fmt/format.h>

namespace stirline::control::policy {

CsvReader::Got CsvReader::next() {
  why_.clear();
  fields_.assign(1, {});
  begin_ = lines_.line() + 1;
  std::string text;
  if (!lines_.next(text)) {
    return Got::end;
  }
  bool is_quoted = false;
  std::size_t octets = 0;
  for (std::size_t i = 0;; ++i) {
    if (i == text.size()) {
      if (!is_quoted) {
        return Got::record;
      }
      if (!lines_.next(text)) {
        return mistake("a quoted field has no end");
      }
      fields_.back() += '\n';
      i = static_cast<std::size_t>(-1);
      continue;
    }
    if (++octets > kMaxRecordBytes || lines_.is_cut()) {
      return mistake("is longer than 4,096 octets");
    }
    const char c = text[i];
    std::string& field = fields_.back();
    if (is_quoted) {
      if (c != '"') {
        field += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        field += text[++i];
      } else {
        is_quoted = false;
        if (i + 1 < text.size() && text[i + 1] != ',') {
          return mistake("something follows the quotation mark at the end of a field");
        }
      }
    } else if (c == '"') {
      if (!field.empty()) {
        return mistake("a quotation mark stands inside a field that does not begin with one");
      }
      is_quoted = true;
    } else if (c == ',') {
      if (fields_.size() == most_) {
        return mistake(fmt::format("has more than {} fields", most_));
      }
      fields_.emplace_back();
    } else {
      field += c;
    }
  }
}

CsvReader::Got CsvReader::mistake(std::string why) {
  why_ = std::move(why);
  return Got::mistake;
}

}  // namespace stirline::control::policy
