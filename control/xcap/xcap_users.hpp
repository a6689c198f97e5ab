// Who may use the XCAP server: users, and their secrets as hashes (SPIT-XC-08).
//
// A text file that `stirline xcap user` writes:
//
//   realm stirline
//   password sip:bob@example.com bob@example.com SHA-256(login ":" realm ":" password)
//   token sip:bob@example.com SHA-256(token)
//
// The hash of a password is what digest authentication computes with, so whoever can read the file can authenticate as
// any user in it, and can try passwords: it is for the daemon's eyes. A token has 256 random bits, its hash tells
// nothing. Values, any thread; a UserFile belongs to one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <sys/stat.h>

namespace stirline::control {

inline constexpr std::size_t kMaxUserFileOctets = std::size_t{64} << 20;
inline constexpr std::size_t kMaxLoginOctets = 256;

using SecretHash = std::array<std::uint8_t, 32>;

[[nodiscard]] SecretHash hash_of(std::string_view text);
// 64 small hexadecimal digits.
[[nodiscard]] std::string to_hex(const SecretHash& hash);
[[nodiscard]] std::optional<SecretHash> from_hex(std::string_view text);

// 1..512 printable octets without blanks: fit for a line of the file and for a URI.
[[nodiscard]] bool is_xui(std::string_view text);
// 1..256 of the same without ':' and '"': what digest authentication and `curl --user` can tell from a password.
[[nodiscard]] bool is_login(std::string_view text);
// What a person signs in as unless another name is given: the XUI without its scheme, "bob@example.com".
[[nodiscard]] std::string login_of(std::string_view xui);

class XcapUsers {
 public:
  struct Password {
    std::string xui;
    SecretHash ha1{};
  };
  struct Count {
    std::string login;  // empty: no password
    std::size_t tokens = 0;
  };

  explicit XcapUsers(std::string realm = "stirline") : realm_(std::move(realm)) {}
  [[nodiscard]] static std::expected<XcapUsers, std::string> parse(std::string_view text);
  [[nodiscard]] std::string to_text() const;

  [[nodiscard]] const std::string& realm() const { return realm_; }
  [[nodiscard]] const Password* find_login(std::string_view login) const;
  [[nodiscard]] const std::string* find_token(const SecretHash& token) const;  // the XUI

  // In place of the password that the user has. False: the login is another user's.
  bool set_password(const std::string& xui, const std::string& login, const SecretHash& ha1);
  void add_token(const std::string& xui, const SecretHash& token);
  // How many secrets are gone.
  std::size_t remove(std::string_view xui);
  [[nodiscard]] std::map<std::string, Count> list() const;  // by XUI

 private:
  std::expected<void, std::string> read_line(std::string_view line);

  std::string realm_;
  std::map<std::string, Password, std::less<>> passwords_;  // by login
  std::map<SecretHash, std::string> tokens_;
};

[[nodiscard]] std::expected<XcapUsers, std::string> read_users(const std::filesystem::path& file);
// In place of the file that is there, at once or not at all; its owner and mode stay, a new one has mode 0640.
[[nodiscard]] std::expected<void, std::string> write_users(const std::filesystem::path& file, const XcapUsers& users);

// The file, read again as soon as another one is there.
class UserFile {
 public:
  [[nodiscard]] static std::expected<UserFile, std::string> open(std::filesystem::path file);

  // A file that cannot be read leaves the users as they are, and says so in the log, once.
  [[nodiscard]] std::shared_ptr<const XcapUsers> users();

 private:
  explicit UserFile(std::filesystem::path file) : file_(std::move(file)) {}

  std::filesystem::path file_;
  struct stat seen_{};
  std::shared_ptr<const XcapUsers> users_;
};

}  // namespace stirline::control
