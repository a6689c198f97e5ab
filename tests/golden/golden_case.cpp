#include "tests/golden/golden_case.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "tests/golden/packet_reader.hpp"
#include "tests/golden/packet_text.hpp"
#include "tests/golden/text_block.hpp"

namespace stirline::golden {
namespace {

std::vector<std::string> lines_of_file(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<std::size_t> indices_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::size_t> numbers{std::istream_iterator<std::size_t>(in), {}};
  if (!in.eof()) {
    throw std::invalid_argument("numbers are expected: " + text);
  }
  return numbers;
}

// A `frame` or `expect` block while it is read.
struct OpenBlock {
  bool expectation = false;
  Side side = Side::a;
  PacketSpec spec;
  std::size_t fragment = 0;
  std::vector<std::size_t> order;
  std::size_t copies = 1;
  std::vector<Octets> same;  // `same as N`: its frames

  [[nodiscard]] std::vector<Octets> frames() const {
    if (!same.empty()) {
      return same;
    }
    std::vector<Octets> once;
    if (fragment == 0) {
      once.push_back(build(spec));
    } else {
      const std::vector<PacketSpec> parts = split(spec, fragment);
      if (order.empty()) {
        std::ranges::transform(parts, std::back_inserter(once), build);
      }
      for (const std::size_t index : order) {
        once.push_back(build(parts.at(index)));
      }
    }
    std::vector<Octets> all;
    for (std::size_t i = 0; i < copies; ++i) {
      all.insert(all.end(), once.begin(), once.end());
    }
    return all;
  }
};

class Parser {
 public:
  Parser(const std::string& text, const std::filesystem::path& file) : lines_(lines_of_file(text)) {
    case_.file = file;
  }

  Case parse() {
    while (at_ < lines_.size()) {
      const std::size_t line = at_;
      try {
        take_line(trimmed(lines_[at_++]));
      } catch (const std::exception& error) {  // of whatever reads values
        throw std::runtime_error(case_.file.string() + ":" + std::to_string(line + 1) + ": " + error.what());
      }
    }
    try {
      close();
    } catch (const std::exception& error) {
      throw std::runtime_error(case_.file.string() + ": last block: " + error.what());
    }
    if (!in_expectations_) {
      end_preamble(lines_.size());
    }
    return std::move(case_);
  }

 private:
  void take_line(const std::string& line) {
    if (line.empty() || line[0] == '#') {
      return;
    }
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (first == "frame" || first == "expect") {
      open(first == "expect", words);
    } else if (line == "counters") {
      close();
      expectations_begin();
      in_counters_ = case_.counters_listed = true;
    } else if (first == "sip" || first == "hex") {
      take_block(first, words);
    } else {
      take_value(line);
    }
  }

  // The line just taken starts the expectations, if nothing did before.
  void expectations_begin() {
    if (!in_expectations_) {
      end_preamble(at_ - 1);
      in_expectations_ = true;
    }
  }

  void end_preamble(std::size_t lines) {
    for (std::size_t i = 0; i < lines; ++i) {
      case_.preamble += lines_[i] + "\n";
    }
  }

  // `frame in=a`, `expect out=b`, `expect out=b same as 1`; `words` behind the first.
  void open(bool expectation, std::istringstream& words) {
    close();
    if (expectation) {
      expectations_begin();
    } else if (in_expectations_) {
      throw std::invalid_argument("frames stand before expectations");
    }
    OpenBlock block;
    block.expectation = expectation;
    std::string word;
    words >> word;
    const std::string key = expectation ? "out=" : "in=";
    if (word != key + "a" && word != key + "b") {
      throw std::invalid_argument("expected " + key + "a or " + key + "b");
    }
    block.side = word.back() == 'a' ? Side::a : Side::b;
    if (words >> word) {
      std::string as;
      std::size_t number = 0;
      if (!expectation || word != "same" || !(words >> as >> number) || as != "as" || number == 0 ||
          number > case_.inputs.size()) {
        throw std::invalid_argument("expected: same as N, N being the number of a frame block");
      }
      block.same = case_.inputs[number - 1].frames;
    }
    block_ = block;
  }

  void close() {
    in_counters_ = false;
    if (!block_) {
      return;
    }
    std::vector<Octets> frames = block_->frames();
    if (block_->expectation) {
      auto& expected = case_.expected[static_cast<std::size_t>(block_->side)];
      std::ranges::move(frames, std::back_inserter(expected));
    } else {
      case_.inputs.push_back({block_->side, std::move(frames)});
    }
    block_.reset();
  }

  void take_block(const std::string& kind, std::istringstream& words) {
    std::string marker;
    words >> marker;
    if (!block_ || !block_->same.empty() || !marker.starts_with("<<")) {
      throw std::invalid_argument("a payload is written `sip <<END`, inside a frame or expect block");
    }
    std::vector<std::string> content;
    for (; at_ < lines_.size() && lines_[at_] != marker.substr(2); ++at_) {
      content.push_back(lines_[at_]);
    }
    if (at_++ == lines_.size()) {
      throw std::invalid_argument("the end of the payload is missing: " + marker.substr(2));
    }
    if (kind == "sip") {
      block_->spec.payload = octets_of_text(content);
    } else {
      std::string digits;
      for (const std::string& text : content) {
        digits += text + " ";
      }
      block_->spec.payload = octets_of_hex(digits);
    }
  }

