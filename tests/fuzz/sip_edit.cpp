// Edits against a model that joins strings (INL-ED-01): the edited message is exactly what was meant, and parsed again
// it says what was meant.
//
// Input: one octet n, n times three octets (what to do, which header line, which text), then a message.
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "sip_parser/edit_list.hpp"
#include "sip_parser/header_edits.hpp"
#include "sip_parser/message.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/exact_block.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/unit/sip_parser/spans.hpp"

namespace stirline::fuzz::sip_edit {
namespace {

using namespace stirline::sip;

constexpr std::size_t kMaxOperations = 24;

// A message as start line, lines and rest; what is inserted stands in front of a line, or of the blank line.
class Model {
 public:
  Model(const Message& message, std::string_view octets) : rest_(octets.substr(message.blank_line())) {
    lines_.resize(message.headers().size() + 1);
    std::size_t begin = message.blank_line();
    for (std::size_t i = 0; i + 1 < lines_.size(); ++i) {
      const HeaderLine& header = message.headers()[i];
      lines_[i].head = octets.substr(header.whole().offset, header.value().offset - std::size_t{header.whole().offset});
      lines_[i].value = text(octets, header.value());
      lines_[i].tail = octets.substr(header.value().end(), header.whole().end() - header.value().end());
      begin = std::min<std::size_t>(begin, header.whole().offset);
    }
    start_ = octets.substr(0, begin);
  }

  struct Line {
    std::vector<std::string> before;  // whole lines inserted in front
    std::string head;
    std::string value;
    std::string tail;
    bool touched = false;
    bool removed = false;
  };

  Line& line(std::size_t index) { return lines_[index]; }

  [[nodiscard]] std::string joined() const {
    std::string result = start_;
    for (const Line& line : lines_) {
      for (const std::string& inserted : line.before) {
        result += inserted;
      }
      if (!line.removed) {
        result.append(line.head).append(line.value).append(line.tail);
      }
    }
    return result + rest_;
  }

  // The header lines that are meant, whole.
  [[nodiscard]] std::vector<std::string> whole_lines() const {
    std::vector<std::string> result;
    for (const Line& line : lines_) {
      result.insert(result.end(), line.before.begin(), line.before.end());
      if (!line.removed && !line.head.empty()) {
        result.push_back(line.head + line.value + line.tail);
      }
    }
    return result;
  }

 private:
  std::string start_;
  std::vector<Line> lines_;
  std::string rest_;
};

class Editor {
 public:
  Editor(const Message& message, std::string_view octets)
      : message_(message), octets_(octets), model_(message, octets) {}

  void insert(InsertPosition position, std::uint8_t which) {
    const std::string_view line = kLines[which % kLines.size()];
    EditList copy = edits_;
    check(insert_line(copy, message_, position, line) == is_header_line(line), "one line goes in, and nothing else");
    const std::uint16_t offset = insertion_offset(message_, position);
    std::size_t index = 0;
    while (index < message_.headers().size() && message_.headers()[index].whole().offset != offset) {
      ++index;
    }
    check(index < message_.headers().size() || offset == message_.blank_line(), "lines go in where a line begins");
    check(edits_.insert(offset, line), "an insertion between lines is never refused");
    model_.line(index).before.emplace_back(line);
  }

  void remove(std::size_t index) {
    Model::Line& line = model_.line(index);
    check(edits_.remove(message_.headers()[index].whole()) == !line.touched, "one change a line");
    line.removed = line.removed || !line.touched;
    line.touched = true;
    breaks_ = breaks_ || message_.headers()[index].id != HeaderId::unknown;
  }

  void replace(std::size_t index, std::uint8_t which) {
    const HeaderLine& header = message_.headers()[index];
    if (header.value().empty()) {
      return;
    }
    Model::Line& line = model_.line(index);
    const std::string_view value = kValues[which % kValues.size()];
    check(edits_.replace(header.value(), value) == !line.touched, "one change a line");
    // Behind a fold an empty value leaves a line of blanks, which no message may have.
    const bool blank_line = value.empty() && line.head.find('\n') != std::string::npos;
    breaks_ = breaks_ || header.id != HeaderId::unknown || blank_line;
    line.value = line.touched ? line.value : value;
    line.touched = true;
  }

