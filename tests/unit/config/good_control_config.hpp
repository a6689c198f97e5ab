// A configuration of stirline-control that is good, and what is said about others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/control_config.hpp"
#include "tests/unit/config/temporary_file.hpp"

namespace stirline::config::test {

inline constexpr std::string_view kGood = R"(socket = "c.sock"
dataplane_socket = "d.sock"
log_level = "warning"
[trust]
anchors = ["root.pem", "/etc/other.pem"]
crls = ["crl.pem"]
[[trunk]]
name = "north"
pair = "west"
side = "a"
role = "verify"
peers = ["192.0.2.0/24", "2001:db8::1"]
ports = [5060, 5080]
trusted = true
unknown_attest = "C"
unknown_credential = "main"
fixed_origid = "123e4567-e89b-12d3-a456-426614174000"
insert_at = "before_content_length"
originator = "from"
profile = "strict"
too_large = "pass"
fresh_seconds = 10
future_seconds = 0
date_seconds = 20
country_code = "49"
national_prefix = "0"
international_prefix = "00"
routing_prefix = "1010288"
accept_leading_plus = false
national_digits = 10
accept_bare_digits = false
[[trunk]]
name = "south"
pair = "west"
peers = ["192.0.2.0/24"]
[[numbers]]
trunks = ["north"]
prefix = "4930"
attest = "A"
credential = "main"
[[numbers]]
first = "493012340000"
last = "493012349999"
attest = "B"
credential = "spare"
[[numbers]]
first = "493012345678"
attest = "none"
[[credential]]
name = "main"
key = "main.key"
chain = "main.pem"
x5u = "https://cert.example.org/main.pem"
[[credential]]
name = "spare"
key = "spare.key"
chain = "spare.pem"
x5u = "https://cert.example.org/spare.pem"
[[x5u]]
url = "https://cert.example.net/x.pem"
file = "x.pem"
)";

inline std::vector<std::string> mistakes(std::string_view text) {
  const TemporaryFile file("c.toml", text);
  const auto config = load_control_config(file.path());
  std::vector<std::string> lines;
  if (!config) {
    for (const ConfigError& error : config.error()) {
      lines.push_back(to_string(error).substr(file.path().string().size()));
    }
  }
  return lines;
}

inline std::vector<std::string> mistakes(std::string_view what, std::string_view with) {
  return mistakes(replaced(std::string(kGood), what, with));
}

using Lines = std::vector<std::string>;

}  // namespace stirline::config::test
