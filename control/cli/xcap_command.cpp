// stirline xcap user: who may use the XCAP server (SPIT-XC-08).
//
// `add` gives a user a password, read from standard input (its first line, not shown on a terminal) and never from the
// command line, where others could see it; or with --token a new token, printed once and kept as a hash only. `list`
// shows users without secrets, `remove` takes everything of one away. The file is replaced at once or not at all, and a
// running stirline-control follows. Exit status: 0 done; 1 turned down: no such user, a login of somebody else, a
// password that is too short; 64 wrong command line or a file that cannot be read or written.
#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <termios.h>
#include <unistd.h>

#include "config/control_config.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/output.hpp"
#include "control/xcap/xcap_users.hpp"
#include "crypto_workers/passport/base64url.hpp"

namespace stirline::control::cli {

namespace {

constexpr std::size_t kLeastPassword = 8;
constexpr std::size_t kMostPassword = 256;
constexpr std::size_t kTokenOctets = 32;

struct XcapOptions {
  std::string users;
  std::string config;
  std::string user;
  std::string login;
  std::string realm;
  bool token = false;
  bool json = false;
};

struct Failure {
  int status = kExitUsage;
  std::string text;
};
using Done = std::expected<void, Failure>;

std::unexpected<Failure> usage(std::string text) {
  return std::unexpected(Failure{kExitUsage, std::move(text)});
}
std::unexpected<Failure> refused(std::string text) {
  return std::unexpected(Failure{kExitRefused, std::move(text)});
}

std::expected<std::filesystem::path, Failure> file_of(const XcapOptions& options) {
  if (!options.users.empty()) {
    return options.users;
  }
  const auto config = config::load_control_config(options.config);
  if (!config) {
    return usage(config::to_string(config.error().front()));
  }
  if (config->xcap.users.empty()) {
    return usage(fmt::format("{}: [xcap] names no file of users", options.config));
  }
  return config->xcap.users;
}

// A terminal does not show what is typed, for as long as this lives.
class Unseen {
 public:
  Unseen() : shown_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (shown_) {
      termios quiet = before_;
      quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
      ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
      fmt::print(stderr, "password: ");
    }
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  ~Unseen() {
    if (shown_) {
      ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
      fmt::print(stderr, "\n");
    }
  }

