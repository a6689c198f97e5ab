#include "control/contacts/contact_requests.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "config/text_rules.hpp"
#include "control/http/json_members.hpp"
#include "control/http/percent_encoding.hpp"
#include "control/json_text.hpp"

namespace stirline::control {
namespace {

constexpr std::string_view kContactsOfUsers = "contacts/users/";

// "<URI>, <URI>": what stands between the brackets, one after the other; the rest of the list follows in `rest`.
std::optional<std::string_view> take_uri(std::string_view& rest) {
  rest = config::trimmed(rest);
  const std::size_t end = rest.find('>');
  if (!rest.starts_with('<') || end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view uri = rest.substr(1, end - 1);
  rest = config::trimmed(rest.substr(end + 1));
  if (!rest.empty()) {
    if (!rest.starts_with(',') || rest.size() == 1) {
      return std::nullopt;
    }
    rest.remove_prefix(1);
  }
  return config::is_uri_text(uri) ? std::optional(uri) : std::nullopt;
}

// A site does not know where its reader would dial from: a number of its is global (RFC 3966 5.1.4).
bool is_written_in_full(std::string_view uri) {
  return uri.substr(uri.find(':') + 1).starts_with('+');
}

std::expected<std::vector<policy::ContactAddress>, std::string> read_uris(std::string_view list) {
  std::vector<policy::ContactAddress> correspondents;
  for (std::size_t count = 0; !list.empty(); ++count) {
    const auto uri = take_uri(list);
    if (!uri) {
      return std::unexpected("correspondence-uris is a list of URIs: <sip:...>, <tel:+...>");
    }
    if (count == kMaxCorrespondents) {
      return std::unexpected("correspondence-uris has more than " + std::to_string(kMaxCorrespondents) + " URIs");
    }
    auto address = policy::read_contact_address(*uri, {});
    if (!address && address.error() == policy::AddressFault::of_another_kind) {
      continue;
    }
    if (!address || (address->kind == policy::SubjectKind::number && !is_written_in_full(*uri))) {
      return std::unexpected("<" + std::string(*uri) + "> is no sip, sips or tel URI that somebody could call with");
    }
    if (address->identity.size() > kMaxCorrespondentOctets) {
      return std::unexpected("a correspondent is longer than " + std::to_string(kMaxCorrespondentOctets) + " octets");
    }
    if (std::ranges::find(correspondents, address->identity, &policy::ContactAddress::identity) ==
        correspondents.end()) {
      correspondents.push_back(std::move(*address));
    }
  }
  if (correspondents.empty()) {
    return std::unexpected("correspondence-uris names nobody who could call or write");
  }
  return correspondents;
}

}  // namespace

std::optional<std::expected<ContactTarget, std::string>> read_contact_target(std::string_view target,
                                                                             std::string_view root) {
  using Read = std::expected<ContactTarget, std::string>;
  if (!target.starts_with(root) || !target.substr(root.size()).starts_with(kContactsOfUsers)) {
    return std::nullopt;
  }
  target.remove_prefix(root.size() + kContactsOfUsers.size());
  const std::size_t slash = target.find('/');  // one of the XUI itself is written %2F
  auto user = percent_decoded(target.substr(0, slash));
  if (!user) {
    return Read(std::unexpected("the user is malformed"));
  }
  ContactTarget read{.user = std::move(*user), .contact = std::nullopt};
  if (slash != std::string_view::npos) {
    auto contact = percent_decoded(target.substr(slash + 1));
    if (!contact) {
      return Read(std::unexpected("the contact is malformed"));
    }
    read.contact = std::move(*contact);
  }
  return Read(std::move(read));
}

std::expected<Correspondence, std::string> read_correspondence(std::string_view body) {
  const auto document = read_json_object(body, kMaxCorrespondenceBody, {"correspondence-uris", "days", "site"});
  if (!document) {
    return std::unexpected(document.error());
  }
  auto correspondents = read_uris(text_of(*document, "correspondence-uris"));
  if (!correspondents) {
    return std::unexpected(std::move(correspondents.error()));
  }
  Correspondence correspondence;
  correspondence.correspondents = std::move(*correspondents);
  if (const auto days = document->find("days"); days != document->end()) {
    if (!days->is_number_unsigned() || *days < 1U || *days > kMaxCorrespondenceDays) {
      return std::unexpected("days is 1 to " + std::to_string(kMaxCorrespondenceDays));
    }
    correspondence.days = days->get<std::uint32_t>();
  }
  if (const auto site = document->find("site"); site != document->end()) {
    correspondence.site = text_of(*document, "site");
    if (!config::is_uri_text(correspondence.site) || correspondence.site.size() > kMaxSiteOctets) {
      return std::unexpected("site is a URI of at most " + std::to_string(kMaxSiteOctets) + " octets");
    }
  }
  return correspondence;
}

}  // namespace stirline::control
