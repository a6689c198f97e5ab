// The one judgement on a certificate chain, in the daemon and in the offline command: is it good against the
// configured anchors, from when to when, and for whom may it speak (RFC 8226; RFC 5280 6).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/tables/certificate_table.hpp"
#include "crypto_workers/certificate/chain.hpp"

namespace stirline::control {

struct ChainJudgement {
  config::tables::Certificate certificate;  // the record for the data plane, without its x5u
  std::string text;                         // why it may not be used, for an engineer; empty if it may
};
