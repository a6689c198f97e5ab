// What a called user is told of a call, since a rule of his own wants it: the action sp:notify (SPIT-PL-03). Values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stirline::control {

// What was done with the call.
enum class NoticeDeed : std::uint8_t {
  passed,    // it went on
  marked,    // likewise, as perhaps unwanted
  sent_off,  // it went on to somewhere else
  answered,  // by us, with a status: it went no further
};
inline constexpr std::size_t kNoticeDeeds = static_cast<std::size_t>(NoticeDeed::answered) + 1;
[[nodiscard]] std::string_view to_string(NoticeDeed deed);  // "sent-off"

inline constexpr std::string_view kAnonymousCaller = "anonymous";  // wants nobody to learn who he is
inline constexpr std::string_view kUnknownCaller = "unknown";      // has no identity that can be shown

struct Notice {
  std::string user = {};    // canonical
  std::string caller = {};  // likewise, or one of the two above
  bool known = false;       // the caller is authenticated, as rules take it; else he only says so (SPIT-FW-02)
  std::string method = {};  // text from the network
  NoticeDeed deed = NoticeDeed::passed;
  std::uint16_t status = 0;  // answered: which
  std::string rule = {};     // that decided, behind its layer: "user:r5"; empty: none
  std::int64_t at = 0;       // seconds since 1970
};

struct NoticeLimits {
  std::size_t per_user = 1'000;          // the oldest go
  std::size_t all = 1'000'000;           // likewise
  std::size_t per_second = 500;          // of all users together
  std::size_t per_user_and_second = 20;  // of one of them
  std::int64_t retention_days = 30;
};

}  // namespace stirline::control
