#include "control/policy/rule_keeper.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <string_view>
#include <system_error>

#include <openssl/rand.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "control/policy/canonical_identity.hpp"
#include "control/policy/list_store.hpp"
#include "control/xcap/application_usage.hpp"

namespace stirline::control::policy {

namespace cp = config::policy;

namespace {

// Between two looks at what else there is to do: some ten milliseconds' worth.
constexpr std::size_t kRenewedAtOnce = 200;

std::expected<cp::KeySecret, std::string> secret_of(DocumentStore* store) {
  std::string fresh(std::tuple_size_v<cp::KeySecret>, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(fresh.data()), static_cast<int>(fresh.size())) != 1) {
    return std::unexpected("no random numbers are to be had");
  }
  DocumentStore::Result<std::string> kept = store == nullptr ? fresh : store->keep("key secret", fresh);
  if (!kept) {
    return std::unexpected(std::move(kept.error()));
  }
  cp::KeySecret secret{};
  if (kept->size() != secret.size()) {
    return std::unexpected("the secret kept beside the documents is damaged");
  }
  std::memcpy(secret.data(), kept->data(), secret.size());
  return secret;
}

std::size_t octets_of(const RuleImages& images) {
  std::size_t octets = images.common->size();
  for (const SharedImage& shard : images.users) {
    octets += shard->size();
  }
  return octets + (images.lists ? images.lists->bytes : 0) + (images.content ? images.content->bytes : 0);
}

}  // namespace

std::expected<std::unique_ptr<RuleKeeper>, std::string> RuleKeeper::start(std::shared_ptr<DocumentStore> store,
                                                                          CommonDocuments common,
                                                                          RuleKeeperOptions options) {
  const auto secret = secret_of(store.get());
  if (!secret) {
    return std::unexpected(secret.error());
  }
  config::wire::Descriptor ready(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!ready.valid()) {
    return std::unexpected("eventfd: " + std::generic_category().message(errno));
  }
  std::unique_ptr<RuleKeeper> keeper(
      new RuleKeeper(std::move(store), *secret, std::move(common), std::move(options), std::move(ready)));
  if (keeper->store_) {
    keeper->store_->on_change(
        [raw = keeper.get()](const std::string& usage, const std::string& owner) { raw->note(usage, owner); });
  }
  keeper->thread_ = std::jthread([raw = keeper.get()](const std::stop_token& stop) { raw->run(stop); });
  return keeper;
}

RuleKeeper::RuleKeeper(std::shared_ptr<DocumentStore> store, const cp::KeySecret& secret, CommonDocuments common,
                       RuleKeeperOptions options, config::wire::Descriptor ready)
    : store_(std::move(store)),
      secret_(secret),
      options_(std::move(options)),
      ready_(std::move(ready)),
      common_(std::move(common)) {}

RuleKeeper::~RuleKeeper() {
  thread_.request_stop();
  thread_.join();
  if (store_) {
    store_->on_change({});
  }
}

void RuleKeeper::note(const std::string& usage, const std::string& owner) {
  if (usage != kPolicyAuid && usage != kProfileAuid && usage != kPresenceAuid) {
    return;
  }
  const std::scoped_lock lock(mutex_);
  pending_.owners.insert(owner);
  wake_.notify_one();
}

void RuleKeeper::set_common(CommonDocuments common) {
  const std::scoped_lock lock(mutex_);
  pending_.common = std::move(common);
  wake_.notify_one();
}

void RuleKeeper::set_lists(SharedTable lists) {
  const std::scoped_lock lock(mutex_);
  pending_.lists = std::move(lists);
  wake_.notify_one();
}

void RuleKeeper::set_content(SharedTable content) {
  const std::scoped_lock lock(mutex_);
  pending_.content = std::move(content);
  wake_.notify_one();
}

void RuleKeeper::note_contacts(std::vector<std::string> identities) {
  const std::scoped_lock lock(mutex_);
  for (std::string& identity : identities) {
    pending_.known_by.insert(std::move(identity));
  }
  wake_.notify_one();
}

std::optional<RuleImages> RuleKeeper::images() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t read = ::read(ready_.get(), &count, sizeof(count));
  const std::scoped_lock lock(mutex_);
  return published_;
}

void RuleKeeper::run(const std::stop_token& stop) {
  while (!stop.stop_requested() && !load(stop)) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, options_.retry, [] { return false; });
  }
  changed_.set();
  compile_common();
  while (!stop.stop_requested()) {
    publish();
    do_work(wait_for_work(stop), stop);
  }
}

