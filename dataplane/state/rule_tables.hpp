// The rules about calls that are in use: those of everybody together and, in shards, those of called users
// (SPIT-PL-07), and the lists that they ask. Immutable; a change of a user replaces one shard, the others are shared
// with what was in use before.
//
// Trained corpora go with them (SPIT-CL-01), and live as long as a job of a crypto core looks at them.
//
// Built and destroyed by the main thread; poll cores read it within one turn of their loop.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "config/policy/content/content_table.hpp"
#include "config/policy/judge.hpp"
#include "config/wire/channel.hpp"
#include "config/wire/paged_image.hpp"

namespace stirline::dataplane {

// What came for one commit: any shards, each once, and the common rules and the lists or not.
struct StagedRules {
  config::wire::MappedImage common;
  config::wire::MappedImage lists;
  config::wire::MappedImage content;
  std::vector<config::wire::MappedImage> users;
};

// Corpora in memory of our own, on large pages: tokens lie all over it. A job that reads it holds it.
struct ContentImage {
  config::wire::PagedImage memory;
  config::policy::content::ContentTable table;
};
using SharedContent = std::shared_ptr<const ContentImage>;

class RuleTables {
 public:
  // What is staged, beside what `before` has (nullptr: nothing) and is not staged. The error says which table refuses
  // and why.
  [[nodiscard]] static std::expected<std::unique_ptr<const RuleTables>, std::string> build(std::uint64_t number,
                                                                                           StagedRules staged,
                                                                                           const RuleTables* before);

  [[nodiscard]] const config::policy::PolicyTables& view() const { return view_; }
  [[nodiscard]] const SharedContent& content() const { return content_; }  // null: nobody has any
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] std::size_t users() const { return users_; }           // who have rules or facts of their own
  [[nodiscard]] std::size_t octets() const { return octets_; }         // of all images
  [[nodiscard]] std::int64_t loaded_at() const { return loaded_at_; }  // seconds since 1970

 private:
  using SharedImage = std::shared_ptr<const config::wire::PagedImage>;

  [[nodiscard]] std::expected<void, std::string> take_lists(config::wire::MappedImage staged);
  [[nodiscard]] std::expected<void, std::string> take_content(config::wire::MappedImage staged);

  std::uint64_t number_ = 0;
  std::int64_t loaded_at_ = 0;
  std::size_t users_ = 0;
  std::size_t octets_ = 0;
  std::shared_ptr<const config::wire::MappedImage> common_;
  SharedImage lists_;
  SharedContent content_;
  std::array<SharedImage, config::policy::kUserShards> users_images_;
  config::policy::PolicyTables view_;
};

}  // namespace stirline::dataplane
