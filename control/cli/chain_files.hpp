// What `stirline cert import` is given: chains in files, and lists of URLs to be fetched.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace stirline::control::cli {

// One chain, or one URL of a list.
struct ChainFile {
  std::string name;  // of the file, for messages
  std::string url;
  std::string pem;  // empty: the URL is to be fetched
};

// Reads what `argument` names:
//   URL=FILE   a PEM chain, as if URL had served it
//   FOLDER     the regular files in it, in sorted order, each like FILE
//   FILE       a PEM chain with a line "x5u: URL" before it (`stirline cert show --pem` writes this form), or a list of
//              URLs, one a line; empty lines and those that begin with '#' are passed over
// The error is a sentence with the file's name.
[[nodiscard]] std::expected<std::vector<ChainFile>, std::string> read_chain_files(const std::string& argument);

// The form that is read back.
[[nodiscard]] std::string chain_text(std::string_view url, std::string_view pem);

}  // namespace stirline::control::cli
