// What a poll core asks of a crypto core: sign one call, or judge one request's Identity headers.
//
// Ownership: jobs live in an array of the poll core. From push to the return of its index the crypto core owns the job
// and may read the message it points to; before and after the poll core does. Plain data, no heap.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto_workers/job/keyring.hpp"
#include "crypto_workers/passport/diversion_chain.hpp"
#include "crypto_workers/passport/open.hpp"
#include "crypto_workers/stir/reason.hpp"
#include "crypto_workers/stir/uri_identity.hpp"
#include "sip_parser/body/media_keys.hpp"
#include "sip_parser/fixed_list.hpp"
#include "sip_parser/headers/resource_priority.hpp"
#include "sip_parser/identity_header.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kMaxIdentityLinesBytes = 6'144;
inline constexpr std::size_t kMaxTokenOrders = 4;
inline constexpr std::size_t kMaxX5uBytes = 512;

enum class JobKind : std::uint8_t { sign, verify };

enum class SignOutcome : std::uint8_t {
  signed_,
  no_credential,                // the index names none in this generation
  outside_credential_validity,  // iat or now outside the certificate's validity (STIR-AS-04)
  build_failed,                 // BuildError
  engine_failed,
  not_diverted,  // no token of the message names the party that is said to have diverted it
};
[[nodiscard]] std::string_view to_string(SignOutcome outcome);  // "signed", "no_credential"

// SHA-256 of a token as it stands in its header field, blanks of folding left out: by it a call is found again in the
// records of others (STIR-RG-03).
struct TokenHash {
  std::array<std::uint8_t, 32> octets{};
  bool known = false;
};

// One token to be made.
struct TokenOrder {
  TokenType type = TokenType::shaken;  // shaken, msg, div, rph
  std::uint32_t credential = 0;
  sip::TelephoneNumber diverter;                     // div: whom the call is taken from (RFC 8946 4.1)
  SignOutcome outcome = SignOutcome::no_credential;  // out
  TokenHash hash{};                                  // out: known only if asked for and signed_
};

using TokenOrders = sip::FixedList<TokenOrder, kMaxTokenOrders>;

struct SignJob {
  // in
  TokenOrders orders;
  bool wants_hashes = false;
  char attest = 'C';
  std::int64_t iat = 0;
  std::int64_t now = 0;
  sip::TelephoneNumber orig;
  sip::TelephoneNumber dest;
  std::array<char, kUuidBytes> origid{};
  std::string_view message;              // unchanged until the job returns; all below refers to it
  sip::MediaKeys media_keys;             // what becomes mky (STIR-AS-07)
  sip::Span body;                        // what msgi is made of (STIR-MS-03)
  sip::ResourcePriorityList priorities;  // what rph claims
  std::uint8_t identity_count = 0;       // of the message, only read for div
  std::array<sip::IdentityHeader, sip::kMaxIdentities> identities;
  // out
  SignOutcome outcome = SignOutcome::no_credential;  // signed_ if any token was made; else that of the first order
  std::uint16_t lines_length = 0;
  std::array<char, kMaxIdentityLinesBytes> lines{};  // complete header lines with CRLF, in the order of the orders

  [[nodiscard]] std::string_view identity_lines() const { return {lines.data(), lines_length}; }
};

inline constexpr std::uint8_t kNotInside = 0xff;

// Of one token: of an Identity header field, or of an original inside a div-o.
struct IdentityVerdict {
  Verdict verdict = Verdict::none;
  Reason reason = Reason::no_identity;
  std::array<char, kMaxPptBytes + 1> ppt{};
  char attest = 0;
  std::array<char, kUuidBytes> origid{};
  RichCallData rich_call_data = RichCallData::none;
  std::uint8_t inside = kNotInside;  // of an original: the index of the div-o that holds it (RFC 8946 5)
  sip::Span x5u;                     // in the message: the info parameter; empty for an original
  TokenHash hash{};                  // known only if asked for: of a header field that is valid, or decides
};

struct VerifyPolicy {
  std::int64_t fresh_seconds = 60;
  std::int64_t future_seconds = 60;
  std::int64_t diverted_seconds = 60;  // for tokens about earlier parties of a diverted call (STIR-DV-03)
  Profile profile = Profile::lenient;
  std::uint16_t regime = kDefaultRegime;  // whose signers are believed: of no other
};

static_assert(kMaxTokens >= sip::kMaxIdentities);

struct VerifyJob {
  // in
  std::string_view message;  // unchanged until the job returns
  std::int64_t now = 0;
  bool wants_hashes = false;
  VerifyPolicy policy;
  Place place = Place::invite;
  bool has_orig = false;
  bool has_dest = false;
  bool date_malformed = false;
  std::optional<std::int64_t> date;
  sip::TelephoneNumber orig;
  sip::TelephoneNumber dest;
  UriIdentity orig_uri;  // where there is no number: the normalised URI (STIR-ID-05), or empty
  UriIdentity dest_uri;
  bool diverted = false;  // a token says that the call was diverted; only then target and target_uri are set
  std::optional<sip::TelephoneNumber> target;  // the Request-URI (STIR-DV-03)
  UriIdentity target_uri;
  sip::Span body;                        // what msgi is made of (STIR-MS-03)
  sip::ResourcePriorityList priorities;  // only set if a token is about them (STIR-RP-01)
  bool psap_callback = false;            // Priority: psap-callback (STIR-RP-04)
  sip::MediaKeys media_keys;             // STIR-PT-06
  bool media_keys_readable = true;
  std::uint8_t identity_count = 0;
  std::array<sip::IdentityHeader, sip::kMaxIdentities> identities;
  // out
  Verdict verdict = Verdict::none;
  Reason reason = Reason::no_identity;  // of the request: verified, or that of the first identity that decides
  std::uint8_t decisive = 0;            // index of that identity
  const Certificate* signer = nullptr;  // valid: who signed that identity; of the keyring, lives as long as it does
  Verdict priority = Verdict::none;     // valid: tokens prove every Resource-Priority (STIR-RP-03); none: none tries to
  std::uint8_t token_count = 0;         // at least identity_count: originals inside div-o stand behind
  std::array<IdentityVerdict, kMaxTokens> verdicts;
};

struct Job {
  JobKind kind = JobKind::sign;
  const Keyring* keyring = nullptr;  // of the job's generation and of the crypto core it is sent to
  SignJob sign;
  VerifyJob verify;
};

}  // namespace stirline::crypto
