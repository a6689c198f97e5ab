// One XML document that a stranger wrote: read within bounds, walked, written again (SPIT-XC-08).
//
// libxml2 behind owners and error values. Nothing is ever fetched, no DTD is read (a DOCTYPE is refused before its
// first declaration), so there are no entities but the five of XML; text is UTF-8 and nothing else. libxml2 prints
// nothing. Any thread; one document belongs to one thread at a time. An XmlElement is a pointer into its document and
// lives no longer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <libxml/tree.h>

namespace stirline::control {

inline constexpr std::size_t kMaxXmlOctets = std::size_t{256} << 10;
inline constexpr int kMaxXmlDepth = 32;               // elements inside each other, the root counts
inline constexpr std::size_t kMaxXmlAttributes = 64;  // of one element, declarations of namespaces among them

enum class XmlFault : std::uint8_t {
  not_utf8,         // octets or declared encoding
  not_well_formed,  // XML or its namespaces
  beyond_limits,    // too large, too deep, too many attributes, or with a DOCTYPE
};

struct XmlError {
  XmlFault fault = XmlFault::not_well_formed;
  std::string text;  // a phrase for whoever wrote the document, printable ASCII
};

// An element, or none.
class XmlElement {
 public:
  XmlElement() = default;
  explicit XmlElement(xmlNode* node) : node_(node) {}

  explicit operator bool() const { return node_ != nullptr; }
  friend bool operator==(const XmlElement&, const XmlElement&) = default;

  [[nodiscard]] std::string_view name() const;   // without prefix
  [[nodiscard]] std::string_view space() const;  // the namespace's name; empty: none
  [[nodiscard]] bool is(std::string_view space, std::string_view name) const;
  // By its name; an attribute without prefix is in no namespace.
  [[nodiscard]] std::optional<std::string> attribute(std::string_view name, std::string_view space = {}) const;
  [[nodiscard]] std::string text() const;  // all text below
  [[nodiscard]] long line() const;         // in the document that was read

  [[nodiscard]] XmlElement parent() const;
  [[nodiscard]] XmlElement first() const;  // child
  [[nodiscard]] XmlElement next() const;   // sibling

  [[nodiscard]] xmlNode* get() const { return node_; }

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = XmlElement;
    using difference_type = std::ptrdiff_t;
    using pointer = const XmlElement*;
    using reference = XmlElement;

    Iterator() = default;
    explicit Iterator(xmlNode* node) : node_(node) {}
    XmlElement operator*() const { return XmlElement(node_); }
    Iterator& operator++() {
      node_ = XmlElement(node_).next().get();
      return *this;
    }
    Iterator operator++(int) { return std::exchange(*this, Iterator(XmlElement(node_).next().get())); }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    xmlNode* node_ = nullptr;
  };
  struct Children {
    xmlNode* first_node = nullptr;
    [[nodiscard]] Iterator begin() const { return Iterator(first_node); }
    [[nodiscard]] static Iterator end() { return {}; }
  };
  [[nodiscard]] Children children() const { return {first().get()}; }

 private:
  xmlNode* node_ = nullptr;
};

// A prefix and what it stands for; the empty prefix is the default namespace.
using XmlBinding = std::pair<std::string, std::string>;

class XmlDocument {
 public:
  [[nodiscard]] static std::expected<XmlDocument, XmlError> parse(std::string_view octets);

  [[nodiscard]] XmlElement root() const;
  [[nodiscard]] xmlDoc* get() const { return document_.get(); }

  // The whole, with an XML declaration; spaces, comments and prefixes as they were.
  [[nodiscard]] std::string serialize() const;
  // One element of it, without the declarations that it has from the elements around it.
  [[nodiscard]] std::string serialize(XmlElement element) const;
  // What prefixes mean there, nearest declaration first.
  [[nodiscard]] std::vector<XmlBinding> bindings(XmlElement element) const;

 private:
  struct Free {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
  };
  explicit XmlDocument(xmlDoc* document) : document_(document) {}

  std::unique_ptr<xmlDoc, Free> document_;
};

// The text as it stands in an attribute between double quotes, or between tags.
[[nodiscard]] std::string xml_escape(std::string_view text);

// A message of libxml2, which may quote the document, as one line of printable ASCII.
[[nodiscard]] std::string xml_phrase(std::string_view message);

// The octets of a text for libxml2's functions, which want them terminated.
[[nodiscard]] const xmlChar* xml_text(const std::string& text);

}  // namespace stirline::control
