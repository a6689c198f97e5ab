// Ten million entries of lists for benchmarks, calls that ask for them, and a rival that keeps texts: a hash table of
// strings for single subjects and prefixes, a sorted array for ranges.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/policy/list_table.hpp"
#include "config/wire/paged_image.hpp"

namespace stirline::perf {

// The same call in keys and in words.
struct ListedCall {
  config::policy::ShownCaller shown;
  config::policy::ClaimedCall claimed;
  std::string caller;  // canonical
  std::string domain;
  std::string signer;
  std::string certificate;
  std::string trunk;
  std::string called;
  bool is_shown = false;  // the caller is who he says he is
};

class PolicyLists {
 public:
  explicit PolicyLists(std::size_t entries);

  [[nodiscard]] const config::policy::ListTable& table() const { return table_; }
  [[nodiscard]] std::size_t octets() const { return image_.view().size(); }
  [[nodiscard]] double seconds_to_build() const { return seconds_; }

  // Both questions in one, as bits of lists.
  [[nodiscard]] config::policy::ListBits ask(const ListedCall& call) const;
  [[nodiscard]] config::policy::ListBits ask_rival(const ListedCall& call) const;
  [[nodiscard]] config::policy::ListBits ask_rival_of_caller(const ListedCall& call) const;  // of who calls alone

  [[nodiscard]] std::vector<ListedCall> make_calls(std::size_t count) const;

 private:
  struct Range {
    std::string first;
    std::string last;
    config::policy::ListBits lists = 0;
    config::policy::ListUntil until = 0;
  };
  struct Entry {
    config::policy::ListBits lists = 0;
    config::policy::ListUntil until = 0;
  };

  [[nodiscard]] config::policy::ListBits of_text(config::policy::KeyKind kind, const std::string& subject) const;
  [[nodiscard]] config::policy::ListBits of_number(const std::string& number) const;

  std::size_t entries_;
  double seconds_ = 0;
  config::wire::PagedImage image_;
  config::policy::ListTable table_;
  std::unordered_map<std::string, Entry> subjects_;  // a letter for the kind, then the text
  std::vector<Range> ranges_;                        // by last number
};

}  // namespace stirline::perf
