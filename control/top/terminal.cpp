#include "control/top/terminal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace stirline::control::top {

namespace {

constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";  // a screen of its own, no cursor
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";

}  // namespace

std::expected<Terminal, std::string> Terminal::open() {
  termios found{};
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0 || ::tcgetattr(STDIN_FILENO, &found) != 0) {
    return std::unexpected("this is no terminal: use --once");
  }
  sigset_t watched;
  sigset_t mask;
  sigemptyset(&watched);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGWINCH}) {
    sigaddset(&watched, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &watched, &mask);
  config::wire::Descriptor signals(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
  if (signals.get() < 0) {
    ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
    return std::unexpected("the system gives no descriptor for signals");
  }
  termios raw = found;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  show(kEnter);
  return Terminal(found, mask, std::move(signals));
}

Terminal::Terminal(const termios& found, const sigset_t& mask, config::wire::Descriptor signals)
    : found_(found), mask_(mask), signals_(std::move(signals)) {}

Terminal::Terminal(Terminal&& other) noexcept
    : found_(other.found_), mask_(other.mask_), signals_(std::move(other.signals_)) {}

Terminal::~Terminal() {
  if (signals_.get() < 0) {  // moved from
    return;
  }
  show(kLeave);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &found_);
  signals_ = {};
  ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
}

Size Terminal::size() {
  winsize window{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0) {
    return {};
  }
  return {window.ws_col, window.ws_row};
}

void Terminal::show(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return;
    }
    text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
}

Terminal::Event Terminal::wait(std::chrono::milliseconds longest) {
  const auto until = std::chrono::steady_clock::now() + longest;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return Event::time;
    }
    std::array<pollfd, 2> fds{{{STDIN_FILENO, POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), static_cast<int>(left.count()));
    signalfd_siginfo signal{};
    if (::read(signals_.get(), &signal, sizeof(signal)) == static_cast<ssize_t>(sizeof(signal))) {
      return signal.ssi_signo == SIGWINCH ? Event::resized : Event::quit;
    }
    if (fds[0].revents == 0) {
      continue;
    }
    std::array<char, 64> keys;
    const ssize_t got = ::read(STDIN_FILENO, keys.data(), keys.size());
    const bool gone = got <= 0 && (fds[0].revents & (POLLHUP | POLLERR)) != 0;
    if (gone || (got > 0 && std::ranges::find(keys.begin(), keys.begin() + got, 'q') != keys.begin() + got)) {
      return Event::quit;
    }
  }
}

}  // namespace stirline::control::top
