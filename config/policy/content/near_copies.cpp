#include "config/policy/content/near_copies.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace stirline::config::policy::content {
namespace {

constexpr unsigned kBandBits = 16;

std::uint64_t band_of(std::uint64_t bits, std::size_t band) {
  return bits >> band * kBandBits & 0xFFFFU;
}

}  // namespace

NearCopies::NearCopies(std::uint32_t places)
    : texts_(std::clamp<std::uint32_t>(places, 1, 0xFFFF) + 1),
      buckets_(static_cast<std::uint32_t>(std::bit_ceil(texts_.size()))) {
  heads_.resize(kBands * buckets_);
}

std::size_t NearCopies::head_of(std::size_t band, const Text& text) const {
  const std::uint64_t mixed = (band_of(text.bits, band) ^ text.corpus << kBandBits) * 0x9E37'79B9'7F4A'7C15;
  return band * buckets_ + (mixed >> 32U & (buckets_ - 1));
}

// The nearest of those that share a band.
std::uint32_t NearCopies::find(std::uint64_t bits, std::uint64_t corpus) const {
  std::uint32_t found = kNone;
  int least = static_cast<int>(kMostDifferent) + 1;
  Text probe;
  probe.bits = bits;
  probe.corpus = corpus;
  for (std::size_t band = 0; band < kBands; ++band) {
    std::uint32_t place = heads_[head_of(band, probe)];
    for (unsigned looks = 0; place != kNone && looks < kMostLooks; ++looks) {
      const Text& text = texts_[place];
      const int different = std::popcount(text.bits ^ bits);
      if (text.corpus == corpus && different < least) {
        least = different;
        found = place;
      }
      place = text.next[band];
    }
  }
  return found;
}

double NearCopies::see(const Likeness& likeness, std::uint64_t corpus, std::int64_t now, std::uint32_t half_life) {
  if (likeness.words < kFewestWords) {
    return 0;
  }
  std::uint32_t place = find(likeness.bits, corpus);
  if (place == kNone) {
    place = next_;
    next_ = next_ + 1 < texts_.size() ? next_ + 1 : 1;
    if (used_ == texts_.size() - 1) {
      unlink(place);
    } else {
      ++used_;
    }
    texts_[place] = {.bits = likeness.bits, .corpus = corpus, .seen = now, .count = 1, .next = {}};
    link(place);
    return 1;
  }
  Text& text = texts_[place];
  const double passed = static_cast<double>(std::max<std::int64_t>(now - text.seen, 0));
  text.count = static_cast<float>(double{text.count} * std::exp2(-passed / half_life) + 1);
  text.seen = now;
  return double{text.count};
}

void NearCopies::link(std::uint32_t place) {
  for (std::size_t band = 0; band < kBands; ++band) {
    std::uint16_t& first = heads_[head_of(band, texts_[place])];
    texts_[place].next[band] = first;
    first = static_cast<std::uint16_t>(place);
  }
}

void NearCopies::unlink(std::uint32_t place) {
  for (std::size_t band = 0; band < kBands; ++band) {
    std::uint16_t* link = &heads_[head_of(band, texts_[place])];
    while (*link != place) {
      link = &texts_[*link].next[band];
    }
    *link = texts_[place].next[band];
  }
}

}  // namespace stirline::config::policy::content
