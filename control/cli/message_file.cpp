#include "control/cli/message_file.hpp"

#include <string_view>

#include <fmt/format.h>

#include "control/read_file.hpp"
#include "sip_parser/header_id.hpp"
#include "sip_parser/parse_error.hpp"

namespace stirline::control::cli {

MessageFile parse_message(std::string octets) {
  MessageFile file;
  file.octets = std::move(octets);
  file.message = std::make_unique<sip::Message>();
  file.result = file.message->parse(file.octets);
  file.action = sip::action_for(*file.message, file.octets, file.result);
  return file;
}

std::expected<MessageFile, std::string> read_message(const std::string& path) {
  auto octets = read_file(path == "-" ? "/dev/stdin" : path, sip::kMaxMessageBytes + 1, Excess::cut);
  if (!octets) {
    return std::unexpected(std::move(octets.error()));
  }
  return parse_message(std::move(*octets));
}

std::string to_text(const sip::ParseError& error) {
  std::string text = fmt::format("{} at octet {}", sip::to_string(error.code), error.offset);
  if (error.header != sip::HeaderId::unknown) {
    text += fmt::format(" ({})", sip::name_of(error.header));
  }
  return text;
}

}  // namespace stirline::control::cli
