#include "control/xcap/node_selector.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace stirline::control {

namespace {

using Error = std::unexpected<std::string>;

// Octets of UTF-8 beyond ASCII are taken as letters: a name that XML does not know matches nothing.
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool continues_name(char c) {
  return begins_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

void append_utf8(std::string& text, std::uint32_t point) {
  const auto add = [&text](std::uint32_t octet) { text += static_cast<char>(octet); };
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xC0U | point >> 6U);
    add(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    add(0xE0U | point >> 12U);
    add(0x80U | (point >> 6U & 0x3FU));
    add(0x80U | (point & 0x3FU));
  } else {
    add(0xF0U | point >> 18U);
    add(0x80U | (point >> 12U & 0x3FU));
    add(0x80U | (point >> 6U & 0x3FU));
    add(0x80U | (point & 0x3FU));
  }
}

// What stands between '&' and ';' (XML 1.0 4.1, 4.6).
bool append_reference(std::string& text, std::string_view name) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kEntities{
      {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [entity, c] : kEntities) {
    if (name == entity) {
      text += c;
      return true;
    }
  }
  if (!name.starts_with('#')) {
    return false;
  }
  const int base = name.starts_with("#x") ? 16 : 10;
  name.remove_prefix(base == 16 ? 2 : 1);
  std::uint32_t point = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), point, base);
  const bool is_scalar = point != 0 && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
  if (error != std::errc() || end != name.data() + name.size() || !is_scalar) {
    return false;
  }
  append_utf8(text, point);
  return true;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  std::expected<NodeSelector, std::string> selector() {
    NodeSelector selector;
    while (true) {
      if (!selector.steps.empty() && take("@")) {
        selector.end = SelectorEnd::attribute;
        selector.attribute = name();
        break;
      }
      if (!selector.steps.empty() && take("namespace::*")) {
        selector.end = SelectorEnd::bindings;
        break;
      }
      selector.steps.push_back(step());
      if (selector.steps.size() > kMaxSelectorSteps) {
        return Error(fmt::format("a node selector has at most {} steps", kMaxSelectorSteps));
      }
      if (!take("/")) {
        break;
      }
    }
    if (error_.empty() && !rest_.empty()) {
      error_ = "a node selector goes on where it should end";
    }
    return error_.empty() ? std::expected<NodeSelector, std::string>(std::move(selector)) : Error(std::move(error_));
  }

 private:
  bool take(std::string_view token) {
    const bool there = error_.empty() && rest_.starts_with(token);
    rest_.remove_prefix(there ? token.size() : 0);
    return there;
  }

  void fail(std::string text) {
    if (error_.empty()) {
      error_ = std::move(text);
    }
  }

  void need(std::string_view token) {
    if (!take(token)) {
      fail(fmt::format("{} is missing in a node selector", token));
    }
  }

  std::string plain_name() {
    if (rest_.empty() || !begins_name(rest_.front())) {
      fail("a name is missing in a node selector");
      return {};
    }
    const auto end = std::ranges::find_if_not(rest_, continues_name);
    std::string found(rest_.begin(), end);
    rest_.remove_prefix(found.size());
    return found;
  }

  SelectorName name() {
    SelectorName found{.prefix = {}, .local = plain_name()};
    if (take(":")) {
      found.prefix = std::exchange(found.local, plain_name());
    }
    return found;
  }

  SelectorStep step() {
    SelectorStep step;
    if (!take("*")) {
      step.name = name();
    }
    if (rest_.starts_with('[') && !rest_.starts_with("[@")) {
      need("[");
      step.position = position();
      need("]");
    }
    if (take("[@")) {
      AttributeTest& test = step.test.emplace();
      test.name = name();
      need("=");
      test.value = quoted();
      need("]");
    }
    return step;
  }

  std::uint32_t position() {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc() || value == 0) {
      fail("a position is a number from 1 on");
      return 0;
    }
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  // XML's AttValue.
  std::string quoted() {
    const char quote = rest_.empty() ? '\0' : rest_.front();
    const std::size_t end = quote == '"' || quote == '\'' ? rest_.find(quote, 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      fail("a quoted value is missing in a node selector");
      return {};
    }
    std::string_view octets = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    std::string value;
    while (!octets.empty()) {
      const std::size_t at = octets.find_first_of("&<");
      value += octets.substr(0, at);
      if (at == std::string_view::npos) {
        break;
      }
      const std::size_t semicolon = octets.find(';', at);
      if (octets[at] == '<' || semicolon == std::string_view::npos ||
          !append_reference(value, octets.substr(at + 1, semicolon - at - 1))) {
        fail("no attribute of XML can have that value");
        return {};
      }
      octets.remove_prefix(semicolon + 1);
    }
    return value;
  }

  std::string_view rest_;
  std::string error_;
};

