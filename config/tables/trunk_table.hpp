// Trunks: whose traffic is ours and what is done with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "config/ip_prefix.hpp"
#include "config/tables/answer_policy.hpp"
#include "config/tables/image.hpp"

namespace stirline::config::tables {

inline constexpr std::size_t kMaxPeers = 256;      // prefixes of a trunk
inline constexpr std::size_t kMaxTrunkPorts = 64;  // UDP ports of a trunk
inline constexpr std::uint32_t kMaxToleranceSeconds = 86'400;
inline constexpr std::uint32_t kMaxCertificateWaitMs = 2'000;  // STIR-CF-05
inline constexpr std::uint32_t kMaxDivertedSeconds = 10'800;   // STIR-DV-03
inline constexpr std::size_t kMaxPriorityNamespaces = 8;
inline constexpr std::uint32_t kMostMessageOctets = 65'535;
inline constexpr std::size_t kMaxUnsignedDestinations = 64;
inline constexpr std::size_t kMaxSenders = 64;  // domains of a trunk, and likewise codes
inline constexpr std::uint32_t kMaxNewPerSecond = 1'000'000;

// A host in small letters, or "*." and a host: all below it.
[[nodiscard]] bool is_sender_domain(std::string_view text);
// A service provider code without a comma.
[[nodiscard]] bool is_sender_code(std::string_view text);

enum class Side : std::uint8_t { a, b };

enum class Role : std::uint8_t {
  pass,    // counted, never touched
  sign,    // calls that leave to the peer are signed
  verify,  // calls that come from the peer are verified
  both,
};

enum class InsertAt : std::uint8_t { after_via, before_content_length, before_blank_line };  // INL-ED-01
enum class OriginatorSource : std::uint8_t { asserted_then_from, from };                     // STIR-ID-01
enum class TokenProfile : std::uint8_t { lenient, strict };
enum class TooLarge : std::uint8_t { fragment, pass };  // INL-MTU-01: (a) fragment IP, (d) leave unsigned

// What becomes of a call that rules send somewhere else (SPIT-MK-04): its Request-URI is rewritten, or the caller is
// told with 302.
enum class Redirect : std::uint8_t { rewrite, moved };

// Who is given a puzzle where rules want one solved (SPIT-HC-04): whose request says that he solves them (Supported:
// hashcash), everybody, or nobody, as behind a gateway to telephones.
enum class Puzzles : std::uint8_t { announced, everybody, nobody };

// A trunk is a peer (a set of addresses) at one side of one port pair. A packet belongs to it if the peer's address is
// its source (coming from the peer: the frame entered at `side`) or its destination (going to the peer: it entered at
// the other side), and the UDP port of the destination is one of `ports`.
struct Trunk {
  std::string name;
  std::string pair;
  Side side = Side::b;
  Role role = Role::both;
  std::vector<IpPrefix> peers;
  std::vector<std::uint16_t> ports;
  bool trusted = false;                    // the peer's verstat is believed and kept (STIR-VS-15)
  bool trust_domain = true;                // of ours: what one side asserts the other believes (RFC 3325; STIR-PR-02)
  std::uint32_t largest_message = 1'300;   // octets of a signed MESSAGE (RFC 3428 8; STIR-MS-09)
  std::uint32_t new_per_second = 0;        // calls, messages, subscriptions of one source (INL-AV-02); 0: no limit
  std::uint32_t new_burst = 0;             // so many of them at once; 0: those of one second
  std::string identity_bypass;             // sent instead of an Identity during an outage (STIR-AS-16); empty: none
  std::int64_t identity_bypass_until = 0;  // seconds since 1970
  bool tell_reasons = true;                // answers say what was wrong with tokens from the peer (STIR-ER-01)
  bool attestation_info = false;           // our own side speaks and is told in Attestation-Info (STIR-SH-04)
  char attest_at_most = 'A';               // no token says more
  std::vector<std::string> unsigned_destinations;  // prefixes of numbers, digits in international form
  std::vector<std::string> sender_domains;         // the peer speaks for these (SPIT-CL-12); none: for anybody
  std::vector<std::string> sender_codes;           // and signs under these service provider codes; none: any
  char unknown_attest = '-';                       // for originators in no number range: 'A'..'C', or '-': do not sign
  std::string unknown_credential;                  // used with unknown_attest
  std::string fixed_origid;                        // UUID; empty: a keyed value per call (STIR-AS-11)
  bool sign_calls = true;                          // with shaken
  bool sign_messages = true;                       // MESSAGE, with msg (STIR-AS-14)
  bool sign_rich_call_data = false;                // rcd beside a shaken token of attestation A (STIR-RC-01)
  bool sign_diversions = false;                    // with div (STIR-DV-01)
  std::vector<std::string> priorities;  // namespaces of Resource-Priority that are signed with rph (STIR-RP-01)
  std::string priority_credential;      // by which credential; empty: none
  InsertAt insert_at = InsertAt::after_via;
  OriginatorSource originator = OriginatorSource::asserted_then_from;
  TokenProfile profile = TokenProfile::lenient;
  TooLarge too_large = TooLarge::fragment;
  Redirect redirect = Redirect::rewrite;
  Puzzles puzzles = Puzzles::announced;
  std::string no_puzzle_to;          // a URI, such as a voice test: where the others go; empty: let on, marked
  std::uint32_t fresh_seconds = 60;  // STIR-VS-04
  std::uint32_t future_seconds = 60;
  std::uint32_t diverted_seconds = 60;      // STIR-DV-03: tokens about earlier parties of a diverted call
  std::uint32_t certificate_wait_ms = 150;  // how long a call may wait for its certificate (STIR-CF-05)
  std::uint32_t date_seconds = 60;          // STIR-AS-03
  std::string country_code;                 // dial plan (STIR-ID-04)
  std::string national_prefix;
  std::string international_prefix;
  std::string routing_prefix;
  std::uint8_t national_digits = 0;  // 0: they vary
  bool accept_bare_digits = true;
  bool accept_leading_plus = true;
  AnswerPolicy answers;
  std::uint16_t regime = 0;  // whose signers are believed: an index of ControlConfig::regime()
  std::uint32_t line = 0;    // in the configuration file; does not travel
};

[[nodiscard]] Image encode_trunks(const std::vector<Trunk>& trunks);
[[nodiscard]] std::expected<std::vector<Trunk>, TableError> decode_trunks(ImageView image);

}  // namespace stirline::config::tables
