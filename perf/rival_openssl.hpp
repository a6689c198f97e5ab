// The rival: OpenSSL's EVP interface with a key and a context made once, one core, over distinct messages.
#pragma once

#include <cstdint>
#include <memory>

namespace stirline::perf {

class OpensslRival {
 public:
  OpensslRival();  // throws std::runtime_error if OpenSSL refuses
  ~OpensslRival();
  OpensslRival(const OpensslRival&) = delete;
  OpensslRival& operator=(const OpensslRival&) = delete;

  // CPU microseconds of this thread per operation (SHA-256 of a 400-octet message and one signature, or one
  // verification), over `count` messages.
  [[nodiscard]] double sign_us(std::uint32_t count);
  [[nodiscard]] double verify_us(std::uint32_t count);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// CPU time of this thread and of the whole process, microseconds.
[[nodiscard]] double thread_cpu_us();
[[nodiscard]] double process_cpu_us();

}  // namespace stirline::perf
