// [[card]] of stirline-control's configuration: what a caller learns who was answered 608 (RFC 8688 3.2; STIR-BL-02).
// Explained in config/reference/stirline-control.toml.
#pragma once

#include <cstdint>
#include <string>

namespace stirline::config {

class Section;

// Who has rejected the call, and how he is reached: at least one of the last four.
struct CardConfig {
  std::string url = {};         // https: where it is served, by [repository]
  std::string credential = {};  // signs it
  std::string name = {};        // FN
  std::string tel = {};         // digits
  std::string email = {};
  std::string website = {};  // https
  std::string address = {};  // as one would write it on an envelope
  std::uint32_t line = 0;
};

[[nodiscard]] CardConfig read_card(Section& section);

}  // namespace stirline::config
