#include "crypto_workers/stir/complaints.hpp"

#include <algorithm>

#include "crypto_workers/passport/text_writer.hpp"

namespace stirline::crypto {
namespace {

bool failed(const IdentityVerdict& verdict) {
  return verdict.verdict != Verdict::valid && verdict.reason != Reason::unsupported_ppt &&
         verdict.reason != Reason::third_party && facts(verdict.reason).code != 0;
}

// The third segment of the token, if it is as long as a signature and can stand between quotes.
std::string_view signature_text(std::string_view token) {
  const std::size_t dot = token.rfind('.');
  const std::string_view text = dot == std::string_view::npos ? std::string_view() : token.substr(dot + 1);
  std::array<std::uint8_t, kSignatureBytes> octets;
  return text.size() == kSignatureTextBytes && base64url_decode(text, octets) ? text : std::string_view();
}

}  // namespace

Complaints complaints_of(const VerifyJob& job) {
  Complaints complaints;
  for (std::size_t i = 0; i < job.identity_count; ++i) {
    if (!failed(job.verdicts[i])) {
      continue;
    }
    Complaint complaint;
    complaint.reason = job.verdicts[i].reason;
    const std::string_view signature = signature_text(sip::text(job.message, job.identities[i].digest));
    complaint.length = static_cast<std::uint8_t>(signature.size());
    std::ranges::copy(signature, complaint.signature.begin());
    static_cast<void>(complaints.push(complaint));  // as many places as header fields
  }
  return complaints;
}

std::string_view write_complaints(std::span<const Complaint> complaints, bool name_tokens, ReasonLine& line) {
  TextWriter text(line);
  std::string_view before = "Reason: ";
  for (const Complaint& complaint : complaints) {
    text.add(before);
    text.add("STIR;cause=");
    text.add(facts(complaint.reason).code);
    text.add(";text=\"");
    text.add(facts(complaint.reason).phrase);
    text.add('"');
    if (name_tokens && complaint.length != 0) {
      text.add(";ppi=\"..");
      text.add(std::string_view(complaint.signature.data(), complaint.length));
      text.add('"');
    }
    before = ", ";
  }
  text.add("\r\n");
  return {line.data(), text.overflow() ? 0 : text.length()};
}

}  // namespace stirline::crypto
