// Calls and messages of our users that nobody has answered yet, and whom they are to: who answers becomes a contact
// (SPIT-FW-10).
//
// Bounded: of four that share a place the oldest gives way. Memory is taken and touched at start. Thread: one poll
// core.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "config/wire/contact_record.hpp"
#include "sip_parser/message_parts.hpp"

namespace stirline::dataplane {

class OutgoingRequests {
 public:
  // `requests`: about so many, rounded up to a power of two, half a KiB each; 0: none is remembered.
  explicit OutgoingRequests(std::uint32_t requests);

  [[nodiscard]] bool enabled() const { return !sets_.empty(); }

  // `key`: NamedRequest::key. A copy of a request takes the place of the first. False if for want of room another one
  // was forgotten, or an identity is too long.
  bool remember(std::uint64_t key, sip::Method method, const config::wire::ContactRecord& parties,
                std::uint64_t now_cycles);

  // A response has come. 101 to 299, for the first time: the parties, in the memory of this object until remember().
  // Final, of any kind: the request is forgotten. 100 (Trying) is no word from the other side.
  [[nodiscard]] std::optional<config::wire::ContactRecord> answered(std::uint64_t key, sip::Method method,
                                                                    std::uint16_t status);

 private:
  static constexpr std::size_t kWays = 4;
  struct Entry {
    std::uint64_t key = 0;
    std::uint64_t at = 0;  // TSC cycles; 0: free
    sip::Method method = {};
    std::uint8_t user = 0;  // octets of either
    std::uint8_t contact = 0;
    std::array<char, config::wire::kMaxContactIdentity> user_text{};
    std::array<char, config::wire::kMaxContactIdentity> contact_text{};
  };
  using Set = std::array<Entry, kWays>;

  [[nodiscard]] Set& set_of(std::uint64_t key) { return sets_[(key >> 32) & (sets_.size() - 1)]; }

  std::vector<Set> sets_;
};

}  // namespace stirline::dataplane
