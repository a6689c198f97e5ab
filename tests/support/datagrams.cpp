#include "tests/support/datagrams.hpp"

#include <algorithm>

#include "dataplane/packet/frame.hpp"

namespace stirline::test {

std::string next_payload(const std::function<Octets()>& next) {
  std::string data;  // UDP header and payload
  std::size_t seen = 0;
  std::size_t total = SIZE_MAX;
  while (seen < total) {
    const Octets octets = next();
    if (octets.empty()) {
      return {};
    }
    const dataplane::Frame frame = dataplane::read_frame(octets);
    if (frame.kind != dataplane::FrameKind::udp && frame.kind != dataplane::FrameKind::udp_fragment) {
      continue;
    }
    const std::size_t end = std::size_t{frame.fragment_offset} + frame.payload_length;
    if (!frame.more_fragments) {
      total = end;
    }
    data.resize(std::max(data.size(), end));
    std::copy_n(octets.begin() + frame.payload_offset, frame.payload_length, data.begin() + frame.fragment_offset);
    seen += frame.payload_length;
  }
  return data.substr(dataplane::kUdpHeaderOctets);
}

}  // namespace stirline::test
