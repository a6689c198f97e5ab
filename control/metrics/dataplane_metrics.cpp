#include "control/metrics/dataplane_metrics.hpp"

#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/json_text.hpp"
#include "control/metrics/figures.hpp"
#include "control/metrics/load_metrics.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

using enum MetricType;

constexpr std::string_view kTable = "stirline_dataplane_table_records";
constexpr std::string_view kTableHelp = "records in each table that the data plane uses";

constexpr std::array kWhole{
    Figure{"/uptime_seconds", {"stirline_dataplane_uptime_seconds", gauge, "seconds", "age of the process"}},
    Figure{"/tsc_hz",
           {"stirline_dataplane_tsc_hertz", gauge, "hertz", "cycles in a second, of all that counts cycles"}},
    Figure{"/tables/generation",
           {"stirline_dataplane_generation", gauge, "", "number of the generation of tables in use"}},
    Figure{"/tables/age_seconds",
           {"stirline_dataplane_generation_age_seconds", gauge, "seconds", "age of the generation in use"}},
    Figure{
        "/tables/signing_stopped",
        {"stirline_dataplane_signing_stopped", gauge, "", "1: nothing is signed, control knows the clock to be wrong"}},
    Figure{"/tables/trunks", {kTable, gauge, "", kTableHelp}, {"table", "trunks"}},
    Figure{"/tables/number_ranges", {kTable, gauge, "", kTableHelp}, {"table", "number_ranges"}},
    Figure{"/tables/credentials", {kTable, gauge, "", kTableHelp}, {"table", "credentials"}},
    Figure{"/tables/certificates", {kTable, gauge, "", kTableHelp}, {"table", "certificates"}},
    Figure{"/rules/number",
           {"stirline_dataplane_rules_number", gauge, "", "number of the rules about calls that are in use"}},
    Figure{"/rules/age_seconds",
           {"stirline_dataplane_rules_age_seconds", gauge, "seconds", "since when they are in use"}},
    Figure{"/rules/users",
           {"stirline_dataplane_rules_users", gauge, "", "called users who have rules or a profile of their own"}},
    Figure{"/rules/octets", {"stirline_dataplane_rules_bytes", gauge, "bytes", "size of the rules about calls"}},
    Figure{"/ledger/dropped",
           {"stirline_dataplane_dropped_packets", counter, "packets", "packets that ended here, for whatever reason"}},
    Figure{"/ledger/held",
           {"stirline_dataplane_held_packets", gauge, "packets", "packets that are held at the moment"}},
};

constexpr std::array kPort{
    Figure{"/received",
           {"stirline_dataplane_port_received_packets", counter, "packets", "packets the port has received"}},
    Figure{"/transmitted",
           {"stirline_dataplane_port_transmitted_packets", counter, "packets", "packets the port has sent"}},
    Figure{
        "/missed",
        {"stirline_dataplane_port_missed_packets", counter, "packets", "packets lost as the receive queue was full"}},
    Figure{"/mtu", {"stirline_dataplane_port_mtu_bytes", gauge, "bytes", "largest IP packet of the port"}},
};

