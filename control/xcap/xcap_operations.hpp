// GET, HEAD, PUT and DELETE on documents, elements, attributes and namespace bindings (RFC 4825 7, 8; SPIT-XC-03 to
// -07), after the question who may do so has been answered. Requests and answers are values: no sockets. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "control/xcap/application_usage.hpp"
#include "control/xcap/capabilities.hpp"
#include "control/xcap/document_store.hpp"
#include "control/xcap/xcap_uri.hpp"

namespace stirline::control {

enum class XcapMethod : std::uint8_t { get, head, put, remove };

// Views into the request, for the time of the call.
struct XcapRequest {
  XcapMethod method = XcapMethod::get;
  std::string_view content_type = {};
  std::optional<std::string> if_match = {};  // fields of that name, joined by commas
  std::optional<std::string> if_none_match = {};
  std::string_view body = {};
};

struct XcapAnswer {
  unsigned status = 200;
  std::string content_type = {};
  std::string body = {};  // of a GET; for a HEAD its length counts
  std::string etag = {};
  std::string allow = {};  // with 405
};

inline constexpr std::string_view kElementType = "application/xcap-el+xml";
inline constexpr std::string_view kAttributeType = "application/xcap-att+xml";
inline constexpr std::string_view kBindingsType = "application/xcap-ns+xml";

class XcapOperations {
 public:
  static constexpr int kTries = 8;  // a change that others overtake so often is given up: 503

  // All three outlive it.
  XcapOperations(const UsageChecker& checker, const Capabilities& capabilities, DocumentStore& store)
      : checker_(checker), capabilities_(capabilities), store_(store) {}

  [[nodiscard]] XcapAnswer answer(const XcapRequest& request, const XcapUri& uri);

 private:
  struct Context {
    const XcapRequest& request;
    const XcapUri& uri;
    const ApplicationUsage& usage;
    SelectorSpaces spaces;
    std::optional<StoredDocument> stored;
  };

  [[nodiscard]] DocumentStore::Result<std::optional<StoredDocument>> load(const ApplicationUsage& usage,
                                                                          const XcapUri& uri) const;
  // Nothing: somebody else was faster.
  [[nodiscard]] std::optional<XcapAnswer> change(const Context& context);
  [[nodiscard]] std::optional<XcapAnswer> put_document(const Context& context);
  [[nodiscard]] std::optional<XcapAnswer> change_node(const Context& context);
  [[nodiscard]] std::optional<XcapAnswer> keep(const Context& context, const XmlDocument& document,
                                               const std::string& body, bool is_new);

  const UsageChecker& checker_;
  const Capabilities& capabilities_;
  DocumentStore& store_;
};

}  // namespace stirline::control
