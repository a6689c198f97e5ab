// A compiled XML Schema (libxml2), and documents held against it (SPIT-XC-07). Nothing is fetched: a schema that
// imports another one does not compile. Immutable, so any thread, several at a time.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "control/xcap/xml_document.hpp"

struct _xmlSchema;

namespace stirline::control {

class XmlSchema {
 public:
  // The text is our own, so one that does not compile is a defect of the program: throws std::logic_error.
  explicit XmlSchema(std::string_view text);

  // The error is a phrase, printable ASCII: the first thing that is not as it should be.
  [[nodiscard]] std::expected<void, std::string> validate(const XmlDocument& document) const;

 private:
  struct Free {
    void operator()(_xmlSchema* schema) const;
  };
  std::unique_ptr<_xmlSchema, Free> schema_;
};

}  // namespace stirline::control
