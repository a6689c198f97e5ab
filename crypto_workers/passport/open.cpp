#include "crypto_workers/passport/open.hpp"

#include <algorithm>

#include "crypto_workers/passport/base64url.hpp"
#include "crypto_workers/passport/builder.hpp"
#include "crypto_workers/passport/claim_syntax.hpp"
#include "crypto_workers/passport/claims.hpp"
#include "crypto_workers/passport/folding.hpp"
#include "crypto_workers/passport/integrity_digest.hpp"
#include "crypto_workers/passport/json_members.hpp"
#include "crypto_workers/passport/json_object.hpp"
#include "crypto_workers/passport/text_writer.hpp"
#include "crypto_workers/passport/token_checks.hpp"

namespace stirline::crypto {
namespace {

constexpr std::size_t kEncodedSignature = base64url_encoded_size(kSignatureBytes);

Reason reason_of(sip::IdentityError error) {
  switch (error) {
    case sip::IdentityError::none:
      return Reason::verified;
    case sip::IdentityError::no_info:
      return Reason::info_missing;
    case sip::IdentityError::bad_info:
      return Reason::info_malformed;
    case sip::IdentityError::bad_digest:
      return Reason::digest_malformed;
    case sip::IdentityError::bad_parameter:
      return Reason::parameter_malformed;
    case sip::IdentityError::too_long:
      return Reason::token_too_long;
  }
  return Reason::digest_malformed;
}

struct Segments {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
};

// Exactly three parts (RFC 7515 7.1); the compact form leaves the first two empty (RFC 8225 7).
std::optional<Segments> split(std::string_view digest, bool compact) {
  const std::size_t first = digest.find('.');
  const std::size_t second = first == std::string_view::npos ? first : digest.find('.', first + 1);
  if (second == std::string_view::npos || digest.find('.', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  const Segments segments{digest.substr(0, first), digest.substr(first + 1, second - first - 1),
                          digest.substr(second + 1)};
  if (segments.header.empty() != compact || segments.payload.empty() != compact || segments.signature.empty()) {
    return std::nullopt;
  }
  return segments;
}

Reason reason_of(JsonError error, Reason not_json) {
  switch (error) {
    case JsonError::not_json:
      return not_json;
    case JsonError::duplicate:
      return Reason::duplicate_member;
    case JsonError::too_large:
      return Reason::token_too_long;
  }
  return not_json;
}

ClaimedIdentity claimed(const sip::TelephoneNumber* number, std::string_view uri) {
  return number != nullptr ? ClaimedIdentity{false, number->view()} : ClaimedIdentity{true, uri};
}

// The signature: one that is no base64url is told at once, one of another length behind everything else.
class SignaturePart {
 public:
  SignaturePart(std::string_view segment, OpenedToken& out, FirstReason& reason)
      : whole_(segment.size() == kEncodedSignature) {
    if (whole_ && !base64url_decode(segment, out.signature)) {
      reason.add(Reason::digest_malformed);
    }
  }
  void judge(FirstReason& reason) const {
    if (!whole_) {
      reason.add(Reason::signature_malformed);
    }
  }

 private:
  bool whole_;
};

std::string_view signing_input_of(std::string_view token, const Segments& segments) {
  return token.substr(0, segments.header.size() + 1 + segments.payload.size());
}

// One JSON segment: decoded into the reader, parsed later.
class Part {
 public:
  Part(JsonReader& reader, Reason not_json) : reader_(reader), not_json_(not_json) {}

  void decode(std::string_view segment, FirstReason& reason) {
    if (segment.size() > base64url_encoded_size(reader_.buffer().size())) {
      reason.add(Reason::token_too_long);
      return;
    }
    const auto length = base64url_decode(segment, reader_.buffer());
    decoded_ = length.has_value();
    length_ = length.value_or(0);
    if (!decoded_) {
      reason.add(Reason::digest_malformed);
    }
  }

  std::optional<simdjson::dom::object> parse(FirstReason& reason) {
    if (!decoded_) {
      return std::nullopt;
    }
    const auto object = reader_.read(length_);
    if (!object) {
      reason.add(reason_of(object.error(), not_json_));
      return std::nullopt;
    }
    return *object;
  }

  [[nodiscard]] bool deterministic(const simdjson::dom::object& object, std::span<char> scratch) const {
    TextWriter writer(scratch);
    write_deterministic(object, writer);
    return !writer.overflow() && writer.view() == reader_.text(length_);
  }

 private:
  JsonReader& reader_;
  Reason not_json_;
  bool decoded_ = false;
  std::size_t length_ = 0;
};

}  // namespace

struct Opener::Impl {
  explicit Impl(std::size_t slots) : inputs(std::make_unique<char[]>(slots * kMaxDigestBytes)) {}

  [[nodiscard]] std::span<char> input(std::size_t slot) {
    return {inputs.get() + slot * kMaxDigestBytes, kMaxDigestBytes};
  }

  void open_compact(const sip::TelephoneNumber* orig, const Expectation& expectation, std::size_t slot,
                    OpenedToken& out, FirstReason& reason);
  void open_full(std::string_view message, const Segments& segments, const TokenParameters& parameters,
                 const TokenTypeFacts& type, const Expectation& expectation, OpenedToken& out, FirstReason& reason);

  JsonReader header{kMaxHeaderJsonBytes};
  JsonReader payload{kMaxPayloadJsonBytes};
  Claims claims;
  IntegrityDigest digests;
  std::array<char, kMaxPayloadJsonBytes> scratch{};
  std::unique_ptr<char[]> inputs;
};

Opener::Opener(std::size_t slots) : impl_(std::make_unique<Impl>(slots)) {}
Opener::~Opener() = default;

// Only a token without ppt can be rebuilt from the request (STIR-VS-03): caller, called party, Date.
void Opener::Impl::open_compact(const sip::TelephoneNumber* orig, const Expectation& expectation, std::size_t slot,
                                OpenedToken& out, FirstReason& reason) {
  const std::int64_t date = expectation.date.value_or(0);
  if (expectation.date_malformed) {
    reason.add(Reason::date_malformed);
  } else if (!expectation.date) {
    reason.add(Reason::compact_form);
  } else if (judge_freshness(date, expectation, expectation.fresh_seconds) != Reason::verified) {
    reason.add(Reason::date_stale);
  }
  if (!expectation.media_keys_readable) {
    reason.add(Reason::media_keys_mismatch);
  }
  if (!reason.none()) {
    return;
  }
  out.iat = date;
  out.fresh = true;
  out.dest_is_called = true;
  claims.orig = claimed(orig, expectation.orig_uri);
  claims.read.add(Claim::orig);
  TokenContent rebuilt;
  rebuilt.dest = claimed(expectation.dest, expectation.dest_uri);
  rebuilt.iat = date;
  rebuilt.media_keys = expectation.media_keys;
  rebuilt.orig = claims.orig;
  const auto length = build_signing_input(TokenType::baseline, rebuilt, out.x5u, input(slot));
  if (!length) {
    reason.add(Reason::compact_form);
    return;
  }
  out.signing_input = std::string_view(input(slot).data(), *length);
}

void Opener::Impl::open_full(std::string_view message, const Segments& segments, const TokenParameters& parameters,
                             const TokenTypeFacts& type, const Expectation& expectation, OpenedToken& out,
                             FirstReason& reason) {
  Part header_part(header, Reason::header_not_json);
  Part payload_part(payload, Reason::payload_not_json);
  header_part.decode(segments.header, reason);
  payload_part.decode(segments.payload, reason);

  const auto header_object = header_part.parse(reason);
  if (header_object) {
    check_token_header(*header_object, parameters, reason);
    if (expectation.profile == Profile::strict && !header_part.deterministic(*header_object, scratch)) {
      reason.add(Reason::not_deterministic);
    }
  }
  const auto payload_object = payload_part.parse(reason);
  if (!payload_object) {
    return;
  }
  if (expectation.profile == Profile::strict && !payload_part.deterministic(*payload_object, scratch)) {
    reason.add(Reason::not_deterministic);
  }
  read_claims(*payload_object, type, claims, reason);
  if (claims.present.has(Claim::rcd) || claims.present.has(Claim::rcdi)) {
    out.rich_call_data = judge_rich_call_data(*payload_object, digests, scratch);
    if (out.rich_call_data == RichCallData::malformed) {
      reason.add(Reason::claim_malformed);  // RFC 9795 8.1: nothing of such a token may be used
    }
  }
  check_token_claims(claims, type, message, expectation, digests, out, reason);
}

void Opener::open(std::string_view message, const sip::IdentityHeader& identity, const Expectation& expectation,
                  std::size_t slot, OpenedToken& out) {
  out = OpenedToken{};
  impl_->claims = {};
  FirstReason reason(out.reason);
  const TokenParameters parameters{sip::text(message, identity.info), sip::text(message, identity.alg),
                                   sip::text(message, identity.ppt)};
  out.x5u = parameters.info;
  std::ranges::copy(parameters.ppt.substr(0, kMaxPptBytes), out.ppt.begin());

  const TokenTypeFacts* const type = find_token_type(parameters.ppt);
  if (type == nullptr || !type->belongs_in(expectation.place)) {
    reason.add(Reason::unsupported_ppt);
    return;
  }
  out.type = type_of(*type);
  if (expectation.orig == nullptr && expectation.orig_uri.empty()) {
    reason.add(Reason::originator_unknown);
  }
  if (expectation.dest == nullptr && expectation.dest_uri.empty() && !expectation.diverted) {
    reason.add(Reason::destination_unknown);
  }
  if (identity.compact && !type->compact) {
    reason.add(Reason::compact_form);  // RFC 8588 3, RFC 8946 3, RFC 8443 3, RFC 9475 3.2
  }
  if (identity.error != sip::IdentityError::none) {
    reason.add(reason_of(identity.error));
    return;
  }

  std::string_view digest = sip::text(message, identity.digest);
  if (is_folded(digest)) {
    const auto unfolded = unfold(digest, impl_->input(slot));
    if (!unfolded) {
      reason.add(Reason::token_too_long);
      return;
    }
    digest = *unfolded;
  }
  if (digest.size() > kMaxDigestBytes) {
    reason.add(Reason::token_too_long);
    return;
  }
  const auto segments = split(digest, identity.compact);
  if (!segments) {
    reason.add(Reason::digest_malformed);
    return;
  }
  const SignaturePart signature(segments->signature, out, reason);
  if (identity.compact) {
    if (!parameters.alg.empty() && parameters.alg != kAlgorithm) {
      reason.add(Reason::alg_unsupported);
    }
    // The digest is judged already: its slot may now take the rebuilt token.
    impl_->open_compact(expectation.orig, expectation, slot, out, reason);
  } else {
    out.signing_input = signing_input_of(digest, *segments);
    impl_->open_full(message, *segments, parameters, *type, expectation, out, reason);
  }
  signature.judge(reason);
}

void Opener::open_original(std::string_view message, const Expectation& expectation, std::size_t slot,
                           OpenedToken& out) {
  out = OpenedToken{};
  FirstReason reason(out.reason);
  TextWriter copy(impl_->input(slot));  // the claim goes with the token that holds it
  copy.add(impl_->claims.opt);
  impl_->claims = {};
  const auto segments = split(copy.view(), false);
  if (copy.overflow() || !segments) {
    reason.add(copy.overflow() ? Reason::token_too_long : Reason::digest_malformed);
    return;
  }
  const SignaturePart signature(segments->signature, out, reason);
  out.signing_input = signing_input_of(copy.view(), *segments);

  // No header field tells its type and its certificate: only the token's own header does.
  Part part(impl_->header, Reason::header_not_json);
  part.decode(segments->header, reason);
  const auto header = part.parse(reason);
  if (!header) {
    return;
  }
  TextWriter texts(impl_->input(slot).subspan(copy.length()));
  texts.add(member<std::string_view>(*header, "x5u").value_or(std::string_view()));
  const std::string_view ppt = member<std::string_view>(*header, "ppt").value_or(std::string_view());
  const TokenTypeFacts* const type = find_token_type(ppt);
  std::ranges::copy(ppt.substr(0, kMaxPptBytes), out.ppt.begin());
  if (texts.overflow()) {
    reason.add(Reason::token_too_long);
    return;
  }
  out.x5u = texts.view();
  // What proves no caller by itself proves none inside a diversion.
  if (type == nullptr || !type->belongs_in(expectation.place) || !(type->decides || type->subject == Subject::div)) {
    reason.add(Reason::unsupported_ppt);
    return;
  }
  out.type = type_of(*type);
  impl_->open_full(message, *segments, {out.x5u, {}, type->ppt}, *type, expectation, out, reason);
  signature.judge(reason);
}

const Claims& Opener::claims() const {
  return impl_->claims;
}

bool Opener::satisfies(const ClaimConstraints& constraints, std::string_view signing_input) {
  Reason ignored = Reason::verified;
  FirstReason reason(ignored);
  Part part(impl_->payload, Reason::payload_not_json);
  part.decode(signing_input.substr(signing_input.find('.') + 1), reason);
  const auto payload = part.parse(reason);
  if (!payload) {
    return false;
  }
  const auto present = [&](const std::string& claim) { return payload->at_key(claim).error() == simdjson::SUCCESS; };
  const auto permitted = [&](const PermittedValues& rule) {
    simdjson::dom::element value;
    if (payload->at_key(rule.claim).get(value) != simdjson::SUCCESS) {
      return true;
    }
    TextWriter writer(impl_->scratch);
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) {
      write_deterministic(value, writer);
      text = writer.view();
    }
    return !writer.overflow() && std::ranges::find(rule.values, text) != rule.values.end();
  };
  return std::ranges::all_of(constraints.must_include, present) &&
         std::ranges::none_of(constraints.must_exclude, present) &&
         std::ranges::all_of(constraints.permitted, permitted);
}

}  // namespace stirline::crypto