// False: the store did not give everything.
bool RuleKeeper::load(const std::stop_token& stop) {
  renewed_at_ = options_.now();
  if (!store_) {
    return load_contacts(stop);
  }
  // for_each() may not be left and may not ask the store: what few users have first, then rules with that beside them.
  std::map<std::string, UserDocuments> users;
  const auto user_of_document = [&](const StoredDocument& document) -> UserDocuments& {
    UserDocuments& user = users[document.key.owner];
    user.owner = document.key.owner;
    return user;
  };
  bool all_read = true;
  auto read = store_->for_each(std::string(kProfileAuid), [&](const StoredDocument& document) {
    user_of_document(document).profile = document.body;
  });
  if (read) {
    read = store_->for_each(std::string(kPresenceAuid), [&](const StoredDocument& document) {
      user_of_document(document).presence.push_back(document.body);
    });
  }
  if (read) {
    read = store_->for_each(std::string(kPolicyAuid), [&](const StoredDocument& document) {
      if (!stop.stop_requested()) {
        user_of_document(document).rules = document.body;
        all_read &= take(std::move(users.extract(document.key.owner).mapped()));
      }
    });
  }
  if (!read) {
    ++tallies_.store_errors;
    spdlog::error("rules of users cannot be read: {}", read.error());
    return false;
  }
  for (auto& [owner, user] : users) {
    all_read &= take(std::move(user));
  }
  return all_read && load_contacts(stop);
}

// Those who have contacts and nothing else.
bool RuleKeeper::load_contacts(const std::stop_token& stop) {
  if (!options_.contacts) {
    return true;
  }
  const auto users = options_.contacts->users();
  if (!users) {
    ++tallies_.store_errors;
    spdlog::error("contacts of users cannot be read: {}", users.error());
    return false;
  }
  for (const std::string& identity : *users) {
    const cp::Key called = cp::identity_key(secret_, identity);
    const Shard& shard = shards_[cp::shard_of(called)];
    const auto found = shard.lower_bound({called, {}});
    const bool is_known = found != shard.end() && found->first.first == called;
    if (!is_known && !stop.stop_requested() && !take({.owner = owner_of(identity), .rules = {}, .profile = {}})) {
      return false;
    }
  }
  return true;
}

std::vector<std::string> RuleKeeper::owners_of(const std::string& identity) const {
  const cp::Key called = cp::identity_key(secret_, identity);
  const Shard& shard = shards_[cp::shard_of(called)];
  std::vector<std::string> owners;
  for (auto at = shard.lower_bound({called, {}}); at != shard.end() && at->first.first == called; ++at) {
    owners.push_back(at->first.second);
  }
  if (owners.empty()) {
    owners.push_back(owner_of(identity));
  }
  return owners;
}

RuleKeeper::Work RuleKeeper::wait_for_work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto longest = !due_.empty() ? std::chrono::milliseconds(0) : again_.empty() ? options_.look : options_.retry;
  if (wake_.wait_for(lock, stop, longest, [this] { return pending_.any(); })) {
    wake_.wait_for(lock, stop, options_.coalesce, [] { return false; });
  }
  return std::exchange(pending_, {});
}

void RuleKeeper::do_work(Work work, const std::stop_token& stop) {
  if (work.common && *work.common != common_) {
    common_ = std::move(*work.common);
    compile_common();
  }
  if (work.lists && *work.lists != built_.lists) {
    built_.lists = std::move(*work.lists);
    has_news_ = true;
  }
  if (work.content && *work.content != built_.content) {
    built_.content = std::move(*work.content);
    has_news_ = true;
  }
  for (const std::string& identity : work.known_by) {
    for (std::string& owner : owners_of(identity)) {
      work.owners.insert(std::move(owner));
    }
  }
  find_due();
  work.owners.merge(std::exchange(again_, {}));
  for (std::size_t i = 0; i < kRenewedAtOnce && !due_.empty(); ++i) {
    work.owners.insert(std::move(due_.back()));
    due_.pop_back();
  }
  for (const std::string& owner : work.owners) {
    if (stop.stop_requested()) {
      return;
    }
    if (!refresh(owner)) {
      again_.insert(owner);
    }
  }
}

// Also when the clock has been set back: what was spread out may not reach as far.
void RuleKeeper::find_due() {
  const std::int64_t now = options_.now();
  if (now >= renewed_at_ && now - renewed_at_ < options_.renew_after.count()) {
    return;
  }
  renewed_at_ = now;
  if (common_recurs_) {
    compile_common();
  }
  due_.clear();
  for (const Shard& shard : shards_) {
    for (const auto& [key, kept] : shard) {
      if (kept.recurs) {
        due_.push_back(key.second);
      }
    }
  }
}

