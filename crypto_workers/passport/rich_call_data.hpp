// The claims rcd and rcdi: what a caller shows of himself, and the digests that hold it (RFC 9795 5-6; STIR-RC-01,
// -02).
//
// Only what stands in the token is judged; nothing is fetched (STIR-RC-03). Digests of fetched content, and everything
// below a jcl, are left to whoever renders it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "crypto_workers/passport/integrity_digest.hpp"

namespace simdjson::dom {
class object;
}  // namespace simdjson::dom

namespace stirline::crypto {

enum class RichCallData : std::uint8_t {
  none,       // no rcd
  plain,      // well formed, no rcdi
  intact,     // every digest of what stands in the token is right
  altered,    // one is not: what is under that pointer must not be shown
  malformed,  // not made as RFC 9795 5 and 6 demand: none of it may be used
};

[[nodiscard]] std::string_view to_string(RichCallData data);  // "none", "plain", "intact", "altered", "malformed"

// `payload` is that of a token. `scratch` takes the longest value that is hashed.
[[nodiscard]] RichCallData judge_rich_call_data(const simdjson::dom::object& payload, IntegrityDigest& digests,
                                                std::span<char> scratch);

}  // namespace stirline::crypto
