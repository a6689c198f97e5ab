// stirline parse: what the parser reads in files that hold one SIP message each, or in streams of them.
//
// With --json a line per file in a fixed form: "file", "code" ("OK" or the error), "action", and the fields named in
// the header of corpus/carrier/FIELDS.tsv, all of them strings, empty where the message has none. A folder stands for
// the regular files in it, in sorted order. With --stream a file is one direction of a TCP connection, and there is a
// line for each message, each empty line of a keep-alive, and what the stream ends with: behind "file" then stand
// "offset", "size" and "step" (the name of sip::FrameStep::Kind); only messages have an action and fields, what is none
// a "reason". Exit status: 0 all files were read, whatever is in them; 64 one could not be.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/cli/commands.hpp"
#include "control/cli/message_file.hpp"
#include "control/cli/output.hpp"
#include "control/read_file.hpp"
#include "sip_parser/fields.hpp"
#include "sip_parser/stream_framer.hpp"

namespace stirline::control::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxStreamBytes = std::size_t{64} << 20;

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

Json describe(Json line, const MessageFile& file) {
  line["code"] = sip::to_string(file.result ? sip::ErrorCode::ok : file.result.error().code);
  line["action"] = sip::to_string(file.action);
  const sip::Fields fields = file.result ? sip::fields_of(*file.message, file.octets) : sip::Fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    line[std::string(sip::kFieldNames[i])] = fields[i];
  }
  return line;
}

struct ParseOptions {
  std::vector<std::string> files;
  bool json = false;
  bool stream = false;
};

void print(const Json& line, const ParseOptions& options) {
  fmt::print("{}\n", options.json ? to_line(line) : to_text(line));
}

void print_stream(const std::string& name, std::string_view octets, const ParseOptions& options) {
  sip::StreamFramer framer;
  for (std::size_t at = 0;;) {
    const sip::FrameStep step = framer.next(octets.substr(at));
    const bool taken = step.kind != sip::FrameStep::Kind::incomplete && step.kind != sip::FrameStep::Kind::refused;
    const std::size_t size = taken ? step.size : octets.size() - at;
    Json line{{"file", name}, {"offset", at}, {"size", size}, {"step", sip::to_string(step.kind)}};
    if (step.kind == sip::FrameStep::Kind::message) {
      line = describe(std::move(line), parse_message(std::string(octets.substr(at, size))));
    } else {
      line["code"] = sip::to_string(step.error.code);
      line["reason"] = step.kind == sip::FrameStep::Kind::refused ? to_text(step.error) : "";
    }
    if (taken || size > 0) {
      print(line, options);
    }
    if (!taken) {
      return;
    }
    at += size;
  }
}

// False: the file could not be read, and this was said.
bool parse_file(const std::string& name, const ParseOptions& options) {
  std::string error;
  if (options.stream) {
    if (const auto octets = read_file(name == "-" ? "/dev/stdin" : name, kMaxStreamBytes)) {
      print_stream(name, *octets, options);
    } else {
      error = octets.error();
    }
  } else if (const auto file = read_message(name)) {
    print(describe(Json{{"file", name}}, *file), options);
  } else {
    error = file.error();
  }
  if (!error.empty()) {
    fmt::print(stderr, "stirline parse: {}: {}\n", printable(name), error);
  }
  return error.empty();
}

int parse_all(const ParseOptions& options) {
  int status = kExitOk;
  for (const std::string& argument : options.files) {
    for (const std::string& name : files_of(argument)) {
      if (!parse_file(name, options)) {
        status = kExitUsage;
      }
    }
  }
  return status;
}

}  // namespace

void add_parse(CLI::App& app, int& status) {
  const auto options = std::make_shared<ParseOptions>();
  CLI::App* verb = app.add_subcommand("parse", "What the parser reads in SIP messages");
  verb->add_flag("--json", options->json, "a line of JSON for each file or step");
  verb->add_flag("--stream", options->stream, "files are TCP connections, one direction each: a line for each message");
  verb->add_option("files", options->files, "files with one message or stream each, or folders")->required();
  verb->callback([options, &status] { status = parse_all(*options); });
}

}  // namespace stirline::control::cli
