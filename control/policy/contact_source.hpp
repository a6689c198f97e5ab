// Whom users know without a rule (SPIT-FW-07, SPIT-FW-10), and who was challenged before (SPIT-PL-05). What a rule
// keeper asks.
//
// One thread at a time. Errors are sentences.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "config/policy/rule.hpp"

namespace stirline::control::policy {

class ContactSource {
 public:
  template <typename T>
  using Result = std::expected<T, std::string>;

  virtual ~ContactSource() = default;

  // Of one user, by his canonical identity: those that have not ended, at most config::policy::kMaxContacts.
  [[nodiscard]] virtual Result<std::vector<config::policy::Contact>> of(const std::string& identity) const = 0;
  // Canonical identities of all who have any.
  [[nodiscard]] virtual Result<std::vector<std::string>> users() const = 0;
};

}  // namespace stirline::control::policy
