#include "control/policy/contact_source.hpp"

#include <limits>
#include <optional>
#include <utility>

namespace stirline::control::policy {
namespace {

using config::policy::Contact;

class StoredContacts final : public ContactSource {
 public:
  StoredContacts(std::unique_ptr<ListStore> store, std::function<std::int64_t()> now)
      : store_(std::move(store)), now_(std::move(now)) {}

  Result<std::vector<Contact>> of(const std::string& identity) const override {
    std::vector<Contact> contacts;
    const std::int64_t now = now_();
    const auto read =
        store_->each({.owner = owner_of(identity), .list = config::policy::List::white}, [&](const ListEntry& entry) {
          const std::int64_t until = entry.until.value_or(std::numeric_limits<std::int64_t>::max());
          const bool is_one = entry.kind == SubjectKind::number || entry.kind == SubjectKind::uri;
          if (is_one && now < until) {
            contacts.push_back({.identity = entry.subject, .until = until});
          }
          return contacts.size() < config::policy::kMaxContacts;
        });
    return read ? Result<std::vector<Contact>>(std::move(contacts)) : std::unexpected(read.error());
  }

  Result<std::vector<std::string>> users() const override {
    auto owners = store_->users();
    if (owners) {
      for (std::string& owner : *owners) {
        owner = user_of(owner).value_or(std::string());
      }
    }
    return owners;
  }

 private:
  std::unique_ptr<ListStore> store_;
  std::function<std::int64_t()> now_;
};

}  // namespace

std::unique_ptr<ContactSource> contacts_in(std::unique_ptr<ListStore> store, std::function<std::int64_t()> now) {
  return std::make_unique<StoredContacts>(std::move(store), std::move(now));
}

}  // namespace stirline::control::policy
