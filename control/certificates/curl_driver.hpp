// libcurl's multi interface on our event loop: many transfers, no thread of ours, nothing blocks. Internal to this
// folder.
//
// Names are looked up by threads of libcurl (Debian builds it with the threaded resolver), one for each transfer that
// waits for a name. A transfer that ends before its lookup leaves that thread behind, which ends by itself.
#pragma once

#include <functional>
#include <map>
#include <set>

#include <curl/curl.h>

#include "control/event_loop.hpp"

namespace stirline::control {

class CurlDriver {
 public:
  using Done = std::function<void(CURLcode code)>;

  // Throws std::runtime_error if libcurl cannot start.
  explicit CurlDriver(EventLoop& loop);
  CurlDriver(const CurlDriver&) = delete;
  CurlDriver& operator=(const CurlDriver&) = delete;
  ~CurlDriver();  // ends what is under way, without calling `done`

  // Runs the transfer of `handle`, which stays the caller's until `done`. From the loop, never from within this call.
  void add(CURL* handle, Done done);

 private:
  static int on_socket(CURL* handle, curl_socket_t fd, int what, void* self, void* per_socket);
  static int on_timer(CURLM* multi, long delay_ms, void* self);
  void act(curl_socket_t fd);
  void reap();

  EventLoop& loop_;
  CURLM* multi_;
  EventLoop::TimerId timer_ = 0;
  std::set<int> watched_;
  std::map<CURL*, Done> transfers_;
};

}  // namespace stirline::control
