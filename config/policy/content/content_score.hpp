// How much a text looks like spam: its most telling tokens combined as Robinson and Fisher do it, 0 to 100; unknown if
// there is too little to go by (SPIT-CL-01). Crypto cores judge, poll cores add what near copies say.
//
// One thread at a time; some 160 kB of scratch memory, made once.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "config/policy/content/content_table.hpp"
#include "config/policy/content/text_body.hpp"
#include "config/policy/content/text_tokens.hpp"

namespace stirline::config::policy::content {

// A token that the judgement rests on.
struct Telling {
  Token token;
  SpamShare share = 0;
};

// What the text alone says.
struct ContentVerdict {
  TextFound found = TextFound::none;
  std::optional<std::uint8_t> score = {};  // 0 to 100; nothing: not enough is known
  bool has_known_url = false;              // one that spam is known by
  bool is_cut = false;                     // more text than is looked at
  Likeness likeness = {};
};

// The score that rules are told: nothing if neither text nor URL nor copies say anything. `copies`: near ones, itself
// included. What is known to be ham stays ham, however many get it.
[[nodiscard]] std::optional<std::uint8_t> content_score(const ContentVerdict& verdict, double copies,
                                                        const ContentSettings& settings);

class ContentJudge {
 public:
  static constexpr std::size_t kMostTelling = 150;
  static constexpr std::size_t kFewestTelling = 3;

  // `message` was parsed from `octets` without error.
  [[nodiscard]] ContentVerdict judge(const ContentTable& table, const ContentTable::Corpus& corpus,
                                     const sip::Message& message, std::string_view octets);
  // Text that comes by another way.
  [[nodiscard]] ContentVerdict judge(const ContentTable& table, const ContentTable::Corpus& corpus,
                                     std::string_view plain);

  // Of the last text, the most telling first. Valid until the next.
  [[nodiscard]] std::span<const Telling> telling() const { return {telling_.data(), telling_count_}; }
  [[nodiscard]] const TextTokens& tokens() const { return tokens_; }

 private:
  [[nodiscard]] ContentVerdict judge_text(const ContentTable& table, const ContentTable::Corpus& corpus,
                                          TextFound found);
  void look_up(const ContentTable::Corpus& corpus, ContentVerdict& verdict);
  [[nodiscard]] std::uint8_t most_of_stretches() const;
  void sort_telling();
  [[nodiscard]] static std::uint8_t combined(std::span<const Telling> telling);

  TextBody body_;
  TextTokens tokens_;
  std::array<Telling, TextTokens::kMaxTokens> telling_;
  std::size_t telling_count_ = 0;
};

}  // namespace stirline::config::policy::content
