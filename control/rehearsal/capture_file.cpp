#include "control/rehearsal/capture_file.hpp"

#include <array>
#include <memory>

#include <fmt/format.h>
#include <pcap/pcap.h>

namespace stirline::control::rehearsal {

std::expected<CaptureTally, std::string> read_capture(
    const std::string& path, const std::function<void(const UdpDatagram& datagram, std::int64_t time)>& take) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> capture(pcap_open_offline(path.c_str(), error.data()),
                                                               pcap_close);
  if (capture == nullptr) {
    return std::unexpected(std::string(error.data()));
  }
  const auto kind = frame_kind_of(pcap_datalink(capture.get()));
  if (!kind) {
    const char* const name = pcap_datalink_val_to_name(pcap_datalink(capture.get()));
    return std::unexpected(fmt::format("frames of the kind {} are not known", name == nullptr ? "?" : name));
  }
  CaptureTally tally;
  DatagramJoiner joiner;
  std::uint64_t no_ip = 0;
  pcap_pkthdr* head = nullptr;
  const u_char* octets = nullptr;
  int next = 0;
  while ((next = pcap_next_ex(capture.get(), &head, &octets)) == 1) {
    ++tally.frames;
    if (head->caplen < head->len) {
      ++tally.cut;
      continue;
    }
    const auto packet = ip_packet_in(*kind, {octets, head->caplen});
    if (!packet) {
      ++no_ip;
      continue;
    }
    if (const auto datagram = joiner.take(*packet)) {
      take(*datagram, head->ts.tv_sec);
    }
  }
  if (next == PCAP_ERROR) {
    return std::unexpected(std::string(pcap_geterr(capture.get())));
  }
  tally.not_udp = no_ip + joiner.not_udp();
  tally.not_whole = joiner.not_whole();
  return tally;
}

}  // namespace stirline::control::rehearsal
