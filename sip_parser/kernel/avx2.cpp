#include "sip_parser/kernel/avx2_block.hpp"
#include "sip_parser/kernel/plain.hpp"
#include "sip_parser/kernel/select.hpp"

namespace stirline::sip::detail {

ParseError read_message_avx2(MessageFields& fields, std::string_view octets, const Strictness& strictness) {
  return read_message_plainly<Avx2Block>(fields, octets, strictness);
}

}  // namespace stirline::sip::detail
