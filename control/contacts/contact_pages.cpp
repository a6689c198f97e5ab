#include "control/contacts/contact_pages.hpp"

#include <cstddef>
#include <utility>

#include <nlohmann/json.hpp>

#include "control/contacts/contact_requests.hpp"
#include "control/day.hpp"
#include "control/policy/call_list_keeper.hpp"
#include "control/policy/canonical_identity.hpp"
#include "control/xcap/side_answers.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kService = "contacts";

}  // namespace

bool ContactPages::serves(std::string_view target) const {
  return read_contact_target(target, options_.root).has_value();
}

XcapAnswer ContactPages::answer(const SideRequest& request, const std::string& user) {
  const auto read = read_contact_target(request.target, options_.root);
  if (!read) {
    return bare_status(404);
  }
  if (!*read) {
    return mistake_page(400, read->error());
  }
  const ContactTarget& target = **read;
  if (target.user != user) {
    return bare_status(403);
  }
  const auto called = policy::canonical_identity(user, {});
  if (!called) {
    return mistake_page(404, "you are nobody who can be called");
  }
  const std::string owner = policy::owner_of(*called);
  const std::scoped_lock lock(mutex_);
  if (request.method == "GET" && !target.contact) {
    return list(owner);
  }
  if (request.method == "POST" && !target.contact) {
    return take(request.body, owner);
  }
  if (request.method != "DELETE") {
    return {.status = 405, .allow = target.contact ? "DELETE" : "GET, POST, DELETE"};
  }
  if (!target.contact) {
    return remove({.owner = owner, .origin = std::string(policy::kLearned)});
  }
  const auto contact = policy::canonical_identity(*target.contact, {});
  // What is none, such as a domain, may have been entered as it stands.
  return remove({.owner = owner, .subject = contact.value_or(*target.contact)});
}

XcapAnswer ContactPages::list(const std::string& owner) const {
  Json contacts = Json::array();
  bool is_complete = true;
  const auto done = store_->each({.owner = owner}, [&](const policy::ListEntry& entry) {
    is_complete = contacts.size() < kMostShown;
    if (is_complete) {
      Json contact{{"contact", entry.subject},
                   {"list", config::policy::to_string(entry.list)},
                   {"origin", entry.origin},
                   {"until", entry.until ? Json(*entry.until) : Json()}};
      if (!entry.note.empty()) {
        contact["note"] = entry.note;
      }
      contacts.push_back(std::move(contact));
    }
    return is_complete;
  });
  if (!done) {
    return broken_store(kService, done.error());
  }
  const Json page{{"contacts", std::move(contacts)}, {"complete", is_complete}};
  return json_page(200, page.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n");
}

// SPIT-FW-12. What somebody has entered by hand, or holds longer, stays as it is.
XcapAnswer ContactPages::take(std::string_view body, const std::string& owner) {
  const auto correspondence = read_correspondence(body);
  if (!correspondence) {
    return mistake_page(400, correspondence.error());
  }
  const std::int64_t until = options_.now() + (correspondence->days * kDay);
  std::size_t taken = 0;
  const auto done =
      store_->offer({.worth = 1, .most = options_.most_contacts}, [&](const auto& offer) -> policy::ListStore::Done {
        for (const policy::ContactAddress& each : correspondence->correspondents) {
          const auto is_taken = offer({.owner = owner,
                                       .list = config::policy::List::white,
                                       .kind = each.kind,
                                       .subject = each.identity,
                                       .until = until,
                                       .origin = std::string(kCorrespondence),
                                       .note = correspondence->site});
          if (!is_taken) {
            return std::unexpected(is_taken.error());
          }
          taken += *is_taken ? 1U : 0U;
        }
        return {};
      });
  if (!done) {
    return broken_store(kService, done.error());
  }
  const Json page{{"announced", correspondence->correspondents.size()}, {"taken", taken}, {"until", until}};
  return json_page(200, page.dump() + "\n");
}

XcapAnswer ContactPages::remove(const policy::ListFilter& filter) {
  const auto gone = store_->remove(filter);
  return gone ? bare_status(*gone == 0 ? 404 : 204) : broken_store(kService, gone.error());
}

}  // namespace stirline::control
