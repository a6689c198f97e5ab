// The order in which a message is read, the same for every kernel. Where a kernel finds the head and then a value
// plain, it fills the fields itself; in all other cases the exact reader does, from the start of that step. So the
// kernels only ever say yes, every refusal comes from one place, and they cannot differ in code or offset.
#pragma once

#include <string_view>

#include "sip_parser/message_fields.hpp"
#include "sip_parser/parse_error.hpp"
#include "sip_parser/strictness.hpp"
#include "sip_parser/typed_headers.hpp"

namespace stirline::sip::detail {

// Which of the fields that hold parties are read.
struct PartiesRead {
  bool request_uri = false;
  bool from = false;
  bool to = false;
  bool contacts = false;
  bool asserted_identities = false;
};

// Reads the values of header fields that are as many as they should be, and the body. `Plain` has a function for each
// step that it can do faster; each returns false if it is not sure, and what it may have written by then is written
// again.
template <typename Plain>
[[nodiscard]] [[gnu::always_inline]] inline ParseError read_values(const Plain& plain, const PartiesRead& parties,
                                                                   MessageFields& fields, std::string_view octets,
                                                                   const Strictness& strictness, std::size_t body) {
  ParseError error;
  const auto failed = [&error](const ParseError& outcome) {
    error = outcome;
    return error.code != ErrorCode::ok;
  };
  if ((!plain.vias(fields, strictness) && failed(read_vias(fields, octets, strictness))) ||
      (!parties.from && failed(read_from(fields, octets))) || (!parties.to && failed(read_to(fields, octets))) ||
      (!plain.call_id(fields) && failed(read_call_id(fields, octets))) ||
      (!plain.cseq(fields) && failed(read_cseq(fields, octets))) ||  //
      (!plain.max_forwards(fields) && failed(read_max_forwards(fields, octets))) ||
      (!parties.contacts && failed(read_contacts(fields, octets))) ||
      (!parties.asserted_identities && failed(read_asserted_identities(fields, octets))) ||
      (!plain.date(fields) && failed(read_date(fields, octets, strictness))) ||  //
      (!plain.body(fields, body, octets.size()) && failed(read_body(fields, octets, body)))) {
    return error;
  }
  if (!plain.identities(fields)) {
    read_identities(fields, octets);
  }
  return {};
}

// To which nothing is plain.
struct Exact {
  [[nodiscard]] static bool vias(MessageFields&, const Strictness&) { return false; }
  [[nodiscard]] static bool call_id(MessageFields&) { return false; }
  [[nodiscard]] static bool cseq(MessageFields&) { return false; }
  [[nodiscard]] static bool max_forwards(MessageFields&) { return false; }
  [[nodiscard]] static bool date(MessageFields&) { return false; }
  [[nodiscard]] static bool body(MessageFields&, std::size_t, std::size_t) { return false; }
  [[nodiscard]] static bool identities(MessageFields&) { return false; }
};

}  // namespace stirline::sip::detail
