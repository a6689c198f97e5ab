// The XCAP server in the daemon: made at the start, shown in the status.
#include <algorithm>
#include <iterator>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "control/contacts/contact_pages.hpp"
#include "control/content/content_pages.hpp"
#include "control/daemon.hpp"
#include "control/feedback/feedback_pages.hpp"
#include "control/http/http_status.hpp"
#include "control/notices/notice_pages.hpp"
#include "control/permissions/permission_pages.hpp"
#include "control/policy/policy_usages.hpp"
#include "control/xcap/xcap_parts.hpp"
#include "control/xcap/xcap_tallies.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

std::expected<std::unique_ptr<SideService>, std::string> training_pages(const config::ContentConfig& config,
                                                                        const std::string& root,
                                                                        std::function<std::int64_t()> now) {
  auto store = content::open_content_store(config.database);
  if (!store) {
    return std::unexpected(config.database.string() + ": " + store.error());
  }
  std::vector<std::string> corpora;
  std::ranges::transform(config.corpora, std::back_inserter(corpora), &config::ContentCorpus::name);
  return std::make_unique<content::ContentPages>(
      content::ContentPages::Options{root, config.trainers, std::move(corpora), std::move(now)}, std::move(*store));
}

}  // namespace

std::expected<void, std::string> Daemon::open_documents() {
  const config::XcapConfig& config = state_.config.xcap;
  if (config.listen.empty()) {
    return {};
  }
  auto parts = std::make_unique<XcapParts>();
  auto store = open_document_store(config.database);
  if (!store) {
    return std::unexpected(std::move(store.error()));
  }
  parts->store = std::move(*store);
  policy::join_usages(parts->checker, parts->capabilities, options_.now);
  xcap_ = std::move(parts);
  return {};
}

// After everybody has joined who has a part in it.
std::expected<void, std::string> Daemon::serve_documents() {
  if (xcap_ == nullptr) {
    return {};
  }
  const config::XcapConfig& config = state_.config.xcap;
  if (permissions_ != nullptr) {
    xcap_->sides.add(std::make_unique<PermissionPages>(
        PermissionPages::Options{config.root, config.administrators, config.testers}, *permissions_));
  }
  if (feedback_ != nullptr) {
    xcap_->sides.add(std::make_unique<FeedbackPages>(config.root, *feedback_));
  }
  if (notices_ != nullptr) {
    xcap_->sides.add(std::make_unique<NoticePages>(config.root, *notices_));
  }
  if (const config::ListConfig& lists = state_.config.lists; !lists.database.empty()) {
    auto store = policy::open_list_store(lists.database);
    if (!store) {
      return std::unexpected(lists.database.string() + ": " + store.error());
    }
    xcap_->sides.add(std::make_unique<ContactPages>(
        ContactPages::Options{config.root, lists.most_contacts, options_.now}, std::move(*store)));
  }
  if (const config::ContentConfig& texts = state_.config.content; !texts.database.empty() && !texts.trainers.empty()) {
    auto pages = training_pages(texts, config.root, options_.now);
    if (!pages) {
      return std::unexpected(std::move(pages.error()));
    }
    xcap_->sides.add(std::move(*pages));
  }
  auto server =
      XcapServer::start(config, {*xcap_->store, xcap_->checker, xcap_->capabilities, options_.now, &xcap_->sides});
  if (!server) {
    return std::unexpected(std::move(server.error()));
  }
  xcap_->server = std::move(*server);
  return {};
}

Json Daemon::xcap_status() const {
  if (xcap_ == nullptr) {
    return nullptr;
  }
  const XcapTallies& tallies = xcap_->server->tallies();
  Json status = http_status(xcap_->server->port(), xcap_->server->counters());
  const auto documents = xcap_->store->count();
  status["documents"] = documents ? Json(*documents) : Json();
  status["changes"] = tallies.changes.load();
  status["unauthenticated"] = tallies.unauthenticated.load();
  status["forbidden"] = tallies.forbidden.load();
  status["conflicts"] = tallies.conflicts.load();
  status["overtaken"] = tallies.overtaken.load();
  status["failed"] = tallies.failed.load();
  return status;
}

}  // namespace stirline::control
