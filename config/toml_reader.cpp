#include "config/toml_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <numeric>
#include <sstream>
#include <system_error>

namespace stirline::config {
namespace {

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{16} << 20;
constexpr std::size_t kMaxShown = 80;  // octets of a value in a mistake
constexpr const char* kToml = "valid TOML";
constexpr std::string_view kPathText = "a file name";

std::uint32_t line_of(const toml::node& node) {
  return node.source().begin.line;
}

std::string printable(std::string_view text) {
  std::string shown(text.substr(0, kMaxShown));
  std::ranges::replace_if(shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return text.size() > kMaxShown ? shown + "..." : shown;
}

// Levenshtein's distance: how many octets to change, insert or leave out.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, diagonal + 1, row[j] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string show(const toml::node& node, bool with_type) {
  std::string value;
  if (const auto text = node.value_exact<std::string_view>()) {
    value = text->empty() ? "(empty)" : printable(*text);
  } else if (const auto whole = node.value_exact<std::int64_t>()) {
    value = std::to_string(*whole);
  } else if (const auto real = node.value_exact<double>()) {
    value = std::to_string(*real);
  } else if (const auto flag = node.value_exact<bool>()) {
    value = *flag ? "true" : "false";
  }
  if (!with_type) {
    return value;
  }
  std::ostringstream type;
  type << node.type();
  return value.empty() ? type.str() : value + " (" + type.str() + ")";
}

TomlFile TomlFile::read(const std::filesystem::path& file) {
  TomlFile result(file);
  const auto unreadable = [&](std::string why) {
    result.fail(0, {}, "a readable file of at most 16 MiB", std::move(why));
    return std::move(result);
  };
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (error) {
    return unreadable(error.message());
  }
  if (!std::filesystem::is_regular_file(status)) {
    return unreadable("something else than a file");
  }
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  if (error || bytes > kMaxFileBytes) {
    return unreadable(error ? error.message() : std::to_string(bytes) + " octets");
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text(bytes, '\0');
  if (!in || !in.read(text.data(), static_cast<std::streamsize>(bytes))) {
    return unreadable(std::generic_category().message(errno));
  }
  result.parse(text);
  return result;
}

TomlFile::TomlFile(std::filesystem::path file, std::string_view text) : file_(std::move(file)) {
  parse(text);
}

void TomlFile::parse(std::string_view text) {
  if (const auto line = find_foreign_character(text)) {
    fail(*line, {}, kToml, "a character outside ASCII and outside quotes");
    return;
  }
  try {
    document_ = parse_toml(text);
    parsed_ = true;
  } catch (const toml::parse_error& error) {
    fail(error.source().begin.line, {}, kToml, std::string(error.description()));
  } catch (const TomlGaveUp&) {
    fail(find_impossible_line(text), {}, kToml, "something that can stand at no such place");
  }
}

Section TomlFile::root() {
  return {*this, &document_, {}, {}, 0};
}

std::filesystem::path TomlFile::resolve(std::string_view text) const {
  return (file_.parent_path() / text).lexically_normal();
}

void TomlFile::fail(std::uint32_t line, std::string key, std::string expected, std::string found) {
  errors_.emplace(line, ConfigError{file_.string(), line, std::move(key), std::move(expected), std::move(found)});
}

void TomlFile::report_unknown() {
  report_unknown(document_, {}, {});
}

void TomlFile::report_unknown(const toml::table& table, const std::string& key, const std::string& option) {
  for (const auto& [name, node] : table) {
    const std::string full_key = key + std::string(name.str());
    const std::string full_option = option + std::string(name.str());
    const auto known = known_.find(full_option);
    if (known == known_.end()) {
      fail(name.source().begin.line, printable(full_key), "a known option" + suggestion(name.str(), option),
           printable(name.str()));
    } else if (const toml::table* const inner = node.as_table(); inner != nullptr && known->second) {
      report_unknown(*inner, full_key + ".", full_option + ".");
    } else if (const toml::array* const all = node.as_array(); all != nullptr && known->second) {
      for (std::size_t i = 0; i < all->size(); ++i) {
        if (const toml::table* const element = (*all)[i].as_table()) {
          report_unknown(*element, full_key + "[" + std::to_string(i) + "].", full_option + "[].");
        }
      }
    }
  }
}

std::string TomlFile::suggestion(std::string_view key, const std::string& siblings) const {
  std::size_t least = std::max<std::size_t>(1, std::min<std::size_t>(3, key.size() / 2)) + 1;
  std::string best;
  for (auto it = known_.lower_bound(siblings); it != known_.end() && it->first.starts_with(siblings); ++it) {
    const std::string_view name = std::string_view(it->first).substr(siblings.size());
    if (name.find_first_of(".[") == std::string_view::npos && distance(key, name) < least) {
      least = distance(key, name);
      best = name;
    }
  }
  return best.empty() ? std::string() : " (did you mean " + best + "?)";
}

ConfigErrors TomlFile::take_errors() {
  ConfigErrors errors;
  for (auto& [line, error] : errors_) {
    errors.push_back(std::move(error));
  }
  errors_.clear();
  return errors;
}

std::vector<std::string> TomlFile::options() const {
  std::vector<std::string> names;
  for (const auto& [name, is_table] : known_) {
    if (!is_table) {
      names.push_back(name);
    }
  }
  return names;
}

std::string Section::key_of(std::string_view key) const {
  return key_.empty() ? std::string(key) : key_ + "." + std::string(key);
}

std::string Section::option_of(std::string_view key) const {
  return option_.empty() ? std::string(key) : option_ + "." + std::string(key);
}

std::uint32_t Section::line(std::string_view key) const {
  const toml::node* const node = table_ == nullptr ? nullptr : table_->get(key);
  return node == nullptr ? line_ : line_of(*node);
}

void Section::fail(std::string_view key, std::string expected, std::string found) {
  file_->fail(line(key), key_of(key), std::move(expected), std::move(found));
}

const toml::node* Section::find(std::string_view key, Need need, std::string_view expected) {
  file_->known_.emplace(option_of(key), false);
  const toml::node* const node = table_ == nullptr ? nullptr : table_->get(key);
  if (node == nullptr && need == Need::required) {
    fail(key, std::string(expected), {});
  }
  return node;
}

bool Section::text(std::string_view key, std::string& into, const TextRule& rule, Need need) {
  const toml::node* const node = find(key, need, rule.expected);
  if (node == nullptr) {
    return false;
  }
  const auto value = node->value_exact<std::string_view>();
  if (!value || !rule.holds(*value)) {
    fail(key, std::string(rule.expected), show(*node, !value));
    return false;
  }
  into = *value;
  return true;
}

bool Section::texts(std::string_view key, std::vector<std::string>& into, const TextRule& rule, Need need) {
  std::vector<std::string> values;
  const bool good = list(key, std::string(rule.expected), toml::node_type::string, need,
                         [&](const toml::node& node, const std::string&) {
                           const auto value = node.value_exact<std::string_view>();
                           if (!value || !rule.holds(*value)) {
                             return false;
                           }
                           values.emplace_back(*value);
                           return true;
                         });
  return keep(good, into, std::move(values));
}

bool Section::path(std::string_view key, std::filesystem::path& into, Need need) {
  std::string name;
  const bool good = text(
      key, name, {kPathText, [](std::string_view value) { return !value.empty() && !value.contains('\0'); }}, need);
  into = good ? file_->resolve(name) : into;
  return good;
}

bool Section::paths(std::string_view key, std::vector<std::filesystem::path>& into, Need need) {
  std::vector<std::string> names;
  if (!texts(key, names, {kPathText, [](std::string_view value) { return !value.empty() && !value.contains('\0'); }},
             need)) {
    return false;
  }
  into.clear();
  for (const std::string& name : names) {
    into.push_back(file_->resolve(name));
  }
  return true;
}

bool Section::flag(std::string_view key, bool& into) {
  const toml::node* const node = find(key, Need::optional, {});
  if (node == nullptr) {
    return false;
  }
  const auto value = node->value_exact<bool>();
  if (!value) {
    fail(key, "true or false", show(*node, true));
    return false;
  }
  into = *value;
  return true;
}

bool Section::time(std::string_view key, std::int64_t& into, Need need) {
  constexpr std::string_view kExpected = "a date and time with its offset, such as 2026-12-01T00:00:00Z";
  const toml::node* const node = find(key, need, kExpected);
  if (node == nullptr) {
    return false;
  }
  const auto value = node->value_exact<toml::date_time>();
  if (!value || !value->offset) {
    fail(key, std::string(kExpected), show(*node, !value));
    return false;
  }
  namespace chrono = std::chrono;
  const chrono::sys_days day =
      chrono::year(value->date.year) / chrono::month(value->date.month) / chrono::day(value->date.day);
  const auto time = day + chrono::hours(value->time.hour) + chrono::minutes(value->time.minute) +
                    chrono::seconds(value->time.second) - chrono::minutes(value->offset->minutes);
  into = chrono::duration_cast<chrono::seconds>(time.time_since_epoch()).count();
  return true;
}

bool Section::word(std::string_view key, std::string& into, std::span<const std::string_view> words) {
  const std::optional<std::size_t> picked = pick(key, words);
  into = picked ? std::string(words[*picked]) : into;
  return picked.has_value();
}

std::optional<std::size_t> Section::pick(std::string_view key, std::span<const std::string_view> words) {
  const toml::node* const node = find(key, Need::optional, {});
  if (node == nullptr) {
    return std::nullopt;
  }
  const auto value = node->value_exact<std::string_view>();
  for (std::size_t i = 0; value && i < words.size(); ++i) {
    if (words[i] == *value) {
      return i;
    }
  }
  std::string expected = "one of";
  for (const std::string_view word : words) {
    expected += (word == words.front() ? " " : ", ") + std::string(word);
  }
  fail(key, std::move(expected), show(*node, !value));
  return std::nullopt;
}

std::string Section::integers_text(std::uint64_t least, std::uint64_t most) {
  return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
}

std::optional<std::int64_t> Section::integer(std::string_view key, std::uint64_t least, std::uint64_t most) {
  const toml::node* const node = find(key, Need::optional, {});
  if (node == nullptr) {
    return std::nullopt;
  }
  const auto value = node->value_exact<std::int64_t>();
  if (!value || std::cmp_less(*value, least) || std::cmp_greater(*value, most)) {
    fail(key, integers_text(least, most), show(*node, !value));
    return std::nullopt;
  }
  return value;
}

bool Section::list(std::string_view key, const std::string& expected, toml::node_type type, Need need,
                   const std::function<bool(const toml::node& node, const std::string& element_key)>& take) {
  const std::string whole = "a list, each element " + expected;
  const toml::node* const node = find(key, need, whole);
  if (node == nullptr) {
    return false;
  }
  const toml::array* const all = node->as_array();
  if (all == nullptr) {
    fail(key, whole, show(*node, true));
    return false;
  }
  if (all->empty() && need == Need::required) {
    fail(key, whole + ", and at least one", "an empty list");
    return false;
  }
  bool good = true;
  for (std::size_t i = 0; i < all->size(); ++i) {
    const toml::node& element = (*all)[i];
    const std::string element_key = key_of(key) + "[" + std::to_string(i) + "]";
    if (!take(element, element_key)) {
      good = false;
      file_->fail(line_of(element), element_key, expected, show(element, element.type() != type));
    }
  }
  return good;
}

Section Section::table(std::string_view key) {
  const toml::node* const node = find(key, Need::optional, {});
  file_->known_[option_of(key)] = true;
  const toml::table* const inner = node == nullptr ? nullptr : node->as_table();
  if (node != nullptr && inner == nullptr) {
    fail(key, "a table: [" + key_of(key) + "]", show(*node, true));
  }
  return {*file_, inner, key_of(key), option_of(key), line(key)};
}

std::vector<Section> Section::tables(std::string_view key, Need need) {
  const std::string at_least_one = "at least one [[" + key_of(key) + "]]";
  const toml::node* const node = find(key, need, at_least_one);
  file_->known_[option_of(key)] = true;
  std::vector<Section> sections;
  const toml::array* const all = node == nullptr ? nullptr : node->as_array();
  if (node != nullptr && all == nullptr) {
    fail(key, "tables: [[" + key_of(key) + "]]", show(*node, true));
  }
  if (all != nullptr && all->empty() && need == Need::required) {
    fail(key, at_least_one, "an empty list");
  }
  for (std::size_t i = 0; all != nullptr && i < all->size(); ++i) {
    const toml::node& element = (*all)[i];
    const std::string element_key = key_of(key) + "[" + std::to_string(i) + "]";
    if (const toml::table* const inner = element.as_table()) {
      sections.push_back(Section(*file_, inner, element_key, option_of(key) + "[]", line_of(element)));
    } else {
      file_->fail(line_of(element), element_key, "a table: [[" + key_of(key) + "]]", show(element, true));
    }
  }
  return sections;
}

void NameSet::add(Section& section, std::string_view key, const std::string& name) {
  if (name.empty()) {
    return;
  }
  const auto [before, is_new] = lines_.emplace(name, section.line(key));
  if (!is_new) {
    section.fail(key, what_ + " that is not used before (line " + std::to_string(before->second) + ")", name);
  }
}

}  // namespace stirline::config
