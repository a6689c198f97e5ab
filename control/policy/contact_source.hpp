// Whom users know without a rule (SPIT-FW-07, SPIT-FW-10), and who was challenged before (SPIT-PL-05). What a rule
// keeper asks.
//
// One thread at a time. Errors are sentences.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/policy/rule.hpp"
#include "control/policy/list_store.hpp"

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

// Those in the store of lists: white entries of users' own, learned, imported or made by hand (SPIT-CL-03, SPIT-FW-11).
[[nodiscard]] std::unique_ptr<ContactSource> contacts_in(std::unique_ptr<ListStore> store,
                                                         std::function<std::int64_t()> now);

}  // namespace stirline::control::policy
