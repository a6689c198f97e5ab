#include "control/content/content_store.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include <sodium/randombytes.h>

#include "config/policy/content/content_table_writer.hpp"
#include "config/policy/content/text_body.hpp"
#include "config/policy/content/text_tokens.hpp"
#include "control/store/database.hpp"

namespace stirline::control::content {
namespace {

using config::policy::KeySecret;
using config::policy::content::SpamShare;
using config::policy::content::TextBody;
using config::policy::content::TextFound;
using config::policy::content::TextTokens;
using Done = std::expected<void, std::string>;

constexpr std::array<const char*, 1> kSteps{
    "CREATE TABLE corpora (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, spam INTEGER NOT NULL,"
    " ham INTEGER NOT NULL);"
    "CREATE TABLE tokens (corpus INTEGER NOT NULL, key INTEGER NOT NULL, spam INTEGER NOT NULL, ham INTEGER NOT NULL,"
    " day INTEGER NOT NULL, PRIMARY KEY (corpus, key)) WITHOUT ROWID;"
    "CREATE TABLE state (name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "INSERT INTO state VALUES ('change', 0)",
};
constexpr std::int64_t kApplicationId = 0x5354'434e;  // "STCN"

constexpr SpamShare kHalf = config::policy::content::kWholeShare / 2;
constexpr int kSaysNothing = 3'277;  // a twentieth, around one half: packet cores would pass over it

std::uint32_t count_of(std::int64_t value) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, std::numeric_limits<std::uint32_t>::max()));
}

class SqliteContentStore final : public ContentStore {
 public:
  explicit SqliteContentStore(sqlite::Connection connection) : connection_(std::move(connection)) {}

  // Whoever comes first draws the secret; the others read his.
  Done read_secret() {
    KeySecret drawn;
    randombytes_buf(drawn.data(), drawn.size());
    sqlite::Statement insert(connection_.get(), "INSERT OR IGNORE INTO state VALUES ('secret', ?)");
    insert.bind_blob({reinterpret_cast<const char*>(drawn.data()), drawn.size()});
    if (auto done = insert.run(); !done) {
      return done;
    }
    sqlite::Statement ask(connection_.get(), "SELECT value FROM state WHERE name = 'secret'");
    const auto row = ask.step();
    const std::string kept = row && *row ? ask.blob(0) : std::string();
    if (kept.size() != secret_.size()) {
      return std::unexpected(row ? "the store of corpora has no secret" : row.error());
    }
    std::memcpy(secret_.data(), kept.data(), secret_.size());
    return {};
  }

  Done train(const std::string& corpus, std::string_view text, Label label, int weight, std::int64_t day) override {
    if (!config::policy::content::is_corpus_name(corpus)) {
      return std::unexpected("a corpus is called by 1 to 32 letters, digits, '-', '_' and '.'");
    }
    if (weight == 0 || std::abs(weight) > kMostWeight) {
      return std::unexpected("a text weighs 1 to " + std::to_string(kMostWeight));
    }
    if (body_->take(text) != TextFound::text) {
      return std::unexpected("there is no text in UTF-8");
    }
    tokens_->read(body_->text(), secret_);
    if (tokens_->tokens().empty()) {
      return std::unexpected("the text has no words");
    }
    sqlite::Transaction transaction(connection_.get());
    if (!transaction.begun()) {
      return transaction.begun();
    }
    const auto number = number_of(corpus, label, weight);
    if (!number) {
      return std::unexpected(number.error());
    }
    const std::string column = label == Label::spam ? "spam" : "ham";
    for (const auto& token : tokens_->tokens()) {
      sqlite::Statement count(connection_.get(),
                              "INSERT INTO tokens (corpus, key, spam, ham, day) VALUES (?1, ?2, ?3, ?4, ?5)"
                              " ON CONFLICT (corpus, key) DO UPDATE SET " +
                                  column + " = MAX(0, " + column + " + ?6), day = ?5");
      count.bind(*number).bind(static_cast<std::int64_t>(token.key));
      count.bind(std::int64_t{label == Label::spam ? std::max(weight, 0) : 0});
      count.bind(std::int64_t{label == Label::ham ? std::max(weight, 0) : 0});
      if (auto done = count.bind(day).bind(std::int64_t{weight}).run(); !done) {
        return done;
      }
    }
    if (auto done = note_change(); !done) {
      return done;
    }
    return transaction.commit();
  }

  const KeySecret& secret() const override { return secret_; }

  std::expected<std::vector<TrainedCorpus>, std::string> corpora() const override {
    sqlite::Statement ask(connection_.get(),
                          "SELECT name, spam, ham, (SELECT COUNT(*) FROM tokens WHERE corpus = number) FROM corpora"
                          " ORDER BY name");
    std::vector<TrainedCorpus> found;
    for (;;) {
      const auto row = ask.step();
      if (!row) {
        return std::unexpected(row.error());
      }
      if (!*row) {
        return found;
      }
      found.push_back({.name = ask.text(0), .spam = ask.integer(1), .ham = ask.integer(2), .tokens = ask.integer(3)});
    }
  }

