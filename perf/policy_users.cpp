#include "perf/policy_users.hpp"

#include <random>
#include <stdexcept>

#include <fmt/format.h>

#include "config/policy/rule_set_writer.hpp"
#include "control/policy/canonical_identity.hpp"
#include "control/policy/rule_reader.hpp"
#include "tests/support/policy/random_rules.hpp"

namespace stirline::perf {
namespace {

using namespace config::policy;

constexpr KeySecret kSecret{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};

// What RandomRules::usual_document() writes, without writing it.
class UsualRules {
 public:
  Rules make(std::size_t count) {
    Rules made;
    for (std::size_t i = 0; i < count; ++i) {
      Rule rule;
      rule.id = fmt::format("r{}", i);
      fill(i % 5, rule);
      made.rules.push_back(std::move(rule));
    }
    return made;
  }

 private:
  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_); }

  void fill(std::size_t kind, Rule& rule) {
    switch (kind) {
      case 0:
        rule.identities.push_back({{fmt::format("1212{:07}", below(10'000'000)),
                                    fmt::format("sip:friend{}@foo.example.com", below(1'000'000))},
                                   {}});
        rule.actions.handling = Handling::allow;
        break;
      case 1:
        rule.identities.push_back({{}, {{fmt::format("company{}.example", below(100'000)), {}, {}}}});
        rule.actions.handling = Handling::allow;
        break;
      case 2:
        rule.facts &= ~all_of(Fact::authentication) | fact_bit(Fact::authentication, Authentication::none);
        rule.actions.handling = Handling::challenge;
        rule.actions.component = Component::hashcash;
        rule.actions.work = 15;
        break;
      case 3:
        rule.facts &= ~all_of(Fact::method) | fact_bit(Fact::method, CallMethod::message);
        rule.least_score = static_cast<std::uint8_t>(50 + below(50));
        rule.actions.handling = Handling::polite_block;
        break;
      default:
        rule.least_score = static_cast<std::uint8_t>(30 + below(50));
        rule.actions.handling = Handling::allow_marked;
        rule.actions.mark = true;
    }
  }

  std::mt19937_64 random_{20'261'122};
};

std::vector<std::byte> octets_of(const Rules& rules) {
  auto octets = write_rule_set(rules, kSecret);
  if (!octets) {
    throw std::runtime_error(octets.error());
  }
  return std::move(*octets);
}

Rule plain(const char* id, Handling handling) {
  Rule rule;
  rule.id = id;
  rule.actions.handling = handling;
  return rule;
}

// Every layer has rules that must be looked at, and none but the softest matches a call of ours.
config::tables::Image common_image() {
  Rule forged = plain("forged", Handling::block);
  forged.texts = {{KeyKind::list, {std::string("do-not-originate"), std::string("unallocated")}}};
  Rule barred = plain("barred", Handling::block);
  barred.texts = {{KeyKind::trunk, {std::string("barred")}}};
  Rule dubious = plain("dubious", Handling::allow_marked);
  dubious.least_score = 90;
  const auto legal = octets_of({.rules = {forged}});
  const auto hard = octets_of({.rules = {barred}});
  const auto soft = octets_of({.rules = {dubious}});
  return encode_common_rules({.legal = legal, .operator_hard = hard, .operator_soft = soft}, kSecret);
}

}  // namespace

std::vector<WrittenRules> make_documents(std::size_t count, std::size_t rules) {
  test::RandomRules random(count + rules);
  std::vector<WrittenRules> made(count);
  for (WrittenRules& one : made) {
    one.text = random.usual_document(rules);
    auto document = control::XmlDocument::parse(one.text);
    if (!document) {
      throw std::runtime_error(document.error().text);
    }
    one.document = std::make_unique<control::XmlDocument>(std::move(*document));
    for (const control::XmlElement rule : one.document->root().children()) {
      for (const control::XmlElement who : rule.first().first().children()) {
        if (const auto id = who.attribute("id")) {
          one.friends.push_back(control::policy::canonical_identity(*id, {}).value());
        }
      }
    }
  }
  return made;
}

std::vector<std::byte> compile_document(const std::string& text, const KeySecret& secret) {
  const auto document = control::XmlDocument::parse(text);
  if (!document) {
    throw std::runtime_error(document.error().text);
  }
  const auto rules =
      control::policy::read_rules(document->root(), {.window = {kPolicyNow - 3'600, kPolicyNow + 86'400}});
  if (!rules) {
    throw std::runtime_error(rules.error().text);
  }
  auto octets = write_rule_set(*rules, secret);
  if (!octets) {
    throw std::runtime_error(octets.error());
  }
  return std::move(*octets);
}

const KeySecret& PolicyUsers::secret() {
  return kSecret;
}

std::string PolicyUsers::name_of(std::size_t user) {
  return user % 4 == 3 ? fmt::format("sip:user{}@example.com", user) : fmt::format("{}", 14'000'000'000 + user * 7);
}

config::tables::ImageView PolicyUsers::keep(const config::tables::Image& image) {
  auto memory = config::wire::PagedImage::copy(image);
  if (!memory) {
    throw std::runtime_error(memory.error().text);
  }
  return images_.emplace_back(std::move(*memory)).view();
}

PolicyUsers::PolicyUsers(std::size_t count, std::size_t rules, const std::vector<WrittenRules>& documents) {
  const auto common = CommonRules::open(keep(common_image()));
  if (!common) {
    throw std::runtime_error(common.error().text);
  }
  tables_.common = *common;
  std::array<std::vector<std::size_t>, kUserShards> by_shard;
  for (std::size_t user = 0; user < count; ++user) {
    by_shard[shard_of(identity_key(kSecret, name_of(user)))].push_back(user);
  }
  UsualRules usual;
  for (std::size_t number = 0; number < kUserShards; ++number) {
    UserShardWriter writer(number, kSecret);
    std::vector<std::vector<std::byte>> sets;
    for (const std::size_t user : by_shard[number]) {
      sets.push_back(user < documents.size() ? compile_document(documents[user].text, kSecret)
                                             : octets_of(usual.make(rules)));
      writer.add(identity_key(kSecret, name_of(user)), facts_of_a_stranger(), sets.back());
    }
    const auto image = writer.take();
    octets_ += image.size();
    const auto shard = UserShard::open(keep(image));
    if (!shard) {
      throw std::runtime_error(shard.error().text);
    }
    tables_.users[number] = *shard;
  }
}

std::vector<PolicyCall> make_policy_calls(std::size_t count, const std::vector<WrittenRules>& documents) {
  test::RandomRules random(count);
  std::mt19937_64 dice(count);
  std::vector<PolicyCall> calls(count);
  for (std::size_t i = 0; i < count; ++i) {
    PolicyCall& call = calls[i];
    call.document = dice() % documents.size();
    call.spoken = random.call();
    call.spoken.group = "none";
    call.spoken.presence = "unknown";
    call.spoken.call_state = "unknown";
    call.spoken.lists.clear();
    call.spoken.now = kPolicyNow + static_cast<std::int64_t>(dice() % 3'600);
    if (!call.spoken.caller.empty()) {
      const auto& friends = documents[call.document].friends;
      call.spoken.caller =
          i % 2 == 0 ? friends[dice() % friends.size()] : fmt::format("1212{:07}", dice() % 10'000'000);
      const std::size_t at = call.spoken.caller.find('@');
      call.spoken.caller_domain = at == std::string::npos ? "" : call.spoken.caller.substr(at + 1);
    }
    call.facts = test::facts_of(call.spoken, kSecret);
    call.facts.facts &= kAnyCall;
  }
  return calls;
}

}  // namespace stirline::perf
