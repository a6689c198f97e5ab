// Training over HTTPS, on the server of users' documents (SPIT-CL-01):
//
//   POST .../content   {"corpus": "...", "verdict": "spam" or "ham", "text": "...", "undo": true}
//
// for those whom the configuration lets train, in corpora that it names. `undo`, if it is there and true, takes back
// what was trained by mistake. Who asks has been authenticated by that server. Used by its thread alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "control/content/content_store.hpp"
#include "control/xcap/side_service.hpp"

namespace stirline::control::content {

inline constexpr std::size_t kMaxTrainingBody = 65'536;  // octets

class ContentPages : public SideService {
 public:
  struct Options {
    std::string root;                   // of the server
    std::vector<std::string> trainers;  // users
    std::vector<std::string> corpora;
    std::function<std::int64_t()> now;  // seconds since 1970
  };
  // The store is its own: the keeper has another one of the same file, and sees what was trained.
  ContentPages(Options options, std::unique_ptr<ContentStore> store)
      : options_(std::move(options)), store_(std::move(store)) {}

  [[nodiscard]] bool serves(std::string_view target) const override;
  [[nodiscard]] XcapAnswer answer(const SideRequest& request, const std::string& user) override;

 private:
  [[nodiscard]] XcapAnswer train(std::string_view body);

  Options options_;
  std::unique_ptr<ContentStore> store_;
};

}  // namespace stirline::control::content
