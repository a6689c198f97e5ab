// What the daemon publishes: chains under their x5u (STIR-CF-07), cards of rejections (STIR-BL-02).
#include <string>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "control/daemon.hpp"
#include "control/repository/rejection_cards.hpp"

namespace stirline::control {

std::expected<void, std::string> Daemon::open_repository() {
  if (state_.config.repository.listen.empty()) {
    return {};
  }
  auto pages = published_.with(state_.gathered.own_chains, options_.now());
  if (!pages) {
    return std::unexpected(std::move(pages.error()));
  }
  auto server = RepositoryServer::start(state_.config.repository);
  if (!server) {
    return std::unexpected(std::move(server.error()));
  }
  repository_ = std::move(*server);
  publish(std::move(*pages));
  renew_cards();
  return {};
}

void Daemon::publish(std::shared_ptr<const PublishedChains::Pages> pages) {
  published_.use(std::move(pages));
  publish_with_cards();
}

void Daemon::publish_with_cards() {
  if (repository_ == nullptr) {
    return;
  }
  std::vector<std::string> errors;
  repository_->publish(
      with_cards(published_.pages(), state_.config.cards, state_.gathered.credentials.view(), options_.now(), errors));
  for (const std::string& error : errors) {
    spdlog::error("{}", error);
  }
}

void Daemon::renew_cards() {
  loop_.cancel(card_timer_);
  card_timer_ = 0;
  if (repository_ != nullptr && !state_.config.cards.empty()) {
    publish_with_cards();
    card_timer_ = loop_.after(options_.renew_cards, [this] { renew_cards(); });
  }
}

}  // namespace stirline::control
