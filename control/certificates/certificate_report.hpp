// What operators are shown of kept chains, as JSON: by the daemon, and by the command when the daemon is away.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "control/certificates/certificate_keeper.hpp"
#include "control/certificates/list_keeper.hpp"
#include "control/chain_judge.hpp"

namespace stirline::control {

// `judgement` is null where nobody judged: "standing" is null then.
[[nodiscard]] nlohmann::ordered_json describe_chain(const StoredChain& chain, const ChainJudgement* judgement);

// The same with everything: the reason in words, for whom the signer may speak, the chain itself.
[[nodiscard]] nlohmann::ordered_json describe_chain_fully(const StoredChain& chain, const ChainJudgement* judgement);

// The part of `status`: how many are kept, what is under way, every counter.
[[nodiscard]] nlohmann::ordered_json fetch_status(const CertificateKeeper& keeper);

// A revocation list or TNAuthList; times that it has not got are null.
[[nodiscard]] nlohmann::ordered_json describe_list(const KeptList& list, std::int64_t now);
[[nodiscard]] nlohmann::ordered_json describe_lists(const KeptLists& lists, std::int64_t now);

[[nodiscard]] nlohmann::ordered_json list_status(const ListKeeper& lists, std::size_t stale);

}  // namespace stirline::control
