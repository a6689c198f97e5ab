#include "crypto_workers/certificate/claim_constraints.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "crypto_workers/certificate/der_reader.hpp"

namespace stirline::crypto {
namespace {

using Octets = std::span<const std::uint8_t>;
constexpr std::size_t kMaxStrings = 256;

// Reads lists of strings and counts them all against one limit.
class StringLists {
 public:
  // SEQUENCE SIZE (1..MAX) OF a string type.
  bool read(Octets sequence, std::uint8_t tag, std::vector<std::string>& out) {
    DerReader list(sequence);
    if (list.at_end()) {
      return false;
    }
    while (!list.at_end()) {
      const auto text = list.take(tag);
      if (!text || text->empty() || ++count_ > kMaxStrings) {
        return false;
      }
      out.emplace_back(text->begin(), text->end());
    }
    return true;
  }

  // [n] EXPLICIT JWTClaimNames
  bool read_names(Octets context, std::vector<std::string>& out) {
    DerReader outer(context);
    const auto sequence = outer.take(der::kSequence);
    return sequence && outer.at_end() && read(*sequence, der::kIa5String, out);
  }

  // [1] EXPLICIT JWTClaimValuesList
  bool read_permitted(Octets context, std::vector<PermittedValues>& out) {
    DerReader outer(context);
    const auto sequence = outer.take(der::kSequence);
    if (!sequence || !outer.at_end()) {
      return false;
    }
    DerReader list(*sequence);
    while (!list.at_end()) {
      const auto item = list.take(der::kSequence);
      if (!item) {
        return false;
      }
      DerReader fields(*item);
      const auto claim = fields.take(der::kIa5String);
      const auto values = fields.take(der::kSequence);
      PermittedValues rule;
      if (!claim || claim->empty() || !values || !fields.at_end() || !read(*values, der::kUtf8String, rule.values)) {
        return false;
      }
      rule.claim.assign(claim->begin(), claim->end());
      out.push_back(std::move(rule));
    }
    return !out.empty();
  }

 private:
  std::size_t count_ = 0;
};

}  // namespace

std::optional<ClaimConstraints> decode_claim_constraints(Octets der, ConstraintsKind kind) {
  constexpr std::array<std::string_view, 3> kNeverExcluded = {"iat", "orig", "dest"};
  DerReader outer(der);
  const auto sequence = outer.take(der::kSequence);
  if (!sequence || !outer.at_end()) {
    return std::nullopt;
  }
  ClaimConstraints constraints;
  StringLists lists;
  DerReader fields(*sequence);
  if (const auto content = fields.take(der::context(0));
      content && !lists.read_names(*content, constraints.must_include)) {
    return std::nullopt;
  }
  if (const auto content = fields.take(der::context(1));
      content && !lists.read_permitted(*content, constraints.permitted)) {
    return std::nullopt;
  }
  if (kind == ConstraintsKind::enhanced) {
    if (const auto content = fields.take(der::context(2));
        content && !lists.read_names(*content, constraints.must_exclude)) {
      return std::nullopt;
    }
  }
  if (!fields.at_end() || constraints.empty()) {
    return std::nullopt;
  }
  const bool voided = std::ranges::any_of(constraints.must_exclude, [&](const std::string& claim) {
    return std::ranges::find(kNeverExcluded, claim) != kNeverExcluded.end();
  });
  return voided ? ClaimConstraints{} : constraints;
}

}  // namespace stirline::crypto
