#include "control/policy/contact_address.hpp"

#include <algorithm>
#include <utility>

#include "config/text_rules.hpp"
#include "control/policy/canonical_identity.hpp"
#include "sip_parser/characters.hpp"

namespace stirline::control::policy {
namespace {

// As calls carry it: none begins with 0. What a device keeps as it was dialled needs the dial plan.
bool is_international(std::string_view digits) {
  return config::is_digits(digits, 1, config::kMaxE164Digits) && !digits.starts_with('0');
}

// A scheme that is somebody else's.
bool is_of_another_kind(std::string_view address) {
  std::string scheme(address.substr(0, address.find(':')));
  std::ranges::transform(scheme, scheme.begin(), [](char c) { return sip::detail::lower(c); });
  return scheme.size() < address.size() && scheme != "sip" && scheme != "sips" && scheme != "tel" &&
         std::ranges::all_of(scheme, [](char c) { return (c >= 'a' && c <= 'z') || c == '+' || c == '-' || c == '.'; });
}

}  // namespace

std::expected<ContactAddress, AddressFault> read_contact_address(std::string_view text,
                                                                 const sip::DialPlan& dial_plan) {
  if (is_of_another_kind(text)) {
    return std::unexpected(AddressFault::of_another_kind);
  }
  auto identity = canonical_identity(text, dial_plan);
  if (!identity) {
    return std::unexpected(AddressFault::nobody);
  }
  if (identity->contains(':')) {
    return ContactAddress{SubjectKind::uri, std::move(*identity)};
  }
  if (!is_international(*identity)) {
    return std::unexpected(AddressFault::no_full_number);
  }
  return ContactAddress{SubjectKind::number, std::move(*identity)};
}

}  // namespace stirline::control::policy
