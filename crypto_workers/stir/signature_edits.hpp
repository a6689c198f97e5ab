// From the plan of the authentication service to the job of a crypto core, and from its answer to the edits of the
// message: the same few steps on the wire and in `stirline sign` (STIR-AS-02, -06; INL-ED-01).
//
// The message is parsed once. What the edits need of it is a position taken at parse time; the job's answer comes
// later.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto_workers/job/job.hpp"
#include "crypto_workers/stir/authentication_service.hpp"
#include "sip_parser/date.hpp"
#include "sip_parser/edit_list.hpp"
#include "sip_parser/message.hpp"

namespace stirline::crypto {

// Fills the "in" part of `job` but for its orders and its attest. The plan was made of `octets`, which stay as they are
// until the job returns. `origid` is a UUID of 36 characters; of any other length a shaken token will not be built.
void fill_sign_job(const SignPlan& plan, const sip::Message& message, std::string_view octets, std::string_view origid,
                   std::int64_t now, SignJob& job);

// Orders the tokens of a plan. The first: with `credential`; of a div one order for each diverter whom
// `credential_of(number)`, an optional index, has authority to speak for. Behind a shaken token rcd by the same
// credential, if `rich_call_data` says so, and rph, if there are priorities and a credential for them. False if there
// is nothing to order.
template <typename CredentialOf>
[[nodiscard]] bool order_tokens(const SignPlan& plan, std::uint32_t credential, CredentialOf&& credential_of,
                                bool rich_call_data, std::optional<std::uint32_t> priority_credential,
                                TokenOrders& orders) {
  orders.clear();
  if (plan.type == TokenType::div) {
    for (const sip::TelephoneNumber& diverter : plan.diverters.view()) {
      if (const std::optional<std::uint32_t> authority = credential_of(diverter.view())) {
        static_cast<void>(orders.push({TokenType::div, *authority, diverter}));
      }
    }
  } else {
    static_cast<void>(orders.push({plan.type, credential, {}}));
    if (rich_call_data && plan.type == TokenType::shaken) {
      static_cast<void>(orders.push({TokenType::rcd, credential, {}}));
    }
    if (!plan.priorities.empty() && priority_credential) {
      static_cast<void>(orders.push({TokenType::rph, *priority_credential, {}}));
    }
  }
  return !orders.empty();
}

// Where the new header lines go, and whether Date is one of them. Plain data: it stays with the parked message.
struct SignatureEdits {
  std::uint16_t offset = 0;
  bool insert_date = false;
  std::int64_t iat = 0;  // the Date to be inserted: the same second that is signed
};
[[nodiscard]] SignatureEdits plan_signature_edits(const sip::Message& message, const SignPlan& plan,
                                                  sip::InsertPosition position);

// "Date: Sat, 13 Nov 2010 23:29:00 GMT" CRLF
inline constexpr std::size_t kDateLineBytes = 6 + sip::kDateBytes + 2;
using DateLine = std::array<char, kDateLineBytes>;

// Adds the Date line (written to `date_line`) and the Identity lines of a signed `job` to `edits`; both texts must
// outlive `edits`. False if the job was not signed or the edits do not fit; `edits` must then not be used.
[[nodiscard]] bool apply_signature(const SignatureEdits& plan, const SignJob& job, DateLine& date_line,
                                   sip::EditList& edits);

// The same with Identity lines that were made before.
[[nodiscard]] bool insert_signature(const SignatureEdits& plan, std::string_view identity_lines, DateLine& date_line,
                                    sip::EditList& edits);

}  // namespace stirline::crypto
