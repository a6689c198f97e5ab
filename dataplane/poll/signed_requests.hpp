// What signed requests were given, for their copies: a copy gets the same octets, whatever has become of keys, tables
// and clock since (INL-TX-02, INL-TX-09).
//
// Bounded in requests and octets: the oldest are forgotten for the newest. Memory is taken and touched at start.
// Thread: one poll core, so a copy that comes to another one is signed anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/packet/numa_array.hpp"
#include "dataplane/packet/slot_index.hpp"
#include "dataplane/packet/uncached_writer.hpp"
#include "dataplane/poll/transaction.hpp"

namespace stirline::dataplane {

class SignedRequests {
 public:
  // `kibibytes`: of header lines and names, and as many requests at most; `memory_cycles`: how long a request is
  // remembered, in TSC cycles (64*T1).
  SignedRequests(std::uint32_t kibibytes, int socket, std::uint64_t memory_cycles);

  // What was inserted. The lines lie in the memory of this object, until the next remember().
  struct Inserted {
    std::optional<std::int64_t> date;  // if a Date went in with the lines: seconds since 1970
    std::string_view lines;            // complete header lines with CRLF
  };

  // `trunk`: its name; keys of one tenant sign nothing on the trunk of another (STIR-RG-02). `fingerprint`: of the
  // datagram. Of a request with the same name and another one no copy is made: it may be the very request on its way
  // back to us, signed (INL-TX-12). False if for want of room one was forgotten that copies could still come of, or
  // this one has none.
  bool remember(const NamedRequest& request, std::string_view trunk, std::uint32_t fingerprint,
                const Inserted& inserted, std::uint64_t now_cycles);

  [[nodiscard]] std::optional<Inserted> find(const NamedRequest& request, std::string_view trunk,
                                             std::uint32_t fingerprint, std::uint64_t now_cycles) const;

  [[nodiscard]] std::size_t used_octets() const { return used_ * sizeof(CacheLine); }
  // When the oldest was remembered, in TSC cycles; 0: there is none.
  [[nodiscard]] std::uint64_t oldest_at() const { return index_.taken() == 0 ? 0 : requests_[by_age_[oldest_]].at; }

 private:
  struct Request {
    std::uint64_t at = 0;  // TSC cycles
    std::optional<std::int64_t> date;
    std::size_t begin = 0;  // line of text_: its name, then the lines
    std::size_t taken = 0;  // lines of text_, with those left over before its beginning
    std::uint32_t cseq = 0;
    std::uint32_t fingerprint = 0;
    std::uint16_t name_length = 0;
    std::uint16_t lines_length = 0;
  };
  [[nodiscard]] std::uint32_t slot_of(const NamedRequest& request, std::string_view trunk,
                                      std::uint32_t fingerprint) const;
  [[nodiscard]] std::string_view text(std::size_t begin, std::size_t offset, std::size_t length) const {
    return {text_[begin].octets.data() + offset, length};
  }
  [[nodiscard]] bool forget_oldest(std::uint64_t now_cycles);  // false if copies of it could still come

  NumaArray<Request> requests_;
  SlotIndex index_;
  NumaArray<std::uint32_t> by_age_;  // slots in the order in which they were taken, around
  std::size_t oldest_ = 0;           // in by_age_
  NumaArray<CacheLine> text_;        // likewise around
  std::size_t next_ = 0;
  std::size_t used_ = 0;  // lines
  std::uint64_t memory_cycles_;
};

}  // namespace stirline::dataplane
