// What a URL may look like before any socket opens for it (STIR-CF-01).
//
// The URL is read once, by libcurl's own parser, and the object that was judged is the one that is fetched: no second
// parser can read it differently. Beyond that, what libcurl understood as host and port must stand in the text letter
// for letter, so that everyone else reads the same. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <curl/curl.h>

#include "control/certificates/address_rules.hpp"

namespace stirline::control {

enum class X5uProblem : std::uint8_t {
  length,     // empty, or longer than 512 octets
  character,  // one that RFC 3986 2 does not know
  malformed,  // no URL
  scheme,
  user,
  query,
  fragment,
  host,  // missing, no name and no address, or written in a way that parsers read differently
  port,
  address,  // a literal that is denied by AddressRules
};
inline constexpr std::size_t kX5uProblems = static_cast<std::size_t>(X5uProblem::address) + 1;
[[nodiscard]] std::string_view to_string(X5uProblem problem);  // "port"
[[nodiscard]] std::string_view sentence(X5uProblem problem);

struct X5uRules {
  std::vector<std::uint16_t> lab_ports;  // besides 443 and 8443
  AddressRules addresses;
};

struct CurlUrlFree {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using CurlUrl = std::unique_ptr<CURLU, CurlUrlFree>;

// A URL that may be fetched.
struct FetchUrl {
  std::string text;  // as it stands in tokens: the key of every cache (STIR-CF-03)
  std::string host;  // without brackets, lower case
  std::uint16_t port = 443;
  CurlUrl parsed;
};

[[nodiscard]] std::expected<FetchUrl, X5uProblem> judge_x5u(std::string_view url, const X5uRules& rules);

}  // namespace stirline::control
