// The names of header fields, and a hash that finds one without a comparison in vain. Internal: data only, so that
// every kernel may look into the same table.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sip_parser/header_id.hpp"
#include "sip_parser/words.hpp"

namespace stirline::sip::detail {

struct HeaderName {
  HeaderId id;
  std::string_view name;
};

// In the order of HeaderId, behind them the compact forms (RFC 3261 7.3.3; RFC 8224 4). "n", the obsolete
// Identity-Info, is not among them (STIR-HDR-08).
inline constexpr std::array kHeaderNames = std::to_array<HeaderName>({
    {HeaderId::unknown, ""},
    {HeaderId::via, "Via"},
    {HeaderId::from, "From"},
    {HeaderId::to, "To"},
    {HeaderId::call_id, "Call-ID"},
    {HeaderId::cseq, "CSeq"},
    {HeaderId::max_forwards, "Max-Forwards"},
    {HeaderId::contact, "Contact"},
    {HeaderId::p_asserted_identity, "P-Asserted-Identity"},
    {HeaderId::p_preferred_identity, "P-Preferred-Identity"},
    {HeaderId::privacy, "Privacy"},
    {HeaderId::identity, "Identity"},
    {HeaderId::date, "Date"},
    {HeaderId::reason, "Reason"},
    {HeaderId::diversion, "Diversion"},
    {HeaderId::history_info, "History-Info"},
    {HeaderId::resource_priority, "Resource-Priority"},
    {HeaderId::priority, "Priority"},
    {HeaderId::call_info, "Call-Info"},
    {HeaderId::feature_caps, "Feature-Caps"},
    {HeaderId::content_type, "Content-Type"},
    {HeaderId::content_length, "Content-Length"},
    {HeaderId::content_disposition, "Content-Disposition"},
    {HeaderId::require, "Require"},
    {HeaderId::supported, "Supported"},
    {HeaderId::subject, "Subject"},
    {HeaderId::record_route, "Record-Route"},
    {HeaderId::route, "Route"},
    {HeaderId::attestation_info, "Attestation-Info"},
    {HeaderId::origination_id, "Origination-Id"},
    {HeaderId::proxy_require, "Proxy-Require"},
    {HeaderId::accept, "Accept"},
    {HeaderId::content_encoding, "Content-Encoding"},
    {HeaderId::content_transfer_encoding, "Content-Transfer-Encoding"},
    {HeaderId::accept_language, "Accept-Language"},
    {HeaderId::spam_score, "Spam-Score"},
    {HeaderId::puzzle, "Puzzle"},
    {HeaderId::payment_receipt, "Payment-Receipt"},
    {HeaderId::event, "Event"},
    {HeaderId::via, "v"},
    {HeaderId::from, "f"},
    {HeaderId::to, "t"},
    {HeaderId::call_id, "i"},
    {HeaderId::contact, "m"},
    {HeaderId::identity, "y"},
    {HeaderId::content_type, "c"},
    {HeaderId::content_length, "l"},
    {HeaderId::supported, "k"},
    {HeaderId::subject, "s"},
    {HeaderId::content_encoding, "e"},
    {HeaderId::event, "o"},
});
static_assert([] {
  for (std::size_t i = 0; i < kHeaderIds; ++i) {
    if (static_cast<std::size_t>(kHeaderNames[i].id) != i) {
      return false;
    }
  }
  return true;
}());

inline constexpr std::size_t kLongestHeaderName = 30;  // what a pattern has room for
static_assert(std::ranges::all_of(kHeaderNames,
                                  [](const HeaderName& entry) { return entry.name.size() <= kLongestHeaderName; }));

// A name with its colon as it is compared: octets of the message and `letters` may differ only where `care` has no
// bits. Nothing equals the pattern of no name.
inline constexpr std::size_t kHeaderPatternBytes = 32;
struct alignas(64) HeaderPattern {
  std::array<char, kHeaderPatternBytes> letters{};  // the last one is the HeaderId
  std::array<char, kHeaderPatternBytes> care{};     // never for the last one

  [[nodiscard]] [[gnu::always_inline]] constexpr HeaderId id() const { return static_cast<HeaderId>(letters.back()); }
};
static_assert(kLongestHeaderName + 1 < kHeaderPatternBytes);

struct HeaderTable {
  static constexpr std::size_t kSlots = 256;
  static constexpr std::size_t kLongest = 64;  // of any name that is looked up

  std::uint64_t multiplier = 0;
  std::array<std::uint16_t, kSlots> slots{};  // octets from the first pattern, that of no name, to the one to look at
  std::array<HeaderPattern, kHeaderNames.size()> patterns{};
  // By length of the name: what counts of its first eight octets. Without bit 5 letters are equal in both cases.
  std::array<std::uint64_t, kLongest + 1> key_bits = [] {
    constexpr std::uint64_t kAll = 0xDFDF'DFDF'DFDF'DFDF;
    std::array<std::uint64_t, kLongest + 1> bits{};
    for (std::size_t length = 1; length < bits.size(); ++length) {
      bits[length] = length < 8 ? kAll >> (8 * (8 - length)) : kAll;
    }
    return bits;
  }();

  // `word`: the first eight octets of the name, or the name and what is behind it; `length`: at most kLongest.
  [[nodiscard]] [[gnu::always_inline]] constexpr std::size_t slot_of(std::uint64_t word, std::size_t length) const {
    return static_cast<std::size_t>(((word & key_bits[length]) + length) * multiplier >> 56);
  }
};

[[nodiscard]] consteval HeaderTable make_header_table() {
  HeaderTable table;
  table.patterns[0].care.fill(static_cast<char>(0xFF));
  for (std::size_t i = 1; i < kHeaderNames.size(); ++i) {
    const std::string_view name = kHeaderNames[i].name;
    table.patterns[i].letters[name.size()] = ':';
    table.patterns[i].care[name.size()] = static_cast<char>(0xFF);
    table.patterns[i].letters.back() = static_cast<char>(kHeaderNames[i].id);
    for (std::size_t at = 0; at < name.size(); ++at) {
      const bool letter = name[at] != '-';
      table.patterns[i].letters[at] = name[at];
      table.patterns[i].care[at] = static_cast<char>(letter ? 0xDF : 0xFF);
    }
  }
  // Multipliers are tried until no two names meet.
  std::uint64_t candidate = 0x9E37'79B9'7F4A'7C15;
  for (bool perfect = false; !perfect; candidate = candidate * 0xD134'2543'DE82'EF95 + 1) {
    table.multiplier = candidate | 1;
    table.slots = {};
    perfect = true;
    for (std::size_t i = 1; i < kHeaderNames.size() && perfect; ++i) {
      const std::string_view name = kHeaderNames[i].name;
      std::uint16_t& slot = table.slots[table.slot_of(leading_word(name), name.size())];
      perfect = slot == 0;
      slot = static_cast<std::uint16_t>(i * sizeof(HeaderPattern));
    }
  }
  return table;
}
[[gnu::visibility("hidden")]] inline constexpr HeaderTable kHeaderTable = make_header_table();

// The name of `length` octets at `octets`, with a colon right behind it; kHeaderPatternBytes are there.
[[nodiscard]] HeaderId header_id_before_colon(const char* octets, std::size_t length);

}  // namespace stirline::sip::detail