std::string to_text(const SelectorName& name) {
  return name.prefix.empty() ? name.local : fmt::format("{}:{}", name.prefix, name.local);
}

std::string to_text(const SelectorStep& step) {
  std::string text = step.name ? to_text(*step.name) : "*";
  if (step.position != 0) {
    text += fmt::format("[{}]", step.position);
  }
  if (step.test) {
    text += fmt::format("[@{}=\"{}\"]", to_text(step.test->name), xml_escape(step.test->value));
  }
  return text;
}

bool passes(XmlElement element, const std::optional<AttributeTest>& test, const SelectorSpaces& spaces) {
  if (!test) {
    return true;
  }
  const std::string_view space = test->name.prefix.empty() ? std::string_view() : *spaces.of(test->name);
  return element.attribute(test->name.local, space) == test->value;
}

// One of `candidates`, or none if none or several fit.
XmlElement take_step(XmlElement::Children candidates, const SelectorStep& step, const SelectorSpaces& spaces) {
  XmlElement found;
  std::uint32_t seen = 0;
  for (const XmlElement element : candidates) {
    if (!has_name(element, step, spaces)) {
      continue;
    }
    ++seen;
    if ((step.position != 0 && seen != step.position) || !passes(element, step.test, spaces)) {
      continue;
    }
    if (found) {
      return {};
    }
    found = element;
  }
  return found;
}

}  // namespace

std::expected<NodeSelector, std::string> parse_node_selector(std::string_view text) {
  return Parser(text).selector();
}

std::string to_uri_text(const NodeSelector& selector, std::size_t steps) {
  constexpr std::string_view kPlain = "-._~!$'()*+,;=:@";
  std::string text;
  for (std::size_t i = 0; i < steps; ++i) {
    text += i == 0 ? "" : "/";
    for (const char c : to_text(selector.steps[i])) {
      const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (is_plain || kPlain.contains(c)) {
        text += c;
      } else {
        text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
      }
    }
  }
  return text;
}

const std::string* SelectorSpaces::of(const SelectorName& name) const {
  if (name.prefix.empty()) {
    return &default_space;
  }
  const auto found = std::ranges::find(bindings, name.prefix, &XmlBinding::first);
  return found == bindings.end() ? nullptr : &found->second;
}

bool is_bound(const NodeSelector& selector, const SelectorSpaces& spaces) {
  return std::ranges::all_of(selector.steps,
                             [&](const SelectorStep& step) {
                               return (!step.name || spaces.of(*step.name) != nullptr) &&
                                      (!step.test || spaces.of(step.test->name) != nullptr);
                             }) &&
         (selector.end != SelectorEnd::attribute || spaces.of(selector.attribute) != nullptr);
}

bool has_name(XmlElement element, const SelectorStep& step, const SelectorSpaces& spaces) {
  return !step.name || element.is(*spaces.of(*step.name), step.name->local);
}

XmlElement select(const XmlDocument& document, const NodeSelector& selector, std::size_t steps,
                  const SelectorSpaces& spaces) {
  XmlElement at;
  for (std::size_t i = 0; i < steps; ++i) {
    // A document has one root, and no sibling of it is an element.
    at = take_step(i == 0 ? XmlElement::Children{document.root().get()} : at.children(), selector.steps[i], spaces);
    if (!at) {
      return at;
    }
  }
  return at;
}

}  // namespace stirline::control
