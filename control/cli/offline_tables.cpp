#include "control/cli/offline_tables.hpp"

#include <utility>

#include <fmt/format.h>

#include "control/policy/list_store.hpp"

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

std::expected<void, std::string> OfflineTables::open_lists(const std::string& file, std::uint32_t claim_score,
                                                           std::int64_t now) {
  const auto failed = [&file](const std::string& why) { return std::unexpected(fmt::format("{}: {}", file, why)); };
  const auto store = policy::open_list_store(file);
  if (!store) {
    return failed(store.error());
  }
  auto image =
      policy::make_list_table(**store, kOfflineSecret, {.claim_score = static_cast<std::uint8_t>(claim_score)}, now);
  if (!image) {
    return failed(image.error());
  }
  lists_ = std::move(*image);
  const auto table = ListTable::open(lists_);
  if (!table) {
    return failed(table.error().text);
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
