// Any octets as one datagram: parse() keeps its promises, whatever it reads from them stays inside, an edit parses back
// to what it meant, all kernels read the same, and the first look is not mistaken.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "sip_parser/action.hpp"
#include "sip_parser/edit_list.hpp"
#include "sip_parser/fields.hpp"
#include "sip_parser/first_look.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/telephone_number.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/unit/sip_parser/readings.hpp"
#include "tests/unit/sip_parser/spans.hpp"

namespace stirline::fuzz::sip_message {
namespace {

using namespace stirline::sip;

constexpr std::string_view kIdentity = "Identity: eyJh.eyJi.c2ln;info=<https://x.example/c>;ppt=\"shaken\"\r\n";
constexpr DialPlan kPlan = {.country_code = "1",
                            .national_prefix = "1",
                            .international_prefix = "011",
                            .routing_prefix = "1010288",
                            .national_digits = 10};

bool is_limit(ErrorCode code) {
  return code == ErrorCode::too_long || code == ErrorCode::header_count || code == ErrorCode::header_block;
}

void read_number(std::string_view octets, const Uri& uri) {
  if (const auto number = telephone_number(octets, uri, kPlan)) {
    check(!number->view().empty(), "a number has digits");
    check(number->view().find_first_not_of("0123456789#*") == std::string_view::npos, "a number has nothing else");
  }
  const Parameter parameter = find_parameter(octets, uri.params, "verstat");
  check(!parameter.present || parameter.whole.end() <= uri.params.end(), "a parameter lies in its list");
}

void edit_and_parse_again(const Message& message, std::string_view octets, const Strictness& strictness,
                          InsertPosition position, Message& again) {
  EditList edits;
  check(edits.insert(insertion_offset(message, position), kIdentity), "an empty list takes an edit");
  std::string edited(edits.result_size(octets.size()), '\0');
  check(edits.apply(octets, edited) == edited.size(), "an edit fits into its own size");
  const auto result = again.parse(edited, strictness);
  if (!result) {
    check(is_limit(result.error().code), "an inserted line breaks nothing but limits");
    return;
  }
  Fields before = fields_of(message, octets);
  Fields after = fields_of(again, edited);
  constexpr std::size_t kIdentityLength = 16;
  static_assert(kFieldNames[kIdentityLength] == "identity_len");
  before[kIdentityLength].clear();
  after[kIdentityLength].clear();
  check(before == after, "an inserted line changes no other field");
  check(again.identities_seen() == message.identities_seen() + 1, "an inserted line is read");
  check(again.body().length == message.body().length, "an inserted line leaves the body alone");
}

void compare_kernels(const Message& message, const std::expected<void, ParseError>& result, std::string_view octets,
                     const Strictness& strictness) {
  static Message other;
  for (const Kernel kernel : kKernels) {
    if (runs_here(kernel)) {
      const auto outcome = other.parse_with(kernel, octets, strictness);
      check(sip::test::same_reading(message, result, other, outcome), "all kernels read the same");
    }
  }
}

void compare_first_look(const Message& message, const std::expected<void, ParseError>& result,
                        std::string_view octets) {
  const FirstLook look = first_look(octets);
  const ErrorCode code = result ? ErrorCode::ok : result.error().code;
  switch (look.kind) {
    case FirstLook::Kind::keepalive:
      check(code == ErrorCode::keepalive, "a keep-alive is one");
      break;
    case FirstLook::Kind::not_sip:
      check(code == ErrorCode::not_sip, "what is not SIP is not");
      break;
    case FirstLook::Kind::request:
      check(!result || (message.kind() == Kind::request && message.method() == look.method), "a request is one");
      break;
    case FirstLook::Kind::response:
      check(!result || message.kind() == Kind::response, "a response is one");
      break;
    case FirstLook::Kind::unsure:
      check(!result || message.kind() == Kind::request, "no response is overlooked");
      break;
  }
}

void try_message(std::string_view octets, const Strictness& strictness) {
  static Message message;
  static Message again;
  const auto result = message.parse(octets, strictness);
  compare_kernels(message, result, octets, strictness);
  compare_first_look(message, result, octets);
  const Action action = action_for(message, octets, result);
  check(to_string(action) != "unknown", "every message has an action");
  if (!result) {
    check(result.error().code != ErrorCode::ok, "an error has a code");
    check(result.error().offset <= octets.size(), "an error lies in the message");
    check(action != Action::extract, "no error is worked on");
    return;
  }
  check(sip::test::spans_lie_inside(message, octets), "spans lie inside");
  read_number(octets, message.request_uri());
  read_number(octets, message.from().uri);
  read_number(octets, message.to().uri);
  for (const NameAddr& party : message.asserted_identities()) {
    read_number(octets, party.uri);
  }
  for (const auto position :
       {InsertPosition::after_via, InsertPosition::before_content_length, InsertPosition::before_blank_line}) {
    edit_and_parse_again(message, octets, strictness, position, again);
  }
}

int run(const std::uint8_t* data, std::size_t size) {
  // A block of exactly this size, and no stray octet behind it.
  const auto block = std::make_unique<char[]>(size);
  std::copy_n(data, size, block.get());
  const std::string_view octets(block.get(), size);
  try_message(octets, {});
  try_message(octets, {.accept_bare_lf = true,
                       .accept_missing_max_forwards = false,
                       .accept_missing_branch_cookie = false,
                       .accept_missing_contact = false,
                       .accept_malformed_date = false});
  return 0;
}

const Target kTarget("sip_message", run);

}  // namespace
}  // namespace stirline::fuzz::sip_message
