// stirline capture: frames of chosen messages as they came and as they left, with the verdict in a comment, as pcapng.
//
// The file is written here, by whoever runs this, readable for him alone: it holds whole calls. Exit statuses:
// watch_stream.hpp; 64 if the file cannot be written.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "config/wire/channel.hpp"
#include "control/cli/commands.hpp"
#include "control/cli/watch_stream.hpp"
#include "control/watching/capture_writer.hpp"

namespace stirline::control::cli {

namespace {

struct CaptureOptions {
  WatchOptions watch;
  std::string file;
};

bool write_all(int fd, std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t written = ::write(fd, octets.data(), octets.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    octets.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return true;
}

int capture(const CaptureOptions& options) {
  const config::wire::Descriptor file(
      ::open(options.file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  bool good = file.valid() && write_all(file.get(), Pcapng::begin());
  int status = kExitUsage;
  CaptureWriter writer;
  if (good) {
    status = watch("capture", options.watch, true, [&](const config::wire::WatchEvent& event) {
      good = write_all(file.get(), writer.take(event));
      return good;
    });
  }
  if (!good) {
    fmt::print(stderr, "stirline capture: {} cannot be written: {}\n", options.file, std::strerror(errno));
    return kExitUsage;
  }
  fmt::print(stderr, "stirline capture: {} frames in {}\n", writer.frames(), options.file);
  return status;
}

}  // namespace

void add_capture(CLI::App& app, int& status) {
  const auto options = std::make_shared<CaptureOptions>();
  CLI::App* verb = app.add_subcommand("capture", "Frames of a call before and after editing, as a pcapng file");
  verb->add_option("--out", options->file, "the file")->required();
  add_watch_options(*verb, options->watch);
  verb->callback([options, &status] { status = capture(*options); });
}

}  // namespace stirline::control::cli
