// stirline policy rehearse: what would today's rules have made of the calls in a capture? Nothing is sent, no daemon is
// asked (SPIT-FW-04).
//
// Rules, users, lists, contacts and trunks are those of stirline-control's configuration; chains come out of files, as
// for `stirline verify`, and are judged as of the first request, so that an old capture keeps its verdicts. A source
// that is no peer of a trunk is passed over, and so is what the appliance never judges: copies, what lies within a
// dialog, emergency calls. Not known here: scores of statistics, sender checks, results of consent and tests; rules
// with a limit always have calls left. Exit status: 0 done; 64 wrong command line, or a file that cannot be read.
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/control_config.hpp"
#include "config/policy/listed_call.hpp"
#include "config/trunk_reading.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/message_file.hpp"
#include "control/cli/message_verdict.hpp"
#include "control/cli/offline_tables.hpp"
#include "control/cli/output.hpp"
#include "control/cli/policy_rules.hpp"
#include "control/policy/canonical_identity.hpp"
#include "control/policy/common_documents.hpp"
#include "control/policy/contact_source.hpp"
#include "control/policy/rule_compiler.hpp"
#include "control/rehearsal/capture_file.hpp"
#include "control/xcap/application_usage.hpp"
#include "control/xcap/document_store.hpp"
#include "crypto_workers/stir/authentication_service.hpp"
#include "crypto_workers/stir/identity_extraction.hpp"

namespace stirline::control::cli {
namespace {

using namespace config::policy;
using config::tables::Trunk;
using rehearsal::UdpDatagram;

using Error = std::unexpected<std::string>;

struct RehearseOptions {
  VerdictOptions verdict;
  std::string config;
  std::string documents;
  std::string capture;
  bool each = false;
  bool json = false;
};

std::string first_mistake(const config::ConfigErrors& errors) {
  return errors.empty() ? "cannot be read" : to_string(errors.front());
}

// Every user's documents, as they are now.
std::expected<std::map<std::string, policy::UserDocuments>, std::string> read_users(const std::string& file) {
  const auto store = open_document_store(file);
  if (!store) {
    return Error(fmt::format("{}: {} (a running stirline-control keeps it open: copy it, and name the copy)", file,
                             store.error()));
  }
  std::map<std::string, policy::UserDocuments> users;
  const auto read = [&](std::string_view usage, std::optional<std::string> policy::UserDocuments::* part) {
    return (*store)->for_each(std::string(usage), [&](const StoredDocument& document) {
      policy::UserDocuments& user = users[document.key.owner];
      user.owner = document.key.owner;
      user.*part = document.body;
    });
  };
  auto done = read(kPolicyAuid, &policy::UserDocuments::rules);
  if (done) {
    done = read(kProfileAuid, &policy::UserDocuments::profile);
  }
  if (done) {
    done = (*store)->for_each(std::string(kPresenceAuid), [&](const StoredDocument& document) {
      policy::UserDocuments& user = users[document.key.owner];
      user.owner = document.key.owner;
      user.presence.push_back(document.body);
    });
  }
  if (!done) {
    return Error(fmt::format("{}: {}", file, done.error()));
  }
  return users;
}

// Users with documents, and those with nothing but contacts.
std::expected<void, std::string> add_users(const config::ControlConfig& config, const std::string& documents,
                                           std::int64_t now, OfflineTables& tables) {
  std::map<std::string, policy::UserDocuments> users;
  if (!documents.empty()) {
    auto read = read_users(documents);
    if (!read) {
      return Error(read.error());
    }
    users = std::move(*read);
  }
  std::unique_ptr<policy::ContactSource> contacts;
  std::vector<std::string> known_by_contacts;
  if (!config.lists.database.empty()) {
    auto store = policy::open_list_store(config.lists.database);
    if (!store) {
      return Error(fmt::format("{}: {}", config.lists.database.string(), store.error()));
    }
    contacts = policy::contacts_in(std::move(*store), [now] { return now; });
    auto identities = contacts->users();
    if (!identities) {
      return Error(identities.error());
    }
    known_by_contacts = std::move(*identities);
  }
  std::set<Key> known;
  const auto add = [&](policy::UserDocuments user) -> std::expected<void, std::string> {
    const auto identity = policy::canonical_identity(user.owner, {});
    if (contacts != nullptr && identity) {
      auto of_user = contacts->of(*identity);
      if (!of_user) {
        return Error(of_user.error());
      }
      user.contacts = std::move(*of_user);
    }
    auto rules = policy::compile_user(user, now, kOfflineSecret);
    if (!rules) {
      fmt::print(stderr, "stirline policy rehearse: warning: {}: {}\n", printable(user.owner),
                 printable(rules.error()));
    } else if (rules->called != kNoKey && known.insert(rules->called).second) {
      tables.add_user(rules->called, rules->facts, std::move(rules->rules));
    }
    return {};
  };
  for (auto& user : std::views::values(users)) {
    if (const auto added = add(std::move(user)); !added) {
      return added;
    }
  }
  for (const std::string& identity : known_by_contacts) {
    const bool has_documents = known.contains(identity_key(kOfflineSecret, identity));
    if (!has_documents) {
      if (const auto added = add({.owner = policy::owner_of(identity), .rules = {}, .profile = {}}); !added) {
        return added;
      }
    }
  }
  return {};
}

std::expected<std::unique_ptr<OfflineTables>, std::string> make_tables(const config::ControlConfig& config,
                                                                       const std::string& documents, std::int64_t now) {
  const auto common = policy::CommonDocuments::read(config.policy, config.file.string(), now);
  if (!common) {
    return Error(first_mistake(common.error()));
  }
  auto compiled = common->compile(now, kOfflineSecret);
  if (!compiled) {
    return Error(compiled.error());
  }
  auto tables = std::make_unique<OfflineTables>();
  if (const auto added = add_users(config, documents, now, *tables); !added) {
    return Error(added.error());
  }
  auto opened = tables->open(std::move(compiled->image));
  if (opened && !config.lists.database.empty()) {
    opened = tables->open_lists(config.lists.database.string(), config.lists.claim_score, now);
  }
  return opened ? std::expected<std::unique_ptr<OfflineTables>, std::string>(std::move(tables)) : Error(opened.error());
}

class Rehearsal {
 public:
  Rehearsal(const config::ControlConfig& config, std::string documents, const RehearseOptions& options)
      : config_(config), documents_(std::move(documents)), options_(options) {}

