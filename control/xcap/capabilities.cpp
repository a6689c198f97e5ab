#include "control/xcap/capabilities.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "control/xcap/application_usage.hpp"
#include "control/xcap/document_tag.hpp"
#include "control/xcap/xml_document.hpp"

namespace stirline::control {

void Capabilities::announce(std::vector<std::string> modules) {
  std::vector<std::string> spaces;
  std::string auids;
  for (const ApplicationUsage& usage : application_usages()) {
    auids += fmt::format("    <auid>{}</auid>\n", usage.auid);
    spaces.insert(spaces.end(), usage.spaces.begin(), usage.spaces.end());
  }
  std::ranges::sort(modules);
  std::ranges::move(modules, std::back_inserter(spaces));
  std::string names;
  for (auto space = spaces.begin(); space != spaces.end(); ++space) {
    if (std::find(spaces.begin(), space, *space) == space) {
      names += fmt::format("    <namespace>{}</namespace>\n", xml_escape(*space));
    }
  }
  auto page = std::make_shared<Page>();
  page->body = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xcap-caps xmlns=\"urn:ietf:params:xml:ns:xcap-caps\">\n"
      "  <auids>\n{}  </auids>\n  <extensions/>\n  <namespaces>\n{}  </namespaces>\n</xcap-caps>\n",
      auids, names);
  page->etag = content_tag(page->body);
  const std::scoped_lock lock(mutex_);
  page_ = std::move(page);
}

std::shared_ptr<const Capabilities::Page> Capabilities::page() const {
  const std::scoped_lock lock(mutex_);
  return page_;
}

}  // namespace stirline::control
