// The tables that an appliance would ask about a call, made of documents in this process: what `stirline explain` and
// `stirline policy rehearse` judge by.
//
// One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <vector>

#include "config/policy/described_call.hpp"
#include "config/policy/judge.hpp"
#include "control/cli/message_file.hpp"

namespace stirline::control::cli {

inline constexpr config::policy::KeySecret kOfflineSecret{};  // keys never leave this process

class OfflineTables {
 public:
  // `rules`: a set laid out with kOfflineSecret, or nothing. One user once, before open().
  void add_user(config::policy::Key called, config::policy::FactWord facts, std::vector<std::byte> rules);

  // `common`: of encode_common_rules(). The error is a sentence.
  [[nodiscard]] std::expected<void, std::string> open(config::tables::Image common);

  // The lists in the store `file`, as of `now`. Behind open(). The error is a sentence.
  [[nodiscard]] std::expected<void, std::string> open_lists(const std::string& file, std::uint32_t claim_score,
                                                            std::int64_t now);

  [[nodiscard]] const config::policy::PolicyTables& view() const { return view_; }

 private:
  std::map<std::size_t, config::policy::UserShardWriter> writers_;  // by shard
  std::vector<std::vector<std::byte>> rules_;                       // until open()
  config::tables::Image common_;
  std::vector<config::tables::Image> users_;
  config::tables::Image lists_;
  config::policy::PolicyTables view_;
};

// The call as packet cores describe it, with the verdict on its tokens. `file` holds a request that parsed.
[[nodiscard]] config::policy::DescribedCall describe_offline(const MessageFile& file, const crypto::VerifyJob& job,
                                                             const config::policy::CallOrigin& origin,
                                                             std::int64_t now);

}  // namespace stirline::control::cli
