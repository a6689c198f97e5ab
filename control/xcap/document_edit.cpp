#include "control/xcap/document_edit.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sip_parser/utf8.hpp"

namespace stirline::control {

namespace {

std::unexpected<Conflict> refuse(ConflictReason reason, std::string phrase) {
  return std::unexpected(Conflict{.reason = reason, .phrase = std::move(phrase)});
}

// Where an element, or what stands in its place, is in its document: how many elements go before it, from the root
// down.
std::vector<std::size_t> place_of(const xmlNode* node) {
  std::vector<std::size_t> place;
  for (; node != nullptr && node->type != XML_DOCUMENT_NODE; node = node->parent) {
    std::size_t before = 0;
    for (const xmlNode* sibling = node->prev; sibling != nullptr; sibling = sibling->prev) {
      before += sibling->type == XML_ELEMENT_NODE ? 1U : 0U;
    }
    place.push_back(before);
  }
  std::ranges::reverse(place);
  return place;
}

Edited read_again(std::string body) {
  auto document = XmlDocument::parse(body);
  if (!document) {
    return std::unexpected(conflict_of(document.error()));
  }
  return EditedDocument{std::move(body), std::move(*document)};
}

// A name that nothing in the document has.
std::string unused_mark(const std::string& text) {
  std::string mark = "place";
  for (std::size_t i = 0; text.contains(mark); ++i) {
    mark = fmt::format("place-{}", i);
  }
  return mark;
}

// One element by itself, prefixes being bound as they are around its place.
std::expected<void, Conflict> check_fragment(std::string_view fragment, const std::vector<XmlBinding>& bindings) {
  if (!sip::detail::is_utf8(fragment)) {
    return refuse(ConflictReason::not_utf8, "octets that are no UTF-8");
  }
  std::string around = "<around";
  for (const auto& [prefix, space] : bindings) {
    around += fmt::format(" xmlns{}{}=\"{}\"", prefix.empty() ? "" : ":", prefix, xml_escape(space));
  }
  const auto parsed = XmlDocument::parse(fmt::format("{}>{}</around>", around, fragment));
  if (!parsed && parsed.error().fault == XmlFault::beyond_limits) {
    return std::unexpected(conflict_of(parsed.error()));
  }
  if (!parsed) {
    return refuse(ConflictReason::not_xml_frag, parsed.error().text);
  }
  std::size_t elements = 0;
  for (const xmlNode* node = parsed->root().get()->children; node != nullptr; node = node->next) {
    const bool is_blank = node->type == XML_TEXT_NODE && xmlIsBlankNode(node) == 1;
    if (node->type != XML_ELEMENT_NODE && !is_blank) {
      return refuse(ConflictReason::not_xml_frag, "something else than one element");
    }
    elements += node->type == XML_ELEMENT_NODE ? 1U : 0U;
  }
  if (elements != 1) {
    return refuse(ConflictReason::not_xml_frag, "something else than one element");
  }
  return {};
}

// Puts `mark` where a new element has to stand (RFC 4825 8.2.3): at its position among those of its name, or behind
// the last of them, or as the last child.
bool insert_mark(xmlNode* mark, XmlElement parent, const SelectorStep& step, const SelectorSpaces& spaces) {
  std::vector<XmlElement> same;
  for (const XmlElement child : parent.children()) {
    if (has_name(child, step, spaces)) {
      same.push_back(child);
    }
  }
  if (step.position > same.size() + 1) {
    return false;
  }
  if (same.empty()) {
    xmlAddChild(parent.get(), mark);
  } else if (step.position == 1) {
    xmlAddPrevSibling(same.front().get(), mark);
  } else {
    const std::size_t before = step.position == 0 ? same.size() : step.position - 1;
    xmlAddNextSibling(same[before - 1].get(), mark);
  }
  return true;
}

const xmlNs* declared_prefix(const XmlDocument& document, XmlElement element, const std::string& space) {
  for (const auto& [prefix, bound] : document.bindings(element)) {
    if (!prefix.empty() && bound == space) {
      return xmlSearchNs(document.get(), element.get(), xml_text(prefix));
    }
  }
  return nullptr;
}

// XML's AttValue without its quotes; nothing if it is none.
std::optional<std::string> read_attribute_value(std::string_view value) {
  const char quote = value.contains('"') ? '\'' : '"';
  if (value.contains(quote) || value.contains('<')) {
    return std::nullopt;
  }
  const auto parsed = XmlDocument::parse(fmt::format("<a v={}{}{}/>", quote, value, quote));
  return parsed ? parsed->root().attribute("v") : std::nullopt;
}

}  // namespace

Conflict conflict_of(const XmlError& error) {
  switch (error.fault) {
    case XmlFault::not_utf8:
      return {.reason = ConflictReason::not_utf8, .phrase = error.text};
    case XmlFault::not_well_formed:
      return {.reason = ConflictReason::not_well_formed, .phrase = error.text};
    case XmlFault::beyond_limits:
      break;
  }
  return {.reason = ConflictReason::constraint_failure, .phrase = error.text};
}

Edited put_element(XmlDocument document, XmlElement parent, const NodeSelector& selector, const SelectorSpaces& spaces,
                   std::string_view fragment) {
  constexpr auto kCannotInsert = ConflictReason::cannot_insert;
  const auto around = parent ? document.bindings(parent) : std::vector<XmlBinding>();
  if (auto good = check_fragment(fragment, around); !good) {
    return std::unexpected(std::move(good.error()));
  }
  const std::string name = unused_mark(document.serialize());
  xmlNode* const mark = xmlNewDocPI(document.get(), xml_text(name), nullptr);
  const XmlElement old = select(document, selector, selector.steps.size(), spaces);
  if (old) {
    xmlFreeNode(xmlReplaceNode(old.get(), mark));
  } else if (!parent || !insert_mark(mark, parent, selector.steps.back(), spaces)) {
    xmlFreeNode(mark);
    return refuse(kCannotInsert, parent ? "there are not so many elements of that name" : "a document has one root");
  }
  const std::vector<std::size_t> place = place_of(mark);
  std::string body = document.serialize();
  const std::string written = fmt::format("<?{}?>", name);
  body.replace(body.find(written), written.size(), fragment);
  auto edited = read_again(std::move(body));
  if (!edited) {
    return edited;
  }
  const XmlElement found = select(edited->document, selector, selector.steps.size(), spaces);
  if (!found || place_of(found.get()) != place) {
    return refuse(kCannotInsert, "the new element is not what the node selector selects");
  }
  return edited;
}

Edited put_attribute(XmlDocument document, XmlElement element, const NodeSelector& selector,
                     const SelectorSpaces& spaces, std::string_view value) {
  if (!sip::detail::is_utf8(value)) {
    return refuse(ConflictReason::not_utf8, "octets that are no UTF-8");
  }
  const auto read = read_attribute_value(value);
  if (!read) {
    return refuse(ConflictReason::not_xml_att_value, "no value that an attribute of XML can have");
  }
  xmlNs* space = nullptr;
  if (!selector.attribute.prefix.empty()) {
    space = const_cast<xmlNs*>(declared_prefix(document, element, *spaces.of(selector.attribute)));
    if (space == nullptr) {
      return refuse(ConflictReason::cannot_insert, "no prefix for the attribute's namespace is declared there");
    }
  }
  const std::vector<std::size_t> place = place_of(element.get());
  xmlSetNsProp(element.get(), space, xml_text(selector.attribute.local), xml_text(*read));
  auto edited = read_again(document.serialize());
  if (!edited) {
    return edited;
  }
  const XmlElement found = select(edited->document, selector, selector.steps.size(), spaces);
  if (!found || place_of(found.get()) != place || selected_attribute(found, selector, spaces) != read) {
    return refuse(ConflictReason::cannot_insert, "the node selector does not select the attribute any more");
  }
  return edited;
}

Edited remove_node(XmlDocument document, XmlElement element, const NodeSelector& selector,
                   const SelectorSpaces& spaces) {
  const bool is_element = selector.end == SelectorEnd::element;
  if (is_element && !element.parent()) {
    return refuse(ConflictReason::schema_validation_error, "a document has a root: delete the document instead");
  }
  if (is_element) {
    xmlUnlinkNode(element.get());
    xmlFreeNode(element.get());
  } else {
    const std::string* const space = selector.attribute.prefix.empty() ? nullptr : spaces.of(selector.attribute);
    xmlRemoveProp(
        xmlHasNsProp(element.get(), xml_text(selector.attribute.local), space == nullptr ? nullptr : xml_text(*space)));
  }
  auto edited = read_again(document.serialize());
  if (!edited) {
    return edited;
  }
  const XmlElement found = select(edited->document, selector, selector.steps.size(), spaces);
  if (found && (is_element || selected_attribute(found, selector, spaces))) {
    return refuse(ConflictReason::cannot_delete, "the node selector would then select something else");
  }
  return edited;
}

std::optional<std::string> selected_attribute(XmlElement element, const NodeSelector& selector,
                                              const SelectorSpaces& spaces) {
  const std::string_view space =
      selector.attribute.prefix.empty() ? std::string_view() : *spaces.of(selector.attribute);
  return element.attribute(selector.attribute.local, space);
}

}  // namespace stirline::control
