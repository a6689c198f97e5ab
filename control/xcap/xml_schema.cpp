#include "control/xcap/xml_schema.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <libxml/xmlschemas.h>

namespace stirline::control {

namespace {

void note_first(void* context, xmlError* error) {
  auto& first = *static_cast<std::string*>(context);
  if (first.empty() && error != nullptr) {
    first = xml_phrase(error->message == nullptr ? "not as the schema wants it" : error->message);
    if (error->line > 0) {
      first = fmt::format("line {}: {}", error->line, first);
    }
  }
}

}  // namespace

void XmlSchema::Free::operator()(_xmlSchema* schema) const {
  xmlSchemaFree(schema);
}

XmlSchema::XmlSchema(std::string_view text) {
  const std::unique_ptr<xmlSchemaParserCtxt, decltype(&xmlSchemaFreeParserCtxt)> parser(
      xmlSchemaNewMemParserCtxt(text.data(), static_cast<int>(text.size())), &xmlSchemaFreeParserCtxt);
  std::string error;
  if (parser) {
    xmlSchemaSetParserStructuredErrors(parser.get(), note_first, &error);
    schema_.reset(xmlSchemaParse(parser.get()));
  }
  if (!schema_) {
    throw std::logic_error("a schema does not compile: " + error);
  }
}

std::expected<void, std::string> XmlSchema::validate(const XmlDocument& document) const {
  const std::unique_ptr<xmlSchemaValidCtxt, decltype(&xmlSchemaFreeValidCtxt)> validator(
      xmlSchemaNewValidCtxt(schema_.get()), &xmlSchemaFreeValidCtxt);
  if (!validator) {
    return std::unexpected("no memory");
  }
  std::string error;
  xmlSchemaSetValidStructuredErrors(validator.get(), note_first, &error);
  if (xmlSchemaValidateDoc(validator.get(), document.get()) != 0) {
    return std::unexpected(error.empty() ? "not as the schema wants it" : error);
  }
  return {};
}

}  // namespace stirline::control