constexpr std::array kCore{
    Figure{"/busy_cycles",
           {"stirline_dataplane_core_busy_cycles", counter, "cycles",
            "time a core spent in turns that moved packets or jobs; its share is the core's utilisation"}},
    Figure{"/idle_cycles",
           {"stirline_dataplane_core_idle_cycles", counter, "cycles",
            "time a core spent in turns that found nothing, and asleep"}},
    Figure{"/jobs_queued",
           {"stirline_dataplane_core_jobs_queued", gauge, "", "jobs that wait in a crypto core's rings"}},
    Figure{
        "/results_queued",
        {"stirline_dataplane_core_results_queued", gauge, "", "results of a crypto core that poll cores did not take"}},
    Figure{"/queue_places",
           {"stirline_dataplane_core_queue_places", gauge, "", "jobs that a crypto core's rings can hold"}},
    Figure{
        "/received",
        {"stirline_dataplane_core_received_packets", counter, "packets", "packets a poll core has taken from ports"}},
    Figure{"/parked",
           {"stirline_dataplane_core_parked_calls", gauge, "calls",
            "calls that wait at a poll core for a crypto core or a certificate"}},
    Figure{"/held_packets",
           {"stirline_dataplane_core_held_packets", gauge, "packets", "packets that a poll core holds at the moment"}},
    Figure{"/jobs", {"stirline_dataplane_core_jobs", counter, "", "jobs a crypto core has done"}},
    Figure{"/batches", {"stirline_dataplane_core_batches", counter, "", "batches in which a crypto core did them"}},
    Figure{"/stuck",
           {"stirline_dataplane_core_stuck", gauge, "", "1: a crypto core keeps its jobs and gives none back"}},
    Figure{
        "/found_stuck",
        {"stirline_dataplane_core_found_stuck", counter, "", "times that a poll core has found a crypto core stuck"}},
    Figure{
        "/engine_trusted",
        {"stirline_dataplane_core_engine_trusted", gauge, "", "0: the engine has erred and OpenSSL does everything"}},
    Figure{"/engine_faults",
           {"stirline_dataplane_core_engine_faults", counter, "",
            "results that an engine found wrong; none of them left it"}},
    Figure{
        "/secrets_locked",
        {"stirline_dataplane_core_secrets_locked", gauge, "", "1: the pages that hold secrets are locked in memory"}},
    Figure{
        "/nonce_failures",
        {"stirline_dataplane_core_nonce_failures", counter, "", "batches not signed for want of good random numbers"}},
    Figure{"/key_tables_built",
           {"stirline_dataplane_core_key_tables_built", counter, "", "tables of multiples made for keys"}},
    Figure{"/keys_barred",
           {"stirline_dataplane_core_keys_barred", counter, "",
            "keys whose sums met too often and that lost their table for a while"}},
    Figure{"/sums_met",
           {"stirline_dataplane_core_sums_met", counter, "", "verifications repeated as their partial sums met"}},
    Figure{
        "/verified_without_table",
        {"stirline_dataplane_core_verified_without_table", counter, "", "verifications with keys that had no table"}},
};

// What the data plane says that a counter, or a family of them, is.
std::string help_of(const Json& facts) {
  const std::string help = text_of(facts, "help");
  return help.empty() ? "the data plane does not say what this is" : help;
}

const Json& member_of(const Json& object, const char* key) {
  static const Json kNothing;
  const auto found = object.find(key);
  return found != object.end() ? *found : kNothing;
}

void write_ports(Exposition& page, const Json& ports) {
  std::vector<std::string> names;
  std::vector<Subject> subjects;
  names.reserve(ports.size());
  for (const Json& port : ports) {
    if (port.is_object()) {
      names.push_back(text_of(port, "name"));
      subjects.push_back({&port, {{"port", names.back()}}});
    }
  }
  write_figures(page, kPort, subjects);
  page.begin({"stirline_dataplane_port_up", gauge, "", "1: the port has a link"});
  for (const Subject& subject : subjects) {
    page.sample(subject.labels, text_of(*subject.document, "link") == "up");
  }
}

void write_cores(Exposition& page, const Json& cores) {
  struct Core {
    std::string index;
    std::string role;
    std::string about;  // of a poll core its pairs, of a crypto core its engine
  };
  std::vector<Core> names;
  std::vector<Subject> subjects;
  std::vector<std::string> cpus;
  names.reserve(cores.size());
  cpus.reserve(cores.size());
  for (const Json& core : cores) {
    if (!core.is_object()) {
      continue;
    }
    Core& name = names.emplace_back(std::to_string(names.size()), text_of(core, "role"), text_of(core, "engine"));
    for (const Json& pair : member_of(core, "pairs")) {
      if (pair.is_string()) {
        name.about += (name.about.empty() ? "" : " ") + pair.get<std::string>();
      }
    }
    cpus.push_back(member_of(core, "cpu").dump());
    subjects.push_back({&core, {{"core", name.index}, {"role", name.role}}});
  }
  write_figures(page, kCore, subjects);
  page.begin({"stirline_dataplane_core", info, "",
              "the cores: where they run, and what a poll core serves or a crypto core computes with"});
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    std::vector<Label> labels = subjects[i].labels;
    labels.push_back({"cpu", cpus[i]});
    labels.push_back({names[i].role == "poll" ? "pairs" : "engine", names[i].about});
    page.sample(labels, 1);
  }
}

