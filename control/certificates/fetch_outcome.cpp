#include "control/certificates/fetch_outcome.hpp"

namespace stirline::control {

namespace {

constexpr std::array<FetchOutcomeFacts, kFetchOutcomes> kOutcomeFacts{{
    {"fetched", "the chain was fetched"},
    {"url_refused", "certificates are not fetched from such a URL"},
    {"switched_off", "fetching is switched off"},
    {"pausing", "it failed a moment ago and is not tried again yet"},
    {"queue_full", "too many URLs wait to be fetched"},
    {"name_unknown", "the host has no address"},
    {"address_denied", "the host has only addresses that are not of the public Internet"},
    {"not_reached", "the server could not be reached"},
    {"tls_failed", "no secure connection: the server's certificate or its TLS is not good"},
    {"timed_out", "the server was too slow"},
    {"redirected", "the server sent us elsewhere, and redirections are not followed"},
    {"status_refused", "the server answered with another status than 200"},
    {"too_large", "the answer is larger than is allowed"},
    {"broken_off", "the answer broke off"},
    {"no_chain", "the answer holds no certificate chain"},
    {"failed", "the fetch failed"},
}};

}  // namespace

const FetchOutcomeFacts& facts(FetchOutcome outcome) {
  return kOutcomeFacts[static_cast<std::size_t>(outcome)];
}

}  // namespace stirline::control
