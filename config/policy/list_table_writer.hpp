// Collects entries of lists and lays them out for packet cores. Control's side; one thread at a time.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy/list_table.hpp"

namespace stirline::config::policy {

class ListTableWriter {
 public:
  explicit ListTableWriter(const KeySecret& secret, const ListSettings& settings = {});
  ~ListTableWriter();

  // What `text` is called in entries: who has entered them, at most 255 octets and not empty. After 65,535 different
  // ones, and for others, it is the last of them: "others".
  [[nodiscard]] std::uint16_t origin(std::string_view text);

  // Two entries that say the same: the one that lasts longer stays.
  void add(List list, Key subject, ListUntil until, std::uint16_t origin);  // identity, domain, SPC, trunk, certificate
  void add_prefix(List list, Key digits, ListUntil until, std::uint16_t origin);
  void add_range(List list, Key first, Key last, ListUntil until, std::uint16_t origin);  // of one length

  // The image; the entries are gone then. The error: too much for an image.
  [[nodiscard]] std::expected<tables::Image, std::string> take();

 private:
  struct Span {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    ListUntil until = 0;
    std::uint16_t origin = 0;
    std::uint8_t list = 0;
  };
  struct Spans;  // laid out

  static Spans laid_out(std::vector<Span> spans, std::map<layout::ListMarks, std::uint32_t>& marks);
  std::vector<layout::ListSlot> placed(std::uint64_t& lines);

  KeySecret secret_;
  ListSettings settings_;
  std::vector<layout::ListSlot> entries_;
  std::vector<Span> prefixes_;
  std::vector<Span> ranges_;
  std::map<std::string, std::uint16_t, std::less<>> origins_;
};

}  // namespace stirline::config::policy
