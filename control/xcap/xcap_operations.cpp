#include "control/xcap/xcap_operations.hpp"

#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "control/xcap/document_edit.hpp"
#include "control/xcap/document_tag.hpp"

namespace stirline::control {

namespace {

XcapAnswer bare(unsigned status) {
  return {.status = status};
}

XcapAnswer conflict(const Conflict& found) {
  return {.status = 409, .content_type = std::string(kXcapErrorType), .body = to_xml(found)};
}

XcapAnswer store_failed(const std::string& error) {
  spdlog::error("xcap: {}", error);
  return bare(500);
}

bool reads(XcapMethod method) {
  return method == XcapMethod::get || method == XcapMethod::head;
}

// What If-Match and If-None-Match say of a resource (SPIT-XC-06); nothing: go on.
std::optional<XcapAnswer> check_conditions(const XcapRequest& request, std::string_view tag, bool exists) {
  const Match wanted = request.if_match ? match_tags(*request.if_match, tag, exists) : Match::yes;
  const Match unwanted = request.if_none_match ? match_tags(*request.if_none_match, tag, exists) : Match::no;
  if (wanted == Match::malformed || unwanted == Match::malformed) {
    return bare(400);
  }
  if (wanted == Match::no) {
    return bare(412);
  }
  if (unwanted == Match::yes) {
    return reads(request.method) ? XcapAnswer{.status = 304, .etag = std::string(tag)} : bare(412);
  }
  return std::nullopt;
}

std::string_view node_type_of(SelectorEnd end) {
  switch (end) {
    case SelectorEnd::attribute:
      return kAttributeType;
    case SelectorEnd::bindings:
      return kBindingsType;
    case SelectorEnd::element:
      break;
  }
  return kElementType;
}

// The element alone, empty, with every prefix that it knows (RFC 4825 7.10).
std::string bindings_text(const XmlDocument& document, XmlElement element) {
  const xmlNs* const own = element.get()->ns;
  const bool has_prefix = own != nullptr && own->prefix != nullptr;
  std::string text = has_prefix ? fmt::format("<{}:{}", reinterpret_cast<const char*>(own->prefix), element.name())
                                : fmt::format("<{}", element.name());
  for (const auto& [prefix, space] : document.bindings(element)) {
    text += fmt::format(" xmlns{}{}=\"{}\"", prefix.empty() ? "" : ":", prefix, xml_escape(space));
  }
  return text + "/>";
}

// What a selector finds, as it is sent; nothing: 404.
std::optional<std::string> read_node(const XmlDocument& document, const NodeSelector& selector,
                                     const SelectorSpaces& spaces) {
  const XmlElement element = select(document, selector, selector.steps.size(), spaces);
  if (!element) {
    return std::nullopt;
  }
  switch (selector.end) {
    case SelectorEnd::attribute: {
      const auto value = selected_attribute(element, selector, spaces);
      return value ? std::optional(xml_escape(*value)) : std::nullopt;
    }
    case SelectorEnd::bindings:
      return bindings_text(document, element);
    case SelectorEnd::element:
      break;
  }
  return document.serialize(element);
}

XcapAnswer read_resource(const XcapRequest& request, const XcapUri& uri, const ApplicationUsage& usage,
                         const SelectorSpaces& spaces, const StoredDocument& stored) {
  XcapAnswer answer{.content_type = std::string(usage.mime_type), .body = stored.body, .etag = stored.etag};
  if (uri.selector) {
    if (!is_bound(*uri.selector, spaces)) {
      return bare(400);
    }
    const auto document = XmlDocument::parse(stored.body);
    if (!document) {
      return store_failed(fmt::format("{}: what is kept there is no document: {}", uri.path, document.error().text));
    }
    auto found = read_node(*document, *uri.selector, spaces);
    if (!found) {
      return bare(404);
    }
    answer.content_type = node_type_of(uri.selector->end);
    answer.body = std::move(*found);
  }
  if (auto stopped = check_conditions(request, stored.etag, true)) {
    return std::move(*stopped);
  }
  return answer;
}

Conflict no_parent(std::string ancestor) {
  return {.reason = ConflictReason::no_parent, .phrase = "there is no such parent", .ancestor = std::move(ancestor)};
}

// The nearest element around the missing parent, or the document.
Conflict no_parent_in(const XmlDocument& document, const XcapUri& uri, const SelectorSpaces& spaces) {
  const NodeSelector& selector = *uri.selector;
  for (std::size_t steps = selector.steps.size() - 1; steps > 0; --steps) {
    if (select(document, selector, steps, spaces)) {
      return no_parent(fmt::format("{}/~~/{}{}", uri.path, to_uri_text(selector, steps), uri.query));
    }
  }
  return no_parent(uri.path);
}

// A selector of the root alone, sent with the type of a document: the seed's way to upload a rule set (seed 4 7).
bool is_whole_upload(const XcapRequest& request, const XcapUri& uri, const ApplicationUsage& usage) {
  return request.method == XcapMethod::put && uri.selector && uri.selector->end == SelectorEnd::element &&
         uri.selector->steps.size() == 1 && takes_type(usage, request.content_type);
}

}  // namespace

XcapAnswer XcapOperations::answer(const XcapRequest& request, const XcapUri& uri) {
  const ApplicationUsage* const usage = find_usage(uri.auid);
  if (usage == nullptr) {
    return bare(404);
  }
  const SelectorSpaces spaces{std::string(usage->default_space), uri.bindings};
  for (int i = 0; i < kTries; ++i) {
    auto stored = load(*usage, uri);
    if (!stored) {
      return store_failed(stored.error());
    }
    if (reads(request.method)) {
      return *stored ? read_resource(request, uri, *usage, spaces, **stored) : bare(404);
    }
    if (auto done = change({request, uri, *usage, spaces, std::move(*stored)})) {
      return std::move(*done);
    }
  }
  return bare(503);
}

DocumentStore::Result<std::optional<StoredDocument>> XcapOperations::load(const ApplicationUsage& usage,
                                                                          const XcapUri& uri) const {
  if (uri.tree == XcapTree::global) {
    const auto page = capabilities_.page();
    const bool is_it = usage.auid == kCapabilitiesAuid && uri.document == usage.only_document;
    return is_it ? std::optional(StoredDocument{{}, page->body, page->etag}) : std::nullopt;
  }
  if (uri.document.empty() || !usage.users_write) {
    return std::nullopt;
  }
  return store_.find({uri.auid, uri.owner, uri.document});
}

std::optional<XcapAnswer> XcapOperations::change(const Context& context) {
  const auto& [request, uri, usage, spaces, stored] = context;
  if (uri.tree == XcapTree::global || !usage.users_write) {
    return bare(403);
  }
  const bool puts = request.method == XcapMethod::put;
  if (!puts && !stored) {
    return request.if_match ? bare(412) : bare(404);
  }
  if (puts && uri.document.empty()) {
    return conflict(no_parent(uri.folder));
  }
  if (uri.selector && !is_whole_upload(request, uri, usage)) {
    return change_node(context);
  }
  const std::string tag = stored ? stored->etag : std::string();
  if (auto stopped = check_conditions(request, tag, stored.has_value())) {
    return stopped;
  }
  if (puts) {
    return put_document(context);
  }
  const auto gone = store_.remove(stored->key, stored->etag);
  if (!gone) {
    return store_failed(gone.error());
  }
  return *gone ? std::optional(bare(200)) : std::nullopt;
}

std::optional<XcapAnswer> XcapOperations::put_document(const Context& context) {
  const auto& [request, uri, usage, spaces, stored] = context;
  if (!takes_type(usage, request.content_type)) {
    return bare(415);
  }
  if (!usage.only_document.empty() && uri.document != usage.only_document) {
    return conflict({.reason = ConflictReason::constraint_failure,
                     .phrase = fmt::format("the document is called {}", usage.only_document)});
  }
  const auto document = XmlDocument::parse(request.body);
  if (!document) {
    return conflict(conflict_of(document.error()));
  }
  if (uri.selector) {
    if (!is_bound(*uri.selector, spaces)) {
      return bare(400);
    }
    if (!select(*document, *uri.selector, 1, spaces)) {
      return conflict(
          {.reason = ConflictReason::cannot_insert, .phrase = "the root is not what the node selector selects"});
    }
  }
  return keep(context, *document, std::string(request.body), !stored);
}

std::optional<XcapAnswer> XcapOperations::change_node(const Context& context) {
  const auto& [request, uri, usage, spaces, stored] = context;
  const NodeSelector& selector = *uri.selector;
  const bool puts = request.method == XcapMethod::put;
  const bool is_element = selector.end == SelectorEnd::element;
  if (selector.end == SelectorEnd::bindings) {
    return XcapAnswer{.status = 405, .allow = "GET, HEAD"};
  }
  if (puts && media_type_of(request.content_type) != node_type_of(selector.end)) {
    return bare(415);
  }
  if (!is_bound(selector, spaces)) {
    return bare(400);
  }
  if (!stored) {
    return conflict(no_parent(uri.folder));
  }
  auto document = XmlDocument::parse(stored->body);
  if (!document) {
    return store_failed(fmt::format("{}: what is kept there is no document: {}", uri.path, document.error().text));
  }
  const std::size_t steps = selector.steps.size();
  const XmlElement element = select(*document, selector, steps, spaces);
  const XmlElement parent = is_element ? select(*document, selector, steps - 1, spaces) : element;
  const bool exists = element && (is_element || selected_attribute(element, selector, spaces));
  if (auto stopped = check_conditions(request, stored->etag, exists)) {
    return stopped;
  }
  if (!puts && !exists) {
    return bare(404);
  }
  if (!parent && !(is_element && steps == 1)) {
    return conflict(no_parent_in(*document, uri, spaces));
  }
  auto edited = !puts        ? remove_node(std::move(*document), element, selector, spaces)
                : is_element ? put_element(std::move(*document), parent, selector, spaces, request.body)
                             : put_attribute(std::move(*document), element, selector, spaces, request.body);
  if (!edited) {
    return conflict(edited.error());
  }
  return keep(context, edited->document, edited->body, puts && !exists);
}

std::optional<XcapAnswer> XcapOperations::keep(const Context& context, const XmlDocument& document,
                                               const std::string& body, bool is_new) {
  const auto& [request, uri, usage, spaces, stored] = context;
  if (const auto good = checker_.check(usage, document, uri.owner); !good) {
    return conflict(good.error());
  }
  if (!stored) {
    const auto count = store_.count(uri.auid, uri.owner);
    if (!count) {
      return store_failed(count.error());
    }
    if (*count >= kMaxDocumentsPerUser) {
      return conflict({.reason = ConflictReason::extension,
                       .phrase = fmt::format("a user has at most {} documents of this kind", kMaxDocumentsPerUser),
                       .element = "too-many-documents"});
    }
  }
  auto tag = store_.put({uri.auid, uri.owner, uri.document}, body, stored ? stored->etag : std::string());
  if (!tag) {
    return store_failed(tag.error());
  }
  if (!*tag) {
    return std::nullopt;
  }
  return XcapAnswer{.status = is_new ? 201U : 200U, .etag = std::move(**tag)};
}

}  // namespace stirline::control
