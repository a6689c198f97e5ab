// Lists of whom calls come from and go to: white, black, do-not-originate, do-not-call, unallocated (SPIT-CL-02, -03,
// -09). Ten million entries in some 200 MB, read in place; a few cache lines a call.
//
// Two questions, because not everything that a call says about itself counts alike (SPIT-FW-02): who it has been shown
// to come from is asked of the white and the black list; what it claims is asked of those that a liar is to be found
// in. An entry ends by itself at its time.
//
// A ListTable is a view: its image stays mapped while it is used. Any thread; no heap.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "config/policy/identity_key.hpp"
#include "config/policy/number_spans.hpp"
#include "config/tables/image.hpp"

namespace stirline::config::policy {

enum class List : std::uint8_t {
  white,             // callers who are wanted
  black,             // callers who are not
  do_not_originate,  // numbers that nobody calls from
  do_not_call,       // called numbers that have opted out of marketing
  unallocated,       // numbers that belong to nobody
};
inline constexpr std::size_t kLists = static_cast<std::size_t>(List::unallocated) + 1;
[[nodiscard]] std::string_view to_string(List list);  // "do-not-originate"
[[nodiscard]] std::optional<List> find_list(std::string_view word);

using ListBits = std::uint8_t;
[[nodiscard]] constexpr ListBits list_bit(List list) {
  return static_cast<ListBits>(1U << static_cast<unsigned>(list));
}

// Seconds since 1970 until which an entry holds; the end of time, 2106, is never.
using ListUntil = std::uint32_t;
inline constexpr ListUntil kForEver = 0xffff'ffff;

// By whom a call comes, as far as that has been shown; kNoKey: it has not. The trunk is known of every call.
struct ShownCaller {
  Key identity = kNoKey;     // a number or a URI: identity_key()
  Key domain = kNoKey;       // of a URI
  Key signer = kNoKey;       // service provider code of a valid signature
  Key certificate = kNoKey;  // subject of its certificate
  Key trunk = kNoKey;
};

// What a call says about itself.
struct ClaimedCall {
  Key caller = kNoKey;  // a number or a URI
  Key caller_domain = kNoKey;
  Key called = kNoKey;
};

// What goes with a table beside its entries.
struct ListSettings {
  std::uint8_t claim_score = 0;  // 0 to 100: how suspect is who only claims to be one of the black list (SPIT-CL-02)
  bool learns_contacts = false;  // whoever is called by a user becomes his contact (SPIT-FW-10)
};
inline constexpr std::uint8_t kMaxScore = 100;

struct ListHits {
  ListBits lists = 0;
  std::array<std::uint16_t, kLists> origins = {};  // of each list that is hit: for ListTable::origin()

  [[nodiscard]] bool has(List list) const { return (lists & list_bit(list)) != 0; }
};

// What ListTable::prepare() makes of a call: where to look, and for which lists of either question.
struct ListQuestion {
  struct Subject {
    std::uint64_t mixed = 0;
    std::uint32_t home = 0;
    ListBits of_caller = 0;
    ListBits of_claim = 0;
  };
  struct Number {
    NumberPlace by_digits;
    NumberPlace by_length;
    ListBits of_caller = 0;
    ListBits of_claim = 0;
  };
  std::array<Subject, 9> subjects;  // of which the first `subject_count` are asked about; one is room for none
  std::array<Number, 3> numbers;
  std::size_t subject_count = 0;
  std::size_t number_count = 0;
};

namespace layout {
struct ListSlot;
struct ListMarks;
}  // namespace layout

class ListTable {
 public:
  ListTable() = default;  // empty lists

  // Checks every octet that is ever read.
  [[nodiscard]] static std::expected<ListTable, tables::TableError> open(tables::ImageView image);

  struct Answer {
    ListHits of_caller;
    ListHits of_claim;
  };
  // Both questions at once, in three steps, for whoever has several calls at hand: each has the memory fetch what the
  // next one looks at, and that goes on while it is the other calls' turn. A question may be used again.
  void prepare(const ShownCaller& caller, const ClaimedCall& call, ListQuestion& question) const;
  void fetch(const ListQuestion& question) const;
  [[nodiscard]] Answer ask(const ListQuestion& question, std::int64_t now) const;

  // All of it for one call.
  [[nodiscard]] Answer ask(const ShownCaller& caller, const ClaimedCall& call, std::int64_t now) const {
    ListQuestion question;
    prepare(caller, call, question);
    fetch(question);
    return ask(question, now);
  }

  // white and black. Where both have him, both are told: which counts for more is a matter of rules (SPIT-CL-03).
  [[nodiscard]] ListHits of_caller(const ShownCaller& caller, std::int64_t now) const {
    return ask(caller, {}, now).of_caller;
  }

  // do_not_originate and unallocated, of the caller's claim; do_not_call, of the called one. And black of the claim:
  // a reason to suspect, never to refuse (SPIT-CL-02).
  [[nodiscard]] ListHits of_claim(const ClaimedCall& call, std::int64_t now) const {
    return ask({}, call, now).of_claim;
  }

  [[nodiscard]] bool empty() const { return slots_.empty() && spans() == 0; }
  [[nodiscard]] std::size_t entries() const { return entries_; }  // of single subjects
  [[nodiscard]] std::size_t spans() const { return prefixes_.size() + ranges_.size(); }
  [[nodiscard]] std::size_t origins() const { return origins_.size(); }
  [[nodiscard]] std::string_view origin(std::uint16_t number) const;  // where an entry comes from: a file, the API
  [[nodiscard]] const KeySecret& secret() const { return secret_; }
  [[nodiscard]] std::uint8_t claim_score() const { return claim_score_; }  // see ListSettings
  [[nodiscard]] bool learns_contacts() const { return learns_contacts_; }

  // The key of a list's name, as rules ask for it: one of KeyKind::list.
  [[nodiscard]] Key word_of(List list) const { return words_[static_cast<std::size_t>(list)]; }

 private:
  void ask_subject(const ListQuestion::Subject& subject, ListUntil now, Answer& answer) const;
  void ask_spans(const ListQuestion::Number& number, ListUntil now, Answer& answer) const;

  std::span<const layout::ListSlot> slots_;
  std::uint64_t lines_ = 0;
  NumberSpans prefixes_;
  NumberSpans ranges_;
  std::span<const layout::ListMarks> marks_;
  std::span<const std::uint32_t> origins_;  // where each text ends, in octets
  const char* origin_texts_ = nullptr;
  std::size_t entries_ = 0;
  KeySecret secret_{};
  std::array<Key, kLists> words_{};
  ListBits span_lists_ = 0;  // that anything is said of by prefix or range
  std::uint8_t claim_score_ = 0;
  bool learns_contacts_ = false;
};

}  // namespace stirline::config::policy
