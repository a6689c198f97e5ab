// One change inside a document: an element or attribute put or deleted, as RFC 4825 8.2 to 8.4 want it (SPIT-XC-04).
//
// What comes in an element is not taken apart and put together again: it becomes part of the new document octet for
// octet, and the whole is read anew, so prefixes mean what they mean where they stand. What comes out has been parsed
// within the limits of documents; schema and constraints are the caller's. Pure functions, any thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "control/xcap/node_selector.hpp"
#include "control/xcap/xcap_conflict.hpp"
#include "control/xcap/xml_document.hpp"

namespace stirline::control {

struct EditedDocument {
  std::string body;
  XmlDocument document;
};
using Edited = std::expected<EditedDocument, Conflict>;

// Of each: the prefixes of the selector are bound. `document` is used up.

// Replaces the selected element, or puts a new one where the selector will find it: cannot-insert if it does not.
// `parent`: what all steps but the last select; none if the selector has one step.
[[nodiscard]] Edited put_element(XmlDocument document, XmlElement parent, const NodeSelector& selector,
                                 const SelectorSpaces& spaces, std::string_view fragment);

// `element`: what the steps select. `value`: as it stands between quotes in XML.
[[nodiscard]] Edited put_attribute(XmlDocument document, XmlElement element, const NodeSelector& selector,
                                   const SelectorSpaces& spaces, std::string_view value);

// Of what is there: cannot-delete if the selector finds something else then.
[[nodiscard]] Edited remove_node(XmlDocument document, XmlElement element, const NodeSelector& selector,
                                 const SelectorSpaces& spaces);

// The value of the selected attribute, if `element` has it.
[[nodiscard]] std::optional<std::string> selected_attribute(XmlElement element, const NodeSelector& selector,
                                                            const SelectorSpaces& spaces);

// A mistake in a whole document that came in a request.
[[nodiscard]] Conflict conflict_of(const XmlError& error);

}  // namespace stirline::control
