// Strong entity tags and the conditions that name them (RFC 9110 8.8.3, 13.1; SPIT-XC-06). Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stirline::control {

inline constexpr std::size_t kMaxTagsPerCondition = 64;

// "\"3f2a…\"": of the content alone.
[[nodiscard]] std::string content_tag(std::string_view body);

// "\"1c-3f2a…\"": of a change that has its own number. The content is in it, so that a database restored from an older
// copy, which numbers its changes from there, does not give an old tag to a new content.
[[nodiscard]] std::string change_tag(std::uint64_t change, std::string_view body);

enum class Match : std::uint8_t { no, yes, malformed };

// Whether a field If-Match or If-None-Match names what is there. `*` stands for the resource, whatever it is: `exists`;
// tags are those of the document it is in, `tag`, empty if there is none. A weak tag names nothing.
[[nodiscard]] Match match_tags(std::string_view field, std::string_view tag, bool exists);

}  // namespace stirline::control
