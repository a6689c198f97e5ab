#include "control/policy/call_list_keeper.hpp"

#include <algorithm>
#include <optional>

#include <spdlog/spdlog.h>

#include "config/text_rules.hpp"
#include "control/policy/canonical_identity.hpp"

namespace stirline::control::policy {
namespace {

constexpr std::int64_t kWorthAnUpdate =
    86'400;  // seconds: a contact is prolonged once a day, however often he is called

std::optional<SubjectKind> kind_of(std::string_view identity) {
  if (config::is_digits(identity, 1, config::kMaxE164Digits)) {
    return SubjectKind::number;
  }
  return canonical_identity(identity, {}) == identity ? std::optional(SubjectKind::uri) : std::nullopt;
}

}  // namespace

CallListKeeper::CallListKeeper(std::unique_ptr<ListStore> store, CallListOptions options)
    : store_(std::move(store)), options_(std::move(options)), seen_(options_.seen), cleaned_at_(options_.now()) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

// What was learned last is still written.
CallListKeeper::~CallListKeeper() {
  thread_.request_stop();
  thread_.join();
  if (!waiting_.empty()) {
    keep(std::move(waiting_));
  }
}

void CallListKeeper::learn(std::string_view user, std::string_view contact) {
  if (user == contact || !kind_of(user) || !kind_of(contact)) {
    ++tallies_.not_learned;
    return;
  }
  const std::int64_t until = options_.now() + options_.learned_seconds;
  const std::scoped_lock lock(mutex_);
  if (waiting_.size() >= kMostWaiting) {
    ++tallies_.not_learned;
    return;
  }
  const bool is_first = waiting_.empty();
  waiting_[{std::string(user), std::string(contact)}] = until;
  if (is_first) {
    wake_.notify_one();
  }
}

void CallListKeeper::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    look();
    keep(wait_for_work(stop));
    clean();
  }
}

CallListKeeper::Learned CallListKeeper::wait_for_work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (wake_.wait_for(lock, stop, options_.look, [this] { return !waiting_.empty(); })) {
    wake_.wait_for(lock, stop, options_.coalesce, [] { return false; });
  }
  return std::exchange(waiting_, {});
}

// Never in place of what somebody has entered by hand, and no more of one user than he may have.
void CallListKeeper::keep(Learned learned) {
  if (learned.empty()) {
    return;
  }
  std::uint64_t taken = 0;
  const auto done = store_->offer({.worth = kWorthAnUpdate, .most = options_.most_contacts},
                                  [&](const ListStore::Offer& offer) -> ListStore::Done {
                                    for (const auto& [parties, until] : learned) {
                                      const auto& [user, contact] = parties;
                                      const auto is_new = offer({.owner = owner_of(user),
                                                                 .list = config::policy::List::white,
                                                                 .kind = kind_of(contact).value_or(SubjectKind::uri),
                                                                 .subject = contact,
                                                                 .until = until,
                                                                 .origin = std::string(kLearned)});
                                      if (!is_new) {
                                        return std::unexpected(is_new.error());
                                      }
                                      taken += *is_new ? 1U : 0U;
                                    }
                                    return {};
                                  });
  if (done) {
    tallies_.learned += taken;
  } else {
    fail("contacts that calls have made are not kept yet", done.error());
    put_back(std::move(learned));
  }
}

// Somebody else writes for long, or the disk is full: they are tried again with those that come meanwhile.
void CallListKeeper::put_back(Learned learned) {
  const std::scoped_lock lock(mutex_);
  waiting_.merge(learned);
  while (waiting_.size() > kMostWaiting) {
    waiting_.erase(waiting_.begin());
    ++tallies_.not_learned;
  }
}

void CallListKeeper::look() {
  const auto changes = store_->changes_since(seen_);
  if (!changes) {
    fail("it is not known whether lists have changed", changes.error());
    return;
  }
  seen_ = changes->number;
  std::vector<std::string> identities;
  for (const std::string& owner : changes->owners) {
    has_table_ = has_table_ && owner != kOperator;
    if (auto identity = user_of(owner)) {
      identities.push_back(std::move(*identity));
    }
  }
  if (!identities.empty()) {
    options_.on_contacts(std::move(identities));
  }
  if (!has_table_) {
    has_table_ = make_table();
  }
}

bool CallListKeeper::make_table() {
  const auto image = make_list_table(*store_, options_.secret, options_.settings, options_.now());
  if (!image) {
    fail("lists stay as they were", image.error());
    return false;
  }
  const auto table = config::policy::ListTable::open(*image);
  auto memfd = config::wire::make_sealed_memfd("stirline-lists", *image);
  if (!table || !memfd) {
    fail("lists stay as they were", table ? memfd.error().text : table.error().text);
    return false;
  }
  tallies_.entries = table->entries() + table->spans();
  tallies_.octets = image->size();
  ++tallies_.tables;
  failing_ = false;
  options_.on_table(std::make_shared<config::wire::SealedTable>(std::move(*memfd), image->size()));
  return true;
}

// An entry counts no longer from its end on; what is long past goes out of the store and out of the table.
void CallListKeeper::clean() {
  const std::int64_t now = options_.now();
  if (now >= cleaned_at_ && now - cleaned_at_ < options_.clean_after.count()) {
    return;
  }
  cleaned_at_ = now;
  const auto ended = store_->forget_ended(now);
  if (ended) {
    tallies_.ended += static_cast<std::uint64_t>(*ended);
  } else {
    fail("entries that have ended stay in the store", ended.error());
  }
}

void CallListKeeper::fail(std::string_view what, const std::string& why) {
  ++tallies_.store_errors;
  if (!std::exchange(failing_, true)) {
    spdlog::error("{}: {}", what, why);
  }
}

}  // namespace stirline::control::policy
