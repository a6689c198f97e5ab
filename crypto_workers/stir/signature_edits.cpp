#include "crypto_workers/stir/signature_edits.hpp"

#include <algorithm>

namespace stirline::crypto {

static_assert(kMaxTokenOrders >= kMaxDiverters);

void fill_sign_job(const SignPlan& plan, const sip::Message& message, std::string_view octets, std::string_view origid,
                   std::int64_t now, SignJob& job) {
  job.message = octets;
  job.media_keys = plan.media_keys;
  job.body = message.body();
  job.priorities = plan.priorities;
  job.iat = plan.iat;
  job.now = now;
  job.orig = plan.orig;
  job.dest = plan.dest;
  job.origid.fill('\0');
  if (origid.size() == job.origid.size()) {
    std::ranges::copy(origid, job.origid.begin());
  }
  job.identity_count = 0;
  if (plan.type == TokenType::div) {
    std::ranges::copy(message.identities(), job.identities.begin());
    job.identity_count = static_cast<std::uint8_t>(message.identities().size());
  }
}

SignatureEdits plan_signature_edits(const sip::Message& message, const SignPlan& plan, sip::InsertPosition position) {
  return {sip::insertion_offset(message, position), plan.insert_date, plan.iat};
}

bool apply_signature(const SignatureEdits& plan, const SignJob& job, DateLine& date_line, sip::EditList& edits) {
  return job.outcome == SignOutcome::signed_ && insert_signature(plan, job.identity_lines(), date_line, edits);
}

bool insert_signature(const SignatureEdits& plan, std::string_view identity_lines, DateLine& date_line,
                      sip::EditList& edits) {
  if (plan.insert_date) {
    constexpr std::string_view kName = "Date: ";
    const auto date = sip::format_date(plan.iat);
    auto at = std::ranges::copy(kName, date_line.begin()).out;
    at = std::ranges::copy(date, at).out;
    std::ranges::copy(std::string_view("\r\n"), at);
    if (!edits.insert(plan.offset, {date_line.data(), date_line.size()})) {
      return false;
    }
  }
  return edits.insert(plan.offset, identity_lines);
}

}  // namespace stirline::crypto
