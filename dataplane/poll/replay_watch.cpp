#include "dataplane/poll/replay_watch.hpp"

#include <algorithm>

#include <rte_jhash.h>

#include "crypto_workers/passport/folding.hpp"

namespace stirline::dataplane {
namespace {

std::uint64_t hash64(const char* text, std::size_t length, std::uint32_t seed) {
  std::uint32_t low = seed;
  std::uint32_t high = 0;
  rte_jhash_2hashes(text, static_cast<std::uint32_t>(length), &low, &high);
  return std::uint64_t{high} << 32 | low;
}

}  // namespace

ReplayWatch::ReplayWatch(std::uint32_t tokens, int socket, std::uint32_t seed)
    : tokens_(tokens, socket), index_(tokens, socket), seed_(seed), text_{} {}

ReplayWatch::Seen ReplayWatch::see(const Sight& sight) {
  const std::uint64_t name = name_of(sight.token);
  const std::uint64_t call = call_of(sight);
  const auto hash = static_cast<std::uint32_t>(name);
  const std::uint32_t known = index_.find(hash, [&](std::uint32_t slot) { return tokens_[slot].name == name; });
  if (known != kNoSlot) {
    return tokens_[known].call == call ? Seen::again : Seen::replayed;
  }
  Seen seen = Seen::first;
  if (index_.taken() == tokens_.size()) {
    seen = tokens_[oldest_].fresh_until >= sight.now ? Seen::too_many : Seen::first;
    index_.give_back(oldest_);
  }
  tokens_[index_.take(hash)] = {
      .name = name, .call = call, .fresh_until = sight.fresh_until, .seen_at = sight.now_cycles};
  oldest_ = oldest_ + 1 < tokens_.size() ? oldest_ + 1 : 0;
  return seen;
}

std::uint64_t ReplayWatch::name_of(std::string_view token) {
  const std::size_t end = token.rfind('.');
  const bool compact = token.starts_with("..");
  const std::string_view named = token.substr(0, compact || end == std::string_view::npos ? token.size() : end);
  const std::string_view fits = named.substr(0, text_.size());
  const std::string_view unfolded = crypto::unfold(fits, text_).value_or(std::string_view());
  return hash64(unfolded.data(), unfolded.size(), seed_);
}

// A separator that neither can hold stands between the two; what is longer than the room tells calls apart by its
// beginning.
std::uint64_t ReplayWatch::call_of(const Sight& sight) {
  constexpr std::size_t kHalf = crypto::kMaxDigestBytes / 2 - 1;
  auto behind = std::ranges::copy(sight.call_id.substr(0, kHalf), text_.begin()).out;
  *behind++ = ' ';
  behind = std::ranges::copy(sight.from_tag.substr(0, kHalf), behind).out;
  return hash64(text_.data(), static_cast<std::size_t>(behind - text_.begin()), seed_);
}

}  // namespace stirline::dataplane
