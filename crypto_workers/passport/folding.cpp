#include "crypto_workers/passport/folding.hpp"

#include <algorithm>

#include "crypto_workers/passport/text_writer.hpp"

namespace stirline::crypto {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

}  // namespace

// One search for each of them: find_first_of() looks at octet after octet, which takes longer than to hash the token.
bool is_folded(std::string_view token) {
  return std::ranges::any_of(kBlanks, [&](char blank) { return token.find(blank) != std::string_view::npos; });
}

std::optional<std::string_view> unfold(std::string_view token, std::span<char> out) {
  TextWriter writer(out);
  if (!is_folded(token)) {
    writer.add(token);
    token = {};
  }
  while (!token.empty()) {
    const std::size_t blank = std::min(token.find_first_of(kBlanks), token.size());
    writer.add(token.substr(0, blank));
    token.remove_prefix(std::min(token.find_first_not_of(kBlanks, blank), token.size()));
  }
  return writer.overflow() ? std::nullopt : std::optional(writer.view());
}

}  // namespace stirline::crypto
