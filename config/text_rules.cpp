#include "config/text_rules.hpp"

#include <algorithm>
#include <optional>

namespace stirline::config {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes && std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

bool is_small_host(std::string_view text) {
  return !text.empty() && text.size() <= kMaxHostBytes && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '.' || c == '-';
  });
}

bool is_small_namespace(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNamespaceBytes &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; });
}

bool is_spc(std::string_view text) {
  constexpr std::size_t kMaxSpcBytes = 64;
  return !text.empty() && text.size() <= kMaxSpcBytes &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

bool is_certificate_subject(std::string_view text) {
  constexpr std::size_t kMaxSubjectBytes = 255;
  return !text.empty() && text.size() <= kMaxSubjectBytes &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

bool is_digits(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most && std::ranges::all_of(text, is_digit);
}

bool is_telephone_number(std::string_view text) {
  return !text.empty() && text.size() <= kMaxE164Digits &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '#' || c == '*'; });
}

bool is_uuid(std::string_view text) {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return text.size() == kShape.size() &&
         std::ranges::equal(text, kShape, [](char c, char shape) { return shape == 'x' ? is_hex(c) : c == shape; });
}

bool is_attest(char letter) {
  return (letter >= 'A' && letter <= 'C') || letter == '-';
}

bool is_uri_text(std::string_view text) {
  constexpr std::string_view kOthers = "-._~:/?#[]@!$&'()*+,;=%";
  return !text.empty() && text.size() <= kMaxUrlBytes &&
         std::ranges::all_of(text, [&](char c) { return is_letter(c) || is_digit(c) || kOthers.contains(c); });
}

namespace {

struct Authority {
  std::string_view host;
  std::string_view port;  // with its colon; may be empty
};

// Of an https URL without user, query and fragment.
std::optional<Authority> https_authority(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  if (!is_uri_text(text) || !text.starts_with(kScheme) || text.find_first_of("?#@") != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view authority = text.substr(kScheme.size(), text.find('/', kScheme.size()) - kScheme.size());
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos || end < 3) {
      return std::nullopt;
    }
    return Authority{authority.substr(0, end + 1), authority.substr(end + 1)};
  }
  const std::string_view host = authority.substr(0, authority.find(':'));
  const bool good = !host.empty() && std::ranges::all_of(host, [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-';
  });
  return good ? std::optional(Authority{host, authority.substr(host.size())}) : std::nullopt;
}

}  // namespace

bool is_x5u(std::string_view text) {
  const auto authority = https_authority(text);
  return authority && (authority->port.empty() || authority->port == ":443" || authority->port == ":8443");
}

bool is_https_url(std::string_view text) {
  const auto authority = https_authority(text);
  return authority &&
         (authority->port.empty() || (authority->port.starts_with(':') && is_digits(authority->port.substr(1), 1, 5)));
}

std::string_view host_of_https_url(std::string_view text) {
  return is_https_url(text) ? https_authority(text)->host : std::string_view();
}

std::string_view path_of_https_url(std::string_view text) {
  if (!is_https_url(text)) {
    return {};
  }
  const std::size_t slash = text.find('/', std::string_view("https://").size());
  return slash == std::string_view::npos ? "/" : text.substr(slash);
}

std::uint64_t power_of_ten(std::size_t digits) {
  std::uint64_t power = 1;
  for (std::size_t i = 0; i < digits; ++i) {
    power *= 10;
  }
  return power;
}

std::uint64_t digits_value(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

}  // namespace stirline::config
