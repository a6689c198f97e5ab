// Starts DPDK's environment once per process and ends it.
#pragma once

#include <expected>
#include <string>
#include <vector>

namespace stirline::dataplane {

class Eal {
 public:
  // The error says what rte_eal_init refused.
  [[nodiscard]] static std::expected<Eal, std::string> start(const std::vector<std::string>& arguments);
  Eal(Eal&& other) noexcept : running_(other.running_) { other.running_ = false; }
  Eal& operator=(Eal&&) = delete;
  Eal(const Eal&) = delete;
  Eal& operator=(const Eal&) = delete;
  ~Eal();

 private:
  Eal() = default;
  bool running_ = true;
};

}  // namespace stirline::dataplane
