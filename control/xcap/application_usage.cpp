#include "control/xcap/application_usage.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "config/policy/rule.hpp"
#include "control/xcap/schemas/schemas.hpp"
#include "control/xcap/xml_document.hpp"
#include "control/xcap/xml_schema.hpp"

namespace stirline::control {

namespace {

constexpr std::string_view kPolicySpace = "urn:ietf:params:xml:ns:common-policy";
constexpr std::string_view kListsSpace = "urn:ietf:params:xml:ns:resource-lists";
constexpr std::string_view kProfileSpace = "urn:stirline:xml:ns:user-profile";
constexpr std::string_view kCapabilitiesSpace = "urn:ietf:params:xml:ns:xcap-caps";

constexpr std::array<std::string_view, 1> kSpitTypes = {"application/spit+xml"};
constexpr std::array<std::string_view, 2> kCapabilitiesSpaces = {kCapabilitiesSpace, kXcapErrorSpace};
constexpr std::array<std::string_view, 2> kSpitSpaces = {kPolicySpace, "urn:ietf:params:xml:ns:spit-policy"};
constexpr std::array<std::string_view, 1> kListsSpaces = {kListsSpace};
constexpr std::array<std::string_view, 1> kProfileSpaces = {kProfileSpace};
constexpr std::array<std::string_view, 1> kProfileTypes = {"application/xml"};
constexpr std::array<std::string_view, 2> kPresenceSpaces = {kPolicySpace, "urn:ietf:params:xml:ns:pres-rules"};

constexpr std::array<UniqueAttribute, 1> kRuleIds = {{{"rule", "id", true}}};
// RFC 4826 3.4.5
constexpr std::array<UniqueAttribute, 4> kListMembers = {
    {{"list", "name", true}, {"entry", "uri"}, {"entry-ref", "ref"}, {"external", "anchor"}}};

const std::array<ApplicationUsage, 5> kUsages = {{
    {.auid = kCapabilitiesAuid,
     .default_space = kCapabilitiesSpace,
     .mime_type = "application/xcap-caps+xml",
     .also_taken = {},
     .schema = schemas::kXcapCaps,
     .spaces = kCapabilitiesSpaces,
     .unique = {},
     .most_children = 0,
     .only_document = "index",
     .users_write = false},
    {.auid = kPolicyAuid,
     .default_space = kPolicySpace,
     .mime_type = "application/auth-policy+xml",
     .also_taken = kSpitTypes,
     .schema = schemas::kCommonPolicy,
     .spaces = kSpitSpaces,
     .unique = kRuleIds,
     .most_children = config::policy::kMaxRules,
     .only_document = kPolicyDocument,
     .users_write = true},
    {.auid = "resource-lists",
     .default_space = kListsSpace,
     .mime_type = "application/resource-lists+xml",
     .also_taken = {},
     .schema = schemas::kResourceLists,
     .spaces = kListsSpaces,
     .unique = kListMembers,
     .most_children = 0,
     .only_document = {},
     .users_write = true},
    {.auid = kPresenceAuid,
     .default_space = kPolicySpace,
     .mime_type = "application/auth-policy+xml",
     .also_taken = {},
     .schema = schemas::kCommonPolicy,
     .spaces = kPresenceSpaces,
     .unique = kRuleIds,
     .most_children = config::policy::kMaxRules,
     .only_document = {},
     .users_write = true},
    {.auid = kProfileAuid,
     .default_space = kProfileSpace,
     .mime_type = "application/vnd.stirline.user-profile+xml",
     .also_taken = kProfileTypes,
     .schema = schemas::kUserProfile,
     .spaces = kProfileSpaces,
     .unique = {},
     .most_children = 0,
     .only_document = kPolicyDocument,
     .users_write = true},
}};

std::size_t position_of(XmlElement element) {
  std::size_t position = 0;
  for (const XmlElement sibling : element.parent().children()) {
    position += sibling.is(element.space(), element.name()) ? 1U : 0U;
    if (sibling == element) {
      break;
    }
  }
  return position;
}

// "ruleset/rule[2]": elements of the default namespace, as those with unique attributes and those around them are.
std::string selector_of(XmlElement element) {
  std::string path(element.name());
  for (; element.parent(); element = element.parent()) {
    const std::string step = fmt::format("[{}]", position_of(element));
    path.insert(element.name().size(), step);
    path = fmt::format("{}/{}", element.parent().name(), path);
  }
  return path;
}

class UniquenessCheck {
 public:
  explicit UniquenessCheck(const ApplicationUsage& usage) : usage_(usage) {}

