// A file that holds one SIP message, read and parsed as the data plane would.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "sip_parser/action.hpp"
#include "sip_parser/message.hpp"

namespace stirline::control::cli {

struct MessageFile {
  std::string octets;
  std::unique_ptr<sip::Message> message;  // large: not on the stack
  std::expected<void, sip::ParseError> result;
  sip::Action action = sip::Action::drop;
};

// Parses `octets`, of any length.
[[nodiscard]] MessageFile parse_message(std::string octets);

// Reads at most one octet more than a message may have ("-": standard input). The error is a sentence about the file,
// never about its content: that stands in `result`.
[[nodiscard]] std::expected<MessageFile, std::string> read_message(const std::string& path);

// "CONTENT_LENGTH_BEYOND at octet 231 (Content-Length)"
[[nodiscard]] std::string to_text(const sip::ParseError& error);

}  // namespace stirline::control::cli
