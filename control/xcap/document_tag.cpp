#include "control/xcap/document_tag.hpp"

#include <array>
#include <span>

#include <fmt/format.h>
#include <openssl/sha.h>

namespace stirline::control {

namespace {

constexpr std::size_t kShownOctets = 8;

std::string digest_text(std::string_view body) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data());
  std::string text;
  for (const std::uint8_t octet : std::span(digest).first(kShownOctets)) {
    text += fmt::format("{:02x}", octet);
  }
  return text;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
}

}  // namespace

std::string content_tag(std::string_view body) {
  return fmt::format("\"{}\"", digest_text(body));
}

std::string change_tag(std::uint64_t change, std::string_view body) {
  return fmt::format("\"{:x}-{}\"", change, digest_text(body));
}

Match match_tags(std::string_view field, std::string_view tag, bool exists) {
  skip_blanks(field);
  if (field == "*") {
    return exists ? Match::yes : Match::no;
  }
  Match found = Match::no;
  for (std::size_t tags = 0; tags < kMaxTagsPerCondition; ++tags) {
    const bool is_weak = field.starts_with("W/");
    field.remove_prefix(is_weak ? 2 : 0);
    const std::size_t end = field.starts_with('"') ? field.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      return Match::malformed;
    }
    if (!is_weak && !tag.empty() && field.substr(0, end + 1) == tag) {
      found = Match::yes;
    }
    field.remove_prefix(end + 1);
    skip_blanks(field);
    if (field.empty()) {
      return found;
    }
    if (field.front() != ',') {
      return Match::malformed;
    }
    field.remove_prefix(1);
    skip_blanks(field);
  }
  return Match::malformed;
}

}  // namespace stirline::control
