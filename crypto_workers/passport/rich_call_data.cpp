#include "crypto_workers/passport/rich_call_data.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "crypto_workers/octets.hpp"
#include "crypto_workers/passport/json_members.hpp"
#include "crypto_workers/passport/json_object.hpp"
#include "crypto_workers/passport/text_writer.hpp"

namespace stirline::crypto {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kTypeIndex = 2;  // of a jCard property: name, parameters, type, values (RFC 7095 3.3)
constexpr std::size_t kValueIndex = 3;

bool absent_or_text(const dom::object& object, std::string_view name) {
  return !has(object, name) || member<std::string_view>(object, name).has_value();
}

template <typename T>
std::optional<T> item(const dom::array& array, std::size_t index) {
  T value;
  if (array.at(index).get(value) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return value;
}

// ["vcard", [[name, {parameters}, type, value...]...]]
bool is_jcard(const dom::array& card) {
  const auto properties = item<dom::array>(card, 1);
  if (card.size() != 2 || item<std::string_view>(card, 0) != "vcard" || !properties) {
    return false;
  }
  for (const dom::element element : *properties) {
    dom::array property;
    if (element.get(property) != simdjson::SUCCESS || property.size() <= kValueIndex ||
        !item<std::string_view>(property, 0) || !item<dom::object>(property, 1) ||
        !item<std::string_view>(property, kTypeIndex)) {
      return false;
    }
  }
  return true;
}

bool well_formed(const dom::object& rcd) {
  const auto card = member<dom::array>(rcd, "jcd");
  return member<std::string_view>(rcd, "nam") && absent_or_text(rcd, "apn") && absent_or_text(rcd, "icn") &&
         absent_or_text(rcd, "jcl") && has(rcd, "jcd") == card.has_value() && !(card && has(rcd, "jcl")) &&
         (!card || is_jcard(*card));
}

// Does `visit` hold for the pointer of every URI that the card names?
template <typename Visit>
bool all_uris(const dom::array& card, Visit&& visit) {
  std::size_t index = 0;
  for (const dom::element element : dom::array(card.at(1))) {
    const dom::array property(element);
    for (std::size_t value = kValueIndex;
         item<std::string_view>(property, kTypeIndex) == "uri" && value < property.size(); ++value) {
      std::array<char, 32> text;
      TextWriter pointer(text);
      pointer.add("/jcd/1/");
      pointer.add(index);
      pointer.add('/');
      pointer.add(value);
      if (!visit(pointer.view())) {
        return false;
      }
    }
    ++index;
  }
  return true;
}

bool needs_fetching(const dom::object& rcd, std::string_view pointer) {
  if (pointer == "/icn" || pointer == "/jcl" || pointer.starts_with("/jcl/")) {
    return true;
  }
  const auto card = member<dom::array>(rcd, "jcd");
  return card && !all_uris(*card, [&](std::string_view uri) { return uri != pointer; });
}

// Every URI has its digest, but for what the URI itself holds (RFC 9795 6.1).
bool complete(const dom::object& rcd, const dom::object& digests) {
  const auto named = [&](std::string_view pointer) { return has(digests, pointer); };
  const auto icon = member<std::string_view>(rcd, "icn");
  const auto card = member<dom::array>(rcd, "jcd");
  return (!icon || icon->starts_with("data:") || named("/icn")) && (!has(rcd, "jcl") || named("/jcl")) &&
         (!card || all_uris(*card, named));
}

}  // namespace

std::string_view to_string(RichCallData data) {
  switch (data) {
    case RichCallData::none:
      return "none";
    case RichCallData::plain:
      return "plain";
    case RichCallData::intact:
      return "intact";
    case RichCallData::altered:
      return "altered";
    case RichCallData::malformed:
      return "malformed";
  }
  return {};
}

RichCallData judge_rich_call_data(const dom::object& payload, IntegrityDigest& digests, std::span<char> scratch) {
  if (!has(payload, "rcd")) {
    return has(payload, "rcdi") ? RichCallData::malformed : RichCallData::none;
  }
  const auto rcd = member<dom::object>(payload, "rcd");
  if (!rcd || !well_formed(*rcd)) {
    return RichCallData::malformed;
  }
  if (!has(payload, "rcdi")) {
    return RichCallData::plain;
  }
  const auto claimed = member<dom::object>(payload, "rcdi");
  if (!claimed || claimed->size() == 0 || !complete(*rcd, *claimed)) {
    return RichCallData::malformed;
  }
  RichCallData result = RichCallData::intact;
  for (const dom::key_value_pair entry : *claimed) {
    std::string_view digest;
    if (entry.value.get(digest) != simdjson::SUCCESS || !IntegrityDigest::well_formed(digest)) {
      return RichCallData::malformed;
    }
    if (needs_fetching(*rcd, entry.key)) {
      continue;
    }
    dom::element value;
    if (!entry.key.starts_with('/') || rcd->at_pointer(entry.key).get(value) != simdjson::SUCCESS) {
      return RichCallData::malformed;
    }
    TextWriter text(scratch);
    write_deterministic(value, text);
    if (text.overflow() || digests.compare(digest, octets_of(text.view())) != DigestMatch::equal) {
      result = RichCallData::altered;
    }
  }
  return result;
}

}  // namespace stirline::crypto
