// The kernel for any processor, and the measure of the others: nothing is plain to it.
#include "sip_parser/kernel/read_message.hpp"
#include "sip_parser/kernel/select.hpp"

namespace stirline::sip::detail {
namespace {

struct NothingIsPlain {
  NothingIsPlain(const char*, std::size_t) {}
  [[nodiscard]] static bool head(MessageFields&, std::size_t&) { return false; }
  [[nodiscard]] static bool vias(MessageFields&, const Strictness&) { return false; }
  [[nodiscard]] static bool from(MessageFields&) { return false; }
  [[nodiscard]] static bool to(MessageFields&) { return false; }
  [[nodiscard]] static bool call_id(MessageFields&) { return false; }
  [[nodiscard]] static bool cseq(MessageFields&) { return false; }
  [[nodiscard]] static bool contacts(MessageFields&) { return false; }
  [[nodiscard]] static bool asserted_identities(MessageFields&) { return false; }
  [[nodiscard]] static bool identities(MessageFields&) { return false; }
};

}  // namespace

ParseError read_message_scalar(MessageFields& fields, std::string_view octets, const Strictness& strictness) {
  return read_message<NothingIsPlain>(fields, octets, strictness);
}

}  // namespace stirline::sip::detail
