// Frames in a capture file (the classic pcap format, Ethernet), so that golden cases go through the very files that
// other tools read.
#pragma once

#include <filesystem>
#include <vector>

#include "tests/golden/packet_spec.hpp"

namespace stirline::golden {

// Time stamps count microseconds from zero, so that equal frames make equal files. Throws std::runtime_error.
void write_pcap(const std::filesystem::path& file, const std::vector<Octets>& frames);

// Either byte order, microseconds or nanoseconds. Throws std::runtime_error if the file is none or is cut.
[[nodiscard]] std::vector<Octets> read_pcap(const std::filesystem::path& file);

}  // namespace stirline::golden
