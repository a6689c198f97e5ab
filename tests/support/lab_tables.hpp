// Tables as control would send them, for tests and benchmarks without control: one trunk, one key, one certificate.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/tables/certificate_table.hpp"
#include "config/tables/credential_table.hpp"
#include "config/tables/number_table.hpp"
#include "config/tables/trunk_table.hpp"
#include "config/wire/channel.hpp"
#include "dataplane/state/generation.hpp"

namespace stirline::test {

inline constexpr const char* kLabX5u = "https://certificates.example.org/lab/1234.pem";
inline constexpr const char* kLabSubject = "CN=SHAKEN 1234,O=Lab,C=US";  // of the certificate there

// An image in a sealed memfd, mapped, as it would arrive over the wire. Throws std::runtime_error.
[[nodiscard]] config::wire::MappedImage mapped(const config::tables::Image& image);

struct LabTables {
  std::vector<config::tables::Trunk> trunks;
  std::vector<config::tables::NumberRange> numbers;
  std::vector<config::tables::Credential> credentials;
  std::vector<config::tables::Certificate> certificates;
  bool signing_stopped = false;

  // As it would arrive over the wire: sealed memfds, mapped.
  [[nodiscard]] dataplane::StagedTables staged() const;
};

// Trunk "peer" at side b of pair "wire": peers 198.51.100.0/24 and 2001:db8:b::/48, port 5060, role both. The numbers
// 1215555xxxx are attested A, 1216555xxxx B, 1217555xxxx C with the credential "lab"; all others are not signed. The
// certificate under kLabX5u (SPC 1234) belongs to the same key, so that an appliance can verify what another one
// signed.
[[nodiscard]] LabTables lab_tables();

}  // namespace stirline::test