bool RuleKeeper::refresh(const std::string& owner) {
  UserDocuments documents{.owner = owner, .rules = {}, .profile = {}};
  if (store_) {
    auto rules = store_->find({std::string(kPolicyAuid), owner, std::string(kPolicyDocument)});
    auto profile = store_->find({std::string(kProfileAuid), owner, std::string(kPolicyDocument)});
    auto presence = store_->documents_of(std::string(kPresenceAuid), owner);
    if (!rules || !profile || !presence) {
      ++tallies_.store_errors;
      spdlog::error("rules of {} cannot be read: {}", owner,
                    !rules     ? rules.error()
                    : !profile ? profile.error()
                               : presence.error());
      return false;
    }
    const auto body = [](std::optional<StoredDocument>& document) {
      return document ? std::optional(std::move(document->body)) : std::nullopt;
    };
    documents.rules = body(*rules);
    documents.profile = body(*profile);
    std::ranges::transform(*presence, std::back_inserter(documents.presence), &StoredDocument::body);
  }
  return take(std::move(documents));
}

// A mistake leaves things as they were; where nothing was, the profile and the contacts count without the rules.
bool RuleKeeper::take(UserDocuments documents) {
  if (options_.contacts) {
    const auto identity = canonical_identity(documents.owner, {});
    auto contacts = identity ? options_.contacts->of(*identity) : std::vector<cp::Contact>();
    if (!contacts) {
      ++tallies_.store_errors;
      spdlog::error("contacts of {} cannot be read: {}", documents.owner, contacts.error());
      return false;
    }
    documents.contacts = std::move(*contacts);
  }
  if (!documents.any()) {
    forget(documents.owner);
    return true;
  }
  ++tallies_.compiled;
  const std::int64_t now = options_.now();
  auto user = compile_user(documents, now, secret_);
  if (user) {
    mistaken_.erase(documents.owner);
  } else {
    note_mistake(documents.owner, user.error());
    const cp::Key called = called_key(documents.owner, secret_);
    if (called == cp::kNoKey || shards_[cp::shard_of(called)].contains({called, documents.owner})) {
      return true;
    }
    documents.rules.reset();
    documents.presence.clear();
    user = compile_user(documents, now, secret_);
  }
  if (user) {
    keep(documents, std::move(*user));
  }
  return true;
}

void RuleKeeper::keep(const UserDocuments& documents, CompiledUser user) {
  const std::size_t number = cp::shard_of(user.called);
  const auto [at, is_new] = shards_[number].try_emplace({user.called, documents.owner});
  Kept& kept = at->second;
  const bool has_documents = documents.rules || documents.profile || !documents.presence.empty();
  if (is_new || kept.facts != user.facts || kept.rules != user.rules || kept.has_documents != has_documents) {
    changed_.set(number);
  }
  kept = {user.facts, std::move(user.rules), user.recurs, has_documents};
}

void RuleKeeper::forget(const std::string& owner) {
  mistaken_.erase(owner);
  const cp::Key called = called_key(owner, secret_);
  const std::size_t number = cp::shard_of(called);
  if (shards_[number].erase({called, owner}) != 0) {
    changed_.set(number);
  }
}

void RuleKeeper::note_mistake(const std::string& owner, const std::string& mistake) {
  if (mistaken_.insert(owner).second) {
    spdlog::warn("a document of {} cannot be used: {}", owner, mistake);
  }
}

void RuleKeeper::compile_common() {
  auto compiled = common_.compile(options_.now(), secret_);
  if (!compiled) {
    spdlog::error("the common rules stay as they were: {}", compiled.error());
    if (built_.common) {
      return;
    }
    compiled = CommonDocuments().compile(options_.now(), secret_);
  }
  common_recurs_ = compiled->recurs;
  if (!built_.common || *built_.common != compiled->image) {
    built_.common = std::make_shared<const config::tables::Image>(std::move(compiled->image));
    has_news_ = true;
  }
}

void RuleKeeper::publish() {
  for (std::size_t i = 0; i < cp::kUserShards; ++i) {
    if (changed_.test(i)) {
      built_.users[i] = shard_image(i);
      has_news_ = true;
    }
  }
  changed_.reset();
  std::size_t users = 0;
  for (const Shard& shard : shards_) {
    users += shard.size();
  }
  tallies_.users = users;
  tallies_.mistakes = mistaken_.size();
  if (!std::exchange(has_news_, false)) {
    return;
  }
  ++built_.version;
  tallies_.octets = octets_of(built_);
  {
    const std::scoped_lock lock(mutex_);
    published_ = built_;
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(ready_.get(), &one, sizeof(one));
}

// Two XUIs of one identity, a number as tel and as sip URI: the first by its octets speaks for it, but one that keeps
// documents before one that has contacts alone.
SharedImage RuleKeeper::shard_image(std::size_t number) const {
  cp::UserShardWriter writer(number, secret_);
  const Shard& shard = shards_[number];
  for (auto at = shard.begin(); at != shard.end();) {
    const cp::Key called = at->first.first;
    const Kept* speaks = &at->second;
    for (++at; at != shard.end() && at->first.first == called; ++at) {
      speaks = !speaks->has_documents && at->second.has_documents ? &at->second : speaks;
    }
    writer.add(called, speaks->facts, speaks->rules);
  }
  return std::make_shared<const config::tables::Image>(writer.take());
}

}  // namespace stirline::control::policy
