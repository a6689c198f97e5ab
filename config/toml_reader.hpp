// Reads typed options out of a TOML file and notes every mistake on the way: one call an option. Internal to config.
//
// A TomlFile is the document with its mistakes; a Section is one of its tables. Options that are absent keep the value
// they had. What was never asked for is unknown, and report_unknown() says so, with the option that was probably meant.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config_error.hpp"
#include "config/toml_library.hpp"

namespace stirline::config {

class Section;

// What a text must look like, and how to say so.
struct TextRule {
  std::string_view expected;
  bool (*holds)(std::string_view text) = nullptr;
};

enum class Need : std::uint8_t { optional, required };

class TomlFile {
 public:
  // Reads and parses `file`; a file that cannot be read or parsed is a mistake like others, and the document is empty.
  [[nodiscard]] static TomlFile read(const std::filesystem::path& file);
  TomlFile(std::filesystem::path file, std::string_view text);

  [[nodiscard]] Section root();
  // False if there is no document: nothing then needs to be asked.
  [[nodiscard]] bool parsed() const { return parsed_; }

  // The path `text` of an option: relative ones begin at the file's folder.
  [[nodiscard]] std::filesystem::path resolve(std::string_view text) const;

  void fail(std::uint32_t line, std::string key, std::string expected, std::string found);

  // Notes every key that no Section was asked for.
  void report_unknown();

  // All mistakes, by line.
  [[nodiscard]] ConfigErrors take_errors();

  // Every option that was asked for, sorted: "cores.poll", "port[].name". Tables themselves are not options.
  [[nodiscard]] std::vector<std::string> options() const;

 private:
  friend class Section;
  explicit TomlFile(std::filesystem::path file) : file_(std::move(file)) {}
  void parse(std::string_view text);
  void report_unknown(const toml::table& table, const std::string& key, const std::string& option);
  [[nodiscard]] std::string suggestion(std::string_view key, const std::string& siblings) const;

  std::filesystem::path file_;
  toml::table document_;
  bool parsed_ = false;
  std::multimap<std::uint32_t, ConfigError> errors_;  // by line; those of one line as they were found
  std::map<std::string, bool, std::less<>> known_;    // true: a table
};

class Section {
 public:
  // Each reads the option `key` into `into`. True if the option is there and good.
  bool text(std::string_view key, std::string& into, const TextRule& rule, Need need = Need::optional);
  bool texts(std::string_view key, std::vector<std::string>& into, const TextRule& rule, Need need = Need::optional);
  bool path(std::string_view key, std::filesystem::path& into, Need need = Need::optional);
  bool paths(std::string_view key, std::vector<std::filesystem::path>& into, Need need = Need::optional);
  bool flag(std::string_view key, bool& into);
  // A TOML date-time with its offset, as seconds since 1970; parts of seconds are cut off.
  bool time(std::string_view key, std::int64_t& into, Need need = Need::optional);
  bool word(std::string_view key, std::string& into, std::span<const std::string_view> words);

  template <std::unsigned_integral T>
  bool number(std::string_view key, T& into, T least, T most) {
    const std::optional<std::int64_t> value = integer(key, least, most);
    into = value ? static_cast<T>(*value) : into;
    return value.has_value();
  }

  template <std::unsigned_integral T>
  bool numbers(std::string_view key, std::vector<T>& into, T least, T most, Need need = Need::optional) {
    std::vector<T> values;
    const bool good = list(key, integers_text(least, most), toml::node_type::integer, need,
                           [&](const toml::node& node, const std::string&) {
                             const std::optional<std::int64_t> value = node.value_exact<std::int64_t>();
                             const bool inside =
                                 value && std::cmp_greater_equal(*value, least) && std::cmp_less_equal(*value, most);
                             if (inside) {
                               values.push_back(static_cast<T>(*value));
                             }
                             return inside;
                           });
    return keep(good, into, std::move(values));
  }

  template <typename Enum>
  bool choice(std::string_view key, Enum& into, std::span<const std::pair<std::string_view, Enum>> choices) {
    std::vector<std::string_view> words;
    for (const auto& [name, value] : choices) {
      words.push_back(name);
    }
    const std::optional<std::size_t> picked = pick(key, words);
    into = picked ? choices[*picked].second : into;
    return picked.has_value();
  }

  // Elements that `take` reads one by one; it says whether an element is good. `expected` tells what one should be,
  // `type` is that of a good one.
  bool list(std::string_view key, const std::string& expected, toml::node_type type, Need need,
            const std::function<bool(const toml::node& node, const std::string& element_key)>& take);

  // The table `key`, empty if absent; the tables [[key]].
  [[nodiscard]] Section table(std::string_view key);
  [[nodiscard]] std::vector<Section> tables(std::string_view key, Need need = Need::optional);

  [[nodiscard]] bool has(std::string_view key) const { return table_ != nullptr && table_->contains(key); }
  // Where `key` is written; where the table begins if it is absent.
  [[nodiscard]] std::uint32_t line(std::string_view key = {}) const;
  // A mistake that only the meaning of a value shows.
  void fail(std::string_view key, std::string expected, std::string found);

 private:
  friend class TomlFile;
  Section(TomlFile& file, const toml::table* table, std::string key, std::string option, std::uint32_t line)
      : file_(&file), table_(table), key_(std::move(key)), option_(std::move(option)), line_(line) {}

  // The node `key`, or nullptr after noting that a required one is absent.
  const toml::node* find(std::string_view key, Need need, std::string_view expected);
  std::optional<std::size_t> pick(std::string_view key, std::span<const std::string_view> words);
  std::optional<std::int64_t> integer(std::string_view key, std::uint64_t least, std::uint64_t most);
  static std::string integers_text(std::uint64_t least, std::uint64_t most);
  [[nodiscard]] std::string key_of(std::string_view key) const;
  [[nodiscard]] std::string option_of(std::string_view key) const;

  template <typename T>
  static bool keep(bool good, std::vector<T>& into, std::vector<T> values) {
    if (good) {
      into = std::move(values);
    }
    return good;
  }

  TomlFile* file_;
  const toml::table* table_;
  std::string key_;     // "port[1]", as told to people
  std::string option_;  // "port[]", as known to the loader
  std::uint32_t line_;
};

// A value as it is shown in a mistake: short, printable, with its type if `with_type`.
[[nodiscard]] std::string show(const toml::node& node, bool with_type);

// Finds names given twice.
class NameSet {
 public:
  explicit NameSet(std::string what) : what_(std::move(what)) {}
  // Notes a mistake at `key` if `name` was added before. Empty names, already a mistake, are passed over.
  void add(Section& section, std::string_view key, const std::string& name);
  [[nodiscard]] bool contains(const std::string& name) const { return lines_.contains(name); }

 private:
  std::string what_;
  std::map<std::string, std::uint32_t> lines_;
};

}  // namespace stirline::config