  void take_value(const std::string& line) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) {
      throw std::invalid_argument("expected: key = value");
    }
    const std::string key = trimmed(line.substr(0, equals));
    const std::string value = trimmed(line.substr(equals + 1));
    if (in_counters_) {
      case_.counters[key] = std::stoull(value);
    } else if (!block_) {
      case_.settings[key] = value;
    } else if (!block_->same.empty()) {
      throw std::invalid_argument("`same as` says everything already");
    } else if (key == "fragment") {
      block_->fragment = std::stoul(value);
    } else if (key == "order") {
      block_->order = indices_of(value);
    } else if (key == "copies") {
      block_->copies = std::stoul(value);
    } else if (!set_field(block_->spec, key, value)) {
      throw std::invalid_argument("unknown field: " + key);
    }
  }

  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  Case case_;
  std::optional<OpenBlock> block_;
  bool in_expectations_ = false;
  bool in_counters_ = false;
};

// Renders the frames of one side, from the front of `frames`.
class Renderer {
 public:
  Renderer(const Case& golden, Side side) : golden_(golden), side_(side), used_(golden.inputs.size()) {}

  std::vector<std::string> render(std::span<const Octets> frames) {
    while (!frames.empty()) {
      frames = frames.subspan(take(frames));
    }
    return std::move(lines_);
  }

 private:
  // Renders what `frames` starts with; returns how many frames that is.
  std::size_t take(std::span<const Octets> frames) {
    const std::string head = std::string("expect out=") + (side_ == Side::a ? "a" : "b");
    for (std::size_t i = 0; i < golden_.inputs.size(); ++i) {
      const InputBlock& input = golden_.inputs[i];
      if (!used_[i] && input.in != side_ && input.frames.size() <= frames.size() &&
          std::ranges::equal(input.frames, frames.first(input.frames.size()))) {
        used_[i] = true;
        add({head + " same as " + std::to_string(i + 1)});
        return input.frames.size();
      }
    }
    add({head});
    const Joined joined = join(frames);
    const std::size_t count = joined.data != 0 ? joined.count : 1;
    const std::size_t copies = repeats(frames, count);
    if (copies > 1) {
      lines_.push_back("copies = " + std::to_string(copies));
    }
    if (joined.data != 0) {
      lines_.push_back("fragment = " + std::to_string(joined.data));
    }
    std::ranges::move(lines_of(joined.data != 0 ? joined.whole : describe(frames.front())), std::back_inserter(lines_));
    return count * copies;
  }

  // How many times in a row the first `count` frames come.
  static std::size_t repeats(std::span<const Octets> frames, std::size_t count) {
    std::size_t times = 1;
    while ((times + 1) * count <= frames.size() &&
           std::ranges::equal(frames.first(count), frames.subspan(times * count, count))) {
      ++times;
    }
    return times;
  }

  void add(const std::vector<std::string>& lines) {
    lines_.emplace_back();
    lines_.insert(lines_.end(), lines.begin(), lines.end());
  }

  const Case& golden_;
  Side side_;
  std::vector<bool> used_;
  std::vector<std::string> lines_;
};

}  // namespace

Case parse_case(const std::string& text, const std::filesystem::path& file) {
  return Parser(text, file).parse();
}

Case load_case(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    throw std::runtime_error("cannot read " + file.string());
  }
  return parse_case({std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}, file);
}

Frames input_frames(const Case& golden) {
  Frames frames;
  for (const InputBlock& input : golden.inputs) {
    auto& side = frames[static_cast<std::size_t>(input.in)];
    side.insert(side.end(), input.frames.begin(), input.frames.end());
  }
  return frames;
}

std::vector<std::string> expectation_lines(const Case& golden, const Frames& frames) {
  std::vector<std::string> lines = Renderer(golden, Side::b).render(frames[1]);
  std::ranges::move(Renderer(golden, Side::a).render(frames[0]), std::back_inserter(lines));
  return lines;
}

std::string rewritten(const Case& golden, const Frames& frames, const CounterValues& counters) {
  std::string text = golden.preamble;
  while (text.ends_with("\n\n")) {
    text.pop_back();
  }
  for (const std::string& line : expectation_lines(golden, frames)) {
    text += line + "\n";
  }
  text += "\ncounters\n";
  for (const auto& [name, value] : counters) {
    const bool reproduces = !name.starts_with("cycles_");
    const bool wanted = golden.counters_listed ? golden.counters.contains(name) : value != 0 && reproduces;
    if (wanted) {
      text += name + " = " + std::to_string(value) + "\n";
    }
  }
  return text;
}

}  // namespace stirline::golden
