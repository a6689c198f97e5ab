// Whom an address book of vCards names: versions 3.0 (RFC 2426) and 4.0 (RFC 6350), as telephones and mail programs
// export them. Only what somebody can be called by is read: TEL, IMPP, and X-SIP of older programs; FN as a note.
//
// Own code: what Debian has for vCards is part of whole desktops, or reads 2.1. Line by line in bounded memory, so that
// photographs of any size pass by. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "control/policy/line_reader.hpp"

namespace stirline::control::policy {

class VcardReader {
 public:
  static constexpr std::size_t kMaxLineBytes = 4'096;  // of a property, unfolded: what is longer is cut
  static constexpr std::size_t kMaxAddresses = 64;     // of one card

  // The file outlives the reader.
  explicit VcardReader(std::istream& file) : lines_(file, kMaxLineBytes) {}

  struct Card {
    std::string name = {};                    // FN, at most 255 octets
    std::vector<std::string> addresses = {};  // texts of TEL, IMPP and X-SIP, in their order, as they stand there
  };

  enum class Got : std::uint8_t { card, mistake, end };

  // Into card(), or why() if this is none. Goes on behind the next END:VCARD.
  Got next();

  [[nodiscard]] const Card& card() const { return card_; }
  [[nodiscard]] const std::string& why() const { return why_; }  // a phrase about the card
  [[nodiscard]] std::size_t line() const { return begin_; }      // where the card begins, from 1

 private:
  Got mistake(const char* why);
  bool read_property();
  void take_property();
  void note(const char* why);

  LineReader lines_;
  std::string property_;  // unfolded, without its end
  std::size_t begin_ = 0;
  bool is_cut_ = false;
  Card card_;
  bool has_version_ = false;
  std::string why_;
};

}  // namespace stirline::control::policy
