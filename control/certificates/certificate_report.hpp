// What operators are shown of kept chains, as JSON: by the daemon, and by the command when the daemon is away.
#pragma once

#include <nlohmann/json.hpp>

#include "control/certificates/certificate_keeper.hpp"
#include "control/chain_judge.hpp"

namespace stirline::control {

// `judgement` is null where nobody judged: "standing" is null then.
[[nodiscard]] nlohmann::ordered_json describe_chain(const StoredChain& chain, const ChainJudgement* judgement);

// The same with everything: the reason in words, for whom the signer may speak, the chain itself.
[[nodiscard]] nlohmann::ordered_json describe_chain_fully(const StoredChain& chain, const ChainJudgement* judgement);

// The part of `status`: how many are kept, what is under way, every counter.
[[nodiscard]] nlohmann::ordered_json fetch_status(const CertificateKeeper& keeper);

}  // namespace stirline::control
