#include "dataplane/poll/sender_check.hpp"

#include <algorithm>
#include <string>

#include "crypto_workers/stir/uri_identity.hpp"
#include "sip_parser/characters.hpp"

namespace stirline::dataplane {

using config::policy::Sender;

namespace {

bool equal_small(std::string_view text, std::string_view small) {
  return text.size() == small.size() &&
         std::ranges::equal(text, small, [](char a, char b) { return sip::detail::lower(a) == b; });
}

// "*.example.com": what ends in ".example.com", and has something in front of it.
bool is_within(std::string_view host, std::string_view domain) {
  if (!domain.starts_with("*.")) {
    return equal_small(host, domain);
  }
  const std::string_view end = domain.substr(1);
  return host.size() > end.size() && equal_small(host.substr(host.size() - end.size()), end);
}

// A dot at the end says the same domain (RFC 1034 3.1).
std::string_view host_of(std::string_view octets, const sip::Uri& uri) {
  const std::string_view host = sip::text(octets, uri.host);
  return host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
}

Sender check(std::string_view octets, const sip::Uri& uri, const std::vector<std::string>& domains) {
  const std::string_view host = host_of(octets, uri);
  if (host.empty() || crypto::is_anonymous(octets, uri)) {
    return Sender::unchecked;
  }
  const bool found = std::ranges::any_of(domains, [&](const std::string& domain) { return is_within(host, domain); });
  return found ? Sender::match : Sender::mismatch;
}

}  // namespace

Sender both(Sender one, Sender other) {
  return std::max(one, other);
}
static_assert(Sender::unchecked < Sender::match && Sender::match < Sender::mismatch);

Sender check_domain(const sip::Message& message, std::string_view octets, const Trunk& trunk) {
  const std::vector<std::string>& domains = trunk.config.sender_domains;
  if (domains.empty()) {
    return Sender::unchecked;
  }
  if (trunk.originator == crypto::Originator::from || message.asserted_identities().empty()) {
    return check(octets, message.from().uri, domains);
  }
  Sender sender = Sender::unchecked;
  for (const sip::NameAddr& each : message.asserted_identities()) {
    sender = both(sender, check(octets, each.uri, domains));
  }
  return sender;
}

Sender check_signer(const crypto::Certificate* certificate, const Trunk& trunk) {
  const std::vector<std::string>& codes = trunk.config.sender_codes;
  if (codes.empty() || certificate == nullptr || !certificate->scope.has_spc()) {
    return Sender::unchecked;
  }
  const bool found = std::ranges::any_of(certificate->scope.entries(), [&](const crypto::TnEntry& entry) {
    return entry.kind == crypto::TnEntry::Kind::spc && std::ranges::find(codes, entry.value) != codes.end();
  });
  return found ? Sender::match : Sender::mismatch;
}

}  // namespace stirline::dataplane
