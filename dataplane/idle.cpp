#include "dataplane/idle.hpp"

#include <ctime>

#include <rte_pause.h>

namespace stirline::dataplane {

void Idler::pause() {
  rte_pause();
}

void Idler::sleep(std::uint32_t us) {
  const timespec duration{.tv_sec = us / 1'000'000, .tv_nsec = static_cast<long>(us % 1'000'000) * 1'000};
  nanosleep(&duration, nullptr);
}

}  // namespace stirline::dataplane
