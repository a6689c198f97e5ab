// Every counter of the data plane: one table with name, unit and help; one block a poll core, written by that core
// alone.
//
// The ledger (design.md 3): received + created = transmitted + held + dropped + replaced, where `created` are packets
// written by editing and `replaced` the originals they stand for. Counters of families follow the single ones.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/tables/answer_policy.hpp"
#include "crypto_workers/job/job.hpp"
#include "crypto_workers/stir/authentication_service.hpp"
#include "crypto_workers/stir/reason.hpp"
#include "sip_parser/parse_error.hpp"

namespace stirline::dataplane {

// name, unit, help
#define STIRLINE_COUNTERS(X)                                                                                         \
  X(received, "packets", "packets taken from ports")                                                                 \
  X(transmitted, "packets", "packets given to ports")                                                                \
  X(created, "packets", "edited packets, and copies of what a crypto core still reads")                              \
  X(replaced, "packets", "received packets that edited ones stand for")                                              \
  X(bypassed, "packets", "packets that are not ours, forwarded at once")                                             \
  X(dropped_transmit_full, "packets", "packets the transmit queue did not take")                                     \
  X(dropped_truncated, "packets", "truncated frames dropped as configured")                                          \
  X(dropped_bad_header, "packets", "frames with lying headers dropped as configured")                                \
  X(dropped_checksum, "packets", "packets with a wrong checksum dropped as configured")                              \
  X(dropped_fragments, "packets", "fragments of broken datagrams dropped as configured")                             \
  X(dropped_malformed, "packets", "packets of SIP messages that do not parse dropped as configured")                 \
  X(dropped_unedited, "packets", "packets of messages that could not be edited and may not cross as they are")       \
  X(dropped_copies, "packets", "copies of a request that waits here: the first goes on (INL-UDP-04)")                \
  X(dropped_followers, "packets", "CANCEL and ACK of a request that waits here, more than may wait behind it")       \
  X(dropped_answered, "packets", "packets of requests that were answered here (INL-TX-04)")                          \
  X(dropped_unanswered, "packets", "likewise, but no answer could be sent: no buffers, or no way back")              \
  X(dropped_acks, "packets", "ACK of our own answers: nobody behind us waits for them (INL-TX-07)")                  \
  X(frame_cut_header, "frames", "frames that end inside a header")                                                   \
  X(frame_ip_length, "frames", "frames shorter than their IP packet says")                                           \
  X(frame_ip_header, "frames", "frames whose IP header contradicts itself")                                          \
  X(frame_extension_headers, "frames", "IPv6 frames whose extension headers are not followed")                       \
  X(frame_fragment_length, "frames", "fragments of no data or not of multiples of 8 octets")                         \
  X(frame_udp_length, "datagrams", "datagrams whose UDP length is not that of the IP packet")                        \
  X(bad_checksum, "datagrams", "datagrams to a trunk with a wrong IPv4 header or UDP checksum (INL-UDP-02)")         \
  X(scattered, "packets", "packets in several segments, forwarded at once")                                          \
  X(fragments, "packets", "IP fragments of trunk traffic taken into reassembly")                                     \
  X(reassembled, "datagrams", "datagrams completed from fragments")                                                  \
  X(fragment_overlap, "datagrams", "datagrams with overlapping or contradicting fragments")                          \
  X(fragment_too_many, "datagrams", "datagrams of too many fragments or octets")                                     \
  X(fragment_source_full, "packets", "fragments from a source with too many datagrams open")                         \
  X(fragment_table_full, "packets", "fragments without a place in the reassembly table")                             \
  X(fragment_expired, "datagrams", "datagrams whose fragments did not all come in time")                             \
  X(fragment_first_missing, "datagrams", "of them those whose first fragment did not come")                          \
  X(no_large_buffer, "datagrams", "reassembled datagrams forwarded untouched for want of a buffer")                  \
  X(messages, "messages", "SIP messages of trunks that parsed")                                                      \
  X(responses, "messages", "of them responses: forwarded")                                                           \
  X(passed, "messages", "requests forwarded byte-identical by their nature (method, scheme, dialog)")                \
  X(flagged, "messages", "requests forwarded byte-identical because they are ambiguous")                             \
  X(emergency, "messages", "emergency calls: forwarded at once")                                                     \
  X(identity_limit, "messages", "requests with more Identity header fields than the limit")                          \
  X(to_sign, "calls", "calls to be signed, given to a crypto core")                                                  \
  X(signed_a, "calls", "calls signed with attestation A")                                                            \
  X(signed_b, "calls", "calls signed with attestation B")                                                            \
  X(signed_c, "calls", "calls signed with attestation C")                                                            \
  X(not_attested, "calls", "calls of originators that policy does not attest: forwarded unsigned")                   \
  X(clock_untrusted, "calls", "calls forwarded unsigned: control knows the clock to be wrong (INL-AV-03)")           \
  X(identity_bypassed, "calls", "calls that carry P-Identity-Bypass instead of an Identity (STIR-AS-16)")            \
  X(message_too_large, "messages", "MESSAGE requests left unsigned: beyond largest_message (STIR-MS-09)")            \
  X(date_inserted, "calls", "signed calls that had no Date (STIR-AS-02)")                                            \
  X(too_large_unsigned, "calls", "calls left unsigned because they would outgrow the MTU (INL-MTU-01 d)")            \
  X(to_verify, "calls", "calls to be verified, given to a crypto core")                                              \
  X(verified_valid, "calls", "calls judged valid")                                                                   \
  X(verified_invalid, "calls", "calls judged invalid")                                                               \
  X(verified_none, "calls", "calls without a usable Identity")                                                       \
  X(verified_a, "calls", "valid calls with attestation A")                                                           \
  X(verified_b, "calls", "valid calls with attestation B")                                                           \
  X(verified_c, "calls", "valid calls with attestation C")                                                           \
  X(stripped, "messages", "requests from peers that carried what is not theirs to say (STIR-VS-15, STIR-PR-02)")     \
  X(withheld, "messages", "requests to peers that lost what is ours alone (STIR-PR-01, STIR-SH-04)")                 \
  X(reasons_pending, "calls", "calls that went on although a token failed: their answers will say so (STIR-ER-01)")  \
  X(reasons_told, "responses", "answers that got Reason: STIR")                                                      \
  X(reasons_forgotten, "calls", "calls whose answers will not say so: too many at once, or too long a branch")       \
  X(complaints_403, "responses", "Reason: STIR with cause 403, stale date, from those who received our tokens")      \
  X(complaints_428, "responses", "likewise with cause 428, use Identity header")                                     \
  X(complaints_436, "responses", "likewise with cause 436, bad Identity info")                                       \
  X(complaints_437, "responses", "likewise with cause 437, unsupported credential")                                  \
  X(complaints_438, "responses", "likewise with cause 438, invalid Identity header")                                 \
  X(complaints_other, "responses", "likewise with another cause, or none")                                           \
  X(replay_suspects, "calls", "valid calls whose token came before with another call (STIR-VS-12)")                  \
  X(tokens_forgotten, "calls", "valid calls whose token took the place of one that could still be replayed")         \
  X(unmarked, "messages", "requests forwarded untouched because their edits did not fit")                            \
  X(signed_again, "messages", "copies of signed requests, sent with the octets of the first (INL-TX-02)")            \
  X(signed_forgotten, "messages", "signed requests that a copy of could be signed otherwise: no room to remember")   \
  X(rules_allowed, "calls", "calls that rules let on: of the called user, the operator, the law (SPIT-FW-01)")       \
  X(rules_marked, "calls", "calls that rules let on with a mark")                                                    \
  X(rules_forwarded, "calls", "calls that rules send somewhere else")                                                \
  X(rules_challenged, "calls", "calls that rules let on only behind a challenge")                                    \
  X(rules_blocked, "calls", "calls that rules refuse")                                                               \
  X(rules_blocked_politely, "calls", "calls that rules refuse so that the caller does not learn it")                 \
  X(rung, "calls", "of them those that ring before they are told so (SPIT-PL-04)")                                   \
  X(ringing_full, "calls", "of them those that are told so at once: too many ring, or too long an answer")           \
  X(rules_used_up, "calls", "calls beyond what a rule that they match is good for in a second (SPIT-PL-03)")         \
  X(buckets_forgotten, "rules", "rules whose calls of the last second were forgotten: too many with a limit")        \
  X(fields_cut, "messages", "requests that lost header fields to a rule (SPIT-PL-03)")                               \
  X(parts_cut, "messages", "requests that lost parts of their body to a rule")                                       \
  X(bodies_uncut, "messages", "requests with a body that a rule looks into and that cannot be read: it stays")       \
  X(cuts_left, "messages", "requests that keep what a rule takes out: more pieces than an edit has room for")        \
  X(listed, "calls", "judged calls of which lists know something, where rules ask for lists (SPIT-CL-02)")           \
  X(content_judged, "messages", "requests whose text has got a score (SPIT-CL-01)")                                  \
  X(content_unknown, "messages", "requests with a text, or what may be one, of which nothing is known")              \
  X(content_cut, "messages", "requests with more text than is looked at")                                            \
  X(content_skipped, "messages", "requests whose text found no crypto core: judged by all else")                     \
  X(contacts_learned, "contacts", "whom users have called and who has answered, told to control (SPIT-FW-10)")       \
  X(contact_dropped, "contacts", "likewise not told: control is slow or away, and the queue is full")                \
  X(outgoing_forgotten, "calls", "calls of users forgotten before they were answered: too many at once")             \
  X(puzzles_solved, "calls", "calls that bring the solution of a puzzle (SPIT-HC-02)")                               \
  X(puzzles_failed, "calls", "calls that bring one that is wrong, too old, or was used")                             \
  X(payments_taken, "calls", "calls that bring a receipt for what they were asked to pay (SPIT-PY-01)")              \
  X(payments_refused, "calls", "calls that bring one that is wrong, too old, or was used")                           \
  X(unwanted_counted, "calls", "calls that called users have told control they did not want, counted (SPIT-MK-03)")  \
  X(unwanted_unknown, "calls", "likewise, of callers who are not known here, or no longer")                          \
  X(sender_matched, "calls", "calls of somebody whom their peer may speak for (SPIT-CL-12)")                         \
  X(sender_mismatched, "calls", "calls of somebody whom their peer may not speak for")                               \
  X(answered_again, "messages",                                                                                      \
    "copies of requests that were answered, and CANCEL of such: answered again (INL-TX-06)")                         \
  X(left_undecided, "messages", "copies of requests that could not be decided in time: they go on as the first did") \
  X(cancelled, "calls", "calls cancelled while they waited for a certificate: answered 487 (INL-TX-08)")             \
  X(decisions_forgotten, "messages", "requests that took the place of others that copies could still come of")       \
  X(followers, "messages", "CANCEL and ACK that went on behind their request, which waited here (INL-UDP-04)")       \
  X(over_limit, "messages", "requests beyond what their source may begin (INL-AV-02)")                               \
  X(sources_forgotten, "sources", "sources that made way for others while they still owed tokens")                   \
  X(parked_full, "calls", "calls forwarded unsigned or as not validated: too many parked")                           \
  X(ring_full, "calls", "calls forwarded unsigned or as not validated: crypto cores full")                           \
  X(crypto_stuck, "calls", "calls forwarded unsigned or as not validated: all crypto cores stuck")                   \
  X(waited, "calls", "calls set aside until a certificate is there")                                                 \
  X(wait_expired, "calls", "of them those that went on as not validated: it did not come in time")                   \
  X(waiting_full, "calls", "calls that found no place among those that wait for certificates")                       \
  X(certificates_wanted, "requests", "certificates asked for at control")                                            \
  X(certificates_not_asked, "requests", "certificates asked for a moment ago, or too many at once")                  \
  X(job_deadline, "calls", "calls forwarded unsigned or as not validated: no answer in time")                        \
  X(no_tables, "messages", "trunk traffic before control has sent its tables")                                       \
  X(write_too_long, "messages", "edited messages beyond 65,535 octets: not edited")                                  \
  X(write_no_buffers, "messages", "edited messages for which no packet was left: not edited")                        \
  X(recorded, "records", "decisions recorded, to be kept by control (STIR-RG-03)")                                   \
  X(record_dropped, "records", "decisions without a record: control is slow or away, and the queue is full")         \
  X(watched, "events", "events of messages that an operator watches, told to control")                               \
  X(watch_dropped, "events", "likewise not told: control is slow, and the queue is full")                            \
  X(cycles_classify, "cycles", "reading and matching frames of trunk traffic")                                       \
  X(cycles_parse, "cycles", "parsing SIP messages")                                                                  \
  X(cycles_decide, "cycles", "deciding and filling jobs")                                                            \
  X(cycles_wait, "cycles", "from parking to resuming: ring, crypto, ring")                                           \
  X(cycles_write, "cycles", "editing and writing packets")

enum class Counter : std::uint16_t {
#define STIRLINE_COUNTER_ENUM(name, unit, help) name,
  STIRLINE_COUNTERS(STIRLINE_COUNTER_ENUM)
#undef STIRLINE_COUNTER_ENUM
      count_,
};

// What the ledger calls dropped: every way a packet can end here.
inline constexpr std::array kDropCounters = {
    Counter::dropped_transmit_full, Counter::dropped_truncated, Counter::dropped_bad_header, Counter::dropped_checksum,
    Counter::dropped_fragments,     Counter::dropped_malformed, Counter::dropped_copies,     Counter::dropped_followers,
    Counter::dropped_unedited,      Counter::dropped_answered,  Counter::dropped_unanswered, Counter::dropped_acks};

inline constexpr std::size_t kSingleCounters = static_cast<std::size_t>(Counter::count_);
inline constexpr std::size_t kSignOutcomes = static_cast<std::size_t>(crypto::SignOutcome::not_diverted) + 1;
inline constexpr std::size_t kParseErrorBase = kSingleCounters;
inline constexpr std::size_t kNotSignedBase = kParseErrorBase + sip::kErrorCodes;
inline constexpr std::size_t kSignOutcomeBase = kNotSignedBase + crypto::kNotSigned;
inline constexpr std::size_t kReasonBase = kSignOutcomeBase + kSignOutcomes;
inline constexpr std::size_t kTokenTypeBase = kReasonBase + crypto::kReasons;
inline constexpr std::size_t kAnswerBase = kTokenTypeBase + crypto::kTokenTypes;
inline constexpr std::size_t kCounters = kAnswerBase + config::tables::kAnswers;

// Counters that differ in one word, which the metrics page shows as a label.
struct CounterFamily {
  std::string_view name;
  std::string_view label;  // what that word is
  std::string_view unit;
  std::string_view help;
};
inline constexpr CounterFamily kParseFamily{"parse", "code", "messages",
                                            "trunk datagrams, by how their SIP parse ended"};
inline constexpr CounterFamily kNotSignedFamily{"not_signed", "reason", "messages",
                                                "requests towards a peer passed on unsigned, by reason"};
inline constexpr CounterFamily kSignFamily{"sign", "outcome", "calls", "signing jobs, by how they ended"};
inline constexpr CounterFamily kVerifyFamily{"verify", "reason", "calls", "verified calls, by what decided them"};
inline constexpr CounterFamily kMadeFamily{"made", "type", "tokens", "tokens made, by type"};
inline constexpr CounterFamily kAnswerFamily{"answered", "answer", "responses", "answers of our own, by what they say"};

struct CounterFacts {
  std::string name;
  std::string_view unit;
  std::string help;
  const CounterFamily* family = nullptr;  // of single counters: none
  std::string member = {};                // the word in which it differs from others of the family
};
[[nodiscard]] const std::array<CounterFacts, kCounters>& counter_facts();

// Written by one thread, read by any: plain adds, no bus lock.
class alignas(64) Counters {
 public:
  void add(Counter counter, std::uint64_t n = 1) { add_at(static_cast<std::size_t>(counter), n); }
  void add(sip::ErrorCode code) { add_at(kParseErrorBase + static_cast<std::size_t>(code), 1); }
  void add(crypto::NotSigned reason) { add_at(kNotSignedBase + static_cast<std::size_t>(reason), 1); }
  void add(crypto::SignOutcome outcome) { add_at(kSignOutcomeBase + static_cast<std::size_t>(outcome), 1); }
  void add(crypto::Reason reason) { add_at(kReasonBase + static_cast<std::size_t>(reason), 1); }
  void add(crypto::TokenType made) { add_at(kTokenTypeBase + static_cast<std::size_t>(made), 1); }

  void add(config::tables::Answer given) { add_at(kAnswerBase + static_cast<std::size_t>(given), 1); }

  [[nodiscard]] std::uint64_t value(std::size_t index) const { return values_[index].load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value(Counter counter) const { return value(static_cast<std::size_t>(counter)); }

 private:
  void add_at(std::size_t index, std::uint64_t n) {
    values_[index].store(values_[index].load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint64_t>, kCounters> values_{};
};

}  // namespace stirline::dataplane
