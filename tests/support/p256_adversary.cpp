#include "tests/support/p256_adversary.hpp"

#include <array>
#include <new>
#include <vector>

#include <openssl/obj_mac.h>

#include "crypto_workers/openssl_pointers.hpp"

namespace stirline::test {
namespace {

using crypto::BigNumber;
using crypto::Words;

struct Curve {
  crypto::EcGroup group{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
  crypto::BigNumberContext context{BN_CTX_new()};
  [[nodiscard]] const BIGNUM* order() const { return EC_GROUP_get0_order(group.get()); }
};

const Curve& curve() {
  static const Curve kCurve;
  return kCurve;
}

void succeed(bool done) {
  if (!done) {
    throw std::bad_alloc();  // the only way in which these calls fail
  }
}

// An integer modulo n.
class Residue {
 public:
  Residue() : number_(BN_new()) { succeed(number_ != nullptr); }
  explicit Residue(const Words& words) : Residue() {
    succeed(BN_lebin2bn(reinterpret_cast<const unsigned char*>(words.word), sizeof words.word, number_.get()) !=
            nullptr);
    succeed(BN_nnmod(number_.get(), number_.get(), curve().order(), curve().context.get()) == 1);
  }
  explicit Residue(BigNumber number) : number_(std::move(number)) {
    succeed(BN_nnmod(number_.get(), number_.get(), curve().order(), curve().context.get()) == 1);
  }
  Residue(const Residue& other) : number_(BN_dup(other.number_.get())) { succeed(number_ != nullptr); }
  Residue(Residue&&) = default;
  Residue& operator=(const Residue& other) {
    succeed(BN_copy(number_.get(), other.number_.get()) != nullptr);
    return *this;
  }
  Residue& operator=(Residue&&) = default;
  ~Residue() = default;

  [[nodiscard]] bool zero() const { return BN_is_zero(number_.get()) == 1; }
  [[nodiscard]] bool odd() const { return BN_is_odd(number_.get()) == 1; }
  [[nodiscard]] bool bit(unsigned index) const { return BN_is_bit_set(number_.get(), static_cast<int>(index)) == 1; }
  [[nodiscard]] const BIGNUM* get() const { return number_.get(); }
  [[nodiscard]] Words words() const {
    Words words{};
    succeed(BN_bn2lebinpad(number_.get(), reinterpret_cast<unsigned char*>(words.word), sizeof words.word) ==
            sizeof words.word);
    return words;
  }

  friend Residue operator+(const Residue& a, const Residue& b) { return apply<BN_mod_add>(a, b); }
  friend Residue operator-(const Residue& a, const Residue& b) { return apply<BN_mod_sub>(a, b); }
  friend Residue operator*(const Residue& a, const Residue& b) { return apply<BN_mod_mul>(a, b); }
  // `b` is not zero.
  friend Residue operator/(const Residue& a, const Residue& b) {
    const Residue inverse;
    succeed(BN_mod_inverse(inverse.number_.get(), b.get(), curve().order(), curve().context.get()) != nullptr);
    return a * inverse;
  }

 private:
  template <auto Operation>
  static Residue apply(const Residue& a, const Residue& b) {
    Residue result;
    succeed(Operation(result.number_.get(), a.get(), b.get(), curve().order(), curve().context.get()) == 1);
    return result;
  }

