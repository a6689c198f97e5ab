// Lists as files of comma-separated values (RFC 4180), line by line in bounded memory, ten million of them if need be:
//
//   list,kind,subject,until,origin,note
//   black,number,+1 215 555 0100,2027-06-30T00:00:00Z,trace-back 17,"called 40,000 people"
//
// `until` is empty (for ever) or a date and time with its zone; an empty `origin` is the name given with the file.
#pragma once

#include <expected>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "control/policy/list_store.hpp"

namespace stirline::control::policy {

struct ListFileMistake {
  std::size_t line = 0;  // where the entry begins, from 1
  std::string text;
};

struct ListImport {
  std::size_t taken = 0;
  std::size_t mistakes = 0;                // all of them
  std::vector<ListFileMistake> told = {};  // the first hundred
};

struct ListImportOptions {
  std::string owner = std::string(kOperator);
  std::string origin = {};     // of entries that name none
  bool skip_mistakes = false;  // take the others; otherwise one mistake means that nothing is taken
  sip::DialPlan dial_plan = {};
};

// The error: the store cannot be written, or this is no such file at all. Mistakes in entries are in the result.
[[nodiscard]] std::expected<ListImport, std::string> import_lists(std::istream& file, const ListImportOptions& options,
                                                                  ListStore& store);

// What import_lists() reads. How many entries were written.
[[nodiscard]] std::expected<std::size_t, std::string> export_lists(const ListStore& store, const ListFilter& filter,
                                                                   std::ostream& file);

}  // namespace stirline::control::policy
