// Which lists there are beside chains, by kind and URL.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace stirline::control {

enum class ListKind : std::uint8_t {
  revocation = 0,  // a revocation list, kept in PEM (STIR-CE-09)
  numbers = 1,     // a TNAuthList that certificates name by URL, kept in DER (STIR-CE-04)
};
[[nodiscard]] constexpr std::string_view to_string(ListKind kind) {
  return kind == ListKind::revocation ? "revocation list" : "TNAuthList";
}

struct ListName {
  ListKind kind = ListKind::revocation;
  std::string url;
  friend std::strong_ordering operator<=>(const ListName&, const ListName&) = default;
};

}  // namespace stirline::control
