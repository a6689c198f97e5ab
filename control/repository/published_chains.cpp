#include "control/repository/published_chains.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/text_rules.hpp"

namespace stirline::control {

std::expected<std::shared_ptr<const PublishedChains::Pages>, std::string> PublishedChains::with(
    const std::vector<X5uChain>& chains, std::int64_t now) const {
  auto pages = std::make_shared<Pages>();
  for (const X5uChain& chain : chains) {
    auto body = read_chain_body(chain.pem, kChainContentType, false);
    if (!body) {
      return std::unexpected(fmt::format("{}: {}", chain.url, body.error()));
    }
    const std::string path(config::path_of_https_url(chain.url));
    const auto before = pages_->find(path);
    const auto beside = pages->find(path);
    const bool changed = before != pages_->end() && before->second.not_after >= now && before->second.body != body->pem;
    const bool two = beside != pages->end() && beside->second.body != body->pem;
    if (changed || two) {
      return std::unexpected(
          fmt::format("{}: {} is published with other certificates: a new chain needs a new URL", chain.url, path));
    }
    pages->insert_or_assign(path, Page{.body = std::move(body->pem), .not_after = body->leaf_not_after});
  }
  std::size_t old = 0;
  for (const auto& [path, page] : *pages_) {
    if (page.not_after >= now && old < kMaxOld && !pages->contains(path)) {
      Page kept = page;
      kept.current = false;
      pages->emplace(path, std::move(kept));
      ++old;
    }
  }
  return pages;
}

}  // namespace stirline::control
