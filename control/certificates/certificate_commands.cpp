#include "control/certificates/certificate_commands.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/certificates/certificate_report.hpp"
#include "control/command_answer.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

void answer(const CommandServer::Reply& reply, const Json& document) {
  Json whole{{"result", "ok"}};
  whole.update(document);
  give(reply, whole);
}

void refuse_unknown(const CommandServer::Reply& reply, const std::string& url) {
  give(reply, refused(fmt::format("no chain is kept for {}", url)));
}

void show(const KeptChains& chains, const std::string& url, const JudgeNow& judge, const CommandServer::Reply& reply) {
  const auto found = chains.find(url);
  if (found == chains.end()) {
    refuse_unknown(reply, url);
    return;
  }
  const ChainJudgement judgement = judge(found->second);
  answer(reply, describe_chain_fully(found->second.stored, &judgement));
}

void list(const CertCommandSubjects& subjects, const CommandServer::Reply& reply) {
  Json rows = Json::array();
  for (const auto& [url, chain] : subjects.keeper.chains()) {
    const ChainJudgement judgement = subjects.judge(chain);
    rows.push_back(describe_chain(chain.stored, &judgement));
  }
  answer(reply, {{"chains", std::move(rows)}, {"lists", describe_lists(subjects.lists.lists(), subjects.now)}});
}

void fetch_list(ListKeeper& lists, const std::string& url, std::int64_t now, const CommandServer::Reply& reply) {
  lists.fetch(url, [&lists, url, now, reply](const std::expected<void, std::string>& used) {
    if (!used) {
      give(reply, refused(fmt::format("{}: {}", url, used.error())));
      return;
    }
    const auto found = std::ranges::find(lists.lists(), url, [](const auto& list) { return list.first.url; });
    answer(reply, describe_list(found->second, now));
  });
}

void fetch(CertificateKeeper& keeper, const std::string& url, const JudgeNow& judge,
           const CommandServer::Reply& reply) {
  keeper.fetch(url, [&keeper, url, judge, reply](const FetchResult& result) {
    if (result.outcome != FetchOutcome::fetched) {
      Json why = refused(fmt::format("{}: {}", url, to_text(result)));
      why["x5u"] = url;
      why["outcome"] = facts(result.outcome).name;
      give(reply, why);
      return;
    }
    const auto found = keeper.chains().find(url);
    if (found == keeper.chains().end()) {
      give(reply, refused(fmt::format("{}: what was fetched is not kept: it has expired", url)));
      return;
    }
    const ChainJudgement judgement = judge(found->second);
    answer(reply, describe_chain(found->second.stored, &judgement));
  });
}

}  // namespace

void answer_cert_command(std::string_view verb, std::string_view attached, const CertCommandSubjects& subjects,
                         const CommandServer::Reply& reply) {
  CertificateKeeper& keeper = subjects.keeper;
  const JudgeNow& judge = subjects.judge;
  verb.remove_prefix(std::string_view("cert ").size());
  const std::size_t space = std::min(verb.find(' '), verb.size());
  const std::string_view what = verb.substr(0, space);
  const std::string url(verb.substr(std::min(space + 1, verb.size())));
  if (what == "list" && url.empty()) {
    list(subjects, reply);
  } else if (what == "show" && !url.empty()) {
    show(keeper.chains(), url, judge, reply);
  } else if (what == "fetch" && subjects.lists.wants(url)) {
    fetch_list(subjects.lists, url, subjects.now, reply);
  } else if (what == "fetch" && !url.empty()) {
    fetch(keeper, url, judge, reply);
  } else if (what == "forget" && !url.empty()) {
    if (keeper.forget(url)) {
      answer(reply, {{"x5u", url}});
    } else {
      refuse_unknown(reply, url);
    }
  } else if (what == "import" && !url.empty()) {
    if (const auto imported = keeper.import(url, attached); !imported) {
      give(reply, refused(fmt::format("{}: {}", url, imported.error())));
      return;
    }
    show(keeper.chains(), url, judge, reply);
  } else {
    give(reply, refused("commands are: cert list, cert show URL, cert fetch URL, cert forget URL, cert import URL"));
  }
}

}  // namespace stirline::control
