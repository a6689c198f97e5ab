// The depth to which every parser of bench_sip reads: all header fields split, and these values found. Compared between
// the parsers before anything is timed, so that nobody wins by doing less.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stirline::perf {

struct SipDepth {
  std::string method;  // of a request
  unsigned status = 0;
  std::string request_user;
  std::string request_host;
  std::string from_user;
  std::string from_host;
  std::string from_tag;
  std::string to_user;
  std::string to_host;
  std::string to_tag;
  std::string call_id;
  std::uint32_t cseq = 0;
  std::size_t vias = 0;
  std::string branch;
  std::string contact_host;
  std::vector<std::string> asserted_users;
  std::size_t identity_octets = 0;
  bool dated = false;
  std::uint32_t content_length = 0;

  friend bool operator==(const SipDepth&, const SipDepth&) = default;
};

// A parser: parse() reads one message to the full depth and release() frees what it took; both are timed.
class SipParser {
 public:
  SipParser() = default;
  SipParser(const SipParser&) = delete;
  SipParser& operator=(const SipParser&) = delete;
  virtual ~SipParser() = default;

  [[nodiscard]] virtual bool parse(std::string_view octets) = 0;
  virtual void release() = 0;
  [[nodiscard]] virtual SipDepth depth() const = 0;  // between parse() and release()
  // parse() and release() of each.
  virtual void read_all(std::span<const std::string> messages) = 0;
};

// What a parser derives from: its loop has no virtual calls, so that nothing is timed but the parser.
template <typename Parser>
class ParserLoop : public SipParser {
 public:
  void read_all(std::span<const std::string> messages) final {
    Parser& parser = static_cast<Parser&>(*this);
    for (const std::string& octets : messages) {
      static_cast<void>(parser.Parser::parse(octets));
      parser.Parser::release();
    }
  }
};

}  // namespace stirline::perf
