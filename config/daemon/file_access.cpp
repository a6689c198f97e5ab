#include "config/daemon/file_access.hpp"

#include <cerrno>
#include <cstdint>
#include <system_error>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config/daemon/failed_call.hpp"
#include "config/daemon/instrumented.hpp"
#include "config/wire/channel.hpp"

namespace stirline::config {
namespace {

using wire::Descriptor;

constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kRead = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kSockets = LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE;
constexpr std::uint64_t kWriteFile = kReadFile | LANDLOCK_ACCESS_FS_WRITE_FILE;
constexpr std::uint64_t kWrite = kRead | kWriteFile | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR;
// All that the first version of Landlock knows, the execution of programs included.
constexpr std::uint64_t kHandled = kWrite | kSockets | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                   LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                                   LANDLOCK_ACCESS_FS_MAKE_SYM;

std::expected<void, std::string> allow(const Descriptor& rules, const std::filesystem::path& path,
                                       std::uint64_t access) {
  const Descriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat facts{};
  if (!place.valid() || ::fstat(place.get(), &facts) != 0) {
    return {};  // not there, or not for us: then it needs no permission
  }
  if (!S_ISDIR(facts.st_mode)) {
    access &= kWriteFile;  // the others are for folders
  }
  landlock_path_beneath_attr rule{};
  rule.allowed_access = access;
  rule.parent_fd = place.get();
  if (access != 0 && ::syscall(SYS_landlock_add_rule, rules.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    return failed_call("access to " + path.string() + " cannot be arranged");
  }
  return {};
}

}  // namespace

std::expected<std::string, std::string> limit_file_access(const FileAccess& access) {
  if (kInstrumented) {
    return "not limited: this build writes reports of its own";
  }
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = kHandled;
  const Descriptor rules(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0)));
  if (!rules.valid()) {
    if (errno == ENOSYS || errno == EOPNOTSUPP) {
      return "not limited: this kernel has no Landlock";
    }
    return failed_call("access to files cannot be limited");
  }
  for (const auto& [paths, rights] :
       {std::pair{&access.read, kRead}, std::pair{&access.write, kWrite}, std::pair{&access.sockets, kSockets}}) {
    for (const std::filesystem::path& path : *paths) {
      if (auto allowed = allow(rules, path, rights); !allowed) {
        return std::unexpected(std::move(allowed.error()));
      }
    }
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0) {
    return failed_call("access to files cannot be limited");
  }
  return "limited";
}

}  // namespace stirline::config
