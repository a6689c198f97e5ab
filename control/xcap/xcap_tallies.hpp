// What the XCAP server counts besides connections. Written on its thread, read by any.
#pragma once

#include <atomic>
#include <cstdint>

namespace stirline::control {

struct XcapTallies {
  std::atomic<std::uint64_t> unauthenticated = 0;  // 401
  std::atomic<std::uint64_t> forbidden = 0;        // 403
  std::atomic<std::uint64_t> conflicts = 0;        // 409
  std::atomic<std::uint64_t> overtaken = 0;        // 412: the document is not what the client thinks
  std::atomic<std::uint64_t> failed = 0;           // 500, 503
  std::atomic<std::uint64_t> changes = 0;          // PUT and DELETE done
};

}  // namespace stirline::control
