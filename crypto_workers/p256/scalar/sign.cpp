// Nothing here depends on a nonce or a key but the values that are computed: no branch, no address, no division. The
// object file is scanned (tests/checks) and the path runs under MemorySanitizer with poisoned secrets (tests/taint).
//
// The nonce k is made odd (n - k has the same r, and turns s into n - s) and written with digits d_j in +-{1, 3, ...,
// 255}: with b = (k >> 1) | 2^255 and B_j its octets, d_j = 2 B_j - 255. No digit is zero, so no point is the one at
// infinity. Two partial sums meet for less than 2^-127 of all nonces; the batch is then refused as a whole.
#include "crypto_workers/p256/scalar/sign.hpp"

#include "crypto_workers/p256/scalar/jobs.hpp"

namespace stirline::crypto::scalar {
namespace {

// Takes a nonce in: odd digits for the point, Montgomery's form for the inverse.
void take_nonce(const SignBatch& batch, std::size_t job, SigningState& state) {
  const auto given = load_job<GroupOrder, Range::reduced>(batch.nonce, job);
  const std::uint64_t even = mask_of(~given.word[0] & 1);
  const Loose<GroupOrder> odd = opposite_if(even, given);
  state.turned[job] = even;
  state.nonce[job] = to_montgomery(odd);
  const auto& k = odd.word;
  const std::uint64_t halved[kWords] = {k[0] >> 1 | k[1] << 63, k[1] >> 1 | k[2] << 63, k[2] >> 1 | k[3] << 63,
                                        k[3] >> 1 | std::uint64_t{1} << 63};
  for (std::size_t window = 0; window != kSignWindows; ++window) {
    state.digit[window][job] = static_cast<std::uint8_t>(halved[window / 8] >> window % 8 * 8);
  }
}

// The points of `count` jobs from `first` on, of one window.
void look_up_some(const SignWindow& window, const std::uint8_t (&digits)[kKernelJobs], std::size_t first,
                  std::size_t count, LookUp look_up, SigningState& state, Point* points) {
  std::uint8_t entry[kAtOnce];
  for (std::size_t i = 0; i != kAtOnce; ++i) {
    const unsigned digit = digits[first + i];
    entry[i] = static_cast<std::uint8_t>((digit ^ ((digit >> 7) - 1)) & 0x7f);  // turned if bit 7 is clear
  }
  look_up(window, entry, state.found);
  for (std::size_t i = 0; i != count; ++i) {
    const TableEntry& found = state.found[i];
    points[i].x = {{found.x[0], found.x[1], found.x[2], found.x[3]}};
    const FieldElement y = {{found.y[0], found.y[1], found.y[2], found.y[3]}};
    points[i].y = negated_if(mask_of(~std::uint64_t{digits[first + i]} >> 7 & 1), y);
  }
}

// state.inverse becomes the inverses of the nonces, in Montgomery's form.
bool invert_nonces(std::size_t jobs, SigningState& state) {
  RunningProducts<GroupOrder> running;
  start_products<GroupOrder>(running);
  for (std::size_t job = 0; job != jobs; ++job) {
    Loose<GroupOrder>& product = running[job % kChains];
    state.inverse[job] = product;
    product = loose_product(product, state.nonce[job]);
  }
  if (!invert<Secrecy::secret, GroupOrder>(running)) {
    return false;
  }
  for (std::size_t job = jobs; job-- != 0;) {
    Loose<GroupOrder>& rest = running[job % kChains];
    state.inverse[job] = loose_product(rest, state.inverse[job]);
    rest = loose_product(rest, state.nonce[job]);
  }
  return true;
}

// r and s of one job, and whether they may be released. A fault in the point shows as a point off the curve, one in the
// inverse as s k != z + r d.
void finish(SignBatch& batch, std::size_t job, const Point& point, const SigningState& state) {
  const FieldElement x = from_montgomery(point.x);
  const OrderElement r = reduced(Loose<GroupOrder>{{x.word[0], x.word[1], x.word[2], x.word[3]}});
  const OrderElement z = reduced(load_job<GroupOrder, Range::loose>(batch.digest, job));
  const auto d = load_job<GroupOrder, Range::reduced>(batch.scalar, job);
  const OrderElement sum = z + to_montgomery(r) * d;
  const OrderElement s_of_odd = sum * state.inverse[job];
  const OrderElement s = negated_if(state.turned[job], s_of_odd);
  const std::uint64_t zero = is_zero(r) | is_zero(s_of_odd);
  const std::uint64_t holds = is_equal(s_of_odd * state.nonce[job], sum);
  store_job(batch.r, job, r);
  store_job(batch.s, job, s);
  add_bit(batch.good, job, holds & is_on_curve(point) & (zero ^ 1));
}

}  // namespace

bool sign(SignBatch& batch, std::size_t jobs, const SignTable& table, LookUp look_up, Scratch& scratch) {
  for (std::size_t job = 0; job != jobs; ++job) {
    take_nonce(batch, job, scratch.signing);
  }
  for (std::size_t window = 0; window != kSignWindows; ++window) {
    std::size_t count = 0;
    for (std::size_t first = 0; first != jobs; first += count) {
      count = jobs - first < kAtOnce ? jobs - first : kAtOnce;
      look_up_some(table.window[window], scratch.signing.digit[window], first, count, look_up, scratch.signing,
                   scratch.nodes + window * jobs + first);
    }
  }
  for (std::size_t rows = kSignWindows; rows != 1; rows /= 2) {
    const std::size_t count = rows / 2 * jobs;
    if (!add_level<Secrecy::secret>(scratch.nodes, Following{scratch.nodes + count}, scratch.nodes, count,
                                    scratch.before)) {
      return false;
    }
  }
  if (!invert_nonces(jobs, scratch.signing)) {
    return false;
  }
  clear_bits(batch.good);
  for (std::size_t job = 0; job != jobs; ++job) {
    finish(batch, job, scratch.nodes[job], scratch.signing);
  }
  return true;
}

}  // namespace stirline::crypto::scalar
