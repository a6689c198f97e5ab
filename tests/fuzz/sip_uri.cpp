// Any octets as a URI and as a name-addr: the parts join up to the whole, and nothing depends on where it stands.
#include <string>

#include "crypto_workers/stir/uri_identity.hpp"
#include "sip_parser/characters.hpp"
#include "sip_parser/name_addr.hpp"
#include "sip_parser/telephone_number.hpp"
#include "sip_parser/uri.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/exact_block.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/unit/sip_parser/spans.hpp"

namespace stirline::fuzz::sip_uri {
namespace {

using namespace stirline::sip;

constexpr std::uint16_t kShift = 7;
const DialPlan kPlan = {
    .country_code = "1", .national_prefix = "1", .international_prefix = "011", .national_digits = 10};

Span whole(std::string_view octets) {
  return {0, static_cast<std::uint16_t>(octets.size())};
}

bool moved(Span before, Span behind) {
  return before.length == behind.length && (before.empty() || before.offset + kShift == behind.offset);
}

bool moved(const Uri& before, const Uri& behind) {
  return before.scheme == behind.scheme && moved(before.whole, behind.whole) && moved(before.user, behind.user) &&
         moved(before.password, behind.password) && moved(before.host, behind.host) &&
         moved(before.port, behind.port) && moved(before.params, behind.params) &&
         moved(before.headers, behind.headers);
}

// The parts stand in their order, with one separator between them and nothing else.
void parts_join_up(std::string_view octets, const Uri& uri) {
  std::size_t at = octets.find(':') + 1;
  const auto take = [&](Span part) {
    check(part.empty() || part.offset == at, "a part begins where the one before it ends");
    at += part.length;
  };
  const auto separated = [&](char separator) {
    const bool there = at < octets.size() && octets[at] == separator;
    at += there ? 1U : 0U;
    return there;
  };
  take(uri.user);
  if (uri.scheme != Scheme::tel) {
    if (!uri.user.empty()) {
      if (separated(':')) {
        take(uri.password);
      }
      check(separated('@'), "a user ends at '@'");
    }
    take(uri.host);
    if (separated(':')) {
      take(uri.port);
      check(detail::decimal(text(octets, uri.port), 65'535).has_value(), "a port is a number");
    }
  }
  if (separated(';')) {
    take(uri.params);
  }
  if (separated('?')) {
    take(uri.headers);
  }
  check(at == octets.size(), "the parts are all there is");
}

void identities_are_canonical(std::string_view octets, const Uri& uri) {
  if (const auto number = telephone_number(octets, uri, kPlan)) {
    const std::string again = "tel:+" + std::string(number->view());
    const auto parsed = parse_uri(again, whole(again));
    check(parsed.has_value(), "a canonical number makes a URI");
    const auto same = telephone_number(again, *parsed, kPlan);
    const bool e164 =
        detail::all(number->view(), detail::kDigit) && number->view().front() != '0' && number->length <= 15;
    check(!e164 || (same && *same == *number), "a canonical number is canonical");
  }
  const auto normal = stirline::crypto::normalized_uri(octets, uri);
  if (normal.length > 0) {
    const auto parsed = parse_uri(normal.view(), whole(normal.view()));
    check(parsed.has_value(), "a normal form is a URI");
    check(stirline::crypto::normalized_uri(normal.view(), *parsed).view() == normal.view(), "a normal form is normal");
  }
}

void try_uri(std::string_view octets) {
  const auto uri = parse_uri(octets, whole(octets));
  const ExactBlock shifted(std::string(kShift, '<') + std::string(octets));
  const auto elsewhere = parse_uri(shifted.view(), {kShift, static_cast<std::uint16_t>(octets.size())});
  check(uri.has_value() == elsewhere.has_value(), "a URI is one wherever it stands");
  if (!uri) {
    check(uri.error().code == ErrorCode::bad_uri && uri.error().offset <= octets.size(), "an error lies in the URI");
    return;
  }
  check(moved(*uri, *elsewhere), "its parts are the same wherever it stands");
  check(sip::test::uri_is_sound(*uri, whole(octets)) && uri->whole == whole(octets), "the parts lie inside");
  for (const std::string_view name : {"user", "cause", "verstat"}) {
    const Parameter parameter = find_parameter(octets, uri->params, name);
    check(!parameter.present || parameter.whole.end() <= uri->params.end(), "a parameter lies in its list");
  }
  if (uri->scheme == Scheme::sip || uri->scheme == Scheme::sips || uri->scheme == Scheme::tel) {
    parts_join_up(octets, *uri);
    identities_are_canonical(octets, *uri);
  }
}

void try_name_addr(std::string_view octets) {
  const auto party = parse_name_addr(octets, whole(octets));
  const ExactBlock shifted("\"<sip:a" + std::string(octets) + " ,");
  const auto elsewhere = parse_name_addr(shifted.view(), {kShift, static_cast<std::uint16_t>(octets.size() + 1)});
  check(party.has_value() == elsewhere.has_value(), "a blank behind it is no matter");
  if (!party) {
    const ErrorCode code = party.error().code;
    check(code == ErrorCode::bad_uri || code == ErrorCode::bad_quote || code == ErrorCode::bad_name_addr,
          "an error has one of three codes");
    check(party.error().offset <= octets.size(), "an error lies in the value");
    return;
  }
  check(sip::test::party_is_sound(*party, whole(octets)), "the parts lie inside");
  check(moved(party->whole, elsewhere->whole) && moved(party->display_name, elsewhere->display_name) &&
            moved(party->uri, elsewhere->uri) && moved(party->params, elsewhere->params) &&
            moved(party->tag, elsewhere->tag) && party->bracketed == elsewhere->bracketed,
        "its parts are the same wherever it stands");
  const auto uri = parse_uri(octets, party->uri.whole);
  check(uri && uri->user == party->uri.user && uri->host == party->uri.host, "its URI is the one that stands there");
}

int run(const std::uint8_t* data, std::size_t size) {
  if (size > 16'384) {
    return 0;
  }
  const ExactBlock block(data, size);
  try_uri(block.view());
  try_name_addr(block.view());
  return 0;
}

const Target kTarget("sip_uri", run);

}  // namespace
}  // namespace stirline::fuzz::sip_uri
