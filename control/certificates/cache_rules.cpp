#include "control/certificates/cache_rules.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <optional>
#include <string_view>

#include <curl/curl.h>

#include "config/text_rules.hpp"
#include "sip_parser/characters.hpp"

namespace stirline::control {

namespace {

constexpr std::int64_t kMostDeltaSeconds = std::int64_t{1} << 31;  // RFC 9111 1.2.2

std::optional<std::int64_t> delta_seconds(std::string_view text) {
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) {
    text = text.substr(1, text.size() - 2);
  }
  if (text.empty() || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? std::min(value, kMostDeltaSeconds) : kMostDeltaSeconds;
}

struct Directives {
  bool keep_forbidden = false;
  bool has_max_age = false;
  std::int64_t max_age = 0;
};

Directives read_directives(std::string_view text) {
  Directives directives;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view one = config::trimmed(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t equals = std::min(one.find('='), one.size());
    const std::string_view name = config::trimmed(one.substr(0, equals));
    if (sip::detail::equal_ignoring_case(name, "no-store") || sip::detail::equal_ignoring_case(name, "no-cache")) {
      directives.keep_forbidden = true;
    } else if (sip::detail::equal_ignoring_case(name, "max-age") && !directives.has_max_age) {
      directives.has_max_age = true;
      const std::string_view value = config::trimmed(one.substr(std::min(equals + 1, one.size())));
      directives.max_age = delta_seconds(value).value_or(0);
    }
  }
  return directives;
}

std::optional<std::int64_t> http_date(const std::string& text) {
  const std::time_t when = text.empty() ? -1 : curl_getdate(text.c_str(), nullptr);
  return when < 0 ? std::nullopt : std::optional<std::int64_t>(when);
}

}  // namespace

std::int64_t fresh_seconds(const CacheHeaders& headers, std::int64_t now) {
  const Directives directives = read_directives(headers.cache_control);
  if (directives.keep_forbidden) {
    return 0;
  }
  std::int64_t lifetime = directives.max_age;
  if (!directives.has_max_age) {
    const std::optional<std::int64_t> expires = http_date(headers.expires);
    lifetime = expires ? *expires - http_date(headers.date).value_or(now) : 0;
  }
  const std::int64_t age = delta_seconds(config::trimmed(headers.age)).value_or(0);
  return std::clamp<std::int64_t>(lifetime - age, 0, kMostDeltaSeconds);
}

KeepTimes keep_times(const CacheHeaders& headers, std::int64_t now, std::int64_t leaf_not_after) {
  const std::int64_t seconds = std::max(fresh_seconds(headers, now), kLeastFreshSeconds);
  KeepTimes times;
  times.keep_until = std::min(now + seconds, leaf_not_after);
  // A leaf about to end is not asked for again and again: the same certificate would come.
  times.refresh_at = now + (seconds - seconds / 8);
  times.refresh_at = std::min(times.refresh_at, times.keep_until);
  return times;
}

}  // namespace stirline::control
