// u1 G + u2 Q as the sum of one table entry of each window, without doublings: with u odd (else its negative, and the
// sign of all entries turned) and digits that are odd, as in sign.cpp, no entry is the point at infinity.
//
// Whoever makes a signature can choose it, and a key of his own, so that two partial sums are equal or opposite. That
// addition has no answer and would spoil the inverses of the whole level. Such jobs are found, given a harmless
// difference, and marked: their verdict is the caller's business, their neighbours never notice.
#include "crypto_workers/p256/scalar/verify.hpp"

#include "crypto_workers/p256/scalar/jobs.hpp"

namespace stirline::crypto::scalar {
namespace {

constexpr std::size_t kBaseWindows = windows_of(kBaseWindow);

// A scalar, odd, halved, with the bit above its highest window set: windows of bits are digits, see sign.cpp.
struct Digits {
  std::uint64_t word[kWords + 2];  // two more: a window may reach beyond the bit set
  std::uint64_t negated;           // all ones if the scalar was turned to make it odd
};

Digits odd_digits(const OrderElement& u, unsigned bits) {
  const std::uint64_t even = mask_of(~u.word[0] & 1);
  const Loose<GroupOrder> odd = opposite_if(even, u);
  const auto& w = odd.word;
  Digits digits = {{w[0] >> 1 | w[1] << 63, w[1] >> 1 | w[2] << 63, w[2] >> 1 | w[3] << 63, w[3] >> 1, 0, 0}, even};
  const std::size_t highest = windows_of(bits) * bits - 1;  // 255 or above
  digits.word[highest / 64] |= std::uint64_t{1} << highest % 64;
  return digits;
}

struct Place {
  const TableEntry* entry;
  std::uint64_t negative;  // all ones: its opposite
};

// The places of all windows' entries. Tables lie in the outer caches: all are asked for before the first is used.
void find_entries(const Digits& digits, unsigned bits, const TableEntry* table, Place* places) {
  const std::size_t entries = entries_of_window(bits);
  for (std::size_t window = 0; window < windows_of(bits); ++window) {
    const std::size_t bit = window * bits;
    const std::size_t place = bit % 64;
    std::uint64_t digit = digits.word[bit / 64] >> place;
    if (place + bits > 64) {
      digit |= digits.word[bit / 64 + 1] << (64 - place);
    }
    const std::uint64_t sign = (digit >> (bits - 1) & 1) - 1;  // all ones if negative
    const TableEntry* const entry = table + window * entries + ((digit ^ sign) & (entries - 1));
    __builtin_prefetch(entry);
    places[window] = {entry, sign ^ digits.negated};
  }
}

STIRLINE_INLINE Point point_at(const Place& place) {
  const auto& x = place.entry->x;
  const auto& y = place.entry->y;
  return {{{x[0], x[1], x[2], x[3]}}, negated_if(place.negative, FieldElement{{y[0], y[1], y[2], y[3]}})};
}

// The entries of one job become its column of nodes.
void take_job(const VerifyBatch& batch, std::size_t job, const Loose<GroupOrder>& inverse, unsigned bits,
              const TableEntry* base, std::size_t jobs, Scratch& scratch) {
  Place places[kNodes / kKernelJobs];
  const auto r = load_job<GroupOrder, Range::reduced>(batch.r, job);
  const OrderElement z = reduced(load_job<GroupOrder, Range::loose>(batch.digest, job));
  find_entries(odd_digits(z * inverse, kBaseWindow), kBaseWindow, base, places);
  find_entries(odd_digits(r * inverse, bits), bits, batch.table[job], places + kBaseWindows);
  for (std::size_t window = 0; window < kBaseWindows + windows_of(bits); ++window) {
    scratch.nodes[window * jobs + job] = point_at(places[window]);
  }
}

// 1/s in Montgomery's form; no s is zero, the caller has seen to it.
void invert_s(const VerifyBatch& batch, std::size_t jobs, Loose<GroupOrder>* inverses) {
  RunningProducts<GroupOrder> running;
  start_products<GroupOrder>(running);
  OrderElement s[kKernelJobs];
  for (std::size_t job = 0; job < jobs; ++job) {
    Loose<GroupOrder>& product = running[job % kChains];
    s[job] = to_montgomery(load_job<GroupOrder, Range::reduced>(batch.s, job));
    inverses[job] = product;
    product = loose_product(product, s[job]);
  }
  if (!invert<Secrecy::open, GroupOrder>(running)) {
    return;
  }
  for (std::size_t job = jobs; job-- != 0;) {
    Loose<GroupOrder>& rest = running[job % kChains];
    inverses[job] = loose_product(rest, inverses[job]);
    rest = loose_product(rest, s[job]);
  }
}

// Gives additions whose operands have equal x a difference of one, and marks their jobs.
void part_equal_sums(const Point* first, Point* second, std::size_t count, std::size_t jobs, JobBits& recheck) {
  for (std::size_t i = 0; i < count; ++i) {
    if (is_equal(first[i].x, second[i].x) != 0) {
      second[i].x = first[i].x + element_of<FieldPrime>(kOne);
      add_bit(recheck, i % jobs, 1);
    }
  }
}

}  // namespace

void verify(VerifyBatch& batch, std::size_t jobs, unsigned bits, const TableEntry* base, Scratch& scratch) {
  Loose<GroupOrder> inverses[kKernelJobs];
  invert_s(batch, jobs, inverses);
  clear_bits(batch.recheck);
  clear_bits(batch.valid);
  for (std::size_t job = 0; job < jobs; ++job) {
    take_job(batch, job, inverses[job], bits, base, jobs, scratch);
  }
  std::size_t rows = kBaseWindows + windows_of(bits);
  while (rows > 1) {
    const std::size_t pairs = rows / 2;
    rows -= pairs;  // the row in the middle of an odd number waits for the next level
    Point* const second = scratch.nodes + rows * jobs;
    while (!add_level<Secrecy::open>(scratch.nodes, Following{second}, scratch.nodes, pairs * jobs, scratch.before)) {
      part_equal_sums(scratch.nodes, second, pairs * jobs, jobs, batch.recheck);
    }
  }
  for (std::size_t job = 0; job < jobs; ++job) {
    const FieldElement x = from_montgomery(scratch.nodes[job].x);
    const OrderElement v = reduced(Loose<GroupOrder>{{x.word[0], x.word[1], x.word[2], x.word[3]}});
    const std::uint64_t equal = is_equal(v, load_job<GroupOrder, Range::reduced>(batch.r, job));
    const std::uint64_t known = ~std::uint64_t{batch.recheck[job / kKernelLanes]} >> job % kKernelLanes & 1;
    add_bit(batch.valid, job, equal & known);
  }
}

}  // namespace stirline::crypto::scalar
