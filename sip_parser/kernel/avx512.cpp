#include "sip_parser/kernel/avx512_block.hpp"
#include "sip_parser/kernel/plain.hpp"
#include "sip_parser/kernel/select.hpp"

namespace stirline::sip::detail {

ParseError read_message_avx512(MessageFields& fields, std::string_view octets, const Strictness& strictness) {
  return read_message_plainly<Avx512Block>(fields, octets, strictness);
}

}  // namespace stirline::sip::detail
