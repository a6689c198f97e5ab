// stirline explain: what would the rules of the called user make of this message, and why?
//
// By the functions that decide on the wire: the parser, the verification service, the description of a call, compiled
// rules. Offline: rules come out of files. Fixed form with --json: handling, layer, rule, softened, target, component,
// work, response, notify, called, caller, verdict, reason, score, facts (by name), lists (list, of, origin), rules
// (layer, rule, handling, matches).
//
// Exit status: 0 the call goes on, as it was or marked; 1 it is refused, challenged or sent elsewhere; 64 wrong command
// line, or a file that cannot be read.
#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/list_config.hpp"
#include "config/policy/described_call.hpp"
#include "config/policy/judge.hpp"
#include "config/policy/listed_call.hpp"
#include "config/policy/rule_set_writer.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/message_file.hpp"
#include "control/cli/message_verdict.hpp"
#include "control/cli/offline_tables.hpp"
#include "control/cli/output.hpp"
#include "control/day.hpp"
#include "control/policy/canonical_identity.hpp"
#include "control/policy/list_store.hpp"
#include "control/policy/presence_rules.hpp"
#include "control/policy/rule_reader.hpp"
#include "control/read_file.hpp"
#include "control/xcap/xml_document.hpp"
#include "crypto_workers/stir/identity_extraction.hpp"
#include "crypto_workers/stir/reason.hpp"

