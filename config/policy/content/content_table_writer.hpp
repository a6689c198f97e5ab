// Lays trained corpora out for packet cores. Control's side; one thread at a time.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <vector>

#include "config/policy/content/content_table.hpp"
#include "config/policy/content/content_table_layout.hpp"

namespace stirline::config::policy::content {

struct TokenShare {
  std::uint64_t key = 0;
  SpamShare share = 0;  // not 0
};

// What is to be thought of a token that `spam` of `trained_spam` spam texts and `ham` of `trained_ham` others had:
// Robinson's f(w), the share of spam drawn towards one half by as much as there is little to go by.
[[nodiscard]] SpamShare spam_share(std::uint32_t spam, std::uint32_t trained_spam, std::uint32_t ham,
                                   std::uint32_t trained_ham);

class ContentTableWriter {
 public:
  explicit ContentTableWriter(const KeySecret& secret, const ContentSettings& settings = {})
      : secret_(secret), settings_(settings) {}

  // `name` is one of a corpus. Of two tokens whose upper 48 bits are the same the first stays.
  void add(const std::string& name, std::uint32_t spam, std::uint32_t ham, const std::vector<TokenShare>& tokens);

  // Messages of `trunk` are judged by a corpus that is added, too.
  void add_trunk(const std::string& trunk, const std::string& corpus) { trunks_[trunk] = corpus; }

  // The error: too much for an image.
  [[nodiscard]] std::expected<tables::Image, std::string> take() const;

 private:
  struct Corpus {
    std::uint32_t spam = 0;
    std::uint32_t ham = 0;
    std::size_t tokens = 0;
    std::vector<layout::TokenLine> lines = {};
  };

  KeySecret secret_;
  ContentSettings settings_;
  std::map<std::string, Corpus> corpora_;
  std::map<std::string, std::string> trunks_;
};

}  // namespace stirline::config::policy::content
