// stirline cert: the chains of others that stirline-control keeps; and lint (cert_lint_command.cpp).
//
// The verbs ask the daemon. If it is away and --config names its configuration, list, show, forget and the import of
// files work on the store itself, and say so; nothing can be fetched then. With --json a line for each answer. Exit
// status: 0 done; 1 something was turned down (the rest is done); 64 a file or the configuration cannot be read; 69 no
// stirline-control there, and no store named in its place; 75 busy.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/control_config.hpp"
#include "control/certificates/certificate_report.hpp"
#include "control/certificates/keeper_options.hpp"
#include "control/cli/ask_control.hpp"
#include "control/cli/chain_files.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/output.hpp"
#include "crypto_workers/certificate/pem.hpp"

namespace stirline::control::cli {

namespace wire = config::wire;

namespace {

struct CertOptions {
  std::string socket = config::ControlConfig{}.socket;
  std::string config;
  bool json = false;
  bool pem = false;
  std::vector<std::string> arguments;
};

struct Answered {
  int status = kExitOk;
  Json document;
};

Answered refused(int status, const std::string& why) {
  return {status, Json{{"result", status == kExitMissing ? "unreachable" : "refused"}, {"errors", {why}}}};
}

// The store, without the daemon.
class Offline {
 public:
  // Opens it at the first question.
  explicit Offline(std::string config) : config_file_(std::move(config)) {}

  Answered answer(const std::string& verb, const std::string& url, const std::string& pem) {
    if (auto problem = open()) {
      return *problem;
    }
    if (verb == "list") {
      return list();
    }
    if (verb == "show") {
      return show(url);
    }
    if (verb == "forget") {
      const auto gone = store_->forget(url);
      return gone ? (*gone ? done({{"x5u", url}}) : unknown(url)) : refused(kExitRefused, gone.error());
    }
    if (verb == "import") {
      return import(url, pem);
    }
    return refused(kExitMissing, "stirline-control is away, and only it can fetch");
  }

 private:
  std::optional<Answered> open() {
    if (store_ != nullptr) {
      return std::nullopt;
    }
    const auto config = config::load_control_config(config_file_);
    if (!config) {
      return refused(kExitUsage, config::to_string(config.error().front()));
    }
    if (config->fetch.store.empty()) {
      return refused(kExitMissing, "stirline-control is away, and its configuration names no store");
    }
    options_ = keeper_options(config->fetch);
    auto store = open_sqlite_store(config->fetch.store, options_.limits, sqlite::Use::existing);
    if (!store) {
      return refused(kExitMissing,
                     fmt::format("stirline-control is away, and its store cannot be used: {}", store.error()));
    }
    store_ = std::move(*store);
    fmt::print(stderr, "stirline cert: stirline-control is away: this is its store, {}\n",
               config->fetch.store.string());
    return std::nullopt;
  }

  static Answered done(const Json& more) {
    Json document{{"result", "ok"}};
    document.update(more);
    return {kExitOk, document};
  }

  static Answered unknown(const std::string& url) {
    return refused(kExitRefused, fmt::format("no chain is kept for {}", url));
  }

  Answered list() const {
    const auto chains = store_->load();
    if (!chains) {
      return refused(kExitRefused, chains.error());
    }
    Json rows = Json::array();
    for (const StoredChain& chain : *chains) {
      rows.push_back(describe_chain(chain, nullptr));
    }
    auto stored = store_->load_lists();
    if (!stored) {
      return refused(kExitRefused, stored.error());
    }
    KeptLists lists;
    for (StoredList& one : *stored) {
      const ListName name = one.name;
      auto kept = kept_list(std::move(one));
      if (!kept) {
        return refused(kExitRefused, kept.error());
      }
      lists.emplace(name, *std::move(kept));
    }
    return done({{"chains", std::move(rows)}, {"lists", describe_lists(lists, std::time(nullptr))}});
  }

  Answered show(const std::string& url) const {
    const auto chains = store_->load();
    if (!chains) {
      return refused(kExitRefused, chains.error());
    }
    const auto found = std::ranges::find(*chains, url, &StoredChain::url);
    return found == chains->end() ? unknown(url) : done(describe_chain_fully(*found, nullptr));
  }

  Answered import(const std::string& url, const std::string& pem) {
    auto chain = make_imported(url, pem, options_.fetcher.rules, std::time(nullptr));
    if (!chain) {
      return refused(kExitRefused, fmt::format("{}: {}", url, chain.error()));
    }
    const auto put = store_->put(*chain);
    return put ? done(describe_chain(*chain, nullptr)) : refused(kExitRefused, put.error());
  }

