#include "control/certificates/curl_driver.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace stirline::control {

namespace {

CURLM* make_multi() {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM* multi = kStarted == CURLE_OK ? curl_multi_init() : nullptr;
  if (multi == nullptr) {
    throw std::runtime_error("libcurl cannot start");
  }
  return multi;
}

}  // namespace

CurlDriver::CurlDriver(EventLoop& loop) : loop_(loop), multi_(make_multi()) {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlDriver::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlDriver::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

CurlDriver::~CurlDriver() {
  for (const auto& [handle, done] : transfers_) {
    curl_multi_remove_handle(multi_, handle);
  }
  curl_multi_cleanup(multi_);
  loop_.cancel(timer_);
  for (const int fd : watched_) {
    loop_.forget(fd);
  }
}

int CurlDriver::on_socket(CURL* /*handle*/, curl_socket_t fd, int what, void* self, void* /*per_socket*/) {
  auto* driver = static_cast<CurlDriver*>(self);
  if (what == CURL_POLL_REMOVE || what == CURL_POLL_NONE) {
    driver->loop_.forget(fd);
    driver->watched_.erase(fd);
    return 0;
  }
  const EventLoop::Interest interest = what == CURL_POLL_IN    ? EventLoop::Interest::readable
                                       : what == CURL_POLL_OUT ? EventLoop::Interest::writable
                                                               : EventLoop::Interest::either;
  driver->loop_.watch(fd, interest, [driver, fd] { driver->act(fd); });
  driver->watched_.insert(fd);
  return 0;
}

int CurlDriver::on_timer(CURLM* /*multi*/, long delay_ms, void* self) {
  auto* driver = static_cast<CurlDriver*>(self);
  driver->loop_.cancel(driver->timer_);
  driver->timer_ = 0;
  if (delay_ms >= 0) {
    driver->timer_ =
        driver->loop_.after(std::chrono::milliseconds(delay_ms), [driver] { driver->act(CURL_SOCKET_TIMEOUT); });
  }
  return 0;
}

void CurlDriver::add(CURL* handle, Done done) {
  transfers_.emplace(handle, std::move(done));
  curl_multi_add_handle(multi_, handle);
}

void CurlDriver::act(curl_socket_t fd) {
  int running = 0;
  curl_multi_socket_action(multi_, fd, 0, &running);
  reap();
}

void CurlDriver::reap() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) {
      continue;
    }
    CURL* const handle = message->easy_handle;
    const CURLcode code = message->data.result;
    curl_multi_remove_handle(multi_, handle);
    auto transfer = transfers_.extract(handle);
    if (!transfer.empty()) {
      transfer.mapped()(code);
    }
  }
}

}  // namespace stirline::control