// INL-AV-02.
void write_sources(Exposition& page, const Json& sources) {
  page.begin(
      {"stirline_dataplane_source_shed", gauge, "",
       "messages that a source has sent beyond what its trunk allows, of the worst; gone ten minutes after the last"});
  for (const Json& row : sources) {
    if (row.is_object()) {
      const std::string source = text_of(row, "source");
      const std::string trunk = text_of(row, "trunk");
      page.sample(std::array{Label{"source", source}, Label{"trunk", trunk}}, member_of(row, "shed"));
    }
  }
}

// Of carriers alone: who calls is nobody's business who only watches machines.
void write_reputation(Exposition& page, const Json& reputation) {
  page.begin({"stirline_dataplane_spam_score", gauge, "",
              "of the worst signers and trunks, 0 to 100 (`stirline reputation` has the reasons)"});
  std::set<std::pair<std::string, std::string>> told;  // the worst first: one is known twice after its key has changed
  for (const Json& row : reputation) {
    const std::string kind = row.is_object() ? text_of(row, "kind") : std::string();
    const std::string name = row.is_object() ? text_of(row, "name") : std::string();
    if ((kind == "signer" || kind == "trunk") && told.emplace(kind, name).second) {
      page.sample(std::array{Label{"kind", kind}, Label{"name", name}}, member_of(row, "score"));
    }
  }
}

// A counter with what the data plane says of it.
struct Member {
  std::string value;  // of the family's label
  std::string help;
  const Json* count = nullptr;
};
struct Family {
  std::string unit;
  std::vector<Member> members;
};

void write_family(Exposition& page, const std::string& name, const Family& family, const Json& facts) {
  const std::string label = text_of(facts, "label");
  const std::string full = with_unit("stirline_dataplane_" + name, family.unit);
  page.begin({full, counter, family.unit, help_of(facts)});
  for (const Member& member : family.members) {
    page.sample(std::array{Label{label, member.value}}, *member.count);
  }
  const std::string meaning = fmt::format("stirline_dataplane_{}_meaning", name);
  const std::string help = fmt::format("what each {} of {} means", label, full);
  page.begin({meaning, info, "", help});
  for (const Member& member : family.members) {
    page.sample(std::array{Label{label, member.value}, Label{"help", member.help}}, 1);
  }
}

void write_counters(Exposition& page, const Json& status) {
  const Json& counters = member_of(status, "counters");
  const Json& all_facts = member_of(status, "counter_facts");
  if (!counters.is_object()) {
    return;
  }
  std::map<std::string, Family> families;
  for (const auto& [name, count] : counters.items()) {
    const Json& facts = member_of(all_facts, name.c_str());
    const std::string unit = text_of(facts, "unit");
    const std::string help = help_of(facts);
    const std::string family = text_of(facts, "family");
    if (family.empty()) {
      page.begin({with_unit("stirline_dataplane_" + name, unit), counter, unit, help});
      page.sample(count);
      continue;
    }
    Family& joined = families[family];
    joined.unit = unit;
    joined.members.push_back({text_of(facts, "member"), help, &count});
  }
  for (const auto& [name, family] : families) {
    write_family(page, name, family, member_of(member_of(status, "counter_families"), name.c_str()));
  }
}

}  // namespace

void write_dataplane_metrics(Exposition& page, const Json& status) {
  page.begin({"stirline_dataplane_up", gauge, "", "1: the data plane has answered"});
  page.sample(status.is_object());
  if (!status.is_object()) {
    return;
  }
  write_figures(page, kWhole, std::array{Subject{&status}});
  write_ports(page, member_of(status, "ports"));
  write_cores(page, member_of(status, "cores"));
  write_load_metrics(page, status);
  write_sources(page, member_of(status, "sources_over_limit"));
  write_reputation(page, member_of(status, "reputation"));
  write_counters(page, status);
}

}  // namespace stirline::control
