// Any octets as the request target of an XCAP request: its parts are within bounds, and a node selector that is written
// again is the same; selecting with it in a document ends, in an element of that document or in none.
#include "control/xcap/xcap_uri.hpp"

#include "sip_parser/utf8.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/exact_block.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::xcap_uri {
namespace {

using namespace stirline::control;

bool is_text(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      return false;
    }
  }
  return stirline::sip::detail::is_utf8(text);
}

const XmlDocument& document() {
  static const XmlDocument parsed =
      XmlDocument::parse(
          "<ruleset xmlns='urn:d' xmlns:p='urn:p'><rule id='a' p:k='1'/><rule id='b'><p:x/><x/></rule>"
          "</ruleset>")
          .value();
  return parsed;
}

void try_selector(const XcapUri& uri) {
  const NodeSelector& selector = *uri.selector;
  const std::size_t steps = selector.steps.size();
  check(steps > 0 && steps <= kMaxSelectorSteps, "a selector has a bounded number of steps");
  const auto again = parse_xcap_uri("/a/global/b/~~/" + to_uri_text(selector, steps), "/");
  const bool fits = !again || (again->selector && again->selector->steps == selector.steps);
  check(fits, "a selector that is written again is the same");
  SelectorSpaces spaces{"urn:d", uri.bindings};
  if (!is_bound(selector, spaces)) {
    return;
  }
  for (XmlElement found = select(document(), selector, steps, spaces); found; found = found.parent()) {
    if (found == document().root()) {
      return;
    }
  }
  check(!select(document(), selector, steps, spaces), "what is found stands in the document");
}

int run(const std::uint8_t* data, std::size_t size) {
  const ExactBlock block(data, size);
  const auto uri = parse_xcap_uri(block.view(), "/");
  if (!uri) {
    check(!uri.error().text.empty() && is_text(uri.error().text), "a refusal says why");
    return 0;
  }
  check(size <= kMaxTargetOctets, "a target is bounded");
  check(uri->owner.size() <= kMaxXuiOctets && (uri->tree == XcapTree::users) == !uri->owner.empty(),
        "users have names");
  check(is_text(uri->auid) && is_text(uri->owner) && is_text(uri->document), "what is decoded is text");
  check(uri->bindings.size() <= kMaxXmlnsBindings, "bindings are bounded");
  check(block.view().starts_with(uri->path) && uri->path.starts_with(uri->folder), "a path is what was asked for");
  if (uri->selector) {
    try_selector(*uri);
  }
  return 0;
}

const Target kTarget("xcap_uri", run);

}  // namespace
}  // namespace stirline::fuzz::xcap_uri
