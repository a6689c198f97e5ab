// u1 G + u2 Q as the sum of one table entry of each window, without doublings: with u odd (else its negative, and the
// sign of all entries turned) and digits that are odd, as in sign.cpp, no entry is the point at infinity.
//
// Whoever makes a signature can choose it, and a key of his own, so that two partial sums are equal or opposite. That
// addition has no answer and would spoil the inverses of the whole level. Such lanes are found, given a harmless
// difference, and marked: their verdict is the caller's business, their neighbours never notice.
#include "crypto_workers/p256/ifma/verify.hpp"

#include "crypto_workers/p256/ifma/memory_layout.hpp"

namespace stirline::crypto::ifma {
namespace {

constexpr std::size_t kBaseWindows = windows_of(kBaseWindow);
static_assert((kBaseWindows + windows_of(kSmallestKeyWindow)) * kVectors <= kNodes);

// A scalar, odd, halved, with the bit above its highest window set: octets of digits, see sign.cpp.
struct Scalars {
  std::uint64_t word[kWords + 1][kLanes];
  __mmask8 negated;
};

STIRLINE_INLINE void odd_digits(const OrderElement<kOneModulus>& u, unsigned bits, Scalars& scalars) {
  const __mmask8 even = _mm512_testn_epi64_mask(u.limb[0], _mm512_set1_epi64(1));
  Vector words[kWords];
  words_of_element(negated_if(even, u), words);
  const unsigned highest = static_cast<unsigned>(windows_of(bits)) * bits - 1;  // 255 or above
  const Vector top = _mm512_set1_epi64(static_cast<long long>(std::uint64_t{1} << (highest % 64)));
  const Vector none = _mm512_setzero_si512();
  store(scalars.word[0], joined<1>(words[0], words[1]));
  store(scalars.word[1], joined<1>(words[1], words[2]));
  store(scalars.word[2], joined<1>(words[2], words[3]));
  store(scalars.word[3], _mm512_or_si512(shifted_right<1>(words[3]), highest < 256 ? top : none));
  store(scalars.word[4], highest < 256 ? none : top);
  scalars.negated = even;
}

struct Windows {
  unsigned bits;
  std::size_t count;
  std::size_t entries;

  explicit Windows(unsigned window_bits)
      : bits(window_bits), count(windows_of(window_bits)), entries(entries_of_window(window_bits)) {}
};

// Where the entries of all windows lie for eight jobs.
struct Places {
  static constexpr std::size_t kMostWindows = windows_of(kSmallestKeyWindow);
  const TableEntry* entry[kMostWindows][kLanes];
  __mmask8 negative[kMostWindows];
};

// `tables` is one table for each lane. Tables of many keys lie in the outer caches: all entries are asked for before
// the first is used.
void find_entries(const Windows& windows, const Scalars& scalars, const TableEntry* const (&tables)[kLanes],
                  Places& places) {
  for (std::size_t window = 0; window < windows.count; ++window) {
    const std::size_t bit = window * windows.bits;
    const std::size_t word = bit / 64;
    const std::size_t place = bit % 64;
    unsigned negative = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      std::uint64_t digit = scalars.word[word][lane] >> place;
      if (place + windows.bits > 64) {
        digit |= scalars.word[word + 1][lane] << (64 - place);
      }
      const std::uint64_t sign = (digit >> (windows.bits - 1) & 1) - 1;  // all ones if negative
      const TableEntry* const entry =
          tables[lane] + window * windows.entries + ((digit ^ sign) & (windows.entries - 1));
      __builtin_prefetch(entry);
      places.entry[window][lane] = entry;
      negative |= static_cast<unsigned>(sign & 1) << lane;
    }
    places.negative[window] = static_cast<__mmask8>(negative ^ scalars.negated);
  }
}

void take_jobs(const VerifyBatch& batch, std::size_t v, const OrderElement<kRunningBound>& inverse,
               const Windows& windows, const TableEntry* base, std::size_t vectors, Scratch& scratch) {
  const auto z = load_jobs<GroupOrder, 17>(batch.digest, v);  // 2^256 is below 17/16 n
  const auto r = load_jobs<GroupOrder, kOneModulus>(batch.r, v);
  const TableEntry* tables[kLanes];
  Scalars scalars;
  Places of_key;
  Places of_base_point;
  odd_digits(canonical(r * inverse), windows.bits, scalars);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    tables[lane] = batch.table[v * kLanes + lane];
  }
  find_entries(windows, scalars, tables, of_key);
  odd_digits(canonical(z * inverse), kBaseWindow, scalars);
  for (const TableEntry*& table : tables) {
    table = base;
  }
  const Windows of_base(kBaseWindow);
  find_entries(of_base, scalars, tables, of_base_point);
  for (std::size_t window = 0; window < of_base.count; ++window) {
    scratch.nodes[window * vectors + v] = load_entries(of_base_point.entry[window], of_base_point.negative[window]);
  }
  for (std::size_t window = 0; window < windows.count; ++window) {
    scratch.nodes[(of_base.count + window) * vectors + v] = load_entries(of_key.entry[window], of_key.negative[window]);
  }
}

