#include "control/xcap/xml_document.hpp"

#include <algorithm>
#include <array>
#include <mutex>

#include <fmt/format.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlsave.h>

#include "sip_parser/utf8.hpp"

namespace stirline::control {

namespace {

constexpr std::size_t kMaxPhrase = 160;

struct FreeParser {
  void operator()(xmlParserCtxt* parser) const { xmlFreeParserCtxt(parser); }
};
struct FreeText {
  void operator()(xmlChar* text) const { xmlFree(text); }
};
using Text = std::unique_ptr<xmlChar, FreeText>;

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

// What a parser's handlers found against the document; the parser ends there.
struct Refusal {
  std::string text;
};

void refuse(xmlParserCtxt* parser, std::string text) {
  static_cast<Refusal*>(parser->_private)->text = std::move(text);
  xmlStopParser(parser);
}

void on_doctype(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
  refuse(static_cast<xmlParserCtxt*>(context), "a document type declaration is not allowed");
}

void on_start(void* context, const xmlChar* name, const xmlChar* prefix, const xmlChar* space, int namespaces,
              const xmlChar** declared, int attributes, int defaulted, const xmlChar** values) {
  auto* const parser = static_cast<xmlParserCtxt*>(context);
  if (parser->nodeNr >= kMaxXmlDepth) {
    refuse(parser, fmt::format("elements are more than {} deep", kMaxXmlDepth));
    return;
  }
  xmlSAX2StartElementNs(context, name, prefix, space, namespaces, declared, attributes, defaulted, values);
}

// Where the markup that `octets` begin with ends, quoted texts being skipped in a tag; counts its attributes.
std::size_t end_of_markup(std::string_view octets, std::size_t& attributes) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kNoTags{
      {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}}};
  for (const auto& [opening, closing] : kNoTags) {
    if (octets.starts_with(opening)) {
      const std::size_t end = octets.find(closing, opening.size());
      return end == std::string_view::npos ? octets.size() : end + closing.size();
    }
  }
  char quote = '\0';
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const char c = octets[i];
    if (quote != '\0') {
      quote = c == quote ? '\0' : quote;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return i + 1;
    }
    attributes += c == '=' && quote == '\0' ? 1U : 0U;
  }
  return octets.size();
}

// libxml2 compares each attribute of an element with each other one, so they are counted before it sees them.
bool has_many_attributes(std::string_view octets) {
  for (std::size_t at = 0; (at = octets.find('<', at)) != std::string_view::npos;) {
    std::size_t attributes = 0;
    at += end_of_markup(octets.substr(at), attributes);
    if (attributes > kMaxXmlAttributes) {
      return true;
    }
  }
  return false;
}

bool is_utf8_name(std::string_view encoding) {
  constexpr std::string_view kName = "utf-8";
  return std::ranges::equal(encoding, kName, [](char c, char expected) {
    return (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) == expected;
  });
}

}  // namespace

std::string_view XmlElement::name() const {
  return view(node_->name);
}

std::string_view XmlElement::space() const {
  return node_->ns == nullptr ? std::string_view() : view(node_->ns->href);
}

bool XmlElement::is(std::string_view space, std::string_view name) const {
  return node_ != nullptr && this->name() == name && this->space() == space;
}

std::optional<std::string> XmlElement::attribute(std::string_view name, std::string_view space) const {
  const std::string local(name);
  const std::string where(space);
  const Text value(space.empty() ? xmlGetNoNsProp(node_, xml_text(local))
                                 : xmlGetNsProp(node_, xml_text(local), xml_text(where)));
  return value ? std::optional<std::string>(view(value.get())) : std::nullopt;
}

std::string XmlElement::text() const {
  const Text content(xmlNodeGetContent(node_));
  return std::string(view(content.get()));
}

long XmlElement::line() const {
  return xmlGetLineNo(node_);
}

XmlElement XmlElement::parent() const {
  xmlNode* const above = node_->parent;
  return XmlElement(above != nullptr && above->type == XML_ELEMENT_NODE ? above : nullptr);
}

XmlElement XmlElement::first() const {
  return XmlElement(xmlFirstElementChild(node_));
}

XmlElement XmlElement::next() const {
  return XmlElement(xmlNextElementSibling(node_));
}

