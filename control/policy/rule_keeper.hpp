// Keeps what packet cores read of all users and of the common documents, compiled, and compiles anew what changes
// (SPIT-PL-07): a document, the file of an operator, and, once a day, whatever speaks of time.
//
// On a thread of its own. Whoever takes the images (control's loop) watches ready_fd() and compares them with what he
// has handed on: an image is never changed, a change is another image. Whoever changes documents, on whatever thread,
// only leaves the owner's name here.
#pragma once

#include <array>
#include <atomic>
#include <bitset>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "config/policy/facts.hpp"
#include "config/policy/identity_key.hpp"
#include "config/policy/user_shard.hpp"
#include "config/tables/image.hpp"
#include "config/wire/channel.hpp"
#include "control/policy/common_documents.hpp"
#include "control/policy/contact_source.hpp"
#include "control/policy/rule_compiler.hpp"
#include "control/xcap/document_store.hpp"

namespace stirline::control::policy {

using SharedImage = std::shared_ptr<const config::tables::Image>;
using SharedTable = std::shared_ptr<const config::wire::SealedTable>;

// All there are, none of them null but the lists: shards without users are there, too.
struct RuleImages {
  SharedImage common;
  std::array<SharedImage, config::policy::kUserShards> users;
  SharedTable lists = nullptr;    // null: there are none, or not yet
  SharedTable content = nullptr;  // trained corpora; likewise
  std::uint64_t version = 0;      // another one after each change
};

// What is counted; written by the keeper, read by any thread.
struct RuleTallies {
  std::atomic<std::uint64_t> users = 0;         // who have rules, a profile or contacts
  std::atomic<std::uint64_t> mistakes = 0;      // of them those with a document that cannot be used
  std::atomic<std::uint64_t> compiled = 0;      // times that a user was compiled
  std::atomic<std::uint64_t> store_errors = 0;  // times that documents or contacts could not be read
  std::atomic<std::uint64_t> octets = 0;        // of all images
};

struct RuleKeeperOptions {
  std::function<std::int64_t()> now;                  // seconds since 1970; any thread
  std::chrono::milliseconds coalesce{100};            // changes within it are compiled together
  std::chrono::milliseconds retry{1'000};             // between two attempts to read what the store did not give
  std::chrono::milliseconds look{60'000};             // how often it is looked whether a day is over
  std::chrono::seconds renew_after{86'400};           // what speaks of time is compiled anew
  std::unique_ptr<ContactSource> contacts = nullptr;  // only the keeper's thread asks it; null: nobody has any
};

class RuleKeeper {
 public:
  // Begins to compile everything. `store`: none, or one that has no other thread yet; it is told whom to tell of
  // changes, and keeps the secret of the keys, so that it survives restarts. Whoever changes its documents ends before
  // the keeper does. The error is a sentence.
  [[nodiscard]] static std::expected<std::unique_ptr<RuleKeeper>, std::string> start(
      std::shared_ptr<DocumentStore> store, CommonDocuments common, RuleKeeperOptions options);
  ~RuleKeeper();
  RuleKeeper(const RuleKeeper&) = delete;
  RuleKeeper& operator=(const RuleKeeper&) = delete;

  // In place of those before. Any thread.
  void set_common(CommonDocuments common);

  // Hands lists on with the rules, whose secret their keys were made with. Any thread.
  void set_lists(SharedTable lists);
  // The same for trained corpora, which have a secret of their own. Any thread.
  void set_content(SharedTable content);
  // Contacts of these users, by their canonical identities, have changed. Any thread.
  void note_contacts(std::vector<std::string> identities);
  [[nodiscard]] const config::policy::KeySecret& secret() const { return secret_; }

  // Becomes readable when there are other images than at the last call of images().
  [[nodiscard]] int ready_fd() const { return ready_.get(); }
  // Nothing: not everything has been compiled once. Any thread.
  [[nodiscard]] std::optional<RuleImages> images();

  [[nodiscard]] const RuleTallies& tallies() const { return tallies_; }

 private:
  using OwnerKey = std::pair<config::policy::Key, std::string>;
  struct Kept {
    config::policy::FactWord facts = 0;
    std::vector<std::byte> rules;
    bool recurs = false;
    bool has_documents = false;  // not contacts alone
  };
  using Shard = std::map<OwnerKey, Kept>;
  // What the keeper's thread is to do.
  struct Work {
    std::set<std::string> owners;
    std::optional<CommonDocuments> common;
    std::optional<SharedTable> lists;
    std::optional<SharedTable> content;
    std::set<std::string> known_by;  // identities of those whose contacts have changed
    [[nodiscard]] bool any() const {
      return !owners.empty() || common.has_value() || lists.has_value() || content.has_value() || !known_by.empty();
    }
  };

  RuleKeeper(std::shared_ptr<DocumentStore> store, const config::policy::KeySecret& secret, CommonDocuments common,
             RuleKeeperOptions options, config::wire::Descriptor ready);

  void note(const std::string& usage, const std::string& owner);
  void run(const std::stop_token& stop);
  bool load(const std::stop_token& stop);
  [[nodiscard]] Work wait_for_work(const std::stop_token& stop);
  void do_work(Work work, const std::stop_token& stop);
  void find_due();
  [[nodiscard]] bool load_contacts(const std::stop_token& stop);
  // The owners by whom somebody is kept; if by none, the one that a list would name.
  [[nodiscard]] std::vector<std::string> owners_of(const std::string& identity) const;
  [[nodiscard]] bool refresh(const std::string& owner);
  [[nodiscard]] bool take(UserDocuments documents);  // false: his contacts could not be read
  void keep(const UserDocuments& documents, CompiledUser user);
  void forget(const std::string& owner);
  void note_mistake(const std::string& owner, const std::string& mistake);
  void compile_common();
  void publish();
  [[nodiscard]] SharedImage shard_image(std::size_t number) const;

  const std::shared_ptr<DocumentStore> store_;
  const config::policy::KeySecret secret_;
  const RuleKeeperOptions options_;
  config::wire::Descriptor ready_;
  RuleTallies tallies_;

  // The thread's own.
  CommonDocuments common_;
  bool common_recurs_ = false;
  std::array<Shard, config::policy::kUserShards> shards_;
  std::set<std::string> mistaken_;  // owners
  std::set<std::string> again_;     // owners whose documents the store did not give
  std::vector<std::string> due_;    // owners to be compiled anew, shard by shard, the next one last
  std::int64_t renewed_at_ = 0;     // seconds since 1970
  RuleImages built_;
  std::bitset<config::policy::kUserShards> changed_;  // not in built_ yet
  bool has_news_ = true;                              // built_ is not what is published

  std::mutex mutex_;  // of these
  std::condition_variable_any wake_;
  Work pending_;
  std::optional<RuleImages> published_;

  std::jthread thread_;  // last: it stops before the rest goes
};

}  // namespace stirline::control::policy