 private:
  termios before_{};
  bool shown_;
};

std::expected<SecretHash, Failure> read_password(const std::string& login, const std::string& realm) {
  std::string password;
  password.reserve(2 * kMostPassword);
  {
    const Unseen unseen;
    std::getline(std::cin, password);
  }
  const std::size_t size = password.size();
  std::string secret = fmt::format("{}:{}:{}", login, realm, password);
  const SecretHash ha1 = hash_of(secret);
  OPENSSL_cleanse(password.data(), password.size());
  OPENSSL_cleanse(secret.data(), secret.size());
  if (size < kLeastPassword || size > kMostPassword) {
    return refused(fmt::format("a password has {} to {} octets: standard input had {} in its first line",
                               kLeastPassword, kMostPassword, size));
  }
  return ha1;
}

std::string make_token() {
  std::array<std::uint8_t, kTokenOctets> octets{};
  if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1) {
    throw std::runtime_error("OpenSSL has no random octets");
  }
  std::string text(crypto::base64url_encoded_size(octets.size()), '\0');
  text.resize(crypto::base64url_encode(octets, text));
  return text;
}

std::expected<XcapUsers, Failure> read_or_begin(const std::filesystem::path& file, const XcapOptions& options) {
  std::error_code error;
  if (!std::filesystem::exists(file, error) && !error) {
    return XcapUsers(options.realm.empty() ? XcapUsers().realm() : options.realm);
  }
  auto users = read_users(file);
  if (!users) {
    return usage(users.error());
  }
  if (!options.realm.empty() && options.realm != users->realm()) {
    return refused(
        fmt::format("the realm of {} is {}: passwords in it were made for that", file.string(), users->realm()));
  }
  return std::move(*users);
}

Done add(const XcapOptions& options) {
  const auto file = file_of(options);
  if (!file) {
    return std::unexpected(file.error());
  }
  auto users = read_or_begin(*file, options);
  if (!users) {
    return std::unexpected(users.error());
  }
  const std::string login = options.login.empty() ? login_of(options.user) : options.login;
  if (!is_xui(options.user) || !is_login(login)) {
    return usage(
        "a user is up to 512 printable characters without blanks, a login up to 256 without ':', '\"' and '\\'");
  }
  std::string token;
  if (options.token) {
    token = make_token();
    users->add_token(options.user, hash_of(token));
  } else {
    const auto ha1 = read_password(login, users->realm());
    if (!ha1) {
      return std::unexpected(ha1.error());
    }
    if (!users->set_password(options.user, login, *ha1)) {
      return refused(fmt::format("{} is the login of another user: choose one with --login", login));
    }
  }
  if (const auto written = write_users(*file, *users); !written) {
    return usage(written.error());
  }
  if (options.token) {
    fmt::print("{}\n", token);
    OPENSSL_cleanse(token.data(), token.size());
  }
  return {};
}

Done remove(const XcapOptions& options) {
  const auto file = file_of(options);
  if (!file) {
    return std::unexpected(file.error());
  }
  auto users = read_users(*file);
  if (!users) {
    return usage(users.error());
  }
  if (users->remove(options.user) == 0) {
    return refused(fmt::format("there is no user {}", options.user));
  }
  if (const auto written = write_users(*file, *users); !written) {
    return usage(written.error());
  }
  return {};
}

Done list(const XcapOptions& options) {
  const auto file = file_of(options);
  if (!file) {
    return std::unexpected(file.error());
  }
  const auto users = read_users(*file);
  if (!users) {
    return usage(users.error());
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [user, count] : users->list()) {
    if (options.json) {
      fmt::print("{}\n", to_line({{"user", user}, {"login", count.login}, {"tokens", count.tokens}}));
    }
    rows.push_back({user, count.login.empty() ? "-" : count.login, fmt::format("{}", count.tokens)});
  }
  if (!options.json) {
    fmt::print("{}", to_table({"user", "login", "tokens"}, rows));
  }
  return {};
}

void add_verb(CLI::App& parent, int& status, const char* name, const char* help, Done (*act)(const XcapOptions&)) {
  const auto options = std::make_shared<XcapOptions>();
  CLI::App* verb = parent.add_subcommand(name, help);
  CLI::Option* users = verb->add_option("--users", options->users, "the file of users");
  CLI::Option* config =
      verb->add_option("--config", options->config, "stirline-control's configuration, which names it")
          ->excludes(users);
  if (act == list) {
    verb->add_flag("--json", options->json, "a line of JSON for each user");
  } else {
    verb->add_option("user", options->user, "as in URIs: sip:bob@example.com")->required();
  }
  if (act == add) {
    verb->add_option("--login", options->login, "what the user signs in as; by default the user without its scheme");
    verb->add_option("--realm", options->realm, "of a new file; stirline if left out");
    verb->add_flag("--token", options->token, "a new token, printed once, in place of a password");
  }
  verb->callback([options, users, config, act, name, &status] {
    const Done done = users->count() + config->count() == 0 ? usage("--users or --config is required") : act(*options);
    if (!done) {
      fmt::print(stderr, "stirline xcap user {}: {}\n", name, printable(done.error().text));
      status = done.error().status;
    }
  });
}

}  // namespace

void add_xcap(CLI::App& app, int& status) {
  CLI::App* xcap = app.add_subcommand("xcap", "The server of users' rules and lists");
  xcap->require_subcommand(1);
  CLI::App* user = xcap->add_subcommand("user", "Who may use it");
  user->require_subcommand(1);
  add_verb(*user, status, "add", "Give a user a password (from standard input) or a token", add);
  add_verb(*user, status, "list", "All users, without their secrets", list);
  add_verb(*user, status, "remove", "Take a user's password and tokens away", remove);
}

}  // namespace stirline::control::cli
