#include "control/policy/vcard_reader.hpp"

#include <algorithm>
#include <string_view>

#include "config/policy/rule.hpp"
#include "sip_parser/characters.hpp"

namespace stirline::control::policy {
namespace {

using sip::detail::equal_ignoring_case;

// "item1.TEL;TYPE=cell:+1-215..." taken apart: the group is nobody's concern, and of the parameters only whether there
// is a quoted one, in which a colon may stand (RFC 6350 3.3).
struct Property {
  std::string_view name;
  std::string_view value;
};

Property taken_apart(std::string_view line) {
  bool is_quoted = false;
  std::size_t colon = 0;
  for (; colon < line.size() && (is_quoted || line[colon] != ':'); ++colon) {
    is_quoted = is_quoted != (line[colon] == '"');
  }
  if (colon == line.size()) {
    return {};
  }
  std::string_view name = line.substr(0, colon);
  name = name.substr(0, name.find(';'));
  const std::size_t dot = name.rfind('.');
  name.remove_prefix(dot == std::string_view::npos ? 0 : dot + 1);
  return {name, line.substr(colon + 1)};
}

// RFC 6350 3.4: \\, \, \; and \n.
std::string unescaped(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && i + 1 < value.size()) {
      ++i;
      text += value[i] == 'n' || value[i] == 'N' ? ' ' : value[i];
    } else {
      text += value[i];
    }
  }
  return text;
}

}  // namespace

VcardReader::Got VcardReader::next() {
  card_ = {};
  begin_ = 0;
  why_.clear();
  has_version_ = false;
  while (read_property()) {
    const Property property = taken_apart(property_);
    const bool begins = equal_ignoring_case(property.name, "BEGIN") && equal_ignoring_case(property.value, "VCARD");
    if (begin_ == 0) {
      if (begins) {
        begin_ = lines_.line();
      } else if (!property_.empty()) {
        begin_ = lines_.line();
        note("something stands outside all cards");
      }
      continue;
    }
    if (begins) {
      note("a card begins inside another one, or has no end");
    } else if (equal_ignoring_case(property.name, "END") && equal_ignoring_case(property.value, "VCARD")) {
      if (!has_version_) {
        note("a card without its version");
      }
      return why_.empty() ? Got::card : Got::mistake;
    } else {
      take_property();
    }
  }
  if (begin_ == 0) {
    return Got::end;
  }
  note("a card has no end");
  return Got::mistake;
}

// The first mistake of a card is told.
void VcardReader::note(const char* why) {
  if (why_.empty()) {
    why_ = why;
  }
}

void VcardReader::take_property() {
  const Property property = taken_apart(property_);
  const auto is = [&](std::string_view name) { return equal_ignoring_case(property.name, name); };
  if (is("VERSION")) {
    has_version_ = true;
    if (property.value != "3.0" && property.value != "4.0") {
      note("is of another version than 3.0 and 4.0");
    }
  } else if (is("FN")) {
    card_.name = unescaped(property.value).substr(0, config::policy::kMaxTextBytes);
  } else if (is("TEL") || is("IMPP") || is("X-SIP")) {
    if (is_cut_) {
      note("has an address of more than 4,096 octets");
    } else if (card_.addresses.size() == kMaxAddresses) {
      note("has more than 64 addresses");
    } else {
      card_.addresses.push_back(unescaped(property.value));
    }
  } else if (property.name.empty() && !property_.empty()) {
    note("has a line without a name");
  }
}

// With the lines that go on behind it.
bool VcardReader::read_property() {
  if (!lines_.next(property_)) {
    return false;
  }
  is_cut_ = lines_.is_cut();
  std::string more;
  while (lines_.take_fold() && lines_.next(more)) {
    const std::size_t room = kMaxLineBytes - property_.size();
    is_cut_ = is_cut_ || lines_.is_cut() || more.size() > room;
    property_.append(more, 0, room);
  }
  return true;
}

}  // namespace stirline::control::policy
