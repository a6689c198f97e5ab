#include "crypto_workers/job/job.hpp"

namespace stirline::crypto {

std::string_view to_string(SignOutcome outcome) {
  switch (outcome) {
    case SignOutcome::signed_:
      return "signed";
    case SignOutcome::no_credential:
      return "no_credential";
    case SignOutcome::outside_credential_validity:
      return "outside_credential_validity";
    case SignOutcome::build_failed:
      return "build_failed";
    case SignOutcome::engine_failed:
      return "engine_failed";
    case SignOutcome::not_diverted:
      return "not_diverted";
  }
  return "unknown";
}

}  // namespace stirline::crypto
