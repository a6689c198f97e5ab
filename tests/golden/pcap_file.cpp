#include "tests/golden/pcap_file.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>

namespace stirline::golden {
namespace {

constexpr std::uint32_t kMicroseconds = 0xA1B2C3D4;
constexpr std::uint32_t kNanoseconds = 0xA1B23C4D;
constexpr std::uint32_t kEthernet = 1;
constexpr std::uint32_t kSnapLength = 262'144;

void put(std::string& out, std::uint32_t value, std::size_t octets = 4) {
  for (std::size_t i = 0; i < octets; ++i) {
    out += static_cast<char>(value >> (8 * i));
  }
}

std::uint32_t get(std::string_view in, std::size_t at, bool swapped) {
  if (at + 4 > in.size()) {
    throw std::runtime_error("the capture file is cut");
  }
  std::uint32_t value = 0;
  std::memcpy(&value, in.data() + at, 4);
  return swapped ? std::byteswap(value) : value;
}

}  // namespace

void write_pcap(const std::filesystem::path& file, const std::vector<Octets>& frames) {
  std::string out;
  put(out, kMicroseconds);
  put(out, 2, 2);  // version 2.4
  put(out, 4, 2);
  put(out, 0);
  put(out, 0);
  put(out, kSnapLength);
  put(out, kEthernet);
  std::uint32_t time = 0;
  for (const Octets& frame : frames) {
    put(out, time / 1'000'000);
    put(out, time % 1'000'000);
    put(out, static_cast<std::uint32_t>(frame.size()));
    put(out, static_cast<std::uint32_t>(frame.size()));
    out.append(frame.begin(), frame.end());
    ++time;
  }
  std::ofstream stream(file, std::ios::binary);
  stream << out;
  if (!stream.flush()) {
    throw std::runtime_error("cannot write " + file.string());
  }
}

std::vector<Octets> read_pcap(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string in{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  const std::uint32_t magic = get(in, 0, false);
  const bool swapped = magic != kMicroseconds && magic != kNanoseconds;
  const std::uint32_t known = get(in, 0, swapped);
  if ((known != kMicroseconds && known != kNanoseconds) || get(in, 20, swapped) != kEthernet) {
    throw std::runtime_error(file.string() + " is no capture of Ethernet frames");
  }
  std::vector<Octets> frames;
  for (std::size_t at = 24; at < in.size();) {
    const std::uint32_t length = get(in, at + 8, swapped);
    if (length != get(in, at + 12, swapped) || at + 16 + length > in.size()) {
      throw std::runtime_error(file.string() + " holds a cut frame");
    }
    const std::string_view frame = std::string_view(in).substr(at + 16, length);
    frames.emplace_back(frame.begin(), frame.end());
    at += 16 + length;
  }
  return frames;
}

}  // namespace stirline::golden
