// stirline policy: what calls are judged by. `import`, `export`, `show` and `remove` are about lists: who is white,
// black, do-not-originate, do-not-call or unallocated (SPIT-CL-02, SPIT-CL-03), and whom a user knows (SPIT-FW-07, -10,
// -11). `lint` and `rehearse` are about rules.
//
// The store is a file of its own; stirline-control may have it open meanwhile, and takes up each change. `import` takes
// a file of comma-separated values whole or, if anything in it is wrong, not at all; --skip-mistakes takes what is
// right. With --user it takes his address book, and says what of it nobody could call by. Exit status: 0 done; 1 the
// file has mistakes; 64 wrong command line or a file that cannot be read or written.
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
#include "control/day.hpp"
#include "control/policy/address_book.hpp"
#include "control/policy/canonical_identity.hpp"
#include "control/policy/list_file.hpp"

namespace stirline::control::cli {
namespace {

using namespace control::policy;

struct PolicyOptions {
  std::string store;
  std::string file;
  std::string owner;
  std::string list;
  std::string origin;
  std::string country_code;
  std::string national_prefix;
  std::string user;
  std::string form;
  std::string subject;
  unsigned days = 0;
  std::size_t limit = 100;
  bool skip_mistakes = false;
  bool json = false;
};

int policy_wrong(const char* verb, std::string_view text) {
  fmt::print(stderr, "stirline policy {}: {}\n", verb, printable(text));
  return kExitUsage;
}

std::string time_text(const ListEntry& entry) {
  return entry.until ? fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(*entry.until))) : "";
}

// A user in the form in which the store names him; anybody else as he is written.
std::string owner_in_store(const std::string& written) {
  const auto identity = canonical_identity(written, {});
  return identity ? owner_of(*identity) : written;
}

// Of whom, and of which list; false: there is no such list.
bool fill_in(const PolicyOptions& options, ListFilter& filter) {
  if (!options.owner.empty()) {
    filter.owner = owner_in_store(options.owner);
  }
  if (!options.origin.empty()) {
    filter.origin = options.origin;
  }
  if (!options.subject.empty()) {
    filter.subject = canonical_identity(options.subject, {}).value_or(options.subject);
  }
  filter.list = config::policy::find_list(options.list);
  return options.list.empty() || filter.list.has_value();
}

std::string origin_of(const PolicyOptions& options) {
  return !options.origin.empty() ? options.origin
         : options.file == "-"   ? "standard input"
                                 : std::filesystem::path(options.file).filename().string();
}

void tell_mistakes(const PolicyOptions& options, const ListImport& import) {
  for (const ListFileMistake& mistake : import.told) {
    fmt::print(stderr, "{}:{}: {}\n", printable(options.file), mistake.line, printable(mistake.text));
  }
  if (import.mistakes > import.told.size()) {
    fmt::print(stderr, "... and {} more\n", import.mistakes - import.told.size());
  }
}

int tell_import(const PolicyOptions& options, const ListImport& import, bool takes_the_rest) {
  tell_mistakes(options, import);
  if (options.json) {
    fmt::print("{}\n", to_line({{"taken", import.taken}, {"mistakes", import.mistakes}}));
  } else {
    fmt::print("{} taken, {} {}\n", import.taken, import.mistakes, takes_the_rest ? "left out" : "with mistakes");
  }
  return import.mistakes == 0 || takes_the_rest ? kExitOk : kExitRefused;
}

int import_book(const PolicyOptions& options, std::istream& file, ListStore& store) {
  const auto user = canonical_identity(options.user, {});
  const auto form = options.form.empty() ? std::optional(form_of(file)) : find_address_book_form(options.form);
  if (!user || !form) {
    return policy_wrong("import", user ? options.form + " is no form of address books"
                                       : options.user + " is no sip, sips or tel URI of a user");
  }
  AddressBookOptions how{.owner = owner_of(*user), .origin = origin_of(options)};
  how.dial_plan.country_code = options.country_code;
  how.dial_plan.national_prefix = options.national_prefix;
  if (options.days != 0) {
    how.until = std::time(nullptr) + std::int64_t{options.days} * kDay;
  }
  const auto import = import_address_book(file, *form, how, store);
  return import ? tell_import(options, *import, true) : policy_wrong("import", options.file + ": " + import.error());
}

int import_file(const PolicyOptions& options) {
  auto store = open_list_store(options.store);
  if (!store) {
    return policy_wrong("import", options.store + ": " + store.error());
  }
  std::ifstream file(options.file, std::ios::binary);
  if (options.file != "-" && !file) {
    return policy_wrong("import", options.file + " cannot be read");
  }
  std::istream& input = options.file == "-" ? std::cin : file;
  if (!options.user.empty()) {
    return import_book(options, input, **store);
  }
  ListImportOptions how{.origin = origin_of(options), .skip_mistakes = options.skip_mistakes};
  how.dial_plan.country_code = options.country_code;
  how.dial_plan.national_prefix = options.national_prefix;
  if (!options.owner.empty()) {
    how.owner = owner_in_store(options.owner);
  }
  const auto import = import_lists(input, how, **store);
  return import ? tell_import(options, *import, options.skip_mistakes)
                : policy_wrong("import", options.file + ": " + import.error());
}

