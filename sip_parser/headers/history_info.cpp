#include "sip_parser/headers/history_info.hpp"

#include <algorithm>

#include "sip_parser/headers/field_reader.hpp"

namespace stirline::sip {
namespace {

constexpr HeaderId kHistoryInfoId = HeaderId::history_info;

// index-val = number *("." number). The levels, or why it is none.
std::expected<std::uint8_t, FieldErrorCode> index_levels(std::string_view index) {
  std::size_t levels = 0;
  std::size_t digits = 0;
  for (const char c : index) {
    if (c == '.' && digits > 0) {
      digits = 0;
      ++levels;
    } else if (detail::is(c, detail::kDigit)) {
      ++digits;
    } else {
      return std::unexpected(FieldErrorCode::malformed);
    }
    if (digits > kMaxIndexNumberDigits || levels >= kMaxIndexLevels) {
      return std::unexpected(FieldErrorCode::out_of_range);
    }
  }
  if (digits == 0) {
    return std::unexpected(FieldErrorCode::malformed);
  }
  return static_cast<std::uint8_t>(levels + 1);
}

TargetOrigin origin_of(std::string_view octets, const detail::ParameterItem& item) {
  if (detail::is_named(octets, item, "rc")) {
    return TargetOrigin::rc;
  }
  if (detail::is_named(octets, item, "mp")) {
    return TargetOrigin::mp;
  }
  return detail::is_named(octets, item, "np") ? TargetOrigin::np : TargetOrigin::unsaid;
}

class HistoryInfoReader {
 public:
  HistoryInfoReader(std::string_view octets, const NameAddr& party) : octets_(octets) { entry_.party = party; }

  std::expected<HistoryEntry, FieldError> read() {
    if (!entry_.party.bracketed) {
      return detail::field_failure(FieldErrorCode::malformed, kHistoryInfoId, entry_.party.whole.offset);
    }
    auto result = detail::each_parameter(octets_, entry_.party.params, kHistoryInfoId,
                                         [this](const detail::ParameterItem& item) { return take(item); });
    if (result && entry_.levels == 0) {
      result = detail::field_failure(FieldErrorCode::missing, kHistoryInfoId, entry_.party.whole.offset);
    }
    if (result) {
      result = read_uri();
    }
    if (!result) {
      return std::unexpected(result.error());
    }
    return entry_;
  }

 private:
  detail::FieldResult take(const detail::ParameterItem& item) {
    const TargetOrigin origin = origin_of(octets_, item);
    const bool is_index = detail::is_named(octets_, item, "index");
    if (!is_index && origin == TargetOrigin::unsaid) {
      return {};
    }
    if (is_index ? entry_.levels != 0 : entry_.origin != TargetOrigin::unsaid) {
      return detail::field_failure(FieldErrorCode::duplicate, kHistoryInfoId, item.name.offset);
    }
    const auto levels = index_levels(item.form == detail::ValueForm::bare ? text(octets_, item.value) : "");
    if (!levels) {
      return detail::field_failure(levels.error(), kHistoryInfoId, item.name.offset);
    }
    if (is_index) {
      entry_.index = item.value;
      entry_.levels = *levels;
    } else {
      entry_.origin = origin;
      entry_.origin_index = item.value;
    }
    return {};
  }

  detail::FieldResult read_uri() {
    const Uri& uri = entry_.party.uri;
    if (const Parameter cause = find_parameter(octets_, uri.params, "cause"); cause.present) {
      const auto number = detail::decimal(text(octets_, cause.value), kMaxRedirectionCause);
      if (!number) {
        return detail::field_failure(FieldErrorCode::out_of_range, kHistoryInfoId, cause.whole.offset);
      }
      entry_.cause = static_cast<std::uint16_t>(*number);
    }
    entry_.reason = embedded("Reason");
    entry_.privacy = embedded("Privacy");
    return {};
  }

  // The first header of the URI with this name (RFC 3261 19.1.1: headers = "?" header *( "&" header )).
  [[nodiscard]] Span embedded(std::string_view name) const {
    const Span headers = entry_.party.uri.headers;
    const std::string_view all = octets_.substr(0, headers.end());
    std::size_t at = headers.offset;
    while (at < all.size()) {
      const std::size_t end = std::min(all.find('&', at), all.size());
      const std::string_view one = all.substr(at, end - at);
      const std::size_t equals = one.find('=');
      if (equals != std::string_view::npos && detail::equal_ignoring_case(one.substr(0, equals), name)) {
        return detail::span_between(at + equals + 1, end);
      }
      at = end + 1;
    }
    return {};
  }

  std::string_view octets_;
  HistoryEntry entry_;
};

}  // namespace

std::expected<HistoryList, FieldError> read_history(const Message& message, std::string_view octets) {
  return detail::read_list<HistoryList>(message, octets, kHistoryInfoId,
                                        [&](Span value) -> std::expected<HistoryEntry, FieldError> {
                                          const auto party = detail::read_party(octets, value, kHistoryInfoId);
                                          if (!party) {
                                            return std::unexpected(party.error());
                                          }
                                          return HistoryInfoReader(octets, *party).read();
                                        });
}

}  // namespace stirline::sip