  // As deep as documents are allowed to be.
  std::optional<Conflict> look(XmlElement parent) const {
    std::set<std::pair<const UniqueAttribute*, std::string>> seen;
    for (const XmlElement child : parent.children()) {
      for (const UniqueAttribute& unique : usage_.unique) {
        if (!child.is(usage_.default_space, unique.child)) {
          continue;
        }
        const auto value = child.attribute(unique.attribute);
        if (value && !seen.emplace(&unique, *value).second) {
          return taken(parent, child, unique, *value);
        }
      }
      if (auto below = look(child)) {
        return below;
      }
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] static Conflict taken(XmlElement parent, XmlElement child, const UniqueAttribute& unique,
                                      const std::string& value) {
    Conflict conflict{.reason = ConflictReason::uniqueness_failure,
                      .phrase = fmt::format("two {} have the same {}", unique.child, unique.attribute),
                      .field = fmt::format("{}/@{}", selector_of(child), unique.attribute)};
    if (unique.may_be_chosen) {
      std::set<std::string> values;
      for (const XmlElement sibling : parent.children()) {
        values.insert(sibling.attribute(unique.attribute).value_or(""));
      }
      std::string free = value;
      for (std::size_t i = 2; values.contains(free); ++i) {
        free = fmt::format("{}-{}", value, i);
      }
      conflict.alternatives.push_back(std::move(free));
    }
    return conflict;
  }

  const ApplicationUsage& usage_;
};

}  // namespace

std::span<const ApplicationUsage> application_usages() {
  return kUsages;
}

const ApplicationUsage* find_usage(std::string_view auid) {
  const auto* const found = std::ranges::find(kUsages, auid, &ApplicationUsage::auid);
  return found == kUsages.end() ? nullptr : found;
}

std::string media_type_of(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) {
    type.pop_back();
  }
  std::ranges::transform(type, type.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return type;
}

bool takes_type(const ApplicationUsage& usage, std::string_view content_type) {
  const std::string type = media_type_of(content_type);
  return type == usage.mime_type || std::ranges::find(usage.also_taken, type) != usage.also_taken.end();
}

UsageChecker::UsageChecker() {
  for (const ApplicationUsage& usage : kUsages) {
    if (!schemas_.contains(usage.schema)) {
      schemas_.emplace(usage.schema, std::make_unique<XmlSchema>(usage.schema));
    }
  }
}

UsageChecker::~UsageChecker() = default;

void UsageChecker::add(std::string_view auid, Check check) {
  checks_.emplace(auid, std::move(check));
}

std::expected<void, Conflict> UsageChecker::check(const ApplicationUsage& usage, const XmlDocument& document,
                                                  const std::string& owner) const {
  if (const auto valid = schemas_.at(usage.schema)->validate(document); !valid) {
    return std::unexpected(Conflict{.reason = ConflictReason::schema_validation_error, .phrase = valid.error()});
  }
  // A schema passes any root that it knows, or knows nothing about.
  if (document.root().space() != usage.default_space) {
    return std::unexpected(Conflict{.reason = ConflictReason::schema_validation_error,
                                    .phrase = fmt::format("the root is not of {}", usage.default_space)});
  }
  if (auto taken = UniquenessCheck(usage).look(document.root())) {
    return std::unexpected(std::move(*taken));
  }
  const auto children = document.root().children();
  const auto count = static_cast<std::size_t>(std::distance(children.begin(), children.end()));
  if (usage.most_children != 0 && count > usage.most_children) {
    return std::unexpected(
        Conflict{.reason = ConflictReason::constraint_failure,
                 .phrase = fmt::format("{} rules, at most {} are taken", count, usage.most_children)});
  }
  const auto [first, last] = checks_.equal_range(usage.auid);
  for (auto at = first; at != last; ++at) {
    if (auto good = at->second(document, owner); !good) {
      return std::unexpected(Conflict{.reason = ConflictReason::constraint_failure, .phrase = std::move(good.error())});
    }
  }
  return {};
}

}  // namespace stirline::control
