#include "control/xcap/xcap_conflict.hpp"

#include <array>

#include <fmt/format.h>

#include "control/xcap/xml_document.hpp"

namespace stirline::control {

namespace {

constexpr std::array<std::string_view, 11> kNames = {
    "not-well-formed",    "not-xml-frag",  "no-parent",     "schema-validation-error",
    "not-xml-att-value",  "cannot-insert", "cannot-delete", "uniqueness-failure",
    "constraint-failure", "extension",     "not-utf-8"};

std::string content_of(const Conflict& conflict) {
  if (!conflict.ancestor.empty()) {
    return fmt::format("<ancestor>{}</ancestor>", xml_escape(conflict.ancestor));
  }
  if (!conflict.field.empty()) {
    std::string values;
    for (const std::string& value : conflict.alternatives) {
      values += fmt::format("<alt-value>{}</alt-value>", xml_escape(value));
    }
    return fmt::format("<exists field=\"{}\">{}</exists>", xml_escape(conflict.field), values);
  }
  if (!conflict.element.empty()) {
    return fmt::format("<{} xmlns=\"{}\"/>", conflict.element, kXcapExtensionSpace);
  }
  return {};
}

}  // namespace

std::string_view to_string(ConflictReason reason) {
  return kNames[static_cast<std::size_t>(reason)];
}

std::string to_xml(const Conflict& conflict) {
  const std::string_view name = to_string(conflict.reason);
  const std::string content = content_of(conflict);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xcap-error xmlns=\"{}\"><{} phrase=\"{}\"{}</xcap-error>\n",
      kXcapErrorSpace, name, xml_escape(conflict.phrase),
      content.empty() ? "/>" : fmt::format(">{}</{}>", content, name));
}

}  // namespace stirline::control
