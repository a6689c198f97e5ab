#include "sip_parser/header_id.hpp"

#include <algorithm>
#include <array>

#include "sip_parser/characters.hpp"

namespace stirline::sip {
namespace {

struct Entry {
  HeaderId id;
  std::string_view name;
};

constexpr std::array<Entry, kHeaderIds - 1> kNames = {{
    {HeaderId::via, "Via"},
    {HeaderId::from, "From"},
    {HeaderId::to, "To"},
    {HeaderId::call_id, "Call-ID"},
    {HeaderId::cseq, "CSeq"},
    {HeaderId::max_forwards, "Max-Forwards"},
    {HeaderId::contact, "Contact"},
    {HeaderId::p_asserted_identity, "P-Asserted-Identity"},
    {HeaderId::p_preferred_identity, "P-Preferred-Identity"},
    {HeaderId::privacy, "Privacy"},
    {HeaderId::identity, "Identity"},
    {HeaderId::date, "Date"},
    {HeaderId::reason, "Reason"},
    {HeaderId::diversion, "Diversion"},
    {HeaderId::history_info, "History-Info"},
    {HeaderId::resource_priority, "Resource-Priority"},
    {HeaderId::priority, "Priority"},
    {HeaderId::call_info, "Call-Info"},
    {HeaderId::feature_caps, "Feature-Caps"},
    {HeaderId::content_type, "Content-Type"},
    {HeaderId::content_length, "Content-Length"},
    {HeaderId::content_disposition, "Content-Disposition"},
    {HeaderId::require, "Require"},
    {HeaderId::supported, "Supported"},
    {HeaderId::subject, "Subject"},
    {HeaderId::record_route, "Record-Route"},
    {HeaderId::route, "Route"},
    {HeaderId::attestation_info, "Attestation-Info"},
    {HeaderId::origination_id, "Origination-Id"},
    {HeaderId::proxy_require, "Proxy-Require"},
    {HeaderId::accept, "Accept"},
    {HeaderId::content_encoding, "Content-Encoding"},
    {HeaderId::content_transfer_encoding, "Content-Transfer-Encoding"},
}};
static_assert(std::ranges::all_of(kNames, [](const Entry& entry) {
  return static_cast<std::size_t>(entry.id) == static_cast<std::size_t>(&entry - kNames.data()) + 1;
}));

constexpr std::size_t kLongestName = 25;  // Content-Transfer-Encoding
static_assert(std::ranges::all_of(kNames, [](const Entry& entry) { return entry.name.size() <= kLongestName; }));

// The names by length: those of length n stand at [kStarts[n], kStarts[n + 1]).
struct ByLength {
  std::array<Entry, kNames.size()> entries = kNames;
  std::array<std::uint8_t, kLongestName + 2> starts{};
};
constexpr ByLength make_by_length() {
  ByLength result;
  std::ranges::sort(result.entries, {}, [](const Entry& entry) { return entry.name.size(); });
  for (std::size_t length = 0; length < result.starts.size(); ++length) {
    result.starts[length] = static_cast<std::uint8_t>(
        std::ranges::count_if(result.entries, [length](const Entry& entry) { return entry.name.size() < length; }));
  }
  return result;
}
constexpr ByLength kByLength = make_by_length();

HeaderId compact_id(char name) {
  switch (detail::lower(name)) {
    case 'v':
      return HeaderId::via;
    case 'f':
      return HeaderId::from;
    case 't':
      return HeaderId::to;
    case 'i':
      return HeaderId::call_id;
    case 'm':
      return HeaderId::contact;
    case 'y':
      return HeaderId::identity;
    case 'c':
      return HeaderId::content_type;
    case 'l':
      return HeaderId::content_length;
    case 'k':
      return HeaderId::supported;
    case 's':
      return HeaderId::subject;
    case 'e':
      return HeaderId::content_encoding;
    default:
      return HeaderId::unknown;  // among them "n", the obsolete Identity-Info (STIR-HDR-08)
  }
}

}  // namespace

std::string_view name_of(HeaderId id) {
  const auto index = static_cast<std::size_t>(id);
  return index == 0 || index > kNames.size() ? std::string_view("unknown") : kNames[index - 1].name;
}

HeaderId header_id(std::string_view name) {
  if (name.size() == 1) {
    return compact_id(name.front());
  }
  if (name.empty() || name.size() > kLongestName) {
    return HeaderId::unknown;
  }
  const std::size_t end = kByLength.starts[name.size() + 1];
  for (std::size_t i = kByLength.starts[name.size()]; i < end; ++i) {
    if (detail::equal_ignoring_case(kByLength.entries[i].name, name)) {
      return kByLength.entries[i].id;
    }
  }
  return HeaderId::unknown;
}

}  // namespace stirline::sip
