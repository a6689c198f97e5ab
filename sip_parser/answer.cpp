#include "sip_parser/answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "sip_parser/characters.hpp"
#include "sip_parser/parameters.hpp"
#include "sip_parser/unfold.hpp"

namespace stirline::sip {
namespace {

constexpr std::uint16_t kDefaultPort = 5'060;
constexpr std::string_view kLineEnd = "\r\n";

// Writes text behind text; what does not fit makes the whole worth nothing.
class Writer {
 public:
  explicit Writer(std::span<char> out) : out_(out) {}

  void put(std::string_view text) {
    if (text.size() > out_.size() - length_) {
      full_ = true;
      return;
    }
    std::ranges::copy(text, out_.begin() + static_cast<std::ptrdiff_t>(length_));
    length_ += text.size();
  }

  void put(std::uint32_t number) {
    std::array<char, 10> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    put(std::string_view(digits.data(), end));
  }

  // A piece of a header field, its folds as one space.
  void put_unfolded(std::string_view text) {
    if (text.find('\n') == std::string_view::npos) {
      put(text);
      return;
    }
    const auto length = detail::unfold(text, out_.subspan(length_));
    full_ = full_ || !length;
    length_ += length.value_or(0);
  }

  [[nodiscard]] std::size_t result() const { return full_ ? 0 : length_; }

 private:
  std::span<char> out_;
  std::size_t length_ = 0;
  bool full_ = false;
};

std::string_view without_brackets(std::string_view host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

// What stood under `received` was never the sender's to say, so it is replaced; and so is a value of rport.
void put_top_via(Writer& writer, const Via& via, std::string_view octets, const ReturnPath& path) {
  std::array<Span, 2> replaced = {path.received, path.rport};
  if (replaced[1].offset < replaced[0].offset) {
    std::swap(replaced[0], replaced[1]);
  }
  std::size_t at = via.whole.offset;
  for (const Span span : replaced) {
    if (!span.empty()) {
      writer.put_unfolded(octets.substr(at, span.offset - at));
      at = span.end();
    }
  }
  writer.put_unfolded(octets.substr(at, via.whole.end() - at));
  if (via.rport || without_brackets(text(octets, via.host)) != path.source_address) {
    writer.put(";received=");
    writer.put(path.source_address);
  }
  if (via.rport) {
    writer.put(";rport=");
    writer.put(path.source_port);
  }
}

}  // namespace

std::optional<ReturnPath> return_path(const Message& request, std::string_view octets, std::string_view source_address,
                                      std::uint16_t source_port) {
  const Via& via = request.top_via();
  ReturnPath path{
      .port = kDefaultPort, .source_address = source_address, .source_port = source_port, .received = {}, .rport = {}};
  const std::size_t sent_by = std::max(via.host.end(), via.port.end());
  const std::size_t semicolon = octets.substr(0, via.whole.end()).find(';', sent_by);
  if (semicolon != std::string_view::npos) {
    detail::ParameterCursor cursor(octets, detail::span_between(semicolon + 1, via.whole.end()));
    detail::ParameterItem item;
    while (cursor.next(item) == detail::ParameterCursor::Step::item) {
      const std::string_view name = text(octets, item.name);
      if (detail::equal_ignoring_case(name, "received")) {
        path.received = item.whole;
      } else if (detail::equal_ignoring_case(name, "rport")) {
        path.rport = item.whole;
      } else if (detail::equal_ignoring_case(name, "maddr") &&
                 without_brackets(text(octets, item.value)) != source_address) {
        return std::nullopt;
      }
    }
  }
  if (via.rport) {
    path.port = source_port;
  } else if (!via.port.empty()) {
    const std::string_view digits = text(octets, via.port);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), path.port);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
      return std::nullopt;
    }
  }
  return path.port != 0 ? std::optional(path) : std::nullopt;
}

std::size_t write_answer(const Message& request, std::string_view octets, const ReturnPath& path,
                         const AnswerParts& parts, std::span<char> out) {
  Writer writer(out);
  writer.put("SIP/2.0 ");
  writer.put(parts.status);
  writer.put(" ");
  writer.put(parts.phrase);
  writer.put(kLineEnd);
  const Via& top = request.top_via();
  for (const HeaderLine& line : request.headers()) {
    const auto put_up_to = [&](std::size_t end) { writer.put_unfolded(octets.substr(line.begin, end - line.begin)); };
    switch (line.id) {
      case HeaderId::via:
        if (line.value_begin <= top.whole.offset && top.whole.end() <= line.value().end()) {
          put_up_to(top.whole.offset);
          put_top_via(writer, top, octets, path);
          writer.put_unfolded(octets.substr(top.whole.end(), line.value().end() - top.whole.end()));
        } else {
          put_up_to(line.value_end);
        }
        break;
      case HeaderId::to:
        put_up_to(line.value_end);
        if (request.to().tag.empty()) {
          writer.put(";tag=");
          writer.put(parts.to_tag);
        }
        break;
      case HeaderId::from:
      case HeaderId::call_id:
      case HeaderId::cseq:
        put_up_to(line.value_end);
        break;
      case HeaderId::record_route:
        if (parts.status >= 200) {
          continue;
        }
        put_up_to(line.value_end);
        break;
      default:
        continue;
    }
    writer.put(kLineEnd);
  }
  writer.put(parts.lines);
  writer.put("Content-Length: 0\r\n\r\n");
  return writer.result();
}

}  // namespace stirline::sip
