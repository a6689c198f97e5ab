// Everything of the XCAP server but sockets and sign-in, over a store in memory.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "control/xcap/xcap_operations.hpp"
#include "tests/unit/control/xcap/policies.hpp"

namespace stirline::control::test {

inline constexpr std::string_view kPolicyType = "application/auth-policy+xml";
inline constexpr std::string_view kListsType = "application/resource-lists+xml";
inline constexpr std::string_view kBob = "/spit-policy/users/sip:bob@example.com/index";

struct Asked {
  std::string_view type = {};
  std::string_view body = {};
  std::optional<std::string> if_match = std::nullopt;
  std::optional<std::string> if_none_match = std::nullopt;
};

class XcapWorld {
 public:
  XcapAnswer ask(XcapMethod method, const std::string& target, const Asked& asked = {}) {
    const auto uri = parse_xcap_uri(target, "/");
    if (!uri) {
      return {.status = uri.error().fault == UriFault::elsewhere ? 404U : 400U};
    }
    return operations.answer({.method = method,
                              .content_type = asked.type,
                              .if_match = asked.if_match,
                              .if_none_match = asked.if_none_match,
                              .body = asked.body},
                             *uri);
  }
  XcapAnswer get(const std::string& target) { return ask(XcapMethod::get, target); }
  XcapAnswer remove(const std::string& target) { return ask(XcapMethod::remove, target); }
  XcapAnswer put(const std::string& target, std::string_view type, std::string_view body) {
    return ask(XcapMethod::put, target, {.type = type, .body = body});
  }
  XcapAnswer put_element(const std::string& target, std::string_view body) { return put(target, kElementType, body); }

  // The way to something in Bob's rules.
  [[nodiscard]] static std::string in(std::string_view selector) {
    return std::string(kBob) + "/~~/" + std::string(selector);
  }

  std::unique_ptr<DocumentStore> store = open();
  UsageChecker checker;
  Capabilities capabilities;
  XcapOperations operations{checker, capabilities, *store};

 private:
  static std::unique_ptr<DocumentStore> open() {
    auto opened = open_document_store({});
    if (!opened) {
      throw std::runtime_error(opened.error());
    }
    return std::move(*opened);
  }
};

// The element of a 409's body, with what it must be in: empty if it is not.
inline std::string reason_of(const XcapAnswer& answer) {
  const auto document = XmlDocument::parse(answer.body);
  if (answer.status != 409 || answer.content_type != kXcapErrorType || !document ||
      !document->root().is(kXcapErrorSpace, "xcap-error") || document->root().first().next()) {
    return "no 409: " + std::to_string(answer.status) + " " + answer.body;
  }
  return std::string(document->root().first().name());
}

}  // namespace stirline::control::test
