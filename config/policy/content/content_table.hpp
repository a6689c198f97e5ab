// What trained corpora know of tokens: how likely a message is spam that has one (SPIT-CL-01). Control counts and
// computes, packet cores look up; one cache line a token.
//
// A ContentTable is a view: its image stays mapped while it is used. Any thread; no heap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "config/policy/identity_key.hpp"
#include "config/tables/image.hpp"

namespace stirline::config::policy::content {

inline constexpr std::size_t kMaxCorpora = 256;
inline constexpr std::size_t kMaxCorpusName = 32;  // octets: letters, digits, '-', '_', '.'
[[nodiscard]] bool is_corpus_name(std::string_view text);

// What goes with the table beside its tokens.
struct ContentSettings {
  std::uint32_t fewest_trained = 20;  // spam and ham each, before a corpus says anything
  std::uint32_t bulk_from = 20;       // near copies that are many; not 0
  std::uint32_t bulk_points = 40;     // 0 to 100: how suspect bulk is
  std::uint32_t url_points = 60;      // 0 to 100: how suspect a URL that spam is known by
  std::uint32_t half_life = 3'600;    // seconds, not 0: of counts of near copies
  friend bool operator==(const ContentSettings&, const ContentSettings&) = default;
};

// The share of spam among what has a token, of kWhole; 0: nothing is known of it.
using SpamShare = std::uint16_t;
inline constexpr std::uint32_t kWholeShare = 65'536;

namespace layout {
struct CorpusRow;
struct TokenLine;
struct TrunkRow;
}  // namespace layout

class ContentTable {
 public:
  // One corpus of the table.
  class Corpus {
   public:
    [[nodiscard]] std::string_view name() const;
    [[nodiscard]] std::uint64_t number() const;  // in the table
    [[nodiscard]] bool is_trained() const;       // enough to judge by
    [[nodiscard]] std::uint32_t spam() const;    // texts it was trained with
    [[nodiscard]] std::uint32_t ham() const;
    void prefetch(std::uint64_t key) const;
    [[nodiscard]] SpamShare share(std::uint64_t key) const;

   private:
    friend class ContentTable;
    const ContentTable* table_ = nullptr;
    const layout::CorpusRow* row_ = nullptr;
    std::span<const layout::TokenLine> lines_;
  };

  ContentTable() = default;  // no corpora

  // Checks every octet that is ever read.
  [[nodiscard]] static std::expected<ContentTable, tables::TableError> open(tables::ImageView image);

  // The corpus must not outlive this object.
  [[nodiscard]] std::optional<Corpus> find(std::string_view name) const;

  // By which the messages of a trunk are judged; nothing: they are not.
  [[nodiscard]] std::optional<Corpus> of_trunk(std::string_view trunk) const;

  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] std::size_t corpora() const { return rows_.size(); }
  [[nodiscard]] std::size_t tokens() const { return tokens_; }  // of all corpora
  [[nodiscard]] const KeySecret& secret() const { return secret_; }
  [[nodiscard]] const ContentSettings& settings() const { return settings_; }

 private:
  [[nodiscard]] Corpus corpus_of(const layout::CorpusRow& row) const;

  std::span<const layout::CorpusRow> rows_;
  std::span<const layout::TokenLine> lines_;
  std::span<const layout::TrunkRow> trunks_;
  std::size_t tokens_ = 0;
  KeySecret secret_{};
  ContentSettings settings_;
};

}  // namespace stirline::config::policy::content
