#include "control/policy/user_profile.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "config/policy/rule.hpp"
#include "config/policy/user_shard.hpp"
#include "control/policy/rule_parts.hpp"

namespace stirline::control::policy {
namespace {

using config::policy::Fact;
using config::policy::FactWord;
using Read = std::expected<void, std::string>;

template <Fact kFact>
Read read_fact(const std::vector<std::string>& words, UserProfile& profile) {
  const FactWord bit = words.size() == 1 ? config::policy::find_word(kFact, words[0]) : 0;
  if (bit == 0) {
    std::string known;
    for (const config::policy::FactValue& value : config::policy::facts_of(kFact).words) {
      known += (known.empty() ? "" : ", ") + std::string(value.word);
    }
    return std::unexpected("is one of " + known);
  }
  profile.facts = (profile.facts & ~config::policy::all_of(kFact)) | bit;
  return {};
}

bool is_too_long(const std::string& word) {
  return word.size() > config::policy::kMaxTextBytes;
}

Read read_sphere(const std::vector<std::string>& words, UserProfile& profile) {
  if (words.size() > 1 || std::ranges::any_of(words, is_too_long)) {
    return std::unexpected("is one word of at most 255 octets");
  }
  profile.sphere = words.empty() ? std::string() : words[0];
  return {};
}

Read read_activities(const std::vector<std::string>& words, UserProfile& profile) {
  if (words.size() > kMaxActivities || std::ranges::any_of(words, is_too_long)) {
    return std::unexpected("is at most 32 words of at most 255 octets");
  }
  profile.activities = words;
  return {};
}

// One row an element.
struct PartOfProfile {
  std::string_view name;
  Read (*read)(const std::vector<std::string>& words, UserProfile& profile);
};
constexpr std::array kParts{
    PartOfProfile{"group", read_fact<Fact::group>},           PartOfProfile{"sphere", read_sphere},
    PartOfProfile{"presence", read_fact<Fact::presence>},     PartOfProfile{"activities", read_activities},
    PartOfProfile{"call-state", read_fact<Fact::call_state>},
};

}  // namespace

UserProfile::UserProfile() : facts(config::policy::facts_of_a_stranger()) {}

std::expected<UserProfile, std::string> read_profile(XmlElement root) {
  if (!root.is(kUserProfile, "profile")) {
    return std::unexpected("the document is no profile");
  }
  UserProfile profile;
  std::set<std::string_view> seen;
  for (const XmlElement child : root.children()) {
    const std::string name(child.name());
    const auto* const part = std::ranges::find(kParts, child.name(), &PartOfProfile::name);
    if (child.space() != kUserProfile || part == kParts.end()) {
      return std::unexpected(name.substr(0, 64) + " is nothing that a profile has");
    }
    if (!seen.insert(part->name).second) {
      return std::unexpected(name + " is there twice");
    }
    if (const Read read = part->read(words_of(child.text()), profile); !read) {
      return std::unexpected(name + ": " + read.error());
    }
  }
  return profile;
}

}  // namespace stirline::control::policy