  BigNumber number_;
};

Residue small(std::uint64_t value) {
  return Residue(Words{{value, 0, 0, 0}});
}

// x and y of scalar G; the scalar is not zero.
crypto::AffinePoint times_base_point(const Residue& scalar) {
  const crypto::EcPoint point(EC_POINT_new(curve().group.get()));
  const BigNumber x(BN_new());
  const BigNumber y(BN_new());
  succeed(point && x && y &&
          EC_POINT_mul(curve().group.get(), point.get(), scalar.get(), nullptr, nullptr, curve().context.get()) == 1 &&
          EC_POINT_get_affine_coordinates(curve().group.get(), point.get(), x.get(), y.get(), curve().context.get()) ==
              1);
  crypto::AffinePoint affine{};
  succeed(BN_bn2lebinpad(x.get(), reinterpret_cast<unsigned char*>(affine.x.word), sizeof affine.x.word) > 0 &&
          BN_bn2lebinpad(y.get(), reinterpret_cast<unsigned char*>(affine.y.word), sizeof affine.y.word) > 0);
  return affine;
}

// The entries that a kernel adds for `u`, as multiples of its point: digits +-{1, 3, ...}, each in its place. An even u
// is taken as n - u, all signs turned.
std::vector<Residue> multiples_of_windows(const Residue& u, unsigned bits) {
  const Residue odd = u.odd() ? u : small(0) - u;
  const unsigned windows = static_cast<unsigned>(crypto::windows_of(bits));
  std::vector<Residue> multiples;
  Residue place = small(1);
  for (unsigned window = 0; window < windows; ++window) {
    std::uint64_t octet = 0;  // of the halved number, with the bit above its highest window set
    for (unsigned i = 0; i < bits; ++i) {
      const unsigned index = window * bits + i;
      const bool set = index == windows * bits - 1 || odd.bit(index + 1);
      octet |= set ? std::uint64_t{1} << i : 0;
    }
    const Residue digit = small(2 * octet) - small((std::uint64_t{1} << bits) - 1);
    multiples.push_back(u.odd() ? digit * place : small(0) - digit * place);
    place = place * small(std::uint64_t{1} << bits);
  }
  return multiples;
}

struct LinearForm {  // of_base G + of_key Q
  Residue of_base;
  Residue of_key;
};

}  // namespace

std::optional<ChosenSignature> signature_of(const Words& scalar, const Words& u1, const Words& u2) {
  const Residue d(scalar);
  const Residue first(u1);
  const Residue second(u2);
  const Residue k = first + second * d;
  if (d.zero() || second.zero() || k.zero()) {
    return std::nullopt;
  }
  const Residue r(times_base_point(k).x);
  if (r.zero()) {
    return std::nullopt;
  }
  const Residue s = r / second;
  return ChosenSignature{d.words(), times_base_point(d), r.words(), s.words(), (first * s).words()};
}

std::size_t additions_of(Windows windows) {
  return crypto::windows_of(windows.base_point) + crypto::windows_of(windows.key) - 1;
}

std::optional<Words> scalar_that_meets(const Words& u1, const Words& u2, Windows windows, std::size_t addition,
                                       Meeting meeting) {
  std::vector<LinearForm> nodes;
  for (Residue& multiple : multiples_of_windows(Residue(u1), windows.base_point)) {
    nodes.push_back({std::move(multiple), small(0)});
  }
  for (Residue& multiple : multiples_of_windows(Residue(u2), windows.key)) {
    nodes.push_back({small(0), std::move(multiple)});
  }
  while (nodes.size() > 1) {
    const std::size_t pairs = nodes.size() / 2;
    const std::size_t rest = nodes.size() - pairs;
    if (addition < pairs) {
      const LinearForm& a = nodes[addition];
      const LinearForm& b = nodes[rest + addition];
      const bool equal = meeting == Meeting::equal;
      const Residue constant = equal ? a.of_base - b.of_base : a.of_base + b.of_base;
      const Residue factor = equal ? b.of_key - a.of_key : small(0) - (a.of_key + b.of_key);
      return constant.zero() || factor.zero() ? std::nullopt : std::optional((constant / factor).words());
    }
    addition -= pairs;
    for (std::size_t i = 0; i < pairs; ++i) {
      nodes[i] = {nodes[i].of_base + nodes[rest + i].of_base, nodes[i].of_key + nodes[rest + i].of_key};
    }
    nodes.resize(rest, {small(0), small(0)});
  }
  return std::nullopt;
}

std::optional<SignaturePair> pair_that_leads_to(const Words& digest, const Words& u1, const Words& u2) {
  const Residue z(digest);
  const Residue first(u1);
  const Residue second(u2);
  if (z.zero() || first.zero() || second.zero()) {
    return std::nullopt;
  }
  const Residue s = z / first;
  return SignaturePair{(second * s).words(), s.words()};
}

}  // namespace stirline::test
