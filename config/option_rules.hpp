// The rules for texts that both configuration files share, with the words in which a mistake is told. Internal to
// config.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "config/tables/answer_policy.hpp"
#include "config/text_rules.hpp"
#include "config/toml_reader.hpp"

namespace stirline::config {

inline constexpr std::array<std::string_view, 4> kLogLevels{"error", "warning", "info", "debug"};

inline constexpr TextRule kNameRule{"a name of 1 to 64 letters, digits, '.', '_' or '-'", is_name};

inline constexpr TextRule kNumberRule{"1 to 15 digits, international form without '+'",
                                      [](std::string_view text) { return is_digits(text, 1, kMaxE164Digits); }};

inline constexpr TextRule kShownRule{
    "1 to 128 octets of UTF-8 without control characters", [](std::string_view text) {
      return !text.empty() && text.size() <= 128 &&
             std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    }};

inline constexpr TextRule kRedirectionRule{"a sip, sips or tel URI of at most 512 characters", tables::is_redirection};

inline constexpr TextRule kUserRule{"a user such as sip:alice@example.com", is_uri_text};

template <typename Enum>
using Choice = std::pair<std::string_view, Enum>;

inline constexpr std::array kAttests{Choice<char>{"A", 'A'}, Choice<char>{"B", 'B'}, Choice<char>{"C", 'C'},
                                     Choice<char>{"none", '-'}};

// Reads the path of a Unix socket, which the system limits to 107 octets.
void read_socket_path(Section& section, std::string_view key, std::string& into);

}  // namespace stirline::config
