#include "control/xcap/xcap_users.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "config/wire/channel.hpp"
#include "control/read_file.hpp"

namespace stirline::control {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxRealmOctets = 64;

bool is_printable(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

bool is_realm(std::string_view text) {
  return is_printable(text, kMaxRealmOctets) && text.find_first_of("\"\\:") == std::string_view::npos;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t begin = std::min(line.find_first_not_of(" \t\r"), line.size());
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(" \t\r"), line.size());
    if (end > 0) {
      words.push_back(line.substr(0, end));
    }
    line.remove_prefix(end);
  }
  return words;
}

std::string system_error_text() {
  return std::generic_category().message(errno);
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return true;
}

bool is_same(const struct stat& a, const struct stat& b) {
  return a.st_ino == b.st_ino && a.st_dev == b.st_dev && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

SecretHash hash_of(std::string_view text) {
  SecretHash hash{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
  return hash;
}

std::string to_hex(const SecretHash& hash) {
  std::string text;
  for (const std::uint8_t octet : hash) {
    text += fmt::format("{:02x}", octet);
  }
  return text;
}

std::optional<SecretHash> from_hex(std::string_view text) {
  SecretHash hash{};
  if (text.size() != 2 * hash.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (c < 'a' || c > 'f')) {
      return std::nullopt;
    }
    const int value = is_digit ? c - '0' : c - 'a' + 10;
    hash[i / 2] = static_cast<std::uint8_t>(hash[i / 2] * 16 + value);
  }
  return hash;
}

bool is_xui(std::string_view text) {
  constexpr std::size_t kMost = 512;
  return is_printable(text, kMost);
}

bool is_login(std::string_view text) {
  return is_printable(text, kMaxLoginOctets) && text.find_first_of(":\"\\") == std::string_view::npos;
}

std::string login_of(std::string_view xui) {
  return std::string(xui.substr(xui.find(':') + 1));
}

std::expected<void, std::string> XcapUsers::read_line(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  if (words.empty() || words.front().starts_with('#')) {
    return {};
  }
  if (words.front() == "realm" && words.size() == 2 && is_realm(words[1])) {
    realm_ = words[1];
    return {};
  }
  const auto hash = from_hex(words.back());
  const bool has_user = words.size() > 2 && is_xui(words[1]);
  if (words.front() == "password" && words.size() == 4 && has_user && is_login(words[2]) && hash) {
    return set_password(std::string(words[1]), std::string(words[2]), *hash)
               ? std::expected<void, std::string>{}
               : std::unexpected("the login is another user's");
  }
  if (words.front() == "token" && words.size() == 3 && has_user && hash) {
    add_token(std::string(words[1]), *hash);
    return {};
  }
  return std::unexpected("neither \"realm NAME\", \"password USER LOGIN HASH\" nor \"token USER HASH\"");
}

std::expected<XcapUsers, std::string> XcapUsers::parse(std::string_view text) {
  XcapUsers users;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    if (const auto read = users.read_line(text.substr(0, end)); !read) {
      return std::unexpected(fmt::format("line {}: {}", number, read.error()));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return users;
}

std::string XcapUsers::to_text() const {
  std::string text = fmt::format(
      "# Users of the XCAP server; written by `stirline xcap user`. The hashes of passwords are secrets.\nrealm {}\n",
      realm_);
  for (const auto& [login, password] : passwords_) {
    text += fmt::format("password {} {} {}\n", password.xui, login, to_hex(password.ha1));
  }
  for (const auto& [token, xui] : tokens_) {
    text += fmt::format("token {} {}\n", xui, to_hex(token));
  }
  return text;
}

const XcapUsers::Password* XcapUsers::find_login(std::string_view login) const {
  const auto found = passwords_.find(login);
  return found == passwords_.end() ? nullptr : &found->second;
}

const std::string* XcapUsers::find_token(const SecretHash& token) const {
  const auto found = tokens_.find(token);
  return found == tokens_.end() ? nullptr : &found->second;
}

bool XcapUsers::set_password(const std::string& xui, const std::string& login, const SecretHash& ha1) {
  const Password* const before = find_login(login);
  if (before != nullptr && before->xui != xui) {
    return false;
  }
  std::erase_if(passwords_, [&](const auto& entry) { return entry.second.xui == xui; });
  passwords_[login] = {xui, ha1};
  return true;
}

void XcapUsers::add_token(const std::string& xui, const SecretHash& token) {
  tokens_[token] = xui;
}

std::size_t XcapUsers::remove(std::string_view xui) {
  return std::erase_if(passwords_, [&](const auto& entry) { return entry.second.xui == xui; }) +
         std::erase_if(tokens_, [&](const auto& entry) { return entry.second == xui; });
}

std::map<std::string, XcapUsers::Count> XcapUsers::list() const {
  std::map<std::string, Count> users;
  for (const auto& [login, password] : passwords_) {
    users[password.xui].login = login;
  }
  for (const auto& [token, xui] : tokens_) {
    ++users[xui].tokens;
  }
  return users;
}

std::expected<XcapUsers, std::string> read_users(const fs::path& file) {
  auto text = read_file(file, kMaxUserFileOctets);
  if (!text) {
    return std::unexpected(fmt::format("{}: {}", file.string(), text.error()));
  }
  auto users = XcapUsers::parse(*text);
  OPENSSL_cleanse(text->data(), text->size());
  return users ? std::move(users) : std::unexpected(fmt::format("{}: {}", file.string(), users.error()));
}

std::expected<void, std::string> write_users(const fs::path& file, const XcapUsers& users) {
  const auto failed = [&](std::string_view what) {
    return std::unexpected(fmt::format("{}: {}: {}", file.string(), what, system_error_text()));
  };
  struct stat before{};
  const bool is_there = ::stat(file.c_str(), &before) == 0;
  std::string name = fmt::format("{}.XXXXXX", file.string());
  const config::wire::Descriptor fresh(::mkostemp(name.data(), O_CLOEXEC));
  if (!fresh.valid()) {
    return failed("cannot be written");
  }
  constexpr mode_t kMode = 0640;
  constexpr mode_t kModeBits = 07777;
  std::string text = users.to_text();
  const bool written = (!is_there || ::fchown(fresh.get(), before.st_uid, before.st_gid) == 0) &&
                       ::fchmod(fresh.get(), is_there ? before.st_mode & kModeBits : kMode) == 0 &&
                       write_all(fresh.get(), text) && ::fsync(fresh.get()) == 0 &&
                       ::rename(name.c_str(), file.c_str()) == 0;
  OPENSSL_cleanse(text.data(), text.size());
  if (!written) {
    auto error = failed("cannot be written");
    ::unlink(name.c_str());
    return error;
  }
  return {};
}

std::expected<UserFile, std::string> UserFile::open(fs::path file) {
  UserFile opened(std::move(file));
  auto users = read_users(opened.file_);
  if (!users) {
    return std::unexpected(std::move(users.error()));
  }
  opened.users_ = std::make_shared<const XcapUsers>(std::move(*users));
  return opened;
}

std::shared_ptr<const XcapUsers> UserFile::users() {
  struct stat now{};
  if (::stat(file_.c_str(), &now) != 0) {
    now = {};
  }
  if (!is_same(now, seen_)) {
    seen_ = now;
    if (auto users = read_users(file_)) {
      users_ = std::make_shared<const XcapUsers>(std::move(*users));
    } else {
      spdlog::error("xcap: the users stay as they were: {}", users.error());
    }
  }
  return users_;
}

}  // namespace stirline::control