namespace stirline::control::cli {

namespace {

using namespace config::policy;

struct ExplainOptions {
  VerdictOptions verdict;
  std::string user;
  std::array<std::string, kLayers> rules;  // files, by layer
  std::string presence;                    // a file of pres-rules of the user's
  std::string sphere;
  std::string group = "none";
  std::string puzzle = "none";
  unsigned score = 0;
  std::string lists;  // the file of their store
  unsigned claim_score = config::ListConfig().claim_score;
  std::string trunk;
  bool trusted = false;
  std::optional<std::int64_t> at;
  bool json = false;
  std::string file;
};

// One layer's rules: the document, and what is compiled of it.
struct LayerRules {
  Layer layer = Layer::none;
  std::vector<std::byte> octets;
  RuleSet set;
};

using Error = std::unexpected<std::string>;

// A file as policy::read_rules() or policy::read_presence_rules() reads it; an empty path: no rules.
template <typename Read>
auto read_document(const std::string& path, const ExplainOptions& options, std::int64_t now, Read read)
    -> std::expected<typename decltype(read(XmlElement(), policy::RuleContext()))::value_type, std::string> {
  if (path.empty()) {
    return {};
  }
  const auto text = read_file(path, kMaxXmlOctets);
  if (!text) {
    return Error(fmt::format("{}: {}", path, text.error()));
  }
  const auto document = XmlDocument::parse(*text);
  if (!document) {
    return Error(fmt::format("{}: {}", path, document.error().text));
  }
  auto rules =
      read(document->root(), policy::RuleContext{.sphere = options.sphere, .window = {now - kDay, now + kDay}});
  if (!rules) {
    return Error(fmt::format("{}:{}: {}", path, rules.error().line, rules.error().text));
  }
  return std::move(*rules);
}

std::expected<LayerRules, std::string> compile(Layer layer, const std::string& path, const ExplainOptions& options,
                                               std::int64_t now) {
  auto rules = read_document(path, options, now, policy::read_rules);
  if (!rules) {
    return Error(rules.error());
  }
  if (layer == Layer::user) {
    auto presence = read_document(options.presence, options, now, policy::read_presence_rules);
    if (!presence) {
      return Error(presence.error());
    }
    policy::put_presence_first(std::move(*presence), *rules);
  }
  auto octets = write_rule_set(*rules, kOfflineSecret);
  if (!octets) {
    return Error(fmt::format("{}: {}", path, octets.error()));
  }
  LayerRules compiled{layer, std::move(*octets), {}};
  const auto set = RuleSet::open(compiled.octets);
  if (!set) {
    return Error(fmt::format("{}: {}", path, set.error()));
  }
  compiled.set = *set;
  return compiled;
}

std::expected<std::vector<LayerRules>, std::string> compile_layers(const ExplainOptions& options, std::int64_t now) {
  std::vector<LayerRules> layers;
  for (std::size_t i = 0; i < kLayers; ++i) {
    const auto layer = static_cast<Layer>(i);
    if (!options.rules[i].empty() || (layer == Layer::user && !options.presence.empty())) {
      auto compiled = compile(layer, options.rules[i], options, now);
      if (!compiled) {
        return Error(compiled.error());
      }
      layers.push_back(std::move(*compiled));
    }
  }
  return layers;
}

// An appliance with one user.
std::expected<std::unique_ptr<OfflineTables>, std::string> make_tables(const std::vector<LayerRules>& layers,
                                                                       Key called, FactWord user) {
  CommonSets common;
  std::vector<std::byte> own;
  for (const LayerRules& each : layers) {
    switch (each.layer) {
      case Layer::legal:
        common.legal = each.octets;
        break;
      case Layer::operator_hard:
        common.operator_hard = each.octets;
        break;
      case Layer::user:
        own = each.octets;
        break;
      case Layer::group_default:
        common.group_default.fill(each.octets);
        break;
      case Layer::operator_soft:
        common.operator_soft = each.octets;
        break;
      case Layer::none:
        break;
    }
  }
  auto tables = std::make_unique<OfflineTables>();
  tables->add_user(called, user, std::move(own));
  const auto opened = tables->open(encode_common_rules(common, kOfflineSecret));
  if (!opened) {
    return Error(opened.error());
  }
  return tables;
}

std::expected<FactWord, std::string> one_value(Fact fact, const std::string& word) {
  const FactWord bits = find_word(fact, word);
  if (bits == 0) {
    return Error(fmt::format("\"{}\" is no {}", word, facts_of(fact).name));
  }
  return bits;
}

Json facts_json(FactWord word) {
  Json facts = Json::object();
  for (std::size_t i = 0; i < kFacts; ++i) {
    const auto fact = static_cast<Fact>(i);
    for (const FactValue& value : facts_of(fact).words) {
      const FactWord bits = fact_bits(fact, value.values);
      if ((word & all_of(fact)) == bits) {
        facts[std::string(facts_of(fact).name)] = value.word;
        break;
      }
    }
    // A token that attests nothing has no word of its own: "signed" takes in what shaken says more about.
    if (!facts.contains(facts_of(fact).name)) {
      facts[std::string(facts_of(fact).name)] = "signed";
    }
  }
  return facts;
}

Json rules_json(const std::vector<LayerRules>& layers, const CallFacts& call) {
  Json rows = Json::array();
  for (const LayerRules& each : layers) {
    for (std::size_t i = 0; i < each.set.rules(); ++i) {
      rows.push_back({{"layer", to_string(each.layer)},
                      {"rule", each.set.text(i, RuleText::id)},
                      {"handling", to_string(each.set.handling_of(i))},
                      {"matches", each.set.matches(i, call)}});
    }
  }
  return rows;
}

Json texts_json(const RuleSet& rules, std::size_t rule, RuleText kind) {
  Json texts = Json::array();
  for (std::string_view text = rules.text(rule, kind); !text.empty(); text = rules.text(rule, kind, texts.size())) {
    texts.push_back(text);
  }
  return texts;
}

// What else the rule that decides does, by the names of its elements; empty if nothing.
Json actions_json(const RuleSet& rules, std::size_t rule, Handling handling) {
  Json actions = Json::object();
  const auto add = [&](const char* name, Json value) {
    if (!value.empty()) {
      actions[name] = std::move(value);
    }
  };
  if (rules.limit_of(rule) != 0) {
    actions["limit"] = rules.limit_of(rule);
  }
  if (handling == Handling::block) {
    add("phrase", texts_json(rules, rule, RuleText::phrase));
  } else if (handling >= Handling::forward) {
    add("strip-header", texts_json(rules, rule, RuleText::strip_header));
    add("set-display", texts_json(rules, rule, RuleText::display_prefix));
    add("remove-body-part", texts_json(rules, rule, RuleText::remove_body_part));
  }
  return actions;
}

// The entries that count: by what has been shown of the caller, or by what the call says of itself.
Json lists_json(const ListTable& table, const ListTable::Answer& answer) {
  Json rows = Json::array();
  const auto add = [&](const ListHits& hits, const char* of) {
    for (std::size_t i = 0; i < kLists; ++i) {
      if (hits.has(static_cast<List>(i))) {
        rows.push_back(
            {{"list", to_string(static_cast<List>(i))}, {"of", of}, {"origin", table.origin(hits.origins[i])}});
      }
    }
  };
  add(answer.of_caller, "caller");
  add(answer.of_claim, "claim");
  return rows;
}

std::string why(const Judgement& judgement, std::string_view rule) {
  if (judgement.layer == Layer::none) {
    return "no rule says anything about it: it goes on as its verdict has it";
  }
  std::string text =
      fmt::format("rule {} of layer {} says most of those that match there, and no layer above says anything", rule,
                  to_string(judgement.layer));
  if (judgement.outcome.rule < Outcome::kContact && judgement.rules.limit_of(judgement.outcome.rule) != 0) {
    text += fmt::format("; it does so for {} calls a second", judgement.rules.limit_of(judgement.outcome.rule));
  }
  if (judgement.is_softened) {
    text += "; the user keeps open house, so it is marked instead of refused";
  }
  return text;
}

std::string joined(const Json& texts) {
  std::string all;
  for (const Json& text : texts) {
    all += (all.empty() ? "" : ", ") + text.get<std::string>();
  }
  return all;
}

void print_text(const Json& document, std::string_view why) {
  fmt::print("{}: {}\n", document["handling"].get<std::string>(), printable(why));
  const auto part = [&](const char* name) {
    const std::string text = document[name].get<std::string>();
    if (!text.empty()) {
      fmt::print("  {:<10} {}\n", name, printable(text));
    }
  };
  part("called");
  part("caller");
  part("verdict");
  part("reason");
  part("target");
  part("component");
  for (const auto& [name, value] : document["does"].items()) {
    fmt::print("  does {:<17} {}\n", name, printable(value.is_array() ? joined(value) : value.dump()));
  }
  for (const auto& [name, value] : document["facts"].items()) {
    fmt::print("  {:<14} {}\n", name, value.get<std::string>());
  }
  for (const Json& hit : document["lists"]) {
    fmt::print("  on list        {} (of the {}, from {})\n", hit["list"].get<std::string>(),
               hit["of"].get<std::string>(), printable(hit["origin"].get<std::string>()));
  }
  if (!document["rules"].empty()) {
    fmt::print("{}", to_text(document["rules"]));
  }
}

std::expected<int, std::string> explain(const ExplainOptions& options) {
  const std::int64_t now = options.at.value_or(std::time(nullptr));
  const auto file = read_message(options.file);
  if (!file) {
    return Error(fmt::format("{}: {}", options.file, file.error()));
  }
  if (!file->result) {
    return Error(fmt::format("{}: no SIP message: {}", options.file, to_text(file->result.error())));
  }
  if (file->message->kind() != sip::Kind::request) {
    return Error(fmt::format("{}: rules are about requests", options.file));
  }
  const auto tokens = TokenJudge::make(options.verdict, now, "explain");
  if (!tokens) {
    return Error(tokens.error());
  }
  const auto job = (*tokens)->judge(*file, now);
  const sip::DialPlan dial_plan;
  const CallOrigin origin{.trunk = options.trunk, .dial_plan = dial_plan, .trusted = options.trusted};
  DescribedCall call = describe_offline(*file, *job, origin, now);
  call.facts.score = std::max(static_cast<std::uint8_t>(options.score), call.peer_score.value_or(0));
  const auto target = crypto::extract_target(*file->message, file->octets, dial_plan);
  std::string called(target.number ? target.number->view() : target.uri.view());
  if (!options.user.empty()) {
    const auto user = policy::canonical_identity(options.user, dial_plan);
    if (!user) {
      return Error(fmt::format("--user {}: no sip, sips or tel URI", options.user));
    }
    called = *user;
    call.called = call.claimed.called = identity_key(kOfflineSecret, called);
  }
  const auto puzzle = one_value(Fact::puzzle, options.puzzle);
  const auto group = one_value(Fact::group, options.group);
  if (!puzzle || !group) {
    return Error(puzzle ? group.error() : puzzle.error());
  }
  call.facts.facts = (call.facts.facts & ~all_of(Fact::puzzle)) | *puzzle;
  const FactWord user = (facts_of_a_stranger() & ~all_of(Fact::group)) | *group;
  const auto layers = compile_layers(options, now);
  if (!layers) {
    return Error(layers.error());
  }
  const auto tables = make_tables(*layers, call.called, user);
  if (!tables) {
    return Error(tables.error());
  }
  if (!options.lists.empty()) {
    if (const auto lists = (*tables)->open_lists(options.lists, options.claim_score, now); !lists) {
      return Error(lists.error());
    }
  }
  const ListTable::Answer listed = add_lists((*tables)->view().lists, call);
  const Judgement judgement = judge((*tables)->view(), call.called, call.facts);
  const Outcome& outcome = judgement.outcome;
  CallFacts all = call.facts;
  all.facts |= user;
  const bool has_rule = judgement.layer != Layer::none && outcome.rule < Outcome::kContact;
  const std::string rule(has_rule ? judgement.rules.text(outcome.rule, RuleText::id) : "");
  const Json document{
      {"handling", to_string(outcome.handling)},
      {"layer", to_string(judgement.layer)},
      {"rule", rule},
      {"softened", judgement.is_softened},
      {"target", has_rule ? judgement.rules.text(outcome.rule, RuleText::target) : std::string_view()},
      {"component", outcome.component == Component::none ? "" : to_string(outcome.component)},
      {"work", outcome.work},
      {"response", outcome.response},
      {"notify", judgement.notify},
      {"does", has_rule ? actions_json(judgement.rules, outcome.rule, outcome.handling) : Json::object()},
      {"called", called},
      {"caller", call.facts.caller == kNoKey ? std::string_view()
                 : job->has_orig             ? job->orig.view()
                                             : job->orig_uri.view()},
      {"verdict", crypto::to_string(job->verdict)},
      {"reason", crypto::facts(job->reason).name},
      {"score", call.facts.score},
      {"facts", facts_json(all.facts)},
      {"lists", lists_json((*tables)->view().lists, listed)},
      {"rules", rules_json(*layers, all)}};
  if (options.json) {
    fmt::print("{}\n", to_line(document));
  } else {
    print_text(document, why(judgement, rule));
  }
  const bool goes_on = outcome.handling == Handling::none || outcome.handling >= Handling::allow_marked;
  return goes_on ? kExitOk : kExitRefused;
}

}  // namespace

void add_explain(CLI::App& app, int& status) {
  const auto options = std::make_shared<ExplainOptions>();
  CLI::App* verb = app.add_subcommand("explain", "What rules make of one message, and why, offline");
  verb->add_flag("--json", options->json, "one line of JSON");
  verb->add_option("--user", options->user, "who is called; without it, the Request-URI says so");
  const auto file = [&](Layer layer, const char* name, const char* help) {
    verb->add_option(name, options->rules[static_cast<std::size_t>(layer)], help);
  };
  file(Layer::user, "--rules", "the user's own rules: an XML ruleset");
  verb->add_option("--presence", options->presence, "the user's pres-rules: who may watch him");
  file(Layer::legal, "--legal", "what the law wants");
  file(Layer::operator_hard, "--hard", "what the operator wants above all users");
  file(Layer::group_default, "--group-default", "what holds for the user's group");
  file(Layer::operator_soft, "--soft", "what the operator wants where nobody else says anything");
  verb->add_option("--group", options->group, "the user's group: none, closed, semi-open, open")->capture_default_str();
  verb->add_option("--sphere", options->sphere, "the user's sphere");
  verb->add_option("--score", options->score, "spam score of the call")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  verb->add_option("--lists", options->lists, "the store of lists that rules ask");
  verb->add_option("--claim-score", options->claim_score, "of who only claims to be somebody of the black list")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  verb->add_option("--trunk", options->trunk, "the trunk by which the message comes");
  verb->add_option("--puzzle", options->puzzle, "what became of a puzzle: none, success, failure")
      ->capture_default_str();
  verb->add_flag("--trusted", options->trusted, "the peer is trusted: what it asserts is believed");
  verb->add_option("--at", options->at, "judge as of this UNIX time, not now");
  add_verdict_options(*verb, options->verdict, false);
  verb->add_option("file", options->file, "a file with one message; - for standard input")->required();
  verb->callback([options, &status] {
    const auto explained = explain(*options);
    if (!explained) {
      fmt::print(stderr, "stirline explain: {}\n", printable(explained.error()));
    }
    status = explained.value_or(kExitUsage);
  });
}

}  // namespace stirline::control::cli
