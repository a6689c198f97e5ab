#include "config/policy/content/html_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <span>

#include "sip_parser/characters.hpp"

namespace stirline::config::policy::content {
namespace {

using sip::detail::equal_ignoring_case;

constexpr auto kNone = std::string_view::npos;

struct NamedCharacter {
  std::string_view name;
  char32_t point;
};
// Those that people and their programs write; of others the name stays as it is.
constexpr std::array kNamed = {
    NamedCharacter{"amp", U'&'},     NamedCharacter{"lt", U'<'},      NamedCharacter{"gt", U'>'},
    NamedCharacter{"quot", U'"'},    NamedCharacter{"apos", U'\''},   NamedCharacter{"nbsp", U' '},
    NamedCharacter{"shy", 0xAD},     NamedCharacter{"zwnj", 0x200C},  NamedCharacter{"zwj", 0x200D},
    NamedCharacter{"euro", 0x20AC},  NamedCharacter{"pound", 0xA3},   NamedCharacter{"yen", 0xA5},
    NamedCharacter{"cent", 0xA2},    NamedCharacter{"auml", 0xE4},    NamedCharacter{"ouml", 0xF6},
    NamedCharacter{"uuml", 0xFC},    NamedCharacter{"Auml", 0xC4},    NamedCharacter{"Ouml", 0xD6},
    NamedCharacter{"Uuml", 0xDC},    NamedCharacter{"szlig", 0xDF},   NamedCharacter{"agrave", 0xE0},
    NamedCharacter{"aacute", 0xE1},  NamedCharacter{"acirc", 0xE2},   NamedCharacter{"atilde", 0xE3},
    NamedCharacter{"ccedil", 0xE7},  NamedCharacter{"egrave", 0xE8},  NamedCharacter{"eacute", 0xE9},
    NamedCharacter{"ecirc", 0xEA},   NamedCharacter{"iacute", 0xED},  NamedCharacter{"ntilde", 0xF1},
    NamedCharacter{"oacute", 0xF3},  NamedCharacter{"ocirc", 0xF4},   NamedCharacter{"uacute", 0xFA},
    NamedCharacter{"iexcl", 0xA1},   NamedCharacter{"iquest", 0xBF},  NamedCharacter{"hellip", 0x2026},
    NamedCharacter{"ndash", 0x2013}, NamedCharacter{"mdash", 0x2014}, NamedCharacter{"rsquo", 0x2019},
    NamedCharacter{"sol", U'/'},     NamedCharacter{"period", U'.'},  NamedCharacter{"colon", U':'},
    NamedCharacter{"commat", U'@'},
};
constexpr std::size_t kMaxReference = 12;  // between & and ;

// Elements that stand inside words: with them letters are coloured, and words torn apart that are meant to be read as
// one.
constexpr std::array<std::string_view, 14> kInline = {"a", "b",    "big", "em",     "font", "i",  "mark",
                                                      "s", "span", "sub", "strong", "sup",  "tt", "u"};
constexpr std::array<std::string_view, 4> kUnread = {"script", "style", "head", "title"};

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::any_of(names, [&](std::string_view each) { return equal_ignoring_case(each, name); });
}

class HtmlReader {
 public:
  HtmlReader(std::string_view html, BoundedText& text) : html_(html), text_(text) {}

  void read() {
    while (at_ < html_.size() && !text_.is_cut()) {
      const std::size_t stop = std::min(html_.find_first_of("<&", at_), html_.size());
      text_.add(html_.substr(at_, stop - at_));
      at_ = stop;
      if (at_ == html_.size()) {
        return;
      }
      if (html_[at_] == '&') {
        read_reference();
      } else {
        read_tag();
      }
    }
  }

