#include "sip_parser/headers/field_error.hpp"

namespace stirline::sip {

// A switch without default: the compiler names the enumerator that has no text.
std::string_view to_string(FieldErrorCode code) {
  switch (code) {
    case FieldErrorCode::malformed:
      return "MALFORMED";
    case FieldErrorCode::bad_uri:
      return "BAD_URI";
    case FieldErrorCode::open_quote:
      return "OPEN_QUOTE";
    case FieldErrorCode::out_of_range:
      return "OUT_OF_RANGE";
    case FieldErrorCode::missing:
      return "MISSING";
    case FieldErrorCode::duplicate:
      return "DUPLICATE";
    case FieldErrorCode::contradiction:
      return "CONTRADICTION";
    case FieldErrorCode::too_many:
      return "TOO_MANY";
    case FieldErrorCode::too_long:
      return "TOO_LONG";
    case FieldErrorCode::not_utf8:
      return "NOT_UTF8";
  }
  return "UNKNOWN";
}

}  // namespace stirline::sip
