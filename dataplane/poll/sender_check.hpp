// Sender checks (SPIT-CL-12, SPIT-CL-13): may the peer of a trunk speak for who calls? The trunk says which domains and
// which service provider codes are its peer's; one that says neither hands on the calls of others, and is not asked.
//
// Pure functions; any thread; no heap.
#pragma once

#include <string_view>

#include "config/policy/facts.hpp"
#include "dataplane/state/generation.hpp"
#include "sip_parser/message.hpp"

namespace stirline::dataplane {

// By the domain of the identity that the request asserts: every P-Asserted-Identity where the trunk believes in it,
// else From. What has no domain (tel) and who is anonymous names none.
[[nodiscard]] config::policy::Sender check_domain(const sip::Message& message, std::string_view octets,
                                                  const Trunk& trunk);

// By the signer of a valid token: `certificate` is his. Null, or without any code: it names none.
[[nodiscard]] config::policy::Sender check_signer(const crypto::Certificate* certificate, const Trunk& trunk);

// One that does not match outweighs one that does, and that one what is not known.
[[nodiscard]] config::policy::Sender both(config::policy::Sender one, config::policy::Sender other);

}  // namespace stirline::dataplane
