// What a person reads of a piece of HTML: tags, comments, scripts and styles undone, character references resolved,
// links kept (SPIT-CL-01). Not a parser of documents: one pass, nothing nested, so nothing that a sender writes costs
// more than its length.
#pragma once

#include <string_view>

#include "config/policy/content/bounded_text.hpp"

namespace stirline::config::policy::content {

// `html` is UTF-8; the text goes behind what `text` has.
void add_html(std::string_view html, BoundedText& text);

}  // namespace stirline::config::policy::content
