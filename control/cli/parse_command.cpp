// stirline parse: what the parser reads in files that hold one SIP message each.
//
// With --json a line per file in a fixed form: "file", "code" ("OK" or the error), "action", and the fields named in
// the header of corpus/carrier/FIELDS.tsv, all of them strings, empty where the message has none. A folder stands for
// the regular files in it, in sorted order. Exit status: 0 all files were read, whatever is in them; 64 one could not
// be.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "control/cli/commands.hpp"
#include "control/cli/message_file.hpp"
#include "control/cli/output.hpp"
#include "sip_parser/fields.hpp"

namespace stirline::control::cli {

namespace fs = std::filesystem;

namespace {

// The files meant by one argument.
std::vector<std::string> files_of(const std::string& argument) {
  std::vector<std::string> files;
  if (!fs::is_directory(argument)) {
    files.push_back(argument);
    return files;
  }
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(argument)) {
    if (entry.is_regular_file()) {
      files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

Json describe(const std::string& name, const MessageFile& file) {
  Json line{{"file", name}};
  line["code"] = sip::to_string(file.result ? sip::ErrorCode::ok : file.result.error().code);
  line["action"] = sip::to_string(file.action);
  const sip::Fields fields = file.result ? sip::fields_of(*file.message, file.octets) : sip::Fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    line[std::string(sip::kFieldNames[i])] = fields[i];
  }
  return line;
}

int parse_all(const std::vector<std::string>& arguments, bool json) {
  int status = kExitOk;
  for (const std::string& argument : arguments) {
    for (const std::string& name : files_of(argument)) {
      const auto file = read_message(name);
      if (!file) {
        fmt::print(stderr, "stirline parse: {}: {}\n", printable(name), file.error());
        status = kExitUsage;
        continue;
      }
      const Json line = describe(name, *file);
      if (json) {
        fmt::print("{}\n", to_line(line));
      } else {
        fmt::print("{}\n", to_text(line));
      }
    }
  }
  return status;
}

}  // namespace

void add_parse(CLI::App& app, int& status) {
  struct Options {
    std::vector<std::string> files;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("parse", "What the parser reads in SIP messages");
  verb->add_flag("--json", options->json, "a line of JSON for each file");
  verb->add_option("files", options->files, "files with one message each, or folders")->required();
  verb->callback([options, &status] { status = parse_all(options->files, options->json); });
}

}  // namespace stirline::control::cli
