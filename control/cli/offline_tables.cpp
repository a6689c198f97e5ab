#include "control/cli/offline_tables.hpp"

#include <utility>

namespace stirline::control::cli {

using namespace config::policy;

void OfflineTables::add_user(Key called, FactWord facts, std::vector<std::byte> rules) {
  const std::size_t shard = shard_of(called);
  writers_.try_emplace(shard, shard, kOfflineSecret)
      .first->second.add(called, facts, rules_.emplace_back(std::move(rules)));
}

std::expected<void, std::string> OfflineTables::open(config::tables::Image common) {
  common_ = std::move(common);
  const auto opened = CommonRules::open(common_);
  if (!opened) {
    return std::unexpected(opened.error().text);
  }
  view_.common = *opened;
  for (auto& [number, writer] : writers_) {
    users_.push_back(writer.take());
    const auto shard = UserShard::open(users_.back());
    if (!shard) {
      return std::unexpected(shard.error().text);
    }
    view_.users[number] = *shard;
  }
  writers_.clear();
  rules_.clear();
  return {};
}

std::expected<void, std::string> OfflineTables::open_lists(config::tables::Image lists) {
  lists_ = std::move(lists);
  const auto table = ListTable::open(lists_);
  if (!table) {
    return std::unexpected(table.error().text);
  }
  view_.lists = *table;
  return {};
}

DescribedCall describe_offline(const MessageFile& file, const crypto::VerifyJob& job, const CallOrigin& origin,
                               std::int64_t now) {
  DescribedCall call;
  call.called = called_by(*file.message, file.octets, origin, kOfflineSecret);
  describe_call(*file.message, file.octets, origin, kOfflineSecret, now, ~std::uint32_t{0}, call);
  if (job.identity_count == 0) {
    add_asserted(*file.message, file.octets, origin, kOfflineSecret, call);
  } else {
    add_verdict(job, kOfflineSecret, call);
  }
  return call;
}

}  // namespace stirline::control::cli
