// The part of an XCAP URI behind "/~~/": which element, attribute or bindings of a document (SPIT-XC-02; RFC 4825 6.3,
// 6.4).
//
// A path of steps, each of which must find exactly one element: `name` or `*`, then perhaps `[n]`, `[@a="v"]` or both
// in this order; at its end perhaps `@a` or `namespace::*`. No XPath: nothing is searched but the children of one
// element, and a selector costs at most its steps times the elements of the document. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/xcap/xml_document.hpp"

namespace stirline::control {

inline constexpr std::size_t kMaxSelectorSteps = 32;  // as deep as documents are

struct SelectorName {
  std::string prefix;  // empty: an element of the usage's default namespace, an attribute of none
  std::string local;
  friend bool operator==(const SelectorName&, const SelectorName&) = default;
};

struct AttributeTest {
  SelectorName name;
  std::string value;
  friend bool operator==(const AttributeTest&, const AttributeTest&) = default;
};

struct SelectorStep {
  std::optional<SelectorName> name;  // absent: *
  std::uint32_t position = 0;        // from 1; 0: none is given
  std::optional<AttributeTest> test;
  friend bool operator==(const SelectorStep&, const SelectorStep&) = default;
};

enum class SelectorEnd : std::uint8_t { element, attribute, bindings };

struct NodeSelector {
  std::vector<SelectorStep> steps;  // one at least
  SelectorEnd end = SelectorEnd::element;
  SelectorName attribute;  // if `end` says so
  friend bool operator==(const NodeSelector&, const NodeSelector&) = default;
};

// Percent-decoded text. The error says what is wrong with it.
[[nodiscard]] std::expected<NodeSelector, std::string> parse_node_selector(std::string_view text);

// The first `steps` steps as they stand in a URI, percent-encoded.
[[nodiscard]] std::string to_uri_text(const NodeSelector& selector, std::size_t steps);

// What prefixes of a request mean, and names without one.
struct SelectorSpaces {
  std::string default_space;  // of elements
  std::vector<XmlBinding> bindings;

  // Null: the prefix is not bound.
  [[nodiscard]] const std::string* of(const SelectorName& name) const;
};

// True if every prefix of the selector is bound.
[[nodiscard]] bool is_bound(const NodeSelector& selector, const SelectorSpaces& spaces);

// The element that the first `steps` steps select in `document`; none unless each finds exactly one. The prefixes are
// bound.
[[nodiscard]] XmlElement select(const XmlDocument& document, const NodeSelector& selector, std::size_t steps,
                                const SelectorSpaces& spaces);

// Whether `element` has the name of a step, whatever its position and attributes.
[[nodiscard]] bool has_name(XmlElement element, const SelectorStep& step, const SelectorSpaces& spaces);

}  // namespace stirline::control
