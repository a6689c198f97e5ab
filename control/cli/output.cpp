#include "control/cli/output.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/json_text.hpp"

namespace stirline::control::cli {

namespace {

// Characters, not octets: continuation octets of UTF-8 take no column.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string scalar_text(const Json& value) {
  return value.is_string() ? printable(value.get<std::string>()) : to_line(value);
}

bool is_scalar(const Json& value) {
  return !value.is_structured();
}

bool is_list_of_flat_objects(const Json& value) {
  return value.is_array() && !value.empty() && std::ranges::all_of(value, [](const Json& row) {
           return row.is_object() && std::ranges::all_of(row, is_scalar);
         });
}

void indent_lines(std::string& out, std::string_view text, std::size_t depth) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.append(depth * 2, ' ').append(text.substr(0, end)).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string table_of(const Json& rows) {
  std::vector<std::string> heading;
  for (const Json& row : rows) {
    for (const auto& [name, value] : row.items()) {
      if (std::ranges::find(heading, name) == heading.end()) {
        heading.push_back(name);
      }
    }
  }
  std::vector<std::vector<std::string>> cells;
  for (const Json& row : rows) {
    std::vector<std::string>& line = cells.emplace_back();
    for (const std::string& name : heading) {
      line.push_back(row.contains(name) ? scalar_text(row.at(name)) : "");
    }
  }
  return to_table(heading, cells);
}

void write(std::string& out, const Json& value, std::size_t depth);

void write_members(std::string& out, const Json& object, std::size_t depth) {
  std::size_t widest = 0;
  for (const auto& [name, value] : object.items()) {
    widest = is_scalar(value) ? std::max(widest, width_of(name)) : widest;
  }
  for (const auto& [name, value] : object.items()) {
    const std::string shown = printable(name);
    if (is_scalar(value)) {
      const std::size_t gap = widest + 2 - std::min(width_of(shown), widest + 1);
      indent_lines(out, fmt::format("{}{}{}", shown, std::string(gap, ' '), scalar_text(value)), depth);
    } else if (value.empty()) {
      indent_lines(out, fmt::format("{}: none", shown), depth);
    } else {
      indent_lines(out, fmt::format("{}:", shown), depth);
      write(out, value, depth + 1);
    }
  }
}

void write(std::string& out, const Json& value, std::size_t depth) {
  if (is_list_of_flat_objects(value)) {
    indent_lines(out, table_of(value), depth);
  } else if (value.is_object()) {
    write_members(out, value, depth);
  } else if (value.is_array()) {
    for (const Json& element : value) {
      if (is_scalar(element)) {
        indent_lines(out, fmt::format("- {}", scalar_text(element)), depth);
      } else {
        indent_lines(out, "-", depth);
        write(out, element, depth + 1);
      }
    }
  } else {
    indent_lines(out, scalar_text(value), depth);
  }
}

}  // namespace

std::string to_line(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string printable(std::string_view text) {
  // A dump with replacement is valid UTF-8; only its control characters are left to deal with.
  const Json quoted = std::string(text);
  const std::string clean = Json::parse(to_line(quoted)).get<std::string>();
  std::string shown;
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const auto octet = static_cast<unsigned char>(clean[i]);
    const auto next = static_cast<unsigned char>(i + 1 < clean.size() ? clean[i + 1] : '\0');
    if (octet == 0xc2 && next < 0xa0) {  // U+0080 to U+009F: some terminals obey them, too
      ++i;
      fmt::format_to(std::back_inserter(shown), "\\x{:02x}", next);
    } else if (octet < 0x20 || octet == 0x7f) {
      fmt::format_to(std::back_inserter(shown), "\\x{:02x}", octet);
    } else {
      shown.push_back(clean[i]);
    }
  }
  return shown;
}

std::string cell_of(const Json& object, const char* name) {
  const std::string text = text_of(object, name);
  return text.empty() ? "-" : printable(text);
}

std::string to_table(const std::vector<std::string>& heading, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const std::string& name : heading) {
    widths.push_back(width_of(name));
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < std::min(row.size(), widths.size()); ++i) {
      widths[i] = std::max(widths[i], width_of(row[i]));
    }
  }
  std::string out;
  const auto add_row = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t i = 0; i < std::min(row.size(), widths.size()); ++i) {
      line.append(row[i]).append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out.append(line).append("\n");
  };
  add_row(heading);
  for (const auto& row : rows) {
    add_row(row);
  }
  return out;
}

std::string to_text(const Json& value) {
  std::string out;
  write(out, value, 0);
  return out;
}

}  // namespace stirline::control::cli
