// What the repository serves: our own chains, by the path of their x5u (STIR-CF-07).
//
// The content under a URL is never changed while a token may name it: a new chain needs a new URL, and an old URL is
// served on until its leaf ends. So a roll-over is: publish under a new URL, then sign with it. One thread.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/certificates/chain_body.hpp"
#include "control/state_compiler.hpp"

namespace stirline::control {

class PublishedChains {
 public:
  static constexpr std::size_t kMaxOld = 1'024;  // URLs that are served though no credential names them any more

  struct Page {
    std::string body;            // PEM, the certificates alone
    std::int64_t not_after = 0;  // of the leaf
    bool current = true;
    std::string_view content_type = kChainContentType;  // of static lifetime
    bool may_be_kept = true;                            // by caches
  };
  using Pages = std::map<std::string, Page, std::less<>>;  // by path: "/certs/a.pem"

  // What the pages would be with these chains; nothing changes. The error says which URL would get another content.
  [[nodiscard]] std::expected<std::shared_ptr<const Pages>, std::string> with(const std::vector<X5uChain>& chains,
                                                                              std::int64_t now) const;

  void use(std::shared_ptr<const Pages> pages) { pages_ = std::move(pages); }
  [[nodiscard]] const std::shared_ptr<const Pages>& pages() const { return pages_; }

 private:
  std::shared_ptr<const Pages> pages_ = std::make_shared<Pages>();
};

}  // namespace stirline::control
