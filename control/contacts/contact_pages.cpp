#include "control/contacts/contact_pages.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "control/http/percent_encoding.hpp"
#include "control/policy/call_list_keeper.hpp"
#include "control/policy/canonical_identity.hpp"
#include "control/xcap/side_answers.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view kContactsOfUsers = "contacts/users/";
constexpr const char* kService = "contacts";

// A '/' of the XUI itself is written %2F.
struct ContactTarget {
  std::string user;
  std::optional<std::string> contact;
};

std::optional<ContactTarget> read_target(std::string_view path) {
  const std::size_t slash = path.find('/');
  auto user = percent_decoded(path.substr(0, slash));
  if (!user) {
    return std::nullopt;
  }
  ContactTarget target{.user = std::move(*user), .contact = std::nullopt};
  if (slash != std::string_view::npos) {
    auto contact = percent_decoded(path.substr(slash + 1));
    if (!contact) {
      return std::nullopt;
    }
    target.contact = std::move(*contact);
  }
  return target;
}

}  // namespace

bool ContactPages::serves(std::string_view target) const {
  return target.starts_with(root_) && target.substr(root_.size()).starts_with(kContactsOfUsers);
}

XcapAnswer ContactPages::answer(const SideRequest& request, const std::string& user) {
  const auto target = read_target(request.target.substr(root_.size() + kContactsOfUsers.size()));
  if (!target) {
    return mistake_page(400, "the user or the contact is malformed");
  }
  if (target->user != user) {
    return bare_status(403);
  }
  const auto called = policy::canonical_identity(user, {});
  if (!called) {
    return mistake_page(404, "you are nobody who can be called");
  }
  const std::string owner = policy::owner_of(*called);
  const std::scoped_lock lock(mutex_);
  if (request.method == "GET" && !target->contact) {
    return list(owner);
  }
  if (request.method != "DELETE") {
    return {.status = 405, .allow = target->contact ? "DELETE" : "GET, DELETE"};
  }
  if (!target->contact) {
    return remove({.owner = owner, .origin = std::string(policy::kLearned)});
  }
  const auto contact = policy::canonical_identity(*target->contact, {});
  // What is none, such as a domain, may have been entered as it stands.
  return remove({.owner = owner, .subject = contact.value_or(*target->contact)});
}

XcapAnswer ContactPages::list(const std::string& owner) const {
  Json contacts = Json::array();
  bool is_complete = true;
  const auto done = store_->each({.owner = owner}, [&](const policy::ListEntry& entry) {
    is_complete = contacts.size() < kMostShown;
    if (is_complete) {
      contacts.push_back({{"contact", entry.subject},
                          {"list", config::policy::to_string(entry.list)},
                          {"origin", entry.origin},
                          {"until", entry.until ? Json(*entry.until) : Json()}});
    }
    return is_complete;
  });
  if (!done) {
    return broken_store(kService, done.error());
  }
  const Json page{{"contacts", std::move(contacts)}, {"complete", is_complete}};
  return json_page(200, page.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n");
}

XcapAnswer ContactPages::remove(const policy::ListFilter& filter) {
  const auto gone = store_->remove(filter);
  return gone ? bare_status(*gone == 0 ? 404 : 204) : broken_store(kService, gone.error());
}

}  // namespace stirline::control
