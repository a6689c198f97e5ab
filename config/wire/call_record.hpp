// What the data plane tells control about each decision on a call or message (STIR-RG-03, STIR-SH-02), as octets: a
// poll core writes a record, nobody in between looks into it, control reads it.
//
// A record is a head of fixed size and texts behind it, a few hundred octets as a rule and never more than
// kMaxRecordBytes. Records stand one behind the other in a `records` message. Pure functions over memory of the caller.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "config/policy/handling.hpp"
#include "crypto_workers/stir/reason.hpp"

namespace stirline::config::wire {

enum class Flow : std::uint8_t { from_peer, to_peer };

enum class Decision : std::uint8_t {
  signed_,     // tokens were made and sent
  not_signed,  // passed on unsigned: the reason says why
  judged,      // marked with its verdict
  undecided,   // marked as not validated, or passed on unsigned, since it could not be worked on in time
  passed,      // not judged by policy, or ambiguous
  refused,     // beyond our limits: forwarded or dropped as [bad_input] has it
  emergency,   // passed at once
  answered,    // by us, with `status`: it went no further
};
inline constexpr std::size_t kDecisions = static_cast<std::size_t>(Decision::answered) + 1;
[[nodiscard]] std::string_view to_string(Decision decision);  // "signed", "not_signed", ...
[[nodiscard]] std::string_view to_string(Flow flow);          // "from_peer", "to_peer"

// Longer texts are cut to these, in octets; those from the network may hold any octet.
inline constexpr std::size_t kMaxRecordName = 64;
inline constexpr std::size_t kMaxRecordMethod = 32;
inline constexpr std::size_t kMaxRecordReason = 48;
inline constexpr std::size_t kMaxRecordRule = 80;
inline constexpr std::size_t kMaxRecordIdentity = 254;
inline constexpr std::size_t kMaxRecordOrigid = 36;
inline constexpr std::size_t kMaxRecordCallId = 255;
inline constexpr std::size_t kMaxRecordType = 15;
inline constexpr std::size_t kMaxRecordTokens = 16;
inline constexpr std::size_t kRecordHashBytes = 32;

// A token that was made, or that a verdict rests on.
struct RecordToken {
  std::string_view type;               // ppt; empty: baseline
  std::span<const std::uint8_t> hash;  // kRecordHashBytes, or empty if it is not known
};

// All views are the maker's; of a decoded record they lie in the octets it was read from.
struct CallRecord {
  std::int64_t time = 0;  // of the decision, seconds since 1970
  Decision decision = Decision::passed;
  Flow flow = Flow::from_peer;
  crypto::Verdict verdict = crypto::Verdict::none;
  bool stripped = false;      // marks of an untrusted peer were taken away (STIR-VS-15)
  bool wrong_sender = false;  // the peer may not speak for who calls (SPIT-CL-12)
  bool known_caller = false;  // `orig` is authenticated, as rules take it (SPIT-FW-02)
  bool challenged = false;    // by a component whose result control keeps: `target` is the called one (SPIT-CO-01)
  bool notify = false;        // the called user wants to be told of it: `target` is he (SPIT-PL-03)
  bool withheld = false;      // notify: and the caller wants nobody to learn who he is (RFC 3323 4.2)
  bool cut = false;           // a text was longer than its limit; encode_record() sees to it
  char attest = 0;            // 'A', 'B', 'C'; 0: none
  std::uint16_t status = 0;   // answered: the SIP status
  policy::Handling handling = policy::Handling::none;  // what rules made of it; none: they say nothing
  std::uint8_t core = 0;     // the poll core that has counted the call: its index in the data plane
  std::string_view trunk;    // names
  std::string_view in_port;  // where it came in
  std::string_view out_port;
  std::string_view method;
  std::string_view reason;  // a name such as "orig_mismatch"; may be empty
  std::string_view rule;    // that decided about the call, behind its layer: "user:r5"; empty: none (SPIT-FW-04)
  std::string_view orig;    // canonical number, or else a URI; empty if there is neither
  std::string_view dest;    // of To; of a call signed with div: who diverted it
  std::string_view target;  // of a diverted call, and with challenged or notify: the Request-URI
  std::string_view origid;
  std::string_view call_id;
  std::uint8_t token_count = 0;
  std::array<RecordToken, kMaxRecordTokens> tokens{};

  void add(const RecordToken& token) {
    if (token_count < tokens.size()) {
      tokens[token_count++] = token;
    }
  }
};

struct RecordHead {
  static constexpr std::size_t kTexts = 11;
  std::uint16_t bytes = 0;  // of the whole record
  std::uint8_t decision = 0;
  std::uint8_t flow = 0;
  std::uint8_t verdict = 0;
  std::uint8_t flags = 0;
  std::uint8_t attest = 0;
  std::uint8_t tokens = 0;
  std::int64_t time = 0;
  std::array<std::uint8_t, kTexts> lengths{};
  std::uint8_t core = 0;
  std::uint8_t handling = 0;
  std::uint8_t reserved = 0;
  std::uint16_t status = 0;
};
static_assert(sizeof(RecordHead) == 32);

inline constexpr std::size_t kMaxRecordBytes = sizeof(RecordHead) + 3 * kMaxRecordName + kMaxRecordMethod +
                                               kMaxRecordReason + kMaxRecordRule + 3 * kMaxRecordIdentity +
                                               kMaxRecordOrigid + kMaxRecordCallId +
                                               kMaxRecordTokens * (1 + kMaxRecordType + kRecordHashBytes);

// Writes `record` and returns how many octets it has; texts that are too long are cut.
std::size_t encode_record(const CallRecord& record, std::span<char, kMaxRecordBytes> out);

// Takes the first record off `octets`. Everything is checked but the contents of texts from the network. The error says
// what is wrong.
[[nodiscard]] std::expected<CallRecord, std::string> decode_record(std::string_view& octets);

}  // namespace stirline::config::wire