int remove_entries(const PolicyOptions& options) {
  ListFilter filter;
  if (!fill_in(options, filter)) {
    return policy_wrong("remove", options.list + " is no list");
  }
  const auto store = open_list_store(options.store);
  if (!store) {
    return policy_wrong("remove", options.store + ": " + store.error());
  }
  const auto removed = (*store)->remove(filter);
  if (!removed) {
    return policy_wrong("remove", removed.error());
  }
  if (options.json) {
    fmt::print("{}\n", to_line({{"removed", *removed}}));
  } else {
    fmt::print("{} removed\n", *removed);
  }
  return kExitOk;
}

int export_file(const PolicyOptions& options) {
  ListFilter filter;
  if (!fill_in(options, filter)) {
    return policy_wrong("export", options.list + " is no list");
  }
  const auto store = open_list_store(options.store);
  if (!store) {
    return policy_wrong("export", options.store + ": " + store.error());
  }
  std::ofstream file;
  if (!options.file.empty() && options.file != "-") {
    file.open(options.file, std::ios::binary | std::ios::trunc);
    if (!file) {
      return policy_wrong("export", options.file + " cannot be written");
    }
  }
  const auto written = export_lists(**store, filter, file.is_open() ? file : std::cout);
  return written ? kExitOk : policy_wrong("export", written.error());
}

int show(const PolicyOptions& options) {
  ListFilter filter;
  if (!fill_in(options, filter)) {
    return policy_wrong("show", options.list + " is no list");
  }
  const auto store = open_list_store(options.store);
  if (!store) {
    return policy_wrong("show", options.store + ": " + store.error());
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
    return policy_wrong("show", read.error());
  }
  if (!options.json) {
    const auto all = (*store)->size();
    fmt::print("{}{} shown, {} in the store\n",
               to_table({"owner", "list", "kind", "subject", "until", "origin", "note"}, rows), shown, all.value_or(0));
  }
  return kExitOk;
}

CLI::App& add_verb(CLI::App& policy, int& status, const char* name, const char* help,
                   const std::shared_ptr<PolicyOptions>& options, int (*act)(const PolicyOptions&)) {
  CLI::App* verb = policy.add_subcommand(name, help);
  verb->add_option("--store", options->store, "the file of lists; made if it is not there")->required();
  verb->add_option("--owner", options->owner, "whose entries: operator, a tenant or a user's URI");
  verb->callback([options, act, &status] { status = act(*options); });
  return *verb;
}

void add_import(CLI::App& policy, int& status) {
  const auto options = std::make_shared<PolicyOptions>();
  CLI::App& verb = add_verb(policy, status, "import", "Take in a file of list entries (CSV)", options, import_file);
  verb.add_option("file", options->file, "list,kind,subject,until,origin,note; - is standard input")->required();
  verb.add_option("--origin", options->origin, "of entries that name none; by default the file's name");
  verb.add_option("--country-code", options->country_code, "for numbers that are not written in full");
  verb.add_option("--national-prefix", options->national_prefix, "that such numbers begin with: 0 in most of Europe");
  verb.add_option("--user", options->user, "take in his address book instead: vCard 3.0 or 4.0, CSV, resource-lists");
  verb.add_option("--form", options->form,
                  "of the address book: vcard, csv, resource-lists; by default it is looked at");
  verb.add_option("--days", options->days, "how long what is in the address book lasts; for ever if left out")
      ->check(CLI::Range(1, 36'500));
  verb.add_flag("--skip-mistakes", options->skip_mistakes, "take what is right, and say how much is not");
  verb.add_flag("--json", options->json, "the count as JSON");
}

void add_export(CLI::App& policy, int& status) {
  const auto options = std::make_shared<PolicyOptions>();
  CLI::App& verb = add_verb(policy, status, "export", "Write list entries as CSV", options, export_file);
  verb.add_option("file", options->file, "where to; standard output if left out");
  verb.add_option("--list", options->list, "white, black, do-not-originate, do-not-call, unallocated");
}

void add_remove(CLI::App& policy, int& status) {
  const auto options = std::make_shared<PolicyOptions>();
  CLI::App& verb = add_verb(policy, status, "remove", "Take entries of one owner back", options, remove_entries);
  verb.get_option("--owner")->required();
  verb.add_option("--list", options->list, "only of this list");
  verb.add_option("--origin", options->origin, "only what comes from there: \"outbound\" is what calls have made");
  verb.add_option("--subject", options->subject, "only this one");
  verb.add_flag("--json", options->json, "the count as JSON");
}

void add_show(CLI::App& policy, int& status) {
  const auto options = std::make_shared<PolicyOptions>();
  CLI::App& verb = add_verb(policy, status, "show", "Who is on the lists", options, show);
  verb.add_option("--list", options->list, "white, black, do-not-originate, do-not-call, unallocated");
  verb.add_option("--origin", options->origin, "only what comes from there: \"outbound\" is what calls have made");
  verb.add_option("--limit", options->limit, "at most so many entries")->check(CLI::Range(1, 1'000'000));
  verb.add_flag("--json", options->json, "a line of JSON for each");
}

}  // namespace

void add_policy(CLI::App& app, int& status) {
  CLI::App* policy = app.add_subcommand("policy", "What calls are judged by");
  policy->require_subcommand(1);
  add_import(*policy, status);
  add_export(*policy, status);
  add_remove(*policy, status);
  add_show(*policy, status);
  add_policy_lint(*policy, status);
  add_policy_rehearse(*policy, status);
}

}  // namespace stirline::control::cli
