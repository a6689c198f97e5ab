#include "dataplane/state/rule_tables.hpp"

#include <bitset>
#include <ctime>
#include <utility>

namespace stirline::dataplane {

namespace policy = config::policy;

std::expected<std::unique_ptr<const RuleTables>, std::string> RuleTables::build(std::uint64_t number,
                                                                                StagedRules staged,
                                                                                const RuleTables* before) {
  auto rules = before == nullptr ? std::make_unique<RuleTables>() : std::make_unique<RuleTables>(*before);
  rules->number_ = number;
  rules->loaded_at_ = std::time(nullptr);
  if (!staged.common.view().empty()) {
    const auto common = policy::CommonRules::open(staged.common.view());
    if (!common) {
      return std::unexpected(common.error().text);
    }
    rules->view_.common = *common;
    rules->common_ = std::make_shared<const config::wire::MappedImage>(std::move(staged.common));
  }
  if (!rules->common_) {
    return std::unexpected("the common rules were never sent");
  }
  std::bitset<policy::kUserShards> came;
  for (config::wire::MappedImage& image : staged.users) {
    const auto shard = policy::UserShard::open(image.view());
    if (!shard) {
      return std::unexpected(shard.error().text);
    }
    if (came.test(shard->number())) {
      return std::unexpected("a shard of users was sent twice");
    }
    came.set(shard->number());
    rules->view_.users[shard->number()] = *shard;
    rules->users_images_[shard->number()] = std::make_shared<const config::wire::MappedImage>(std::move(image));
  }
  rules->users_ = 0;
  rules->octets_ = rules->common_->view().size();
  for (std::size_t i = 0; i < policy::kUserShards; ++i) {
    const policy::UserShard& shard = rules->view_.users[i];
    if (shard.users() != 0 && shard.secret() != rules->view_.common.secret()) {
      return std::unexpected("the shards do not have the secret of the common rules: their keys are of another time");
    }
    rules->users_ += shard.users();
    rules->octets_ += rules->users_images_[i] ? rules->users_images_[i]->view().size() : 0;
  }
  return rules;
}

}  // namespace stirline::dataplane
