// What an inline device does with a message after parsing it: the names of the torture corpus' manifest.
//
//   extract  unambiguous and of a method we work on: may be signed or verified
//   pass     fine, but not our business: forwarded byte-identical
//   flag     ambiguous: forwarded byte-identical, never signed, never judged valid
//   reject   broken request: answered 4xx/505 where the trunk says so, otherwise forwarded byte-identical and counted
//   drop     broken response: nobody may answer it (RFC 3261 8.2.6); forwarded or dropped as the trunk says
//
// `extract` says that every field may be relied upon, no more: whether a trunk signs a method at all is the data
// plane's method table (INL-TX-11). And `pass` says that nothing is to be signed; it is no leave to skip the stripping
// of foreign verdicts (STIR-VS-15) or, for INVITE, MESSAGE and SUBSCRIBE, verification: a caller can choose to look
// like this.
//
// What passes although it parsed without error:
//   - unknown methods, and those that only go on with what another request began (ACK, BYE, CANCEL, PRACK, UPDATE,
//   INFO);
//   - a Request-URI, From or To of a scheme other than sip, sips, tel (or urn, where emergency calls go);
//   - an INVITE that is no call as we know them: its body is neither SDP nor multipart, or it accepts no SDP in return;
//   - an OPTIONS that is a probe between machines: to an address literal or no user, at its last hop (Max-Forwards 0),
//     demanding extensions, or with a branch that names no transaction;
//   - a REGISTER other than a plain binding of a user's own name: Contact absent, of another user, or with headers;
//   - a response whose Via names the broadcast address.
// What is flagged: ambiguous addresses (BAD_NAME_ADDR, BAD_VIA), headers in the Request-URI, a malformed Date, escaped
// control characters in the user part of From or To of a request that would be worked on, and whatever is beyond our
// own limits.
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
