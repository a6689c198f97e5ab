#include "control/read_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/wire/channel.hpp"

namespace stirline::control {

std::expected<std::string, std::string> read_file(const std::filesystem::path& path, std::size_t most, Excess excess) {
  const config::wire::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts{};
  if (!file.valid() || ::fstat(file.get(), &facts) != 0) {
    return std::unexpected<std::string>(std::strerror(errno));
  }
  if (S_ISDIR(facts.st_mode)) {
    return std::unexpected<std::string>("a folder, not a file");
  }
  // Sized once, so that no copy of a private key is left behind by growing.
  const auto known = static_cast<std::size_t>(std::max<off_t>(facts.st_size, 0));
  std::string octets(std::min(most, S_ISREG(facts.st_mode) ? known : most) + 1, '\0');
  std::size_t filled = 0;
  while (filled < octets.size()) {
    const ssize_t got = ::read(file.get(), octets.data() + filled, octets.size() - filled);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return std::unexpected<std::string>(std::strerror(errno));
    }
    if (got == 0) {
      break;
    }
    filled += static_cast<std::size_t>(got);
  }
  if (filled > most && excess == Excess::refuse) {
    return std::unexpected(fmt::format("longer than {} octets", most));
  }
  octets.resize(std::min(filled, most));
  return octets;
}

}  // namespace stirline::control
