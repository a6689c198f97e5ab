// Opens a received PASSporT: every check that needs neither certificate nor curve (RFC 8224 6.2; STIR-VS-02, -03, -04,
// -07, -08).
//
// The received octets are what is verified, never a rebuilt token. Algorithm and limits come from our policy, never
// from the token. Thread: an Opener belongs to one thread (it owns the JSON parser and its buffers, allocated once).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "crypto_workers/certificate/claim_constraints.hpp"
#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/passport/claim_syntax.hpp"
#include "crypto_workers/passport/media_key_claim.hpp"
#include "crypto_workers/passport/rich_call_data.hpp"
#include "crypto_workers/passport/token_type.hpp"
#include "crypto_workers/stir/reason.hpp"
#include "sip_parser/headers/resource_priority.hpp"
#include "sip_parser/identity_header.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::crypto {

struct Claims;  // claims.hpp

inline constexpr std::size_t kMaxDigestBytes = 8'192;  // STIR-HDR-11
inline constexpr std::size_t kMaxHeaderJsonBytes = 2'048;
inline constexpr std::size_t kMaxPayloadJsonBytes = 6'144;
inline constexpr std::size_t kUuidBytes = 36;
inline constexpr std::size_t kMaxPptBytes = 15;

enum class Profile : std::uint8_t {
  lenient,  // full-form tokens with unsorted or spaced JSON pass; types of claims are never lenient
  strict,   // the token must be the deterministic serialisation of itself
};

// What the token must say, taken from the SIP message and the trunk's policy.
struct Expectation {
  const sip::TelephoneNumber* orig = nullptr;  // nullptr: the message holds no number
  const sip::TelephoneNumber* dest = nullptr;
  std::string_view orig_uri;  // normalised (RFC 8224 8.5), for identities that are no numbers; empty: none
  std::string_view dest_uri;
  const sip::TelephoneNumber* target = nullptr;  // the Request-URI; only asked for if diverted (STIR-DV-03)
  std::string_view target_uri;
  std::span<const std::uint8_t> body;                      // what msgi is made of (STIR-MS-03)
  std::span<const sip::ResourcePriority> priorities = {};  // of the message (STIR-RP-01)
  const MediaKeyClaim* media_keys = nullptr;  // of the body's session descriptions; nullptr: none (STIR-PT-06)
  std::optional<std::int64_t> date;           // the Date header: only the compact form needs it (STIR-VS-03)
  std::int64_t now = 0;                       // seconds since 1970
  std::int64_t fresh_seconds = 60;            // |now - iat| at most, into the past  (STIR-VS-04)
  std::int64_t future_seconds = 60;           // and into the future
  std::int64_t diverted_seconds = 60;         // into the past, for tokens about a party that has diverted the call
  Place place = Place::invite;
  Profile profile = Profile::lenient;
  bool diverted = false;            // the message carries diversions: dest may be an earlier party's
  bool psap_callback = false;       // Priority: psap-callback (STIR-RP-04)
  bool media_keys_readable = true;  // false: there may be any
  bool date_malformed = false;
};

struct OpenedToken {
  Reason reason = Reason::verified;  // verified: nothing wrong so far
  TokenType type = TokenType::baseline;
  std::array<char, kMaxPptBytes + 1> ppt{};  // zero-terminated: "" for baseline, "shaken"
  char attest = 0;                           // 'A', 'B', 'C'; 0 if absent
  std::array<char, kUuidBytes> origid{};     // all zero if absent
  std::int64_t iat = 0;
  bool fresh = false;            // within Expectation::fresh_seconds, whatever an earlier party's token is allowed
  bool dest_is_called = false;   // the claim dest holds the party in To
  bool div_is_called = false;    // the claim div is that party
  bool dest_is_target = false;   // dest holds the Request-URI; false if nobody asked
  std::uint16_t priorities = 0;  // of Expectation::priorities: a bit for each that the claim rph names
  bool third_party = false;      // iss: somebody else speaks about the caller (RFC 9795 10; STIR-RC-03)
  RichCallData rich_call_data = RichCallData::none;
  // Into the Opener's buffers or the message: valid until the Opener's slot is used again.
  std::string_view x5u;            // from the parameter info; of an original inside a div-o: its own header
  std::string_view signing_input;  // the first two segments as received, fold blanks dropped; compact form: rebuilt
  std::array<std::uint8_t, kSignatureBytes> signature{};
};

class Opener {
 public:
  // `slots` tokens can be open at the same time (a batch); memory is about slots x 8 kB.
  explicit Opener(std::size_t slots);
  ~Opener();
  Opener(const Opener&) = delete;
  Opener& operator=(const Opener&) = delete;

  // Opens `identity` of `message` into slot `slot`. Everything known about the token is filled in even when the reason
  // is bad.
  void open(std::string_view message, const sip::IdentityHeader& identity, const Expectation& expectation,
            std::size_t slot, OpenedToken& out);

  // Opens the original that the claim opt of the token opened last holds (RFC 8946 5; STIR-DV-05).
  void open_original(std::string_view message, const Expectation& expectation, std::size_t slot, OpenedToken& out);

  // What the token opened last claims, as far as it could be read: views into the Opener's buffers, until it opens
  // another. Of the compact form, which says nothing itself, only orig.
  [[nodiscard]] const Claims& claims() const;

  // Does the token behind `signing_input` keep to what its certificate constrains (RFC 8226 8, RFC 9118; STIR-CE-05)?
  // Reads the payload anew: few certificates carry constraints.
  [[nodiscard]] bool satisfies(const ClaimConstraints& constraints, std::string_view signing_input);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stirline::crypto
