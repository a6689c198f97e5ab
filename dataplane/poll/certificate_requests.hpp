// From a poll core to the main thread: certificates that calls need and nobody has yet (STIR-CF-05).
//
// A bounded queue; what does not fit is dropped and counted: the next call asks again. The same URL is asked for once
// in a while only, however many calls need it. Threads: one poll core asks, main takes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include <boost/lockfree/spsc_queue.hpp>

#include "crypto_workers/job/job.hpp"

namespace stirline::dataplane {

class CertificateRequests {
 public:
  // `again_after`: TSC cycles before a URL may be asked for again.
  explicit CertificateRequests(std::uint64_t again_after) : again_after_(again_after) {}

  enum class Asked : std::uint8_t { queued, recently, queue_full, too_long };
  Asked ask(std::string_view x5u, std::uint64_t now_cycles);

  // Calls `visit` with each URL that has been asked for.
  template <typename Visit>
  void take(Visit&& visit) {
    queue_.consume_all([&](const Request& request) { visit(request.text()); });
  }

 private:
  static constexpr std::size_t kPlaces = 64;

  struct Request {
    std::uint16_t length = 0;
    std::array<char, crypto::kMaxX5uBytes> x5u;
    [[nodiscard]] std::string_view text() const { return {x5u.data(), length}; }
  };
  // Two URLs of one place keep displacing each other: then they are asked for more often, never less.
  struct Recent {
    Request request;
    std::uint64_t asked_at = 0;
  };

  std::uint64_t again_after_;
  std::array<Recent, kPlaces> recent_{};
  boost::lockfree::spsc_queue<Request, boost::lockfree::capacity<kPlaces>> queue_;
};

}  // namespace stirline::dataplane
