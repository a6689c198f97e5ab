// Files of comma-separated values (RFC 4180 2), record by record in bounded memory. A quoted field may go over several
// lines; lines end in LF or CRLF.
//
// One thread at a time. A record that is wrong does not end the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "control/policy/line_reader.hpp"

namespace stirline::control::policy {

class CsvReader {
 public:
  static constexpr std::size_t kMaxRecordBytes = 4'096;

  // `most`: fields of a record. The file outlives the reader.
  CsvReader(std::istream& file, std::size_t most) : lines_(file, kMaxRecordBytes), most_(most) {}

  enum class Got : std::uint8_t { record, mistake, end };

  // Into fields(), or why() if this is none. Always goes on to the next line.
  Got next();

  [[nodiscard]] const std::vector<std::string>& fields() const { return fields_; }
  [[nodiscard]] const std::string& why() const { return why_; }  // a phrase about the record
  [[nodiscard]] std::size_t line() const { return begin_; }      // where the record begins, from 1

 private:
  Got mistake(std::string why);

  LineReader lines_;
  std::size_t most_;
  std::vector<std::string> fields_;
  std::size_t begin_ = 0;
  std::string why_;
};

}  // namespace stirline::control::policy