  std::string config_file_;
  KeeperOptions options_;
  std::unique_ptr<CertificateStore> store_;
};

class Command {
 public:
  explicit Command(const CertOptions& options) : options_(options), offline_(options.config) {}

  int run(const std::string& verb) {
    if (verb == "list") {
      take(verb, ask(verb, "", ""));
    } else if (verb == "import") {
      import_all();
    } else {
      for (const std::string& url : options_.arguments) {
        take(verb, ask(verb, url, ""));
      }
    }
    return status_;
  }

 private:
  Answered ask(const std::string& verb, const std::string& url, const std::string& pem) {
    const std::string question = url.empty() ? "cert " + verb : fmt::format("cert {} {}", verb, url);
    const auto answer = ask_control(options_.socket, question, pem);
    if (!answer) {
      return options_.config.empty() ? refused(kExitMissing, answer.error().text) : offline_.answer(verb, url, pem);
    }
    Json document = Json::parse(answer->text, nullptr, false);
    if (document.is_discarded()) {
      return refused(kExitRefused, answer->text);
    }
    return {exit_status(answer->code), std::move(document)};
  }

  void import_all() {
    for (const std::string& argument : options_.arguments) {
      const auto files = read_chain_files(argument);
      if (!files) {
        take("import", refused(kExitUsage, files.error()));
        continue;
      }
      for (const ChainFile& file : *files) {
        // More than a chain can be is not sent: the answer would be the same.
        const bool too_long = file.pem.size() > crypto::kMaxChainBytes;
        take("import", too_long ? refused(kExitRefused, fmt::format("{}: longer than 65536 octets", file.name))
                       : file.pem.empty() ? ask("fetch", file.url, "")
                                          : ask("import", file.url, file.pem));
      }
    }
  }

  void take(const std::string& verb, const Answered& answered) {
    status_ = status_ == kExitOk ? answered.status : status_;
    if (options_.json) {
      fmt::print("{}\n", to_line(answered.document));
      return;
    }
    if (answered.status != kExitOk) {
      for (const Json& error : answered.document.value("errors", Json::array())) {
        fmt::print(stderr, "stirline cert {}: {}\n", verb,
                   printable(error.is_string() ? error.get<std::string>() : ""));
      }
      return;
    }
    print(verb, answered.document);
  }

  void print(const std::string& verb, Json document) const {
    document.erase("result");
    const std::string url = document.value("x5u", "");
    if (verb == "show" && options_.pem) {
      fmt::print("{}", chain_text(url, document.value("pem", "")));
    } else if (verb == "forget") {
      fmt::print("forgotten: {}\n", printable(url));
    } else if (verb == "fetch" && document.contains("kind")) {
      fmt::print("fetched: {}, {}\n", printable(document.value("url", "")), printable(document.value("kind", "")));
    } else if (verb == "fetch" || verb == "import") {
      const Json standing = document.value("standing", Json());
      fmt::print("{}: {}, {}\n", document.value("source", ""), printable(url),
                 standing.is_string() ? printable(standing.get<std::string>()) : "not judged yet");
    } else {
      fmt::print("{}", to_text(document));
    }
  }

  const CertOptions& options_;
  Offline offline_;
  int status_ = kExitOk;
};

}  // namespace

void add_cert(CLI::App& app, int& status) {
  CLI::App* cert =
      app.add_subcommand("cert", "The certificate chains of others: list, show, fetch, forget, import, lint");
  cert->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, const char* arguments) {
    const auto options = std::make_shared<CertOptions>();
    CLI::App* verb = cert->add_subcommand(name, help);
    verb->add_option("--socket", options->socket, "stirline-control's socket")->capture_default_str();
    verb->add_option("--config", options->config, "stirline-control's configuration, for its store if it is away");
    verb->add_flag("--json", options->json, "a line of JSON for each answer");
    if (arguments != nullptr) {
      verb->add_option("what", options->arguments, arguments)->required();
    }
    verb->callback([options, name = std::string(name), &status] { status = Command(*options).run(name); });
    return std::pair(verb, options);
  };
  add("list", "Every chain that is kept, its standing and its times; revocation lists and TNAuthLists likewise",
      nullptr);
  const auto [show, show_options] = add("show", "All about a chain", "URLs");
  show->add_flag("--pem", show_options->pem, "the chain alone, in the form that import reads");
  add("fetch", "Fetch now, whatever is kept", "URLs");
  add("forget", "Throw away; the next call fetches again", "URLs");
  add("import", "Load ahead", "URL=FILE, PEM files with a line \"x5u: URL\", lists of URLs, or folders of these");
  add_cert_lint(*cert, status);
}

}  // namespace stirline::control::cli
