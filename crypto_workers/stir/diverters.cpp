#include "crypto_workers/stir/diverters.hpp"

#include <algorithm>

#include "sip_parser/headers/diversion.hpp"
#include "sip_parser/headers/history_info.hpp"

namespace stirline::crypto {

Diverters read_diverters(const sip::Message& message, std::string_view octets, const sip::DialPlan& dial_plan,
                         const sip::TelephoneNumber& target) {
  Diverters found;
  const auto add = [&](const sip::Uri& uri) {
    const auto number = sip::telephone_number(octets, uri, dial_plan);
    if (number && !(*number == target) && std::ranges::find(found.view(), *number) == found.view().end()) {
      static_cast<void>(found.push(*number));
    }
  };
  add(message.to().uri);
  // The last one stands on top of Diversion, and at the end of History-Info.
  if (const auto diversions = sip::read_diversions(message, octets)) {
    std::ranges::for_each(diversions->view(), add, [](const sip::Diversion& entry) { return entry.party.uri; });
  }
  if (const auto history = sip::read_history(message, octets)) {
    const auto entries = history->view();
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      add(entry->party.uri);
    }
  }
  return found;
}

}  // namespace stirline::crypto
