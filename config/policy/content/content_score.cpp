#include "config/policy/content/content_score.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace stirline::config::policy::content {
namespace {

constexpr std::uint32_t kHalfShare = kWholeShare / 2;
constexpr std::uint32_t kLeastTelling = kWholeShare / 10;  // from one half: nearer ones only blur
constexpr SpamShare kKnownUrl = kWholeShare / 10 * 9;
constexpr std::size_t kAhead = 16;  // tokens whose memory is fetched while others are looked at
constexpr int kEven = 50;
constexpr int kUndecided = 5;         // from there: for and against are as strong
constexpr std::size_t kStretch = 10;  // telling tokens, one behind the other

std::uint32_t strength(SpamShare share) {
  return share > kHalfShare ? share - kHalfShare : kHalfShare - share;
}

// Both only make a message more suspect: what is left to be sure of shrinks.
double joined(double score, double points) {
  return 100 - (100 - score) * (100 - points) / 100;
}

// The chance that a chi-square variable of 2n degrees of freedom exceeds 2m.
double chi_square_tail(double m, std::size_t n) {
  double term = std::exp(-m);
  double sum = term;
  for (std::size_t i = 1; i < n; ++i) {
    term *= m / static_cast<double>(i);
    sum += term;
  }
  return std::min(sum, 1.0);
}

// The negative logarithm of a product, the factors multiplied as long as they can be.
class ProductLog {
 public:
  void take(double factor) {
    product_ *= factor;
    if (product_ < kSmall) {
      log_ -= std::log(product_);
      product_ = 1;
    }
  }
  [[nodiscard]] double negative() const { return log_ - std::log(product_); }

 private:
  static constexpr double kSmall = 1e-200;
  double product_ = 1;
  double log_ = 0;
};

}  // namespace

std::optional<std::uint8_t> content_score(const ContentVerdict& verdict, double copies,
                                          const ContentSettings& settings) {
  const bool is_bulk = copies >= settings.bulk_from;
  if (!verdict.score && !verdict.has_known_url && !is_bulk) {
    return std::nullopt;
  }
  double score = verdict.score ? *verdict.score : 0;
  if (is_bulk) {
    const double doubt = verdict.score ? std::min(1.0, score / 50) : 1.0;
    score = joined(score, settings.bulk_points * doubt);
  }
  if (verdict.has_known_url) {
    score = joined(score, settings.url_points);
  }
  return static_cast<std::uint8_t>(std::lround(score));
}

ContentVerdict ContentJudge::judge(const ContentTable& table, const ContentTable::Corpus& corpus,
                                   const sip::Message& message, std::string_view octets) {
  return judge_text(table, corpus, body_.read(message, octets));
}

ContentVerdict ContentJudge::judge(const ContentTable& table, const ContentTable::Corpus& corpus,
                                   std::string_view plain) {
  return judge_text(table, corpus, body_.take(plain));
}

ContentVerdict ContentJudge::judge_text(const ContentTable& table, const ContentTable::Corpus& corpus,
                                        TextFound found) {
  ContentVerdict verdict{.found = found};
  telling_count_ = 0;
  if (found != TextFound::text) {
    return verdict;
  }
  tokens_.read(body_.text(), table.secret());
  verdict.is_cut = body_.is_cut() || tokens_.is_cut();
  verdict.likeness = tokens_.likeness();
  if (!corpus.is_trained()) {
    return verdict;
  }
  look_up(corpus, verdict);
  const std::uint8_t stretches = most_of_stretches();
  sort_telling();
  if (telling_count_ >= kFewestTelling) {
    const std::uint8_t score = std::max(stretches, combined(telling()));
    if (std::abs(score - kEven) > kUndecided) {
      verdict.score = score;
    }
  }
  return verdict;
}

void ContentJudge::look_up(const ContentTable::Corpus& corpus, ContentVerdict& verdict) {
  const std::span<const Token> tokens = tokens_.tokens();
  for (std::size_t i = 0; i < std::min(kAhead, tokens.size()); ++i) {
    corpus.prefetch(tokens[i].key);
  }
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i + kAhead < tokens.size()) {
      corpus.prefetch(tokens[i + kAhead].key);
    }
    const SpamShare share = corpus.share(tokens[i].key);
    if (share == 0 || strength(share) < kLeastTelling) {
      continue;
    }
    telling_[telling_count_++] = {tokens[i], share};
    const bool is_url = tokens[i].kind == TokenKind::url || tokens[i].kind == TokenKind::host;
    verdict.has_known_url = verdict.has_known_url || (is_url && share >= kKnownUrl);
  }
}

// What stands beside spam does not make it ham: a stretch counts by itself, too, so that nobody hides by writing like a
// friend before or behind what he sells.
std::uint8_t ContentJudge::most_of_stretches() const {
  std::uint8_t most = 0;
  for (std::size_t first = 0; first + kStretch <= telling_count_; first += kStretch / 2) {
    most = std::max(most, combined(telling().subspan(first, kStretch)));
  }
  return most;
}

// The most telling first, and no more of them than count.
void ContentJudge::sort_telling() {
  const auto is_stronger = [](const Telling& one, const Telling& other) {
    return strength(one.share) > strength(other.share);
  };
  const auto begin = telling_.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(telling_count_);
  if (telling_count_ > kMostTelling) {
    std::nth_element(begin, begin + kMostTelling, end, is_stronger);
    telling_count_ = kMostTelling;
  }
  std::sort(begin, begin + static_cast<std::ptrdiff_t>(telling_count_), is_stronger);
}

// Fisher's method twice: how little the tokens look as if drawn at random, once towards spam, once towards ham.
std::uint8_t ContentJudge::combined(std::span<const Telling> telling) {
  ProductLog spam;
  ProductLog ham;
  for (const Telling& each : telling) {
    const double share = static_cast<double>(each.share) / kWholeShare;
    spam.take(share);
    ham.take(1 - share);
  }
  const double against_ham = 1 - chi_square_tail(ham.negative(), telling.size());
  const double against_spam = 1 - chi_square_tail(spam.negative(), telling.size());
  return static_cast<std::uint8_t>(std::lround(100 * (1 + against_ham - against_spam) / 2));
}

}  // namespace stirline::config::policy::content
