// Notices over HTTPS, on the server of users' documents: a called user reads what his rules wanted him to be told, and
// removes it (SPIT-PL-03).
//
//   GET, DELETE     .../notices/users/XUI
//
// Who asks has been authenticated by that server, and sees his own alone. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/notices/notice_desk.hpp"
#include "control/xcap/side_service.hpp"

namespace stirline::control {

class NoticePages : public SideService {
 public:
  // `root`: of the server, "/" or a path with '/' at both ends; `desk` outlives it.
  NoticePages(std::string root, NoticeDesk& desk) : root_(std::move(root)), desk_(desk) {}

  [[nodiscard]] bool serves(std::string_view target) const override;
  [[nodiscard]] XcapAnswer answer(const SideRequest& request, const std::string& user) override;

 private:
  std::string root_;
  NoticeDesk& desk_;
};

// Of one user, as JSON: {"notices": [{"at", "caller", "known", "method", "done", "status", "rule"}]}.
[[nodiscard]] std::string notices_json(const std::vector<Notice>& notices);

}  // namespace stirline::control
