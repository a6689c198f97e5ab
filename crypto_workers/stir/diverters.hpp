// Who may have diverted a request, as far as it tells itself (RFC 8946 4.1, 8; RFC 5806, RFC 7044; STIR-DV-07).
#pragma once

#include <string_view>

#include "sip_parser/fixed_list.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kMaxDiverters = 4;
using Diverters = sip::FixedList<sip::TelephoneNumber, kMaxDiverters>;

// The numbers of To, of Diversion and of History-Info that are not `target`, each once, at most kMaxDiverters. Hints:
// whether the call was ever sent to one of them its tokens must say.
[[nodiscard]] Diverters read_diverters(const sip::Message& message, std::string_view octets,
                                       const sip::DialPlan& dial_plan, const sip::TelephoneNumber& target);

}  // namespace stirline::crypto
