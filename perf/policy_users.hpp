// A population for benchmarks: called users with rules of their own, laid out as control lays them out, and in memory
// as the data plane has them, calls to them, and documents of the same kind for a rival that reads XML.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/policy/judge.hpp"
#include "config/wire/paged_image.hpp"
#include "control/xcap/xml_document.hpp"
#include "tests/support/policy/spoken_call.hpp"

namespace stirline::perf {

inline constexpr std::int64_t kPolicyNow = 1'800'000'000;

// A document, read, and what it comes to when it is compiled.
struct WrittenRules {
  std::string text;
  std::unique_ptr<control::XmlDocument> document;
  std::vector<std::string> friends;  // whom it names: canonical
};

// Documents as people write them, with so many rules: all different, reproducible.
[[nodiscard]] std::vector<WrittenRules> make_documents(std::size_t count, std::size_t rules);

// From text to octets, as control does when a user has uploaded something. Throws if that fails.
[[nodiscard]] std::vector<std::byte> compile_document(const std::string& text, const config::policy::KeySecret& secret);

class PolicyUsers {
 public:
  // `count` users with `rules` rules each, all different. The first of them have the rules of `documents`.
  PolicyUsers(std::size_t count, std::size_t rules, const std::vector<WrittenRules>& documents);

  [[nodiscard]] static std::string name_of(std::size_t user);  // canonical: a number, every fourth a URI
  [[nodiscard]] const config::policy::PolicyTables& tables() const { return tables_; }
  [[nodiscard]] static const config::policy::KeySecret& secret();
  [[nodiscard]] std::size_t octets() const { return octets_; }  // of all shards

 private:
  config::tables::ImageView keep(const config::tables::Image& image);

  std::vector<config::wire::PagedImage> images_;
  config::policy::PolicyTables tables_;
  std::size_t octets_ = 0;
};

// A call, and one of the documents, whose friend the caller is now and then.
struct PolicyCall {
  test::SpokenCall spoken;
  std::size_t document = 0;
  config::policy::CallFacts facts;  // of the call alone
};
[[nodiscard]] std::vector<PolicyCall> make_policy_calls(std::size_t count, const std::vector<WrittenRules>& documents);

}  // namespace stirline::perf
