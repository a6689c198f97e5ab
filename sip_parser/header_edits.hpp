// Edits of whole header lines (INL-ED-01): what goes in is exactly one line, so no text of somebody else's can bring
// another one with it, and what goes out takes its continuation lines along.
#pragma once

#include <string_view>

#include "sip_parser/edit_list.hpp"
#include "sip_parser/header_id.hpp"
#include "sip_parser/message.hpp"

namespace stirline::sip {

// True for "Name: value" CRLF: a name of token characters, a colon, and up to the CRLF no control character but HT.
// Lines of ours are never folded, and an empty value is fine.
[[nodiscard]] bool is_header_line(std::string_view line);

// All of these: false, and `edits` unchanged, if `line` is no header line, if there is no room, or if another edit is
// in the way. `line` must outlive `edits`; `message` was parsed without error.

[[nodiscard]] bool insert_line(EditList& edits, const Message& message, InsertPosition position, std::string_view line);

// `header` is one of message.headers().
[[nodiscard]] bool replace_line(EditList& edits, const HeaderLine& header, std::string_view line);

// Removes every `id` field; true as well if there is none. All or none.
[[nodiscard]] bool remove_lines(EditList& edits, const Message& message, HeaderId id);

}  // namespace stirline::sip
