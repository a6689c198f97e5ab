// The rules of called users: a hash table from identity to rules, in kUserShards pieces, so that a change rebuilds and
// sends one of them (design.md 1, SPIT-PL-07). Read in place.
//
// A UserShard is a view: its image stays mapped while it is used. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/policy/facts.hpp"
#include "config/policy/identity_key.hpp"
#include "config/policy/rule_set.hpp"
#include "config/tables/image.hpp"

namespace stirline::config::policy {

inline constexpr std::size_t kUserShards = 256;

// Which shard a user's rules are in.
[[nodiscard]] std::size_t shard_of(Key called);

// What is kept of a called user.
struct CalledUser {
  FactWord facts = 0;       // kAnyUser complete: group, presence, call state
  RuleSet rules = {};       // null: none
  std::uint32_t asked = 0;  // rules.asked()
};

// The facts of a user about whom nothing is known.
[[nodiscard]] FactWord facts_of_a_stranger();

namespace layout {
struct UserSlot;
}

class UserShard {
 public:
  UserShard() = default;  // without users

  // Checks every octet that is ever read.
  [[nodiscard]] static std::expected<UserShard, tables::TableError> open(tables::ImageView image);

  [[nodiscard]] std::optional<CalledUser> find(Key called) const;
  void prefetch(Key called) const;  // fetches what find() will look at
  [[nodiscard]] std::size_t number() const { return number_; }
  [[nodiscard]] std::size_t users() const { return users_; }
  [[nodiscard]] const KeySecret& secret() const { return secret_; }  // that its keys were made with

 private:
  std::span<const layout::UserSlot> slots_;  // a power of two of them, or none
  const std::byte* sets_ = nullptr;
  std::size_t number_ = 0;
  std::size_t users_ = 0;
  KeySecret secret_{};
};

// Collects users and lays a shard out. Control's side.
class UserShardWriter {
 public:
  UserShardWriter(std::size_t number, const KeySecret& secret) : number_(number), secret_(secret) {}

  // `rules`: octets of write_rule_set(), which stay until take(). Equal ones are kept once. One user once.
  void add(Key called, FactWord facts, std::span<const std::byte> rules) { users_.push_back({called, facts, rules}); }

  [[nodiscard]] tables::Image take() const;

 private:
  struct User {
    Key called = kNoKey;
    FactWord facts = 0;
    std::span<const std::byte> rules;
  };

  std::size_t number_;
  KeySecret secret_;
  std::vector<User> users_;
};

}  // namespace stirline::config::policy
