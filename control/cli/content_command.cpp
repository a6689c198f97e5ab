// stirline content: what texts of messages are judged by (SPIT-CL-01). `train` counts files of messages or texts,
// `show` tells what has been learned, `score` judges a file as a crypto core would, and says by which words.
//
// The store is a file of its own; stirline-control may have it open meanwhile, and takes up each change. A file is a
// SIP message, with --text a text in UTF-8, with --lines one text a line; a folder stands for the files in it. Exit
// status: 0 done; 1 something could not be trained or judged; 64 wrong command line or a file that cannot be read.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/policy/content/content_score.hpp"
#include "config/wire/paged_image.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/message_file.hpp"
#include "control/cli/output.hpp"
#include "control/content/content_store.hpp"
#include "control/day.hpp"

namespace stirline::control::cli {
namespace {

namespace filter = config::policy::content;
using content::ContentStore;
using content::Label;

constexpr std::size_t kMaxFileOctets = std::size_t{64} << 20U;
constexpr std::size_t kMostWords = 20;  // words that a score rests on
constexpr std::int64_t kMostTokens = 10'000'000;

struct ContentOptions {
  std::string store;
  std::string corpus = "default";
  std::vector<std::string> files;
  int weight = 1;
  bool spam = false;
  bool ham = false;
  bool undo = false;
  bool text = false;
  bool lines = false;
  bool json = false;
};

int content_wrong(const char* verb, std::string_view why) {
  fmt::print(stderr, "stirline content {}: {}\n", verb, printable(why));
  return kExitUsage;
}

// A file, or the files of a folder in the order of their names.
std::vector<std::string> files_of(const std::vector<std::string>& names) {
  std::vector<std::string> files;
  for (const std::string& name : names) {
    std::error_code error;
    if (!std::filesystem::is_directory(name, error)) {
      files.push_back(name);
      continue;
    }
    const std::size_t first = files.size();
    for (const auto& entry : std::filesystem::directory_iterator(name, error)) {
      if (entry.is_regular_file(error)) {
        files.push_back(entry.path().string());
      }
    }
    std::sort(files.begin() + static_cast<std::ptrdiff_t>(first), files.end());
  }
  return files;
}

std::expected<std::string, std::string> text_file(const std::string& name) {
  std::error_code error;
  if (const auto size = std::filesystem::file_size(name, error); error || size > kMaxFileOctets) {
    return std::unexpected(name + ": " + (error ? error.message() : "longer than 64 MiB"));
  }
  std::ifstream file(name, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return file.bad() ? std::expected<std::string, std::string>(std::unexpected(name + ": cannot be read")) : text;
}

// Calls `take(what, text)` with each text of the files; `skip(what, why)` where there is none. The error: a file.
std::expected<void, std::string> each_text(
    const ContentOptions& options, const std::function<void(const std::string& what, std::string_view text)>& take,
    const std::function<void(const std::string& what, std::string_view why)>& skip) {
  const auto body = std::make_unique<filter::TextBody>();
  for (const std::string& name : files_of(options.files)) {
    if (options.text || options.lines) {
      const auto text = text_file(name);
      if (!text) {
        return std::unexpected(text.error());
      }
      std::string_view left = *text;
      for (std::size_t line = 1; options.lines && !left.empty(); ++line) {
        const std::size_t end = std::min(left.find('\n'), left.size());
        if (end != 0) {
          take(name + ":" + std::to_string(line), left.substr(0, end));
        }
        left.remove_prefix(std::min(end + 1, left.size()));
      }
      if (!options.lines) {
        take(name, *text);
      }
      continue;
    }
    const auto message = read_message(name);
    if (!message) {
      return std::unexpected(message.error());
    }
    if (!message->result) {
      skip(name, to_text(message->result.error()));
    } else if (const auto found = body->read(*message->message, message->octets); found != filter::TextFound::text) {
      skip(name, found == filter::TextFound::none ? "it has no text" : "its text is encrypted, encoded or binary");
    } else {
      take(name, body->text());
    }
  }
  return {};
}

int train(const ContentOptions& options) {
  if (options.spam == options.ham) {
    return content_wrong("train", "either --spam or --ham");
  }
  const auto store = content::open_content_store(options.store);
  if (!store) {
    return content_wrong("train", options.store + ": " + store.error());
  }
  std::size_t trained = 0;
  std::size_t skipped = 0;
  const auto skip = [&](const std::string& what, std::string_view why) {
    ++skipped;
    fmt::print(stderr, "{}: {}\n", printable(what), printable(why));
  };
  const auto done = each_text(
      options,
      [&](const std::string& what, std::string_view text) {
        const auto counted =
            (*store)->train(options.corpus, text, options.spam ? Label::spam : Label::ham,
                            options.undo ? -options.weight : options.weight, std::time(nullptr) / kDay);
        if (counted) {
          ++trained;
        } else {
          skip(what, counted.error());
        }
      },
      skip);
  if (!done) {
    return content_wrong("train", done.error());
  }
  fmt::print("{} texts {} as {}, {} left out\n", trained, options.undo ? "taken back" : "trained",
             options.spam ? "spam" : "ham", skipped);
  return skipped == 0 ? kExitOk : kExitRefused;
}

int show(const ContentOptions& options) {
  const auto store = content::open_content_store(options.store);
  const auto corpora = store ? (*store)->corpora() : std::unexpected(store.error());
  if (!corpora) {
    return content_wrong("show", options.store + ": " + corpora.error());
  }
  Json rows = Json::array();
  std::vector<std::vector<std::string>> cells;
  for (const content::TrainedCorpus& corpus : *corpora) {
    rows.push_back({{"corpus", corpus.name}, {"spam", corpus.spam}, {"ham", corpus.ham}, {"tokens", corpus.tokens}});
    cells.push_back(
        {corpus.name, std::to_string(corpus.spam), std::to_string(corpus.ham), std::to_string(corpus.tokens)});
  }
  fmt::print("{}", options.json ? rows.dump(2) + "\n" : to_table({"corpus", "spam", "ham", "tokens"}, cells));
  return kExitOk;
}

Json judged(const std::string& what, const filter::ContentJudge& judge, const filter::ContentVerdict& verdict,
            const filter::ContentSettings& settings) {
  const auto score = filter::content_score(verdict, 1, settings);
  Json words = Json::array();
  for (const filter::Telling& each : judge.telling().first(std::min(judge.telling().size(), kMostWords))) {
    words.push_back(
        {{"text", judge.tokens().text_of(each.token)}, {"spam_percent", 100.0 * each.share / filter::kWholeShare}});
  }
  return {{"file", what},
          {"score", score ? Json(*score) : Json()},
          {"known_url", verdict.has_known_url},
          {"cut", verdict.is_cut},
          {"words", std::move(words)}};
}

int score(const ContentOptions& options) {
  const auto store = content::open_content_store(options.store);
  if (!store) {
    return content_wrong("score", options.store + ": " + store.error());
  }
  const auto image = content::make_content_table(**store, {}, {}, kMostTokens);
  const auto memory =
      image ? config::wire::PagedImage::copy(*image) : std::unexpected(config::wire::WireError{.text = image.error()});
  if (!memory) {
    return content_wrong("score", memory.error().text);
  }
  const auto table = filter::ContentTable::open(memory->view());
  const auto corpus = table ? table->find(options.corpus) : std::nullopt;
  if (!corpus) {
    return content_wrong("score", "no corpus " + options.corpus);
  }
  const auto judge = std::make_unique<filter::ContentJudge>();
  Json rows = Json::array();
  bool all_judged = true;
  const auto done = each_text(
      options,
      [&](const std::string& what, std::string_view text) {
        const filter::ContentVerdict verdict = judge->judge(*table, *corpus, text);
        rows.push_back(judged(what, *judge, verdict, table->settings()));
      },
      [&](const std::string& what, std::string_view why) {
        all_judged = false;
        rows.push_back({{"file", what}, {"score", Json()}, {"why", why}});
      });
  if (!done) {
    return content_wrong("score", done.error());
  }
  if (options.json) {
    fmt::print("{}\n", rows.dump(2, ' ', false, Json::error_handler_t::replace));
    return all_judged ? kExitOk : kExitRefused;
  }
  for (const Json& row : rows) {
    fmt::print("{}  {}{}\n", printable(row["file"].get<std::string>()),
               row["score"].is_null() ? "unknown" : std::to_string(row["score"].get<unsigned>()),
               row.contains("why") ? "  " + printable(row["why"].get<std::string>()) : "");
    for (const Json& word : row.value("words", Json::array())) {
      fmt::print("  {:5.1f} %  {}\n", word["spam_percent"].get<double>(), printable(word["text"].get<std::string>()));
    }
  }
  return all_judged ? kExitOk : kExitRefused;
}

}  // namespace

void add_content(CLI::App& app, int& status) {
  CLI::App* content = app.add_subcommand("content", "what texts of messages are judged by");
  content->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, int (*act)(const ContentOptions&)) {
    auto options = std::make_shared<ContentOptions>();
    CLI::App* verb = content->add_subcommand(name, what);
    verb->add_option("--store", options->store, "the database of [content]")->required();
    verb->callback([options, act, &status] { status = act(*options); });
    return std::pair(verb, options);
  };
  const auto take_files = [](CLI::App* verb, const std::shared_ptr<ContentOptions>& options) {
    verb->add_option("--corpus", options->corpus, "of which tenant")->capture_default_str();
    verb->add_option("files", options->files, "SIP messages, or folders of them")->required();
    verb->add_flag("--text", options->text, "files are texts in UTF-8");
    verb->add_flag("--lines", options->lines, "each line of a file is a text");
  };
  const auto [trainer, training] = add("train", "count texts as spam or as ham", train);
  take_files(trainer, training);
  trainer->add_flag("--spam", training->spam, "they are spam");
  trainer->add_flag("--ham", training->ham, "they are not");
  trainer->add_flag("--undo", training->undo, "take back what was trained by mistake");
  trainer->add_option("--weight", training->weight, "each counts as so many texts")
      ->check(CLI::Range(1, ContentStore::kMostWeight))
      ->capture_default_str();
  const auto [viewer, viewing] = add("show", "corpora, and how much they were trained", show);
  viewer->add_flag("--json", viewing->json, "print JSON");
  const auto [scorer, scoring] = add("score", "judge texts, and tell by which words", score);
  take_files(scorer, scoring);
  scorer->add_flag("--json", scoring->json, "print JSON");
}

}  // namespace stirline::control::cli
