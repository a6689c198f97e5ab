#include "control/confinement.hpp"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "config/daemon/privileges.hpp"
#include "config/daemon/syscall_filter.hpp"
#include "config/metrics_config.hpp"

namespace stirline::control {
namespace {

using std::filesystem::path;

constexpr std::uint16_t kFirstFreePort = 1'024;

path folder_of(const path& file) {
  std::error_code error;
  const path whole = std::filesystem::absolute(file, error);
  return error ? path() : whole.parent_path();
}

// It may be ours to make.
path folder_or_its_parent(const path& folder) {
  std::error_code error;
  return std::filesystem::is_directory(folder, error) ? folder : folder_of(folder);
}

// Where it is named, and where a link leads.
void add_folders(config::FileAccess& access, const path& file) {
  if (file.empty()) {
    return;
  }
  access.read.push_back(folder_of(file));
  std::error_code error;
  if (const path target = std::filesystem::canonical(file, error); !error) {
    access.read.push_back(target.parent_path());
  }
}

bool listens_below_1024(const config::ControlConfig& config) {
  const auto is_low = [](std::uint16_t port) { return port != 0 && port < kFirstFreePort; };
  const auto metrics = config::parse_listen_place(config.metrics.listen);
  return (!config.repository.listen.empty() && is_low(config.repository.port)) ||
         (!config.xcap.listen.empty() && is_low(config.xcap.port)) || (metrics && is_low(metrics->port));
}

}  // namespace

config::FileAccess file_access_of(const config::ControlConfig& config) {
  config::FileAccess access;
  access.read = {"/etc",
                 "/usr",
                 "/lib",
                 "/lib64",
                 "/dev/null",
                 "/dev/urandom",
                 "/proc/self",
                 "/run/systemd/resolve",
                 "/run/resolvconf",
                 "/run/NetworkManager"};
  access.write = {"/dev/null"};
  std::vector<path> files = {
      config.file,          config.repository.certificate, config.repository.key, config.records.pseudonym_key,
      config.fetch.ca_file, config.xcap.certificate,       config.xcap.key,       config.xcap.users};
  for (const config::CredentialConfig& credential : config.credentials) {
    files.insert(files.end(), {credential.key, credential.chain, credential.rich_call_data.icon_file});
  }
  for (std::size_t i = 0; i < config.regime_count(); ++i) {
    const config::RegimeConfig& regime = config.regime(i);
    files.insert(files.end(), regime.anchors.begin(), regime.anchors.end());
    files.insert(files.end(), regime.crls.begin(), regime.crls.end());
  }
  for (const config::X5uFileConfig& x5u : config.x5u_files) {
    files.push_back(x5u.file);
  }
  files.insert(files.end(), config.policy.files.begin(), config.policy.files.end());
  for (const path& file : files) {
    add_folders(access, file);
  }
  if (!config.fetch.store.empty()) {
    access.write.push_back(folder_of(config.fetch.store));
  }
  for (const std::filesystem::path& database : {config.xcap.database, config.xcap.permissions, config.feedback.database,
                                                config.notices.database, config.records.accounts}) {
    if (!database.empty()) {
      access.write.push_back(folder_of(database));
    }
  }
  for (const std::filesystem::path& database : {config.lists.database, config.content.database}) {
    if (!database.empty()) {
      access.write.push_back(folder_of(database));
    }
  }
  if (!config.records.folder.empty()) {
    access.write.push_back(folder_or_its_parent(config.records.folder));
  }
  access.sockets.push_back(folder_of(config.socket));
  return access;
}

std::expected<Confinement, std::string> confine(const config::ControlConfig& config) {
  const std::uint64_t keep = listens_below_1024(config) ? config::bind_low_ports_capability() : config::kNoCapabilities;
  if (auto done = config::give_up_privileges(keep); !done) {
    return std::unexpected(std::move(done.error()));
  }
  auto files = config::limit_file_access(file_access_of(config));
  if (!files) {
    return std::unexpected(std::move(files.error()));
  }
  if (auto done = config::enter_syscall_filter(config::Program::control); !done) {
    return std::unexpected(std::move(done.error()));
  }
  return Confinement{.files = std::move(*files), .system_calls = true};
}

}  // namespace stirline::control
