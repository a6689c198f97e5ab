// What an inline device does with a message after parsing it: the names of the torture corpus' manifest.
//
//   extract  unambiguous and of a method we work on: may be signed or verified
//   pass     fine, but not our business: forwarded byte-identical
//   flag     ambiguous: forwarded byte-identical, never signed, never judged valid
//   reject   broken request: answered 4xx/505 where the trunk says so, otherwise forwarded byte-identical and counted
//   drop     broken response: nobody may answer it (RFC 3261 8.2.6); forwarded or dropped as the trunk says
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "sip_parser/message.hpp"

namespace stirline::sip {

enum class Action : std::uint8_t { extract, pass, flag, reject, drop };

// `message` is the one that parse() was called on, `octets` what it was given, `result` what it returned.
[[nodiscard]] Action action_for(const Message& message, std::string_view octets,
                                const std::expected<void, ParseError>& result);

// "extract", "pass", "flag", "reject", "drop"
[[nodiscard]] std::string_view to_string(Action action);

}  // namespace stirline::sip
