#include "control/cli/chain_files.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "config/text_rules.hpp"
#include "control/read_file.hpp"

namespace stirline::control::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kUrlLine = "x5u:";
constexpr std::size_t kMaxListBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxUrls = 100'000;

// The next line of `text`, which is shortened by it.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = config::trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::expected<std::vector<ChainFile>, std::string> read_chain(const std::string& name, std::string content) {
  std::string_view head = std::string_view(content).substr(0, content.find(kBegin));
  std::string url;
  while (!head.empty()) {
    const std::string_view line = take_line(head);
    if (line.starts_with(kUrlLine)) {
      url = config::trimmed(line.substr(kUrlLine.size()));
    }
  }
  if (url.empty()) {
    return std::unexpected(
        fmt::format("{}: no line \"x5u: URL\" stands before the chain; URL=FILE says it as well", name));
  }
  return std::vector<ChainFile>{{name, url, std::move(content)}};
}

std::expected<std::vector<ChainFile>, std::string> read_one(const std::string& name) {
  auto content = read_file(name, kMaxListBytes);
  if (!content) {
    return std::unexpected(fmt::format("{}: {}", name, content.error()));
  }
  if (content->contains(kBegin)) {
    return read_chain(name, std::move(*content));
  }
  std::vector<ChainFile> urls;
  std::string_view text = *content;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty() || line.starts_with('#')) {
      continue;
    }
    if (urls.size() == kMaxUrls) {
      return std::unexpected(fmt::format("{}: more than {} URLs", name, kMaxUrls));
    }
    urls.push_back({name, std::string(line), ""});
  }
  if (urls.empty()) {
    return std::unexpected(fmt::format("{}: neither a PEM chain nor a list of URLs", name));
  }
  return urls;
}

std::expected<std::vector<ChainFile>, std::string> read_folder(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (entry->is_regular_file(error)) {
      names.push_back(entry->path().string());
    }
  }
  if (error) {
    return std::unexpected(fmt::format("{}: {}", folder, error.message()));
  }
  std::ranges::sort(names);
  std::vector<ChainFile> all;
  for (const std::string& name : names) {
    auto some = read_one(name);
    if (!some) {
      return some;
    }
    std::ranges::move(*some, std::back_inserter(all));
  }
  return all;
}

}  // namespace

std::expected<std::vector<ChainFile>, std::string> read_chain_files(const std::string& argument) {
  if (argument.starts_with("https://") && argument.contains('=')) {
    const std::size_t equals = argument.rfind('=');
    const std::string name = argument.substr(equals + 1);
    auto content = read_file(name, kMaxListBytes);
    if (!content) {
      return std::unexpected(fmt::format("{}: {}", name, content.error()));
    }
    return std::vector<ChainFile>{{name, argument.substr(0, equals), std::move(*content)}};
  }
  std::error_code error;
  return fs::is_directory(argument, error) ? read_folder(argument) : read_one(argument);
}

std::string chain_text(std::string_view url, std::string_view pem) {
  return fmt::format("{} {}\n{}", kUrlLine, url, pem);
}

}  // namespace stirline::control::cli
