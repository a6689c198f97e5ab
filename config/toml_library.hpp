// toml++, made to report what it would otherwise abort on. Internal to config; nobody else includes toml++.
//
// Debian 12's 3.3 asserts in its parser what malformed texts break ("a = [}", "[[[a]]]"): here an assertion is an
// exception. What it would even take for unreachable is found before it parses: characters outside ASCII where only
// keys and values may stand.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string_view>

namespace stirline::config {

// The library met a text that it holds to be impossible.
class TomlGaveUp : public std::exception {};
[[noreturn]] inline void give_up_toml() {
  throw TomlGaveUp();
}

// The line (from 1) of the first character that is not ASCII outside quotes and comments.
[[nodiscard]] std::optional<std::uint32_t> find_foreign_character(std::string_view text);

}  // namespace stirline::config

#define TOML_EXCEPTIONS 1
#define TOML_ASSERT(condition) ((condition) ? void() : ::stirline::config::give_up_toml())
#include <toml++/toml.h>

namespace stirline::config {

// The whole of `text`, or throws toml::parse_error or TomlGaveUp.
[[nodiscard]] toml::table parse_toml(std::string_view text);

// The line that makes the library give up on `text`, on which it does.
[[nodiscard]] std::uint32_t find_impossible_line(std::string_view text);

}  // namespace stirline::config