  // The first error stays, and nothing is taken behind it.
  void take(const UdpDatagram& datagram, std::int64_t time);
  [[nodiscard]] const std::optional<std::string>& error() const { return error_; }
  [[nodiscard]] Json report(const rehearsal::CaptureTally& tally) const;

 private:
  // What became of a call, and what said so.
  using Course = std::tuple<std::string, std::string, std::string>;  // handling, layer, rule

  [[nodiscard]] const Trunk* trunk_of(const UdpDatagram& datagram) const;
  [[nodiscard]] bool prepare(std::int64_t now);
  [[nodiscard]] bool is_copy(const MessageFile& file);
  void judge_call(const MessageFile& file, const Trunk& trunk, std::int64_t time);
  void tell(const MessageFile& file, const Trunk& trunk, const crypto::VerifyJob& job, const Course& course,
            std::int64_t time) const;

  const config::ControlConfig& config_;
  const std::string documents_;
  const RehearseOptions& options_;
  std::unique_ptr<TokenJudge> tokens_;
  std::unique_ptr<OfflineTables> tables_;
  std::optional<std::string> error_;
  std::set<std::string> seen_;  // requests by branch, CSeq and Call-ID
  std::map<Course, std::uint64_t> courses_;
  std::uint64_t judged_ = 0;
  std::uint64_t copies_ = 0;
  std::uint64_t emergency_ = 0;
  std::uint64_t unreadable_ = 0;
  std::uint64_t other_ = 0;  // datagrams of nobody's peers, responses, what lies within a dialog
};

const Trunk* Rehearsal::trunk_of(const UdpDatagram& datagram) const {
  for (const Trunk& trunk : config_.trunks) {
    for (const config::IpPrefix& peer : trunk.peers) {
      if (peer.contains(datagram.source)) {
        return &trunk;
      }
    }
  }
  return nullptr;
}

bool Rehearsal::prepare(std::int64_t now) {
  if (tables_ != nullptr) {
    return true;
  }
  auto tokens = TokenJudge::make(options_.verdict, now, "policy rehearse");
  if (!tokens) {
    error_ = tokens.error();
    return false;
  }
  auto tables = make_tables(config_, documents_, now);
  if (!tables) {
    error_ = tables.error();
    return false;
  }
  tokens_ = std::move(*tokens);
  tables_ = std::move(*tables);
  return true;
}

bool Rehearsal::is_copy(const MessageFile& file) {
  const auto part = [&](sip::Span span) { return sip::text(file.octets, span); };
  return !seen_
              .insert(fmt::format("{}\n{} {}\n{}", part(file.message->top_via().branch), file.message->cseq(),
                                  part(file.message->cseq_method()), part(file.message->call_id())))
              .second;
}

void Rehearsal::take(const UdpDatagram& datagram, std::int64_t time) {
  const Trunk* const trunk = trunk_of(datagram);
  if (error_ || trunk == nullptr) {
    ++other_;
    return;
  }
  const MessageFile file = parse_message(datagram.payload);
  if (!file.result) {
    const bool silent =
        file.result.error().code == sip::ErrorCode::keepalive || file.result.error().code == sip::ErrorCode::not_sip;
    ++(silent ? other_ : unreadable_);
    return;
  }
  if (file.message->kind() != sip::Kind::request || !begins_something(*file.message)) {
    ++other_;
    return;
  }
  if (is_copy(file)) {
    ++copies_;
  } else if (crypto::is_emergency(*file.message, file.octets)) {
    ++emergency_;
  } else if (file.action == sip::Action::flag) {
    ++unreadable_;  // two parsers could read it differently: it goes on unjudged
  } else if (prepare(time)) {
    judge_call(file, *trunk, time);
  }
}

void Rehearsal::judge_call(const MessageFile& file, const Trunk& trunk, std::int64_t time) {
  const sip::DialPlan dial_plan = config::dial_plan_of(trunk);
  const crypto::Originator originator = config::originator_of(trunk);
  const CallOrigin origin{
      .trunk = trunk.name, .dial_plan = dial_plan, .originator = originator, .trusted = trunk.trusted};
  const auto job = tokens_->judge(file, time, dial_plan, originator);
  DescribedCall call = describe_offline(file, *job, origin, time);
  add_lists(tables_->view().lists, call);
  const Judgement judgement = judge(tables_->view(), call.called, call.facts);
  Course course{to_string(judgement.outcome.handling), to_string(judgement.layer), ""};
  if (judgement.layer != Layer::none) {
    std::get<2>(course) = judgement.outcome.rule < Outcome::kContact
                              ? judgement.rules.text(judgement.outcome.rule, RuleText::id)
                              : std::string_view("contact");
  }
  ++judged_;
  ++courses_[course];
  if (options_.each) {
    tell(file, trunk, *job, course, time);
  }
}

void Rehearsal::tell(const MessageFile& file, const Trunk& trunk, const crypto::VerifyJob& job, const Course& course,
                     std::int64_t time) const {
  const auto target = crypto::extract_target(*file.message, file.octets, config::dial_plan_of(trunk));
  const auto& [handling, layer, rule] = course;
  const Json line{
      {"time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(time)))},
      {"trunk", trunk.name},
      {"method", sip::text(file.octets, file.message->cseq_method())},
      {"call_id", sip::text(file.octets, file.message->call_id())},
      {"called", target.number ? target.number->view() : target.uri.view()},
      {"verdict", crypto::to_string(job.verdict)},
      {"handling", handling},
      {"layer", layer},
      {"rule", rule},
  };
  if (options_.json) {
    fmt::print("{}\n", to_line(line));
  } else {
    fmt::print("{} {} {} called {}: {} -> {}{}\n", line["time"].get<std::string>(), printable(trunk.name),
               printable(line["method"].get<std::string>()), printable(line["called"].get<std::string>()),
               line["verdict"].get<std::string>(), handling,
               rule.empty() ? "" : printable(fmt::format(" by {} of {}", rule, layer)));
  }
}

Json Rehearsal::report(const rehearsal::CaptureTally& tally) const {
  Json outcomes = Json::array();
  for (const auto& [course, calls] : courses_) {
    const auto& [handling, layer, rule] = course;
    outcomes.push_back({{"handling", handling}, {"layer", layer}, {"rule", rule}, {"calls", calls}});
  }
  return {{"judged", judged_},
          {"copies", copies_},
          {"emergency", emergency_},
          {"unreadable", unreadable_},
          {"other_datagrams", other_},
          {"frames", tally.frames},
          {"frames_cut", tally.cut},
          {"frames_not_udp", tally.not_udp},
          {"datagrams_not_whole", tally.not_whole},
          {"outcomes", outcomes}};
}

std::expected<void, std::string> rehearse(const RehearseOptions& options) {
  const auto config = config::load_control_config(options.config);
  if (!config) {
    return Error(first_mistake(config.error()));
  }
  const std::string documents = options.documents.empty() ? config->xcap.database.string() : options.documents;
  Rehearsal rehearsal(*config, documents, options);
  const auto tally = rehearsal::read_capture(
      options.capture, [&](const UdpDatagram& datagram, std::int64_t time) { rehearsal.take(datagram, time); });
  if (rehearsal.error()) {
    return Error(*rehearsal.error());
  }
  if (!tally) {
    return Error(fmt::format("{}: {}", options.capture, tally.error()));
  }
  const Json report = rehearsal.report(*tally);
  fmt::print("{}", options.json ? to_line(report) + "\n" : to_text(report));
  return {};
}

}  // namespace

void add_policy_rehearse(CLI::App& policy, int& status) {
  const auto options = std::make_shared<RehearseOptions>();
  CLI::App* verb = policy.add_subcommand("rehearse", "What would today's rules make of the calls in a capture?");
  verb->add_option("--config", options->config, "stirline-control's configuration")->required();
  verb->add_option("--documents", options->documents,
                   "the database of users' documents, instead of the configured one");
  verb->add_option("--pcap", options->capture, "a capture: pcap or pcapng; - for standard input")->required();
  verb->add_flag("--each", options->each, "a line for each call, too");
  verb->add_flag("--json", options->json, "lines of JSON");
  add_verdict_options(*verb, options->verdict, false);
  verb->callback([options, &status] {
    const auto done = rehearse(*options);
    if (!done) {
      fmt::print(stderr, "stirline policy rehearse: {}\n", printable(done.error()));
    }
    status = done ? kExitOk : kExitUsage;
  });
}

}  // namespace stirline::control::cli
