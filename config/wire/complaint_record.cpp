#include "config/wire/complaint_record.hpp"

#include <algorithm>
#include <cstring>

namespace stirline::config::wire {
namespace {

bool fits(std::size_t octets, std::size_t most) {
  return octets != 0 && octets <= most;
}

bool is_weight(std::uint16_t weight) {
  return weight != 0 && weight <= kFullWeight;
}

}  // namespace

std::size_t encode_complaint(const ComplaintRecord& record, std::span<char, kMaxComplaintBytes> out) {
  if (!fits(record.user.size(), kMaxComplaintIdentity) || !fits(record.caller.size(), kMaxComplaintIdentity) ||
      !fits(record.trunk.size(), kMaxComplaintTrunk) || !is_weight(record.weight)) {
    return 0;
  }
  const ComplaintHead head{.bytes = static_cast<std::uint16_t>(sizeof(head) + record.user.size() +
                                                               record.caller.size() + record.trunk.size()),
                           .weight = record.weight,
                           .user = static_cast<std::uint8_t>(record.user.size()),
                           .caller = static_cast<std::uint8_t>(record.caller.size()),
                           .trunk = static_cast<std::uint8_t>(record.trunk.size()),
                           .shown = static_cast<std::uint8_t>(record.shown ? 1 : 0),
                           .core = record.core};
  std::memcpy(out.data(), &head, sizeof(head));
  char* at = std::ranges::copy(record.user, out.data() + sizeof(head)).out;
  at = std::ranges::copy(record.caller, at).out;
  std::ranges::copy(record.trunk, at);
  return head.bytes;
}

std::expected<ComplaintRecord, std::string> decode_complaint(std::string_view& octets) {
  ComplaintHead head;
  if (octets.size() < sizeof(head)) {
    return std::unexpected("a complaint without its head");
  }
  std::memcpy(&head, octets.data(), sizeof(head));
  if (head.bytes > octets.size() || !fits(head.user, kMaxComplaintIdentity) ||
      !fits(head.caller, kMaxComplaintIdentity) || !fits(head.trunk, kMaxComplaintTrunk) ||
      head.bytes != sizeof(head) + head.user + head.caller + head.trunk) {
    return std::unexpected("a complaint of a wrong length");
  }
  if (!is_weight(head.weight) || head.shown > 1 ||
      std::ranges::any_of(head.reserved, [](std::uint8_t octet) { return octet != 0; })) {
    return std::unexpected("a complaint without weight, or with reserved octets");
  }
  const std::string_view texts = octets.substr(sizeof(head));
  const ComplaintRecord record{.user = texts.substr(0, head.user),
                               .caller = texts.substr(head.user, head.caller),
                               .trunk = texts.substr(std::size_t{head.user} + head.caller, head.trunk),
                               .shown = head.shown == 1,
                               .core = head.core,
                               .weight = head.weight};
  octets.remove_prefix(head.bytes);
  return record;
}

}  // namespace stirline::config::wire
