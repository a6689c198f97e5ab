#include "control/records/record_line.hpp"

#include <iterator>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "crypto_workers/stir/reason.hpp"

namespace stirline::control {
using Json = nlohmann::ordered_json;

namespace {

namespace wire = config::wire;

std::string hex(std::span<const std::uint8_t> octets) {
  std::string text;
  for (const std::uint8_t octet : octets) {
    fmt::format_to(std::back_inserter(text), "{:02x}", octet);
  }
  return text;
}

Json tokens_json(const wire::CallRecord& record) {
  Json tokens = Json::array();
  for (const wire::RecordToken& token : std::span(record.tokens).first(record.token_count)) {
    Json entry{{"type", token.type.empty() ? "baseline" : token.type}};
    if (!token.hash.empty()) {
      entry["sha256"] = hex(token.hash);
    }
    tokens.push_back(std::move(entry));
  }
  return tokens;
}

}  // namespace

std::string record_line(const wire::CallRecord& record, const Pseudonyms* pseudonyms) {
  Json line{{"time", record.time},
            {"decision", to_string(record.decision)},
            {"flow", to_string(record.flow)},
            {"trunk", record.trunk},
            {"in", record.in_port},
            {"out", record.out_port},
            {"method", record.method}};
  const auto add = [&](const char* name, std::string_view text) {
    if (!text.empty()) {
      line[name] = text;
    }
  };
  const auto add_personal = [&](const char* name, std::string_view text) {
    if (pseudonyms != nullptr) {
      add(name, pseudonyms->of(text));
    } else {
      add(name, text);
    }
  };
  if (record.decision == wire::Decision::judged) {
    line["verdict"] = crypto::to_string(record.verdict);
  }
  if (record.status != 0) {
    line["status"] = record.status;
  }
  add("reason", record.reason);
  add("rule", record.rule);
  add_personal("orig", record.orig);
  add_personal("dest", record.dest);
  if (record.target != record.dest) {
    add_personal("target", record.target);
  }
  add("attest", record.attest == 0 ? std::string_view() : std::string_view(&record.attest, 1));
  add("origid", record.origid);
  if (record.token_count > 0) {
    line["tokens"] = tokens_json(record);
  }
  if (record.stripped) {
    line["stripped"] = true;
  }
  if (record.wrong_sender) {
    line["wrong_sender"] = true;
  }
  if (record.challenged) {
    line["challenged"] = true;
  }
  if (record.cut) {
    line["cut"] = true;
  }
  add_personal("call_id", record.call_id);
  return line.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace stirline::control