  Done each(const std::string& corpus, std::int64_t most,
            const std::function<void(const TokenCount& token)>& take) const override {
    sqlite::Statement ask(connection_.get(),
                          "SELECT key, spam, ham FROM tokens WHERE corpus = (SELECT number FROM corpora WHERE name = ?)"
                          " AND spam + ham > 0 ORDER BY spam + ham DESC LIMIT ?");
    ask.bind(corpus).bind(most);
    for (;;) {
      const auto row = ask.step();
      if (!row) {
        return std::unexpected(row.error());
      }
      if (!*row) {
        return {};
      }
      take({.key = static_cast<std::uint64_t>(ask.integer(0)),
            .spam = count_of(ask.integer(1)),
            .ham = count_of(ask.integer(2))});
    }
  }

  std::expected<std::int64_t, std::string> last_change() const override {
    sqlite::Statement ask(connection_.get(), "SELECT value FROM state WHERE name = 'change'");
    const auto row = ask.step();
    return row ? std::expected<std::int64_t, std::string>(ask.integer(0)) : std::unexpected(row.error());
  }

  std::expected<std::int64_t, std::string> forget_before(std::int64_t day) override {
    sqlite::Transaction transaction(connection_.get());
    if (!transaction.begun()) {
      return std::unexpected(transaction.begun().error());
    }
    sqlite::Statement forget(connection_.get(), "DELETE FROM tokens WHERE day < ?");
    if (const auto done = forget.bind(day).run(); !done) {
      return std::unexpected(done.error());
    }
    const std::int64_t gone = sqlite3_changes64(connection_.get());
    const auto noted = gone == 0 ? Done() : note_change();
    const auto done = noted ? transaction.commit() : noted;
    return done ? std::expected<std::int64_t, std::string>(gone) : std::unexpected(done.error());
  }

 private:
  // The corpus, made if it is not there, with one text more.
  std::expected<std::int64_t, std::string> number_of(const std::string& corpus, Label label, int weight) {
    const std::string column = label == Label::spam ? "spam" : "ham";
    sqlite::Statement count(connection_.get(),
                            "INSERT INTO corpora (name, spam, ham) VALUES (?1, ?2, ?3)"
                            " ON CONFLICT (name) DO UPDATE SET " +
                                column + " = MAX(0, " + column + " + ?4) RETURNING number");
    count.bind(corpus).bind(std::int64_t{label == Label::spam ? std::max(weight, 0) : 0});
    const auto row =
        count.bind(std::int64_t{label == Label::ham ? std::max(weight, 0) : 0}).bind(std::int64_t{weight}).step();
    if (!row) {
      return std::unexpected(row.error());
    }
    const std::int64_t number = count.integer(0);
    const auto end = count.step();
    return end ? std::expected<std::int64_t, std::string>(number) : std::unexpected(end.error());
  }

  Done note_change() {
    sqlite::Statement note(connection_.get(), "UPDATE state SET value = value + 1 WHERE name = 'change'");
    return note.run();
  }

  sqlite::Connection connection_;
  KeySecret secret_{};
  std::unique_ptr<TextBody> body_ = std::make_unique<TextBody>();
  std::unique_ptr<TextTokens> tokens_ = std::make_unique<TextTokens>();
};

}  // namespace

std::expected<std::unique_ptr<ContentStore>, std::string> open_content_store(const std::filesystem::path& file) {
  auto connection = sqlite::open_database(
      file, {.application_id = kApplicationId, .steps = kSteps, .sharing = sqlite::Sharing::processes},
      sqlite::Use::create);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  auto store = std::make_unique<SqliteContentStore>(std::move(*connection));
  if (auto read = store->read_secret(); !read) {
    return std::unexpected(std::move(read.error()));
  }
  return store;
}

// Tokens that say nothing are left out: they would only make the table longer.
std::expected<config::tables::Image, std::string> make_content_table(
    const ContentStore& store, const config::policy::content::ContentSettings& settings,
    const std::vector<TrunkCorpus>& trunks, std::int64_t most_tokens) {
  const auto corpora = store.corpora();
  if (!corpora) {
    return std::unexpected(corpora.error());
  }
  config::policy::content::ContentTableWriter writer(store.secret(), settings);
  for (const TrainedCorpus& corpus : *corpora) {
    const std::uint32_t spam = count_of(corpus.spam);
    const std::uint32_t ham = count_of(corpus.ham);
    std::vector<config::policy::content::TokenShare> shares;
    const auto read = store.each(corpus.name, most_tokens, [&](const TokenCount& token) {
      const SpamShare share = config::policy::content::spam_share(token.spam, spam, token.ham, ham);
      if (std::abs(int{share} - int{kHalf}) >= kSaysNothing) {
        shares.push_back({token.key, share});
      }
    });
    if (!read) {
      return std::unexpected(read.error());
    }
    writer.add(corpus.name, spam, ham, shares);
  }
  for (const TrunkCorpus& each : trunks) {
    if (std::ranges::find(*corpora, each.corpus, &TrainedCorpus::name) == corpora->end()) {
      writer.add(each.corpus, 0, 0, {});  // nothing is known yet, but copies are counted
    }
    writer.add_trunk(each.trunk, each.corpus);
  }
  return writer.take();
}

}  // namespace stirline::control::content
