// Whole files into memory, never more than asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

namespace stirline::control {

inline constexpr std::size_t kMaxPemBytes = std::size_t{4} << 20;  // keys, chains, anchors, CRLs

enum class Excess : std::uint8_t {
  refuse,  // a longer file is an error
  cut,     // what is beyond is not read
};

// The octets of `path`. The error is a sentence without the file's name: "No such file or directory".
[[nodiscard]] std::expected<std::string, std::string> read_file(const std::filesystem::path& path, std::size_t most,
                                                                Excess excess = Excess::refuse);

}  // namespace stirline::control
