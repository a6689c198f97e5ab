// Any octets as the value of an Identity header field: what is accepted is of the grammar, and blanks and company
// change nothing (STIR-HDR-01 to -07).
#include <array>
#include <string>

#include "sip_parser/characters.hpp"
#include "sip_parser/identity_header.hpp"
#include "sip_parser/message.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/exact_block.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/unit/sip_parser/samples.hpp"
#include "tests/unit/sip_parser/spans.hpp"

namespace stirline::fuzz::sip_identity {
namespace {

using namespace stirline::sip;

using Told = std::array<std::string, 5>;

// Everything a value says, blanks of the digest aside.
Told told(std::string_view octets, const IdentityHeader& identity) {
  std::string digest(text(octets, identity.digest));
  std::erase_if(digest, [](char c) { return detail::is(c, detail::kBlank); });
  return {digest, std::string(text(octets, identity.info)), std::string(text(octets, identity.alg)),
          std::string(text(octets, identity.ppt)), identity.compact ? "compact" : "full"};
}

void check_grammar(std::string_view octets, const IdentityHeader& identity) {
  const Told parts = told(octets, identity);
  std::size_t dots = 0;
  for (const char c : parts[0]) {
    check(c == '.' || detail::is(c, detail::kBase64Url), "a digest has no other octets");
    dots += c == '.' ? 1U : 0U;
  }
  check(dots == 2 && parts[0].size() <= 8192, "a digest has three segments and a limit");
  check(parts[0].starts_with("..") == identity.compact, "the compact form begins with two dots");
  check(parts[1].find(':') != std::string::npos, "info is a URI");
  check(detail::all(parts[2], detail::kToken) && detail::all(parts[3], detail::kToken), "alg and ppt are tokens");
}

Message& parsed(std::string_view octets) {
  static Message message;
  check(message.parse(octets).has_value(), "a broken value spoils itself only");
  return message;
}

int run(const std::uint8_t* data, std::size_t size) {
  if (size > 20'000) {
    return 0;
  }
  const ExactBlock block(data, size);
  const std::string_view octets = block.view();
  const Span whole{0, static_cast<std::uint16_t>(size)};
  const IdentityHeader identity = parse_identity(octets, whole);
  check(sip::test::identity_is_sound(identity, whole), "the parts lie inside");
  if (identity.error != IdentityError::none) {
    return 0;
  }
  check_grammar(octets, identity);
  const Told expected = told(octets, identity);

  // The first ';' ends the digest: no other octet of a digest is one.
  std::string spaced(octets);
  spaced.insert(spaced.find(';'), " \r\n\t");
  const ExactBlock folded(" " + spaced + "\r\n ");
  const IdentityHeader again = parse_identity(folded.view(), {0, static_cast<std::uint16_t>(folded.view().size())});
  check(again.error == IdentityError::none && told(folded.view(), again) == expected, "blanks change nothing");

  // In a message, twice in one line and once more under its compact name. Lines there obey rules of their own.
  for (const char c : octets) {
    if (detail::is(c, detail::kControl)) {
      return 0;
    }
  }
  const std::string value(octets);
  const ExactBlock message(sip::test::invite("Identity: " + value + ", " + value + "\r\ny:" + value + "\r\n"));
  const Message& read = parsed(message.view());
  check(read.identities_seen() == 3, "three values are three");
  for (const IdentityHeader& one : read.identities()) {
    check(one.error == IdentityError::none && told(message.view(), one) == expected, "company changes nothing");
  }
  return 0;
}

const Target kTarget("sip_identity", run);

}  // namespace
}  // namespace stirline::fuzz::sip_identity
