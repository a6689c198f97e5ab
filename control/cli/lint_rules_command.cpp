// stirline policy lint: is this a document that the appliance would take, and does it say what its writer means?
//
// A mistake is what an XCAP server would refuse (SPIT-XC-07). A remark is about what is taken and can hardly be meant:
// a rule that can never match, one that says nothing, one without a time in the next 32 days. Exit status: 0 no
// mistakes; 1 mistakes, or remarks with --strict; 64 wrong command line or a file that cannot be read.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/policy/rule_set_writer.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/offline_tables.hpp"
#include "control/cli/output.hpp"
#include "control/cli/policy_rules.hpp"
#include "control/policy/rule_compiler.hpp"
#include "control/policy/rule_reader.hpp"
#include "control/read_file.hpp"
#include "control/xcap/xml_document.hpp"

namespace stirline::control::cli {
namespace {

using config::policy::Handling;
using config::policy::Rule;

struct LintRulesOptions {
  std::vector<std::string> files;
  std::string sphere;
  std::optional<std::int64_t> at;
  bool strict = false;
  bool json = false;
};

struct Findings {
  std::string file;
  std::size_t rules = 0;
  std::optional<std::string> mistake = {};
  long line = 0;  // of the mistake
  std::vector<std::string> remarks = {};
};

// As far as times are spread out (kWindowAfter).
bool is_without_time(const Rule& rule, std::int64_t now) {
  return std::ranges::any_of(rule.times, [&](const auto& intervals) {
    return std::ranges::all_of(intervals, [&](const config::policy::Interval& one) { return one.until <= now; });
  });
}

void remark_on(const Rule& rule, std::int64_t now, Findings& found) {
  if (rule.never) {
    found.remarks.push_back(fmt::format("rule {} can never match", rule.id));
  } else if (is_without_time(rule, now)) {
    found.remarks.push_back(fmt::format("rule {} matches at no time of the next 32 days", rule.id));
  }
  if (rule.actions.handling == Handling::none) {
    found.remarks.push_back(fmt::format("rule {} does not say what is to be done", rule.id));
  }
}

Findings findings_of(const std::string& file, const std::string& text, const LintRulesOptions& options,
                     std::int64_t now) {
  Findings found{.file = file};
  const auto document = XmlDocument::parse(text);
  if (!document) {
    found.mistake = document.error().text;
    return found;
  }
  const auto rules = policy::read_rules(document->root(), {.sphere = options.sphere, .window = policy::window_at(now)});
  if (!rules) {
    found.mistake = rules.error().text;
    found.line = rules.error().line;
    return found;
  }
  found.rules = rules->rules.size();
  if (const auto set = write_rule_set(*rules, kOfflineSecret); !set) {
    found.mistake = set.error();
  }
  for (const Rule& rule : rules->rules) {
    remark_on(rule, now, found);
  }
  return found;
}

void print(const Findings& found, const LintRulesOptions& options) {
  if (options.json) {
    fmt::print("{}\n", to_line({{"file", found.file},
                                {"rules", found.rules},
                                {"mistake", found.mistake ? Json(*found.mistake) : Json(nullptr)},
                                {"line", found.line},
                                {"remarks", found.remarks}}));
    return;
  }
  if (found.mistake) {
    const std::string where = found.line > 0 ? fmt::format("{}:{}", found.file, found.line) : found.file;
    fmt::print("{}: {}\n", printable(where), printable(*found.mistake));
  }
  for (const std::string& remark : found.remarks) {
    fmt::print("{}: remark: {}\n", printable(found.file), printable(remark));
  }
  if (!found.mistake) {
    fmt::print("{}: {} rules, {} remarks\n", printable(found.file), found.rules, found.remarks.size());
  }
}

int lint(const LintRulesOptions& options) {
  const std::int64_t now = options.at.value_or(std::time(nullptr));
  int status = kExitOk;
  for (const std::string& file : options.files) {
    const auto text = read_file(file, kMaxXmlOctets);
    if (!text) {
      fmt::print(stderr, "stirline policy lint: {}: {}\n", printable(file), printable(text.error()));
      return kExitUsage;
    }
    const Findings found = findings_of(file, *text, options, now);
    print(found, options);
    if (found.mistake || (options.strict && !found.remarks.empty())) {
      status = kExitRefused;
    }
  }
  return status;
}

}  // namespace

void add_policy_lint(CLI::App& policy, int& status) {
  const auto options = std::make_shared<LintRulesOptions>();
  CLI::App* verb = policy.add_subcommand("lint", "Is a document of rules right, and can it mean what it says?");
  verb->add_option("files", options->files, "XML rulesets")->required();
  verb->add_option("--sphere", options->sphere, "the sphere of the user whose rules they are");
  verb->add_option("--at", options->at, "as of this UNIX time, not now");
  verb->add_flag("--strict", options->strict, "remarks count as mistakes");
  verb->add_flag("--json", options->json, "a line of JSON for each file");
  verb->callback([options, &status] { status = lint(*options); });
}

}  // namespace stirline::control::cli
