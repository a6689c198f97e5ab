#include "dataplane/poll/certificate_requests.hpp"

#include <algorithm>

namespace stirline::dataplane {

CertificateRequests::Asked CertificateRequests::ask(std::string_view x5u, std::uint64_t now_cycles) {
  if (x5u.empty() || x5u.size() > crypto::kMaxX5uBytes) {
    return Asked::too_long;
  }
  // By the text: a stranger can make two URLs of one hash, and must not be able to silence somebody else's with his
  // own.
  Recent& recent = recent_[std::hash<std::string_view>{}(x5u) % recent_.size()];
  if (recent.request.text() == x5u && now_cycles - recent.asked_at < again_after_) {
    return Asked::recently;
  }
  Request request;
  request.length = static_cast<std::uint16_t>(x5u.size());
  std::ranges::copy(x5u, request.x5u.begin());
  if (!queue_.push(request)) {
    return Asked::queue_full;
  }
  recent = {request, now_cycles};
  return Asked::queued;
}

}  // namespace stirline::dataplane
