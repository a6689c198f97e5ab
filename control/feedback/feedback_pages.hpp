// Feedback over HTTPS, on the server of users' documents: a called user says of calls he got that he wanted them or
// not, sees what he has said, and takes it back (SPIT-MK-03, SPIT-FW-04).
//
// Who asks has been authenticated by that server, and speaks for himself alone. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/feedback/feedback_desk.hpp"
#include "control/xcap/side_service.hpp"

namespace stirline::control {

class FeedbackPages : public SideService {
 public:
  // `root`: of the server; `desk` outlives it.
  FeedbackPages(std::string root, FeedbackDesk& desk) : root_(std::move(root)), desk_(desk) {}

  [[nodiscard]] bool serves(std::string_view target) const override;
  [[nodiscard]] XcapAnswer answer(const SideRequest& request, const std::string& user) override;

 private:
  [[nodiscard]] XcapAnswer take(std::string_view body, const std::string& called);
  [[nodiscard]] XcapAnswer list(const std::string& called) const;
  [[nodiscard]] XcapAnswer undo(const std::string& called, const std::string& written);

  std::string root_;
  FeedbackDesk& desk_;
};

// Of one user, as JSON: {"feedback": [{"caller", "verdict", "outcome", "weight", "shown", "trunk", "at"}]}.
[[nodiscard]] std::string feedback_json(const std::vector<Feedback>& all);

}  // namespace stirline::control