std::expected<XmlDocument, XmlError> XmlDocument::parse(std::string_view octets) {
  static std::once_flag begun;
  std::call_once(begun, [] {
    xmlInitParser();
    // For the whole process: whatever libxml2 would open, it does not get.
    xmlSetExternalEntityLoader([](const char*, const char*, xmlParserCtxt*) -> xmlParserInput* { return nullptr; });
  });
  const auto beyond = [](std::string text) {
    return std::unexpected(XmlError{XmlFault::beyond_limits, std::move(text)});
  };
  if (octets.size() > kMaxXmlOctets) {
    return beyond(fmt::format("a document has at most {} octets", kMaxXmlOctets));
  }
  if (!sip::detail::is_utf8(octets)) {
    return std::unexpected(XmlError{XmlFault::not_utf8, "octets that are no UTF-8"});
  }
  // No character of XML, and with it go the encodings that libxml2 would guess from it.
  if (octets.contains('\0')) {
    return std::unexpected(XmlError{XmlFault::not_well_formed, "a zero octet"});
  }
  if (has_many_attributes(octets)) {
    return beyond(fmt::format("more than {} attributes in one element", kMaxXmlAttributes));
  }
  const std::unique_ptr<xmlParserCtxt, FreeParser> parser(xmlNewParserCtxt());
  if (!parser) {
    return std::unexpected(XmlError{XmlFault::beyond_limits, "no memory"});
  }
  Refusal refusal;
  parser->_private = &refusal;
  parser->sax->internalSubset = on_doctype;
  parser->sax->startElementNs = on_start;
  XmlDocument document(xmlCtxtReadMemory(parser.get(), octets.data(), static_cast<int>(octets.size()), nullptr, nullptr,
                                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
  if (!refusal.text.empty()) {
    return beyond(std::move(refusal.text));
  }
  if (document.get() == nullptr || parser->wellFormed == 0 || parser->nsWellFormed == 0) {
    const xmlError& last = parser->lastError;
    return std::unexpected(XmlError{
        XmlFault::not_well_formed,
        fmt::format("line {}: {}", last.line, xml_phrase(last.message == nullptr ? "no document" : last.message))});
  }
  xmlDoc* const raw = document.get();
  if (raw->encoding == nullptr) {
    raw->encoding = xmlCharStrdup("UTF-8");
  } else if (!is_utf8_name(view(raw->encoding))) {
    return std::unexpected(XmlError{XmlFault::not_utf8, "another encoding than UTF-8 is declared"});
  }
  return document;
}

XmlElement XmlDocument::root() const {
  return XmlElement(xmlDocGetRootElement(document_.get()));
}

std::string XmlDocument::serialize() const {
  xmlChar* octets = nullptr;
  int size = 0;
  xmlDocDumpMemoryEnc(document_.get(), &octets, &size, "UTF-8");
  const Text text(octets);
  return text ? std::string(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size)) : std::string();
}

std::string XmlDocument::serialize(XmlElement element) const {
  const std::unique_ptr<xmlBuffer, decltype(&xmlBufferFree)> buffer(xmlBufferCreate(), &xmlBufferFree);
  xmlOutputBuffer* const out = buffer ? xmlOutputBufferCreateBuffer(buffer.get(), nullptr) : nullptr;
  if (out == nullptr) {
    return {};
  }
  xmlNodeDumpOutput(out, document_.get(), element.get(), 0, 0, "UTF-8");
  xmlOutputBufferClose(out);
  return {reinterpret_cast<const char*>(xmlBufferContent(buffer.get())),
          static_cast<std::size_t>(xmlBufferLength(buffer.get()))};
}

std::vector<XmlBinding> XmlDocument::bindings(XmlElement element) const {
  struct FreeList {
    void operator()(xmlNs** list) const { xmlFree(list); }
  };
  const std::unique_ptr<xmlNs*, FreeList> list(xmlGetNsList(document_.get(), element.get()));
  std::vector<XmlBinding> found;
  for (xmlNs** at = list.get(); at != nullptr && *at != nullptr; ++at) {
    found.emplace_back(view((*at)->prefix), view((*at)->href));
  }
  return found;
}

std::string xml_escape(std::string_view text) {
  constexpr std::array<std::pair<char, std::string_view>, 7> kEscapes{{{'<', "&lt;"},
                                                                       {'>', "&gt;"},
                                                                       {'&', "&amp;"},
                                                                       {'"', "&quot;"},
                                                                       {'\t', "&#9;"},
                                                                       {'\n', "&#10;"},
                                                                       {'\r', "&#13;"}}};
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    const auto* const found = std::ranges::find(kEscapes, c, &std::pair<char, std::string_view>::first);
    if (found != kEscapes.end()) {
      escaped += found->second;
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string xml_phrase(std::string_view message) {
  std::string phrase(message.substr(0, kMaxPhrase));
  for (char& c : phrase) {
    c = c >= ' ' && c <= '~' ? c : ' ';
  }
  while (!phrase.empty() && phrase.back() == ' ') {
    phrase.pop_back();
  }
  return phrase;
}

const xmlChar* xml_text(const std::string& text) {
  return reinterpret_cast<const xmlChar*>(text.c_str());
}

}  // namespace stirline::control
