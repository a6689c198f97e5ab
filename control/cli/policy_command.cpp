// stirline policy: what calls are judged by. `import`, `export` and `show` are about lists: who is white, black,
// do-not-originate, do-not-call or unallocated (SPIT-CL-02, SPIT-CL-03). `lint` and `rehearse` are about rules.
//
// The store is a file of its own; nobody else may have it open meanwhile. `import` takes a file of comma-separated
// values whole or, if anything in it is wrong, not at all; --skip-mistakes takes what is right. Exit status: 0 done; 1
// the file has mistakes; 64 wrong command line or a file that cannot be read or written.
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/cli/commands.hpp"
#include "control/cli/output.hpp"
#include "control/cli/policy_rules.hpp"
#include "control/policy/list_file.hpp"

namespace stirline::control::cli {
namespace {

using namespace control::policy;

struct Options {
  std::string store;
  std::string file;
  std::string owner;
  std::string list;
  std::string origin;
  std::string country_code;
  std::size_t limit = 100;
  bool skip_mistakes = false;
  bool json = false;
};

int wrong(const char* verb, std::string_view text) {
  fmt::print(stderr, "stirline policy {}: {}\n", verb, printable(text));
  return kExitUsage;
}

std::string time_text(const ListEntry& entry) {
  return entry.until ? fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(*entry.until))) : "";
}

// Of whom, and of which list; false: there is no such list.
bool fill_in(const Options& options, ListFilter& filter) {
  if (!options.owner.empty()) {
    filter.owner = options.owner;
  }
  filter.list = config::policy::find_list(options.list);
  return options.list.empty() || filter.list.has_value();
}

int import_file(const Options& options) {
  auto store = open_list_store(options.store);
  if (!store) {
    return wrong("import", options.store + ": " + store.error());
  }
  std::ifstream file(options.file, std::ios::binary);
  if (options.file != "-" && !file) {
    return wrong("import", options.file + " cannot be read");
  }
  ListImportOptions how{.origin = options.origin, .skip_mistakes = options.skip_mistakes};
  how.dial_plan.country_code = options.country_code;
  if (!options.owner.empty()) {
    how.owner = options.owner;
  }
  if (how.origin.empty()) {
    how.origin = options.file == "-" ? "standard input" : std::filesystem::path(options.file).filename().string();
  }
  const auto import = import_lists(options.file == "-" ? std::cin : file, how, **store);
  if (!import) {
    return wrong("import", options.file + ": " + import.error());
  }
  for (const ListFileMistake& mistake : import->told) {
    fmt::print(stderr, "{}:{}: {}\n", printable(options.file), mistake.line, printable(mistake.text));
  }
  if (import->mistakes > import->told.size()) {
    fmt::print(stderr, "... and {} more\n", import->mistakes - import->told.size());
  }
  if (options.json) {
    fmt::print("{}\n", to_line({{"taken", import->taken}, {"mistakes", import->mistakes}}));
  } else {
    fmt::print("{} taken, {} {}\n", import->taken, import->mistakes,
               options.skip_mistakes ? "left out" : "with mistakes");
  }
  return import->mistakes == 0 || options.skip_mistakes ? kExitOk : kExitRefused;
}

int export_file(const Options& options) {
  ListFilter filter;
  if (!fill_in(options, filter)) {
    return wrong("export", options.list + " is no list");
  }
  const auto store = open_list_store(options.store);
  if (!store) {
    return wrong("export", options.store + ": " + store.error());
  }
  std::ofstream file;
  if (!options.file.empty() && options.file != "-") {
    file.open(options.file, std::ios::binary | std::ios::trunc);
    if (!file) {
      return wrong("export", options.file + " cannot be written");
    }
  }
  const auto written = export_lists(**store, filter, file.is_open() ? file : std::cout);
  return written ? kExitOk : wrong("export", written.error());
}

int show(const Options& options) {
  ListFilter filter;
  if (!fill_in(options, filter)) {
    return wrong("show", options.list + " is no list");
  }
  const auto store = open_list_store(options.store);
  if (!store) {
    return wrong("show", options.store + ": " + store.error());
  }
  std::vector<std::vector<std::string>> rows;
  std::size_t shown = 0;
  const auto read = (*store)->each(filter, [&](const ListEntry& entry) {
    const std::string list(config::policy::to_string(entry.list));
    const std::string kind(to_string(entry.kind));
    if (options.json) {
      fmt::print("{}\n", to_line({{"owner", entry.owner},
                                  {"list", list},
                                  {"kind", kind},
                                  {"subject", entry.subject},
                                  {"until", time_text(entry)},
                                  {"origin", entry.origin},
                                  {"note", entry.note}}));
    } else {
      rows.push_back({printable(entry.owner), list, kind, printable(entry.subject),
                      entry.until ? time_text(entry) : "-", printable(entry.origin), printable(entry.note)});
    }
    return ++shown < options.limit;
  });
  if (!read) {
    return wrong("show", read.error());
  }
  if (!options.json) {
    const auto all = (*store)->size();
    fmt::print("{}{} shown, {} in the store\n",
               to_table({"owner", "list", "kind", "subject", "until", "origin", "note"}, rows), shown, all.value_or(0));
  }
  return kExitOk;
}

CLI::App& add_verb(CLI::App& policy, int& status, const char* name, const char* help,
                   const std::shared_ptr<Options>& options, int (*act)(const Options&)) {
  CLI::App* verb = policy.add_subcommand(name, help);
  verb->add_option("--store", options->store, "the file of lists; made if it is not there")->required();
  verb->add_option("--owner", options->owner, "whose entries: operator, a tenant or a user's URI");
  verb->callback([options, act, &status] { status = act(*options); });
  return *verb;
}

void add_import(CLI::App& policy, int& status) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_verb(policy, status, "import", "Take in a file of list entries (CSV)", options, import_file);
  verb.add_option("file", options->file, "list,kind,subject,until,origin,note; - is standard input")->required();
  verb.add_option("--origin", options->origin, "of entries that name none; by default the file's name");
  verb.add_option("--country-code", options->country_code, "for numbers that are not written in full");
  verb.add_flag("--skip-mistakes", options->skip_mistakes, "take what is right, and say how much is not");
  verb.add_flag("--json", options->json, "the count as JSON");
}

void add_export(CLI::App& policy, int& status) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_verb(policy, status, "export", "Write list entries as CSV", options, export_file);
  verb.add_option("file", options->file, "where to; standard output if left out");
  verb.add_option("--list", options->list, "white, black, do-not-originate, do-not-call, unallocated");
}

void add_show(CLI::App& policy, int& status) {
  const auto options = std::make_shared<Options>();
  CLI::App& verb = add_verb(policy, status, "show", "Who is on the lists", options, show);
  verb.add_option("--list", options->list, "white, black, do-not-originate, do-not-call, unallocated");
  verb.add_option("--limit", options->limit, "at most so many entries")->check(CLI::Range(1, 1'000'000));
  verb.add_flag("--json", options->json, "a line of JSON for each");
}

}  // namespace

void add_policy(CLI::App& app, int& status) {
  CLI::App* policy = app.add_subcommand("policy", "What calls are judged by");
  policy->require_subcommand(1);
  add_import(*policy, status);
  add_export(*policy, status);
  add_show(*policy, status);
  add_policy_lint(*policy, status);
  add_policy_rehearse(*policy, status);
}

}  // namespace stirline::control::cli
