#include "crypto_workers/passport/diversion_chain.hpp"

#include <algorithm>
#include <bit>

#include "crypto_workers/passport/claims.hpp"
#include "crypto_workers/passport/json_object.hpp"
#include "crypto_workers/passport/open.hpp"

namespace stirline::crypto {
namespace {

template <typename Visit>
void each_token(TokenSet tokens, Visit&& visit) {
  for (; tokens != 0; tokens = static_cast<TokenSet>(tokens & (tokens - 1))) {
    visit(static_cast<std::size_t>(std::countr_zero(tokens)));
  }
}

}  // namespace

TokenSet chained(const DiversionLinks& links, TokenSet good) {
  TokenSet reached = links.ends & good;
  for (TokenSet fresh = reached; fresh != 0;) {
    TokenSet next = 0;
    each_token(fresh, [&](std::size_t token) { next |= links.earlier[token]; });
    fresh = static_cast<TokenSet>(next & good & ~reached);
    reached |= fresh;
  }
  TokenSet whole = reached & links.origins;
  for (bool grown = true; grown;) {
    grown = false;
    each_token(static_cast<TokenSet>(reached & ~whole), [&](std::size_t token) {
      if ((links.earlier[token] & whole) != 0) {
        whole |= token_bit(token);
        grown = true;
      }
    });
  }
  return whole;
}

struct DiversionReader::Impl {
  struct Node {
    std::size_t dest_count = 0;
    std::array<ClaimedIdentity, 2 * kMaxJsonElements> dest;
    ClaimedIdentity from;
    bool is_end = false;
    bool is_origin = false;
    bool nested = false;
    int original = -1;
    std::size_t used = 0;
    std::array<char, 2 * kMaxPayloadJsonBytes> text;

    ClaimedIdentity copy(const ClaimedIdentity& identity) {
      // All identities of a payload together are shorter than it; only the party reached comes twice in a response.
      const std::span<char> place = std::span(text).subspan(used, identity.text.size());
      std::ranges::copy(identity.text, place.begin());
      used += identity.text.size();
      return {identity.is_uri, {place.data(), place.size()}};
    }
    void add_dest(const ClaimedIdentity& identity) {
      if (dest_count < dest.size()) {
        dest[dest_count++] = copy(identity);
      }
    }
  };
  [[nodiscard]] bool destined_for(std::size_t index, const ClaimedIdentity& party) const {
    const auto known_dest = std::span(nodes[index].dest).first(nodes[index].dest_count);
    return !party.text.empty() && std::ranges::find(known_dest, party) != known_dest.end();
  }

  std::array<Node, kMaxTokens> nodes;
  TokenSet known = 0;
};

DiversionReader::DiversionReader() : impl_(std::make_unique<Impl>()) {}
DiversionReader::~DiversionReader() = default;

void DiversionReader::begin() {
  impl_->known = 0;
}

void DiversionReader::add(std::size_t index, const Token& token) {
  Impl::Node& node = impl_->nodes[index];
  impl_->known |= token_bit(index);
  node.used = 0;
  node.dest_count = 0;
  if (token.dest.text.empty()) {
    token.claims->each_dest([&](const ClaimedIdentity& identity) { node.add_dest(identity); });
  } else {
    node.add_dest(token.dest);
  }
  node.from = node.copy(token.from);
  node.is_end = token.is_end;
  node.is_origin = token.is_origin;
  node.nested = token.nested;
  node.original = token.original;
}

DiversionLinks DiversionReader::links() const {
  DiversionLinks links;
  each_token(impl_->known, [&](std::size_t index) {
    const Impl::Node& node = impl_->nodes[index];
    links.ends |= node.is_end && !node.nested ? token_bit(index) : TokenSet{0};
    links.origins |= node.is_origin ? token_bit(index) : TokenSet{0};
    each_token(impl_->known, [&](std::size_t other) {
      const Impl::Node& earlier = impl_->nodes[other];
      const bool may_be = node.original < 0 ? !earlier.nested : static_cast<std::size_t>(node.original) == other;
      if (may_be && other != index && impl_->destined_for(other, node.from)) {
        links.earlier[index] |= token_bit(other);
      }
    });
  });
  return links;
}

std::optional<std::size_t> DiversionReader::tail(const ClaimedIdentity& party) const {
  std::optional<std::size_t> found;
  bool diverted = false;
  each_token(impl_->known, [&](std::size_t index) {
    diverted = diverted || impl_->nodes[index].from == party;
    if (!found && impl_->destined_for(index, party)) {
      found = index;
    }
  });
  return diverted ? std::nullopt : found;
}

}  // namespace stirline::crypto