// 1/s in Montgomery's form; no s is zero, the caller has seen to it.
void invert_s(const VerifyBatch& batch, std::size_t vectors, OrderElement<kRunningBound>* inverses) {
  RunningProducts<GroupOrder> running;
  start_products<GroupOrder>(running);
  OrderElement<17> s[kVectors];
  for (std::size_t v = 0; v < vectors; ++v) {
    s[v] = load_jobs<GroupOrder, kOneModulus>(batch.s, v) * broadcast<GroupOrder, kOneModulus>(kConstants.n.r2);
    inverses[v] = running[v % kChains];
    running[v % kChains] = widened<kRunningBound>(running[v % kChains] * s[v]);
  }
  if (!invert<Secrecy::open, GroupOrder>(running)) {
    return;
  }
  for (std::size_t v = vectors; v-- != 0;) {
    auto& rest = running[v % kChains];
    inverses[v] = widened<kRunningBound>(rest * inverses[v]);
    rest = widened<kRunningBound>(rest * s[v]);
  }
}

// Gives the lanes whose operands have equal x a difference of one, and marks them.
void part_equal_sums(const Point* first, Point* second, std::size_t count, std::size_t vectors, JobBits& recheck) {
  for (std::size_t i = 0; i < count; ++i) {
    const __mmask8 equal = zero_lanes(canonical(second[i].x - first[i].x));
    if (equal != 0) {
      second[i].x.limb[0] =
          _mm512_mask_xor_epi64(second[i].x.limb[0], equal, second[i].x.limb[0], _mm512_set1_epi64(1));
      recheck[i % vectors] = static_cast<std::uint8_t>(recheck[i % vectors] | equal);
    }
  }
}

}  // namespace

void verify(VerifyBatch& batch, std::size_t jobs, unsigned bits, const TableEntry* base, Scratch& scratch) {
  const std::size_t vectors = (jobs + kLanes - 1) / kLanes;
  const Windows windows(bits);
  OrderElement<kRunningBound> inverses[kVectors];
  invert_s(batch, vectors, inverses);
  for (std::size_t v = 0; v < vectors; ++v) {
    batch.recheck[v] = 0;
    take_jobs(batch, v, inverses[v], windows, base, vectors, scratch);
  }
  std::size_t rows = kBaseWindows + windows.count;
  while (rows > 1) {
    const std::size_t pairs = rows / 2;
    rows -= pairs;  // the row in the middle of an odd number waits for the next level
    Point* second = scratch.nodes + rows * vectors;
    while (
        !add_level<Secrecy::open>(scratch.nodes, Following{second}, scratch.nodes, pairs * vectors, scratch.before)) {
      part_equal_sums(scratch.nodes, second, pairs * vectors, vectors, batch.recheck);
    }
  }
  for (std::size_t v = 0; v < vectors; ++v) {
    const auto x = canonical(scratch.nodes[v].x * broadcast<FieldPrime, kOneModulus>(kConstants.raw_one));
    OrderElement<17> whole_x;  // p is below 17/16 n
    unrolled<kLimbs>([&]<std::size_t I> [[gnu::always_inline]] () { whole_x.limb[I] = x.limb[I]; });
    const __mmask8 equal = equal_lanes(canonical(whole_x), load_jobs<GroupOrder, kOneModulus>(batch.r, v));
    batch.valid[v] = static_cast<std::uint8_t>(equal & static_cast<__mmask8>(~batch.recheck[v]));
  }
}

}  // namespace stirline::crypto::ifma
