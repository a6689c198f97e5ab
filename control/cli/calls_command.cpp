// stirline calls: the records of calls with a number, for whoever has to answer within a day where a call came from
// (STIR-RG-03).
//
// The question goes to stirline-control, which notes it and says where to look (STIR-PR-04). If the daemon is away and
// --config names its configuration, the question is noted by this command itself. --records DIR reads a copy and asks
// nobody. Reading is done here, line by line. Exit status: 0 answered, whether anything was found or not; 1 turned
// down; 64 wrong command line, file or folder; 69 no stirline-control there.
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "config/control_config.hpp"
#include "control/cli/ask_control.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/output.hpp"
#include "control/records/pseudonym.hpp"
#include "control/records/query_time.hpp"
#include "control/records/record_keeper.hpp"
#include "control/records/record_query.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::control::cli {

namespace {

constexpr std::size_t kMostShown = 100'000;

struct CallsOptions {
  std::string number;
  std::string since;
  std::string until;
  std::string verdict;
  std::size_t limit = 1'000;
  bool json = false;
  std::string socket = config::ControlConfig{}.socket;
  std::string config;
  std::string records;
  std::vector<std::string> keys;
};

// Where to look, and for what.
struct Place {
  std::filesystem::path folder;
  RecordQuery query;
};

struct Failure {
  int status = kExitUsage;
  std::string text;
};

// A number however it is written, or a URI as records have it: in small letters.
std::string identity_of(const std::string& written) {
  if (const auto number = sip::canonical_number(written, {})) {
    return std::string(number->view());
  }
  std::string uri = written;
  for (char& c : uri) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return uri.contains(':') ? uri : std::string();
}

std::expected<Place, Failure> read_question(const CallsOptions& options) {
  const std::int64_t now = std::time(nullptr);
  Place place;
  place.query.identities = {identity_of(options.number)};
  if (place.query.identities.front().empty()) {
    return std::unexpected(Failure{.text = fmt::format("--number: neither a number nor a URI: {}", options.number)});
  }
  const auto since = read_query_time(options.since, Edge::begin, now);
  const auto until = options.until.empty() ? now : read_query_time(options.until, Edge::end, now);
  if (!since || !until) {
    return std::unexpected(Failure{.text = fmt::format("no time: {}; known are 2026-11-18, 2026-11-18T10:15, "
                                                       "2026-11-18T10:15:30 (UTC), seconds since 1970, 90m, 24h, 7d",
                                                       since ? options.until : options.since)});
  }
  place.query.times = {*since, *until};
  place.query.verdict = options.verdict;
  return place;
}

std::optional<Failure> look_in_copy(const CallsOptions& options, Place& place) {
  place.folder = options.records;
  const std::string number = place.query.identities.front();
  for (const std::string& file : options.keys) {
    const auto pseudonyms = Pseudonyms::load(file);
    if (!pseudonyms) {
      return Failure{.text = pseudonyms.error()};
    }
    place.query.identities.push_back(pseudonyms->of(number));
  }
  return std::nullopt;
}

// The daemon's own code, in its place.
std::expected<Json, Failure> ask_in_its_place(const std::string& file, const std::string& question) {
  const auto config = config::load_control_config(file);
  if (!config) {
    return std::unexpected(Failure{.text = config::to_string(config.error().front())});
  }
  const auto keeper = RecordKeeper::open(config->records, [] { return static_cast<std::int64_t>(std::time(nullptr)); });
  if (!keeper) {
    return std::unexpected(Failure{kExitMissing, fmt::format("stirline-control is away, and its records cannot be "
                                                             "used in its place: {}",
                                                             keeper.error())});
  }
  return (*keeper)->ask(question, ::getuid());
}

std::expected<Json, Failure> ask(const CallsOptions& options, const std::string& question) {
  const auto answer = ask_control(options.socket, "calls", question);
  if (answer) {
    Json document = Json::parse(answer->text, nullptr, false);
    return document.is_object() ? std::move(document) : Json{{"result", "refused"}, {"errors", {answer->text}}};
  }
  if (options.config.empty()) {
    return std::unexpected(Failure{kExitMissing, answer.error().text});
  }
  return ask_in_its_place(options.config, question);
}

std::optional<Failure> look_where_control_says(const CallsOptions& options, Place& place) {
  const Json question{{"number", place.query.identities.front()},
                      {"since", place.query.times.first},
                      {"until", place.query.times.last},
                      {"verdict", place.query.verdict}};
  const auto answer = ask(options, to_line(question));
  if (!answer) {
    return answer.error();
  }
  if (answer->value("result", "") != "ok") {
    const Json errors = answer->value("errors", Json::array());
    return Failure{kExitRefused,
                   errors.empty() || !errors.front().is_string() ? "turned down" : errors.front().get<std::string>()};
  }
  place.folder = answer->value("folder", "");
  place.query.identities = answer->value("identities", std::vector<std::string>());
  return std::nullopt;
}

// ASCII only: a record may hold what a stranger wrote.
std::string json_line(const Json& record) {
  Json shown{{"at", write_query_time(record.value("time", std::int64_t{0}))}};
  shown.update(record);
  return shown.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

std::vector<std::string> table_row(const Json& record) {
  std::vector<std::string> row = {write_query_time(record.value("time", std::int64_t{0}))};
  for (const char* name : {"flow", "trunk", "method", "orig", "dest", "target", "decision", "verdict", "reason",
                           "attest", "origid", "call_id"}) {
    const auto found = record.find(name);
    const bool there = found != record.end();
    row.push_back(!there               ? "-"
                  : found->is_string() ? printable(found->get_ref<const std::string&>())
                                       : printable(to_line(*found)));
  }
  return row;
}

std::expected<void, Failure> answer(const CallsOptions& options) {
  auto place = read_question(options);
  if (!place) {
    return std::unexpected(place.error());
  }
  if (auto failure =
          options.records.empty() ? look_where_control_says(options, *place) : look_in_copy(options, *place)) {
    return std::unexpected(std::move(*failure));
  }
  std::vector<std::vector<std::string>> rows;
  std::size_t found = 0;
  const auto facts = find_records(place->folder, place->query, [&](const Json& record) {
    if (found == options.limit) {
      ++found;
      return false;
    }
    ++found;
    if (options.json) {
      fmt::print("{}", json_line(record));
    } else {
      rows.push_back(table_row(record));
    }
    return true;
  });
  if (!facts) {
    return std::unexpected(Failure{.text = facts.error()});
  }
  if (!options.json && !rows.empty()) {
    fmt::print("{}", to_table({"at", "flow", "trunk", "method", "orig", "dest", "target", "decision", "verdict",
                               "reason", "attest", "origid", "call_id"},
                              rows));
  }
  if (found == 0) {
    fmt::print(stderr, "stirline calls: no record from {} to {}\n", write_query_time(place->query.times.first),
               write_query_time(place->query.times.last));
  } else if (found > options.limit) {
    fmt::print(stderr, "stirline calls: more than {}; --limit shows more, narrower times fewer\n", options.limit);
  }
  if (facts->unreadable > 0) {
    fmt::print(stderr, "stirline calls: {} lines or files could not be read\n", facts->unreadable);
  }
  return {};
}

}  // namespace

void add_calls(CLI::App& app, int& status) {
  const auto options = std::make_shared<CallsOptions>();
  CLI::App* verb = app.add_subcommand("calls", "Records of the calls from or to a number");
  verb->add_option("--number", options->number,
                   "the number, or a URI: as caller, called party or target of a diversion")
      ->required();
  verb->add_option("--since", options->since,
                   "2026-11-18, 2026-11-18T10:15, with :30 (UTC), seconds since 1970, or how long ago: 90m, 24h, 7d")
      ->required();
  verb->add_option("--until", options->until, "the same, to its end; now if left out");
  verb->add_option("--verdict", options->verdict, "only calls judged so")
      ->check(CLI::IsMember({"valid", "invalid", "none"}));
  verb->add_option("--limit", options->limit, "records to show at most")
      ->check(CLI::Range(std::size_t{1}, kMostShown))
      ->capture_default_str();
  verb->add_flag("--json", options->json, "a line of JSON for each record");
  CLI::Option* socket =
      verb->add_option("--socket", options->socket, "stirline-control's socket")->capture_default_str();
  CLI::Option* config =
      verb->add_option("--config", options->config, "stirline-control's configuration, if it is away");
  verb->add_option("--records", options->records, "a copy of the records' folder: nobody is asked")
      ->check(CLI::ExistingDirectory)
      ->excludes(socket)
      ->excludes(config);
  verb->add_option("--key", options->keys, "with --records: keys of the pseudonyms in there")
      ->needs("--records")
      ->check(CLI::ExistingFile);
  verb->callback([options, &status] {
    if (const auto done = answer(*options); !done) {
      fmt::print(stderr, "stirline calls: {}\n", printable(done.error().text));
      status = done.error().status;
    }
  });
}

}  // namespace stirline::control::cli
