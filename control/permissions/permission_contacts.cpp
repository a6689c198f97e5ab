#include "control/permissions/permission_contacts.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace stirline::control {

namespace cp = config::policy;

namespace {

cp::FactWord result_of(const Permission& permission) {
  const cp::Fact fact = permission.kind == PermissionKind::consent ? cp::Fact::consent : cp::Fact::turing;
  return cp::fact_bit(fact, permission.state == PermissionState::granted ? cp::Result::success : cp::Result::failure);
}

class PermissionContacts : public policy::ContactSource {
 public:
  PermissionContacts(const PermissionDesk& desk, std::unique_ptr<policy::ContactSource> others)
      : desk_(desk), others_(std::move(others)) {}

  Result<std::vector<cp::Contact>> of(const std::string& identity) const override {
    Result<std::vector<cp::Contact>> contacts = others_ ? others_->of(identity) : std::vector<cp::Contact>();
    const auto permissions = desk_.list(identity);
    if (!contacts || !permissions) {
      return contacts ? std::unexpected(permissions.error()) : std::move(contacts);
    }
    // What was settled by name comes before what was learned, if all together are too many.
    std::vector<cp::Contact> settled;
    for (const Permission& one : *permissions) {
      if (one.state != PermissionState::pending) {
        settled.push_back({.identity = one.caller, .until = one.until, .result = result_of(one)});
      }
    }
    const std::size_t room = cp::kMaxContacts - std::min(settled.size(), cp::kMaxContacts);
    contacts->resize(std::min(contacts->size(), room));
    std::ranges::move(settled, std::back_inserter(*contacts));
    return contacts;
  }

  Result<std::vector<std::string>> users() const override {
    Result<std::vector<std::string>> users = others_ ? others_->users() : std::vector<std::string>();
    auto called = desk_.called_users();
    if (!users || !called) {
      return users ? std::move(called) : std::move(users);
    }
    std::ranges::move(*called, std::back_inserter(*users));
    std::ranges::sort(*users);
    const auto twice = std::ranges::unique(*users);
    users->erase(twice.begin(), twice.end());
    return users;
  }

 private:
  const PermissionDesk& desk_;
  std::unique_ptr<policy::ContactSource> others_;
};

}  // namespace

std::unique_ptr<policy::ContactSource> contacts_with_permissions(const PermissionDesk& desk,
                                                                 std::unique_ptr<policy::ContactSource> others) {
  return std::make_unique<PermissionContacts>(desk, std::move(others));
}

}  // namespace stirline::control
