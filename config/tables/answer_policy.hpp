// What a trunk answers itself instead of forwarding, and what goes with such an answer (INL-TX-04, STIR-VS-14,
// STIR-BL-02 to -06). Where nothing is said, every request is marked and forwarded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stirline::config::tables {

// Answers of our own. The words are those of the configuration file.
enum class Answer : std::uint8_t {
  forward,           // none: the request goes on
  stir,              // the code that belongs to what is wrong with its tokens (STIR-VS-14)
  redirected,        // 302, to `redirect_to`: an announcement, or a person
  bad_request,       // 400
  forbidden,         // 403
  use_identity,      // 428
  unavailable,       // 480: alternatives may be tried (STIR-BL-06)
  busy,              // 486: likewise
  server_error,      // 500
  overloaded,        // 503
  declined,          // 603
  network_blocked,   // 603 "Network Blocked", with a structured reason (ATIS-1000099; STIR-BL-05)
  unwanted,          // 607 (RFC 8197)
  rejected,          // 608, with a card that says who did it (RFC 8688; STIR-BL-02)
  stale_date,        // 403 "Stale Date"; this one and the next three belong to `stir`
  bad_info,          // 436
  unsupported,       // 437
  invalid_identity,  // 438
  version,           // 505, to what would be answered 400, of another version of SIP
  terminated,        // 487, to a request that its own side has cancelled
  puzzle,            // 419, with a puzzle to be solved (SPIT-HC-01)
  inappropriate,     // 403 "Inappropriate Identity": its peer may not speak for who calls (SPIT-CL-12)
  payment,           // 402, with an offer of what may be paid, and where (SPIT-PY-01)
  consent,           // 470, with whose permission is missing (SPIT-CO-01; RFC 5360 5.9)
  accepted,          // 202, to what is not delivered, so that its sender learns nothing (SPIT-PL-04)
  ringing,           // 180, to whom 480 will be said later, so that he learns nothing either
  done,              // 200, to a CANCEL
};
inline constexpr std::size_t kAnswers = static_cast<std::size_t>(Answer::done) + 1;

struct AnswerFacts {
  std::string_view word;  // empty: nothing to choose
  std::uint16_t status = 0;
  std::string_view phrase;
};
[[nodiscard]] const AnswerFacts& facts(Answer answer);

// The answer with which a user's rule may refuse a call: 403, 480, 486, 603, 607 or 608; forward for any other code
// (SPIT-PL-03, SPIT-PL-04).
[[nodiscard]] Answer answer_of_refusal(std::uint16_t code);
// One of these.
[[nodiscard]] bool is_refusal(Answer answer);

// The answer that a STIR reason calls for: 403, 428, 436, 437 or 438; forward for any other code.
[[nodiscard]] Answer answer_of_code(std::uint16_t code);

inline constexpr std::size_t kMaxBlockText = 256;       // octets
inline constexpr std::uint16_t kMaxRetryAfter = 3'600;  // seconds
inline constexpr std::uint8_t kMaxRingSeconds = 60;

// In which case a trunk gives which answer.
struct AnswerPolicy {
  Answer no_identity = Answer::forward;   // from the peer: no usable Identity
  Answer invalid = Answer::forward;       // from the peer: judged invalid
  Answer replayed = Answer::forward;      // from the peer: valid, but its token came with another call (STIR-VS-12)
  Answer malformed = Answer::forward;     // cannot be read, or may be read in two ways
  Answer overload = Answer::forward;      // no crypto core has room for it
  Answer over_limit = Answer::forward;    // its source begins more than the trunk allows (INL-AV-02)
  Answer wrong_sender = Answer::forward;  // from the peer: it may not speak for who calls (SPIT-CL-12)
  Answer by_rule = Answer::declined;      // from the peer: a rule refuses it, and says no code itself (SPIT-PL-04)
  Answer privacy = Answer::forward;       // to another trust domain: asks for privacy we cannot give, as critical
  Answer unannounced = Answer::declined;  // stands for 608 where nobody on the way will tell the caller (STIR-BL-03)
  std::uint16_t retry_after = 0;          // seconds, in 503; 0: it is not said
  std::uint8_t ring_seconds = 4;  // whom rules refuse politely hears it ring, up to twice as long; 0: he does not
  std::string redirect_to;        // a URI: Contact of 302
  std::string rejection_card;     // an https URL: where the card of 608 is; empty: no card
  std::string block_text;         // text of the Reason in 603 "Network Blocked"; empty: no Reason

  // Is there any case in which the trunk answers?
  [[nodiscard]] bool any() const;

  friend bool operator==(const AnswerPolicy&, const AnswerPolicy&) = default;
};

// Printable ASCII without quotes and backslashes, at most kMaxBlockText octets: fit for a quoted string.
[[nodiscard]] bool is_block_text(std::string_view text);

// A SIP, SIPS or tel URI that may stand between '<' and '>'.
[[nodiscard]] bool is_redirection(std::string_view text);

}  // namespace stirline::config::tables
