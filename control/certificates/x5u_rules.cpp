#include "control/certificates/x5u_rules.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "config/text_rules.hpp"

namespace stirline::control {

namespace {

constexpr std::string_view kScheme = "https://";
constexpr std::size_t kMaxHostBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) {
    return {};
  }
  std::string copy = text;
  curl_free(text);
  return copy;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool is_label(std::string_view label) {
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !label.empty() && label.size() <= kMaxLabelBytes && alphanumeric(label.front()) &&
         alphanumeric(label.back()) && std::ranges::all_of(label, [&](char c) { return alphanumeric(c) || c == '-'; });
}

// RFC 1123 2.1. A name whose last label begins with a digit is none: some resolvers take "127.1" and "0x7f.1" for
// addresses.
bool is_host_name(std::string_view name) {
  if (name.size() > kMaxHostBytes) {
    return false;
  }
  std::string_view label;
  while (true) {
    const std::size_t dot = name.find('.');
    label = name.substr(0, dot);
    if (!is_label(label)) {
      return false;
    }
    if (dot == std::string_view::npos) {
      return label.front() < '0' || label.front() > '9';
    }
    name.remove_prefix(dot + 1);
  }
}

bool port_allowed(std::uint16_t port, const X5uRules& rules) {
  return port == 443 || port == 8'443 || std::ranges::find(rules.lab_ports, port) != rules.lab_ports.end();
}

// The text between scheme and path, taken apart without interpretation.
struct Authority {
  std::string_view host;
  std::string_view port;  // with its colon
};

Authority split(std::string_view authority) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  const std::size_t host_end =
      bracket == std::string_view::npos ? std::min(authority.find(':'), authority.size()) : bracket + 1;
  return {authority.substr(0, host_end), authority.substr(host_end)};
}

std::optional<config::IpAddress> literal_of(std::string_view host) {
  const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  const auto address = config::parse_address(bracketed ? host.substr(1, host.size() - 2) : host);
  const bool is_v6 = address && address->family == config::IpAddress::Family::v6;
  return is_v6 == bracketed ? address : std::nullopt;
}

}  // namespace

std::string_view to_string(X5uProblem problem) {
  switch (problem) {
    case X5uProblem::length:
      return "length";
    case X5uProblem::character:
      return "character";
    case X5uProblem::malformed:
      return "malformed";
    case X5uProblem::scheme:
      return "scheme";
    case X5uProblem::user:
      return "user";
    case X5uProblem::query:
      return "query";
    case X5uProblem::fragment:
      return "fragment";
    case X5uProblem::host:
      return "host";
    case X5uProblem::port:
      return "port";
    case X5uProblem::address:
      break;
  }
  return "address";
}

std::string_view sentence(X5uProblem problem) {
  switch (problem) {
    case X5uProblem::length:
      return "the URL is empty or longer than 512 octets";
    case X5uProblem::character:
      return "the URL holds a character that URLs do not have";
    case X5uProblem::malformed:
      return "this is no URL";
    case X5uProblem::scheme:
      return "the URL does not begin with https://";
    case X5uProblem::user:
      return "the URL names a user";
    case X5uProblem::query:
      return "the URL has a query";
    case X5uProblem::fragment:
      return "the URL has a fragment";
    case X5uProblem::host:
      return "the URL has no host, or one that can be read in more than one way";
    case X5uProblem::port:
      return "the URL names another port than 443 or 8443";
    case X5uProblem::address:
      break;
  }
  return "the URL names an address that is not of the public Internet";
}

std::expected<FetchUrl, X5uProblem> judge_x5u(std::string_view url, const X5uRules& rules) {
  if (url.empty() || url.size() > config::kMaxUrlBytes) {
    return std::unexpected(X5uProblem::length);
  }
  if (!config::is_uri_text(url)) {
    return std::unexpected(X5uProblem::character);
  }
  if (!url.starts_with(kScheme)) {
    return std::unexpected(X5uProblem::scheme);
  }
  if (url.contains('#')) {
    return std::unexpected(X5uProblem::fragment);
  }
  if (url.contains('?')) {
    return std::unexpected(X5uProblem::query);
  }
  const std::string_view authority = url.substr(kScheme.size(), url.find('/', kScheme.size()) - kScheme.size());
  if (authority.contains('@')) {
    return std::unexpected(X5uProblem::user);
  }
  const Authority written = split(authority);
  const std::optional<config::IpAddress> literal = literal_of(written.host);
  FetchUrl good;
  good.text = url;
  good.host = lower(std::string(written.host));
  if (!literal && !is_host_name(good.host)) {
    return std::unexpected(X5uProblem::host);
  }
  good.parsed.reset(curl_url());
  if (good.parsed == nullptr ||
      curl_url_set(good.parsed.get(), CURLUPART_URL, good.text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return std::unexpected(written.port.empty() ? X5uProblem::malformed : X5uProblem::port);
  }
  const std::string understood = lower(part_of(good.parsed.get(), CURLUPART_HOST));
  // libcurl writes IPv6 literals in the shortest form.
  if (literal ? literal_of(understood) != literal : understood != good.host) {
    return std::unexpected(X5uProblem::host);
  }
  const std::string port = part_of(good.parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (!(written.port.empty() ? port == "443" : written.port == ":" + port)) {
    return std::unexpected(X5uProblem::port);
  }
  std::from_chars(port.data(), port.data() + port.size(), good.port);
  if (!port_allowed(good.port, rules)) {
    return std::unexpected(X5uProblem::port);
  }
  if (literal && !rules.addresses.allow(*literal)) {
    return std::unexpected(X5uProblem::address);
  }
  if (good.host.starts_with('[')) {
    good.host = good.host.substr(1, good.host.size() - 2);
  }
  return good;
}

}  // namespace stirline::control
