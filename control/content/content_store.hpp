// What filters have learned: of each corpus how many texts of spam and of ham had a token (SPIT-CL-01). Tokens are
// keyed hashes: no text can be read from the store, and its secret is drawn when it is made.
//
// A store is used by one thread at a time; several, of several processes, may have the file open, and each learns that
// the others have trained. Errors are sentences.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy/content/content_table.hpp"
#include "config/policy/identity_key.hpp"
#include "config/tables/image.hpp"

namespace stirline::control::content {

enum class Label : std::uint8_t { ham, spam };

struct TrainedCorpus {
  std::string name;
  std::int64_t spam = 0;  // texts
  std::int64_t ham = 0;
  std::int64_t tokens = 0;
};

struct TokenCount {
  std::uint64_t key = 0;
  std::uint32_t spam = 0;  // texts that had it
  std::uint32_t ham = 0;
};

class ContentStore {
 public:
  virtual ~ContentStore() = default;

  static constexpr int kMostWeight = 100;

  // Counts `text`, UTF-8, as so many texts of its kind, 1 to kMostWeight; a weight below zero takes back as much, and
  // never more than is there. Who trains (an operator's files, the API, feedback of users) decides how much it weighs.
  // `day`: since 1970. All of it, or nothing.
  [[nodiscard]] virtual std::expected<void, std::string> train(const std::string& corpus, std::string_view text,
                                                               Label label, int weight, std::int64_t day) = 0;

  [[nodiscard]] virtual const config::policy::KeySecret& secret() const = 0;
  [[nodiscard]] virtual std::expected<std::vector<TrainedCorpus>, std::string> corpora() const = 0;  // by name
  // Of one corpus, those of most texts first, at most `most`.
  [[nodiscard]] virtual std::expected<void, std::string> each(
      const std::string& corpus, std::int64_t most, const std::function<void(const TokenCount& token)>& take) const = 0;

  // Another number after each change, by whatever process.
  [[nodiscard]] virtual std::expected<std::int64_t, std::string> last_change() const = 0;
  // Takes out tokens that were last trained with before `day`; how many that were.
  [[nodiscard]] virtual std::expected<std::int64_t, std::string> forget_before(std::int64_t day) = 0;
};

// A file, made if it is not there, or with an empty name the memory.
[[nodiscard]] std::expected<std::unique_ptr<ContentStore>, std::string> open_content_store(
    const std::filesystem::path& file);

struct TrunkCorpus {
  std::string trunk;
  std::string corpus;
};

// For packet cores: all corpora, and which trunks are judged by which. The error: the store, or too much for a table.
[[nodiscard]] std::expected<config::tables::Image, std::string> make_content_table(
    const ContentStore& store, const config::policy::content::ContentSettings& settings,
    const std::vector<TrunkCorpus>& trunks, std::int64_t most_tokens);

}  // namespace stirline::control::content