 private:
  void read_reference() {
    const std::string_view rest = html_.substr(at_ + 1, kMaxReference + 1);
    const std::size_t end = rest.find(';');
    if (end == kNone || end == 0) {
      keep_octet();
      return;
    }
    const std::string_view name = rest.substr(0, end);
    if (name.front() == '#') {
      const bool is_hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
      const std::string_view digits = name.substr(is_hex ? 2 : 1);
      std::uint32_t point = 0;
      const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), point, is_hex ? 16 : 10);
      if (error != std::errc() || stop != digits.data() + digits.size()) {
        keep_octet();
        return;
      }
      text_.add_point(point < 0x20 ? U' ' : char32_t{point});
    } else {
      const auto* const found = std::ranges::find(kNamed, name, &NamedCharacter::name);
      if (found == kNamed.end()) {
        keep_octet();
        return;
      }
      text_.add_point(found->point);
    }
    at_ += end + 2;
  }

  // Also a "<" that begins no tag, and a tag without end: what is meant as text is not to vanish.
  void read_tag() {
    if (html_.substr(at_).starts_with("<!--")) {
      skip_behind("-->", at_ + 4);
      return;
    }
    const std::size_t name = at_ + (html_.substr(at_).starts_with("</") ? 2 : 1);
    std::size_t name_end = name;
    while (name_end < html_.size() && sip::detail::is(html_[name_end], sip::detail::kAlpha | sip::detail::kDigit)) {
      ++name_end;
    }
    const bool is_markup = name < html_.size() && (html_[name] == '!' || html_[name] == '?');
    const std::size_t end = end_of_tag(name_end);
    if ((name_end == name && !is_markup) || end == kNone) {
      keep_octet();
      return;
    }
    const std::string_view element = html_.substr(name, name_end - name);
    const bool is_opening = name == at_ + 1;
    const std::string_view attributes = html_.substr(name_end, end - name_end);
    at_ = end + 1;
    if (is_opening && is_one_of(kUnread, element)) {
      skip_element(element);
      return;
    }
    if (!is_one_of(kInline, element)) {
      text_.part();
    }
    if (is_opening) {
      add_link(attributes);
    }
  }

  // Of the '>' that ends the tag, quoted ones passed over.
  [[nodiscard]] std::size_t end_of_tag(std::size_t from) const {
    char quote = 0;
    for (std::size_t i = from; i < html_.size() && i - from < kMaxTag; ++i) {
      const char c = html_[i];
      if (quote != 0) {
        quote = c == quote ? '\0' : quote;
      } else if (c == '>') {
        return i;
      } else if ((c == '"' || c == '\'') && i > 0 && html_[i - 1] == '=') {
        quote = c;
      }
    }
    return kNone;
  }

  void add_link(std::string_view attributes) {
    for (const std::string_view name : {std::string_view("href="), std::string_view("src=")}) {
      for (std::size_t i = 0; i + name.size() < attributes.size(); ++i) {
        if (!equal_ignoring_case(attributes.substr(i, name.size()), name)) {
          continue;
        }
        std::string_view value = attributes.substr(i + name.size());
        const bool is_quoted = value.front() == '"' || value.front() == '\'';
        const std::size_t stop = is_quoted ? value.find(value.front(), 1) : value.find_first_of(" \t\r\n");
        value = value.substr(is_quoted ? 1 : 0, stop == kNone ? kNone : stop - (is_quoted ? 1 : 0));
        text_.part();
        text_.add(value);
        text_.part();
        return;
      }
    }
  }

  void skip_behind(std::string_view what, std::size_t from) {
    const std::size_t found = html_.find(what, from);
    at_ = found == kNone ? html_.size() : found + what.size();
  }

  void skip_element(std::string_view element) {
    while (at_ < html_.size()) {
      const std::size_t close = html_.find("</", at_);
      if (close == kNone) {
        at_ = html_.size();
        return;
      }
      at_ = close + 2;
      if (equal_ignoring_case(html_.substr(at_, element.size()), element)) {
        skip_behind(">", at_);
        return;
      }
    }
  }

  void keep_octet() {
    text_.add(html_.substr(at_, 1));
    ++at_;
  }

  static constexpr std::size_t kMaxTag = 2'048;  // octets; what is longer is text

  std::string_view html_;
  BoundedText& text_;
  std::size_t at_ = 0;
};

}  // namespace

void add_html(std::string_view html, BoundedText& text) {
  HtmlReader(html, text).read();
}

}  // namespace stirline::config::policy::content
