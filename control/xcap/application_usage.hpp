// What is kept over XCAP and by which rules: one row a usage (RFC 4825 5). A new usage is a new row, and a schema.
//
// The rows are constants. A UsageChecker holds their compiled schemas and whatever checks others have added; add these
// before the server starts, then it may be used by any thread.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "control/xcap/xcap_conflict.hpp"

namespace stirline::control {

class XmlDocument;
class XmlSchema;

inline constexpr std::size_t kMaxDocumentsPerUser = 16;  // of one usage
inline constexpr std::string_view kCapabilitiesAuid = "xcap-caps";
inline constexpr std::string_view kPolicyAuid = "spit-policy";    // rules of a called user
inline constexpr std::string_view kPresenceAuid = "pres-rules";   // of who may watch him
inline constexpr std::string_view kProfileAuid = "user-profile";  // what is known of him
inline constexpr std::string_view kPolicyDocument = "index";      // the one that a user has, of rules and profile

// Children of one element that must differ in an attribute.
struct UniqueAttribute {
  std::string_view child;  // of the default namespace
  std::string_view attribute;
  bool may_be_chosen = false;  // another value would do: some that are free are offered
};

struct ApplicationUsage {
  std::string_view auid;
  std::string_view default_space;                // of names without prefix, and of the root
  std::string_view mime_type;                    // of a document when it is read
  std::span<const std::string_view> also_taken;  // further types in which one may be written
  std::string_view schema;
  std::span<const std::string_view> spaces;  // advertised in xcap-caps
  std::span<const UniqueAttribute> unique;
  std::size_t most_children;       // of the root; 0: no limit but that of size
  std::string_view only_document;  // the one name a document may have; empty: any
  bool users_write;                // each in the own tree (SPIT-XC-08); otherwise nobody
};

[[nodiscard]] std::span<const ApplicationUsage> application_usages();
[[nodiscard]] const ApplicationUsage* find_usage(std::string_view auid);
// Whether a document may come under that Content-Type; parameters of it do not matter.
[[nodiscard]] bool takes_type(const ApplicationUsage& usage, std::string_view content_type);
// The media type of a Content-Type in small letters, without parameters.
[[nodiscard]] std::string media_type_of(std::string_view content_type);

class UsageChecker {
 public:
  // What a document of a usage must keep to beyond schema and uniqueness: an error becomes the phrase of a 409
  // constraint-failure. Called on the server's thread, on documents that the schema has passed.
  using Check = std::function<std::expected<void, std::string>(const XmlDocument& document, const std::string& owner)>;

  UsageChecker();
  ~UsageChecker();
  UsageChecker(const UsageChecker&) = delete;
  UsageChecker& operator=(const UsageChecker&) = delete;

  void add(std::string_view auid, Check check);

  // Schema, then uniqueness, then constraints (SPIT-XC-07): the first that fails.
  [[nodiscard]] std::expected<void, Conflict> check(const ApplicationUsage& usage, const XmlDocument& document,
                                                    const std::string& owner) const;

 private:
  std::map<std::string_view, std::unique_ptr<XmlSchema>> schemas_;  // by the text of the schema, which rows share
  std::multimap<std::string, Check, std::less<>> checks_;
};

}  // namespace stirline::control