  void replace_whole(std::size_t index, std::uint8_t which) {
    Model::Line& line = model_.line(index);
    const std::string_view text = kLines[which % kLines.size()];
    const bool good = is_header_line(text) && !line.touched;
    check(replace_line(edits_, message_.headers()[index], text) == good, "one change a line, by one line");
    if (good) {
      line.head = text;
      line.value.clear();
      line.tail.clear();
      line.touched = true;
      breaks_ = breaks_ || message_.headers()[index].id != HeaderId::unknown;
    }
  }

  void finish() const {
    const std::string meant = model_.joined();
    check(edits_.result_size(octets_.size()) == meant.size(), "the size is known beforehand");
    std::string edited(meant.size(), '\0');
    check(edits_.apply(octets_, edited) == meant.size() && edited == meant, "the edit is what was meant");
    if (!edited.empty()) {
      check(edits_.apply(octets_, std::span(edited).first(edited.size() - 1)) == 0, "no octet too few is enough");
    }
    const ExactBlock block(meant);
    static Message again;
    const auto result = again.parse(block.view());
    if (!result) {
      const ErrorCode code = result.error().code;
      check(
          breaks_ || code == ErrorCode::too_long || code == ErrorCode::header_count || code == ErrorCode::header_block,
          "unknown lines break nothing but limits");
      return;
    }
    check(sip::test::spans_lie_inside(again, block.view()), "spans lie inside");
    const std::vector<std::string> lines = model_.whole_lines();
    check(again.headers().size() == lines.size(), "the lines are those that were meant");
    for (std::size_t i = 0; i < lines.size(); ++i) {
      check(text(block.view(), again.headers()[i].whole()) == lines[i], "and each says what was meant");
    }
    if (!breaks_) {
      check(text(block.view(), again.from().whole) == text(octets_, message_.from().whole) &&
                text(block.view(), again.to().whole) == text(octets_, message_.to().whole) &&
                text(block.view(), again.call_id()) == text(octets_, message_.call_id()) &&
                again.cseq() == message_.cseq() && again.via_count() == message_.via_count() &&
                text(block.view(), again.top_via().whole) == text(octets_, message_.top_via().whole) &&
                text(block.view(), again.body()) == text(octets_, message_.body()),
            "and nothing else has changed");
    }
  }

 private:
  static constexpr std::array<std::string_view, 4> kLines = {"X-New: 1\r\n", "X-Folded:\r\n a\r\n\tb\r\n",
                                                             "X-Empty:\r\n", "X-8bit: \xC3\xA4 <\"\r\n"};
  static constexpr std::array<std::string_view, 4> kValues = {"", "x", "\"<x>;y,z", "a\r\n b"};

  const Message& message_;
  std::string_view octets_;
  Model model_;
  EditList edits_;
  bool breaks_ = false;  // a line was changed that the parser reads
};

int run(const std::uint8_t* data, std::size_t size) {
  const std::size_t operations = size == 0 ? 0 : data[0] % (kMaxOperations + 1);
  const std::size_t begin = 1 + 3 * operations;
  if (size < begin) {
    return 0;
  }
  const ExactBlock block(data + begin, size - begin);
  static Message message;
  if (!message.parse(block.view())) {
    return 0;
  }
  Editor editor(message, block.view());
  for (const std::uint8_t* at = data + 1; at < data + begin; at += 3) {
    const std::size_t index = at[1] % message.headers().size();
    switch (at[0] % 6) {
      case 0:
        editor.insert(InsertPosition::after_via, at[2]);
        break;
      case 1:
        editor.insert(InsertPosition::before_content_length, at[2]);
        break;
      case 2:
        editor.insert(InsertPosition::before_blank_line, at[2]);
        break;
      case 3:
        editor.remove(index);
        break;
      case 4:
        editor.replace(index, at[2]);
        break;
      default:
        editor.replace_whole(index, at[2]);
    }
  }
  editor.finish();
  return 0;
}

const Target kTarget("sip_edit", run);

}  // namespace
}  // namespace stirline::fuzz::sip_edit
