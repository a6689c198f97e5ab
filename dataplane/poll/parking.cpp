#include "dataplane/poll/parking.hpp"

#include "dataplane/packet/octets.hpp"

namespace stirline::dataplane {

std::string_view Datagram::payload() const {
  const std::span<const std::uint8_t> data = udp.subspan(kUdpHeaderOctets);
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

std::uint32_t Datagram::fingerprint() const {
  constexpr std::size_t kChecksum = 6;
  return static_cast<std::uint32_t>(udp.size() << 16U) | load_be16(&udp[kChecksum]);
}

Parking::Parking(std::uint32_t slots, int socket) : slots_(slots), index_(slots, socket) {}

std::uint32_t Parking::take(std::uint32_t hash) {
  const std::uint32_t index = index_.take(hash);
  if (index != kNone) {
    slots_[index].abandoned = false;
    slots_[index].wait_until = 0;
    slots_[index].follower_count = 0;
    link(index);
  }
  return index;
}

void Parking::link(std::uint32_t index) {
  Slot& slot = slots_[index];
  slot.listed = true;
  slot.older = youngest_;
  slot.newer = kNone;
  if (youngest_ != kNone) {
    slots_[youngest_].newer = index;
  } else {
    oldest_ = index;
  }
  youngest_ = index;
}

void Parking::unlink(std::uint32_t index) {
  Slot& slot = slots_[index];
  slot.listed = false;
  if (slot.older != kNone) {
    slots_[slot.older].newer = slot.newer;
  } else {
    oldest_ = slot.newer;
  }
  if (slot.newer != kNone) {
    slots_[slot.newer].older = slot.older;
  } else {
    youngest_ = slot.older;
  }
}

void Parking::abandon(std::uint32_t index) {
  unlink(index);
  slots_[index].abandoned = true;
}

void Parking::set_aside(std::uint32_t index) {
  unlink(index);
}

void Parking::bring_back(std::uint32_t index) {
  link(index);
}

void Parking::give_back(std::uint32_t index) {
  if (slots_[index].listed) {
    unlink(index);
  }
  index_.give_back(index);
}

}  // namespace stirline::dataplane
