// The methods this project knows, and a hash that finds one without a comparison in vain (RFC 3261 7.1; names compare
// with regard to case). Internal: data only, so that every kernel may look into the same table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sip_parser/message_parts.hpp"
#include "sip_parser/words.hpp"

namespace stirline::sip::detail {

struct MethodName {
  std::string_view name;
  std::size_t length = 0;
  Method method = Method::other;
  std::uint64_t word = 0;  // its first eight octets, the first one lowest

  constexpr MethodName() = default;
  constexpr MethodName(std::string_view text, Method known)
      : name(text), length(text.size()), method(known), word(leading_word(text)) {}
};

inline constexpr std::array kMethodNames = std::to_array<MethodName>({
    {"INVITE", Method::invite},
    {"ACK", Method::ack},
    {"BYE", Method::bye},
    {"CANCEL", Method::cancel},
    {"OPTIONS", Method::options},
    {"REGISTER", Method::register_},
    {"MESSAGE", Method::message},
    {"SUBSCRIBE", Method::subscribe},
    {"NOTIFY", Method::notify},
    {"PRACK", Method::prack},
    {"UPDATE", Method::update},
    {"INFO", Method::info},
    {"REFER", Method::refer},
    {"PUBLISH", Method::publish},
});

struct MethodTable {
  static constexpr std::size_t kSlots = 64;

  std::uint64_t multiplier = 0;
  std::array<MethodName, kSlots> slots{};

  [[nodiscard]] static constexpr std::size_t slot_of(std::uint64_t word, std::uint64_t multiplier) {
    return static_cast<std::size_t>(word * multiplier >> 58);
  }
};

[[nodiscard]] consteval MethodTable make_method_table() {
  MethodTable table;
  // Multipliers are tried until no two names meet.
  std::uint64_t candidate = 0x9E37'79B9'7F4A'7C15;
  for (bool perfect = false; !perfect; candidate = candidate * 0xD134'2543'DE82'EF95 + 1) {
    table.multiplier = candidate | 1;
    table.slots = {};
    perfect = true;
    for (const MethodName& entry : kMethodNames) {
      MethodName& slot = table.slots[MethodTable::slot_of(entry.word, table.multiplier)];
      perfect = perfect && slot.name.empty();
      slot = entry;
    }
  }
  return table;
}
[[gnu::visibility("hidden")]] inline constexpr MethodTable kMethodTable = make_method_table();

// The entry whose name has this word, if there is one; otherwise another, or an empty one.
[[nodiscard]] constexpr const MethodName& method_entry(std::uint64_t word) {
  return kMethodTable.slots[MethodTable::slot_of(word, kMethodTable.multiplier)];
}

}  // namespace stirline::sip::detail
