// Calls as a carrier's border element sends them: distinct INVITEs of about 1.2 kB, from a seed.
#pragma once

#include <cstdint>
#include <string>

namespace stirline::test {

struct CallSpec {
  std::uint32_t number = 0;  // makes everything that differs between calls differ
  std::int64_t date = 0;     // seconds since 1970; 0: no Date header field
  char attest = 'A';         // picks an originator that lab_tables() attests so; '-' one it does not
  bool asserted = true;      // with P-Asserted-Identity
  bool to_tag = false;       // in-dialog
};

[[nodiscard]] std::string originator(const CallSpec& spec);  // canonical: 12155550042
[[nodiscard]] std::string destination(const CallSpec& spec);
[[nodiscard]] std::string invite(const CallSpec& spec);

// The first header line of `message` that begins with `name` ("Via: "), without CRLF.
[[nodiscard]] std::string header_line(const std::string& message, const std::string& name);

// The CANCEL of an INVITE, or the ACK of an answer to it that is no 2xx (RFC 3261 9.1, 17.1.1.3).
[[nodiscard]] std::string following(const std::string& invite, const std::string& method);

}  // namespace stirline::test
