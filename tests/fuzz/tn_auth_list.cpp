// Any octets as the extensions a STIR certificate brings along: decoded within bounds, and decoded to something that
// keeps its own rules.
#include "crypto_workers/certificate/tn_auth_list.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "crypto_workers/certificate/claim_constraints.hpp"
#include "crypto_workers/passport/claim_syntax.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::tn_auth_list {
namespace {

using namespace stirline::crypto;

void check_entry(const TnAuthList& list, const TnEntry& entry) {
  check(!entry.value.empty(), "an entry has a value");
  if (entry.kind == TnEntry::Kind::spc) {
    check(list.has_spc(), "an SPC is seen");
    return;
  }
  check(is_canonical_number(entry.value) && entry.value.size() <= 15, "numbers are canonical and short");
  check(entry.kind == TnEntry::Kind::one || entry.count >= 2, "a range has two numbers or more");
  check(list.contains_number(entry.value), "a list contains what it names");
  if (entry.kind == TnEntry::Kind::range) {
    const std::string last = std::to_string(std::stoull(entry.value) + entry.count - 1);
    const std::string padded = std::string(entry.value.size() - last.size(), '0') + last;
    check(list.contains_number(padded), "a range contains its last number, which has as many digits");
  }
}

int run(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> octets(data, size);
  if (const auto list = decode_tn_auth_list(octets)) {
    check(!list->empty() && list->entries().size() <= kMaxTnAuthListEntries, "a list is neither empty nor endless");
    for (const TnEntry& entry : list->entries()) {
      check_entry(*list, entry);
    }
    check(list->within(*list), "a list lies within itself");
  }
  for (const ConstraintsKind kind : {ConstraintsKind::plain, ConstraintsKind::enhanced}) {
    if (const auto constraints = decode_claim_constraints(octets, kind)) {
      check(kind == ConstraintsKind::enhanced || (!constraints->empty() && constraints->must_exclude.empty()),
            "the plain extension excludes nothing");
    }
  }
  return 0;
}

const Target kTarget("tn_auth_list", run);

}  // namespace
}  // namespace stirline::fuzz::tn_auth_list
