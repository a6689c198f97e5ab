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
  if (auto taken = rules->take_lists(std::move(staged.lists)); !taken) {
    return std::unexpected(std::move(taken.error()));
  }
  if (auto taken = rules->take_content(std::move(staged.content)); !taken) {
    return std::unexpected(std::move(taken.error()));
  }
  std::bitset<policy::kUserShards> came;
  for (const config::wire::MappedImage& image : staged.users) {
    auto memory = config::wire::PagedImage::copy(image.view());
    if (!memory) {
      return std::unexpected(std::move(memory.error().text));
    }
    const auto shard = policy::UserShard::open(memory->view());
    if (!shard) {
      return std::unexpected(shard.error().text);
    }
    if (came.test(shard->number())) {
      return std::unexpected("a shard of users was sent twice");
    }
    came.set(shard->number());
    rules->view_.users[shard->number()] = *shard;
    rules->users_images_[shard->number()] = std::make_shared<const config::wire::PagedImage>(std::move(*memory));
  }
  rules->users_ = 0;
  rules->octets_ = rules->common_->view().size() + (rules->lists_ ? rules->lists_->view().size() : 0) +
                   (rules->content_ ? rules->content_->memory.view().size() : 0);
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

// Lists, like users, are large and looked up all over: they are read from memory of our own, on large pages. What is
// there of an earlier life of control, with other keys, goes.
std::expected<void, std::string> RuleTables::take_lists(config::wire::MappedImage staged) {
  const policy::KeySecret& secret = view_.common.secret();
  if (staged.view().empty()) {
    if (lists_ && view_.lists.secret() != secret) {
      view_.lists = {};
      lists_.reset();
    }
    return {};
  }
  auto image = config::wire::PagedImage::copy(staged.view());
  if (!image) {
    return std::unexpected(std::move(image.error().text));
  }
  const auto lists = policy::ListTable::open(image->view());
  if (!lists) {
    return std::unexpected(lists.error().text);
  }
  if (lists->secret() != secret) {
    return std::unexpected("the lists do not have the secret of the common rules: their keys are of another time");
  }
  view_.lists = *lists;
  lists_ = std::make_shared<const config::wire::PagedImage>(std::move(*image));
  return {};
}

std::expected<void, std::string> RuleTables::take_content(config::wire::MappedImage staged) {
  if (staged.view().empty()) {
    return {};
  }
  auto memory = config::wire::PagedImage::copy(staged.view());
  if (!memory) {
    return std::unexpected(std::move(memory.error().text));
  }
  const auto table = policy::content::ContentTable::open(memory->view());
  if (!table) {
    return std::unexpected(table.error().text);
  }
  content_ = std::make_shared<const ContentImage>(std::move(*memory), *table);
  return {};
}

}  // namespace stirline::dataplane
