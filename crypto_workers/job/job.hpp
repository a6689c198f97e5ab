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
#include "crypto_workers/passport/open.hpp"
#include "crypto_workers/stir/reason.hpp"
#include "crypto_workers/stir/uri_identity.hpp"
#include "sip_parser/body/media_keys.hpp"
#include "sip_parser/identity_header.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::crypto {

inline constexpr std::size_t kMaxIdentityLineBytes = 3'072;
inline constexpr std::size_t kMaxX5uBytes = 512;

enum class JobKind : std::uint8_t { sign, verify };

enum class SignOutcome : std::uint8_t {
  signed_,
  no_credential,                // the index names none in this generation
  outside_credential_validity,  // iat or now outside the certificate's validity (STIR-AS-04)
  build_failed,                 // BuildError
  engine_failed,
};

struct SignJob {
  // in
  std::uint32_t credential = 0;
  char attest = 'C';
  std::int64_t iat = 0;
  std::int64_t now = 0;
  sip::TelephoneNumber orig;
  sip::TelephoneNumber dest;
  std::array<char, kUuidBytes> origid{};
  std::string_view message;   // unchanged until the job returns; only media_keys need it
  sip::MediaKeys media_keys;  // what becomes mky (STIR-AS-07)
  // out
  SignOutcome outcome = SignOutcome::no_credential;
  std::uint16_t line_length = 0;
  std::array<char, kMaxIdentityLineBytes> line{};  // complete header line with CRLF

  [[nodiscard]] std::string_view identity_line() const { return {line.data(), line_length}; }
};

struct IdentityVerdict {
  Verdict verdict = Verdict::none;
  Reason reason = Reason::no_identity;
  std::array<char, kMaxPptBytes + 1> ppt{};
  char attest = 0;
  std::array<char, kUuidBytes> origid{};
  sip::Span x5u;  // in the message: the info parameter
};

struct VerifyPolicy {
  std::int64_t fresh_seconds = 60;
  std::int64_t future_seconds = 60;
  Profile profile = Profile::lenient;
  std::uint16_t regime = kDefaultRegime;  // whose signers are believed: of no other
};

struct VerifyJob {
  // in
  std::string_view message;  // unchanged until the job returns
  std::int64_t now = 0;
  VerifyPolicy policy;
  bool has_orig = false;
  bool has_dest = false;
  bool date_malformed = false;
  std::optional<std::int64_t> date;
  sip::TelephoneNumber orig;
  sip::TelephoneNumber dest;
  UriIdentity orig_uri;  // where there is no number: the normalised URI (STIR-ID-05), or empty
  UriIdentity dest_uri;
  sip::MediaKeys media_keys;  // STIR-PT-06
  bool media_keys_readable = true;
  std::uint8_t identity_count = 0;
  std::array<sip::IdentityHeader, sip::kMaxIdentities> identities;
  // out
  Verdict verdict = Verdict::none;
  Reason reason = Reason::no_identity;  // of the request: verified, or that of the first identity that decides
  std::uint8_t decisive = 0;            // index of that identity
  std::array<IdentityVerdict, sip::kMaxIdentities> verdicts;
};

struct Job {
  JobKind kind = JobKind::sign;
  const Keyring* keyring = nullptr;  // of the job's generation and of the crypto core it is sent to
  SignJob sign;
  VerifyJob verify;
};

}  // namespace stirline::crypto
