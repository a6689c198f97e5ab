// What called users say about callers (SPIT-MK-03): 607 in answer to a call. One who is called once says so once a day;
// who complains of everybody says less each time. Nobody can complain of a caller who has not called him.
//
// Fixed memory, one cache line a question. Plain memory; one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace stirline::config::policy {

struct alignas(64) ComplaintLine {
  static constexpr std::size_t kPlaces = 7;

  std::array<std::uint64_t, kPlaces> names{};  // 0: free
  std::array<std::uint8_t, kPlaces> counts{};  // complaints of a reporter today
  std::uint8_t next = 0;                       // the place that is taken next when all are
};
static_assert(sizeof(ComplaintLine) == 64);

class Complaints {
 public:
  Complaints() = default;
  explicit Complaints(std::span<ComplaintLine> lines) : lines_(lines) {}  // at least one; all zero; outlive this

  // `reporter` and `caller`: mixed; `day`: since 1970. The weight of what he says: 1, 1/2, 1/3, …, as often as he has
  // complained today; 0: he has said so today already.
  [[nodiscard]] float weigh(std::uint64_t reporter, std::uint64_t caller, std::uint32_t day);

 private:
  struct Place {
    ComplaintLine* line;
    std::size_t at;
    bool is_new;
  };
  [[nodiscard]] Place find(std::uint64_t name);

  std::span<ComplaintLine> lines_;
};

}  // namespace stirline::config::policy
