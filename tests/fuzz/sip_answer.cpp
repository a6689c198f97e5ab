// Answers of our own (INL-TX-04): whatever request can be answered, its answer parses, belongs to it, and says nothing
// that the request made up.
//
// Input: a message.
#include <algorithm>
#include <string>

#include "sip_parser/answer.hpp"
#include "sip_parser/message.hpp"
#include "sip_parser/unfold.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/exact_block.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::sip_answer {
namespace {

using namespace stirline::sip;

std::string unfolded(std::string_view octets, Span span) {
  std::string out(span.length, '\0');
  out.resize(detail::unfold(text(octets, span), out).value_or(0));
  return out;
}

void check_answer(const Message& request, std::string_view octets, const AnswerParts& parts) {
  static std::string room(kMaxAnswerBytes, '\0');
  const auto path = return_path(request, octets, "192.0.2.7", 5066);
  if (!path) {
    return;
  }
  check(path->port == (request.top_via().rport ? 5066 : path->port) && path->port != 0, "the port is rport's if asked");
  const std::size_t length = write_answer(request, octets, *path, parts, room);
  check(length <= room.size(), "never more than there is room for");
  if (length == 0) {
    return;
  }
  const ExactBlock written(std::string_view(room).substr(0, length));
  static Message answer;
  check(answer.parse(written.view()).has_value(), "the answer parses");
  check(answer.kind() == Kind::response && answer.status() == parts.status, "as the response that it is");
  check(answer.via_count() == request.via_count(), "with every hop");
  check(unfolded(octets, request.top_via().branch) == text(written.view(), answer.top_via().branch) &&
            unfolded(octets, request.call_id()) == text(written.view(), answer.call_id()) &&
            answer.cseq() == request.cseq() &&
            text(octets, request.cseq_method()) == text(written.view(), answer.cseq_method()) &&
            text(octets, request.from().tag) == text(written.view(), answer.from().tag),
        "of the same transaction");
  check(answer.count(HeaderId::record_route) == (parts.status < 200 ? request.count(HeaderId::record_route) : 0),
        "with the way of a dialog if it begins one");
  const std::string_view tag =
      request.to().tag.empty() ? std::string_view("tag0123456") : text(octets, request.to().tag);
  check(text(written.view(), answer.to().tag) == tag, "with a tag in To");
  const std::string_view received = text(written.view(), answer.top_via().received);
  check(received == "192.0.2.7" || (received.empty() && !request.top_via().rport), "received is what we saw");
  check(answer.content_length() == 0 && answer.body().empty(), "without a body");
}

int run(const std::uint8_t* data, std::size_t size) {
  const ExactBlock block(data, size);
  static Message request;
  const bool whole = request.parse(block.view()).has_value();
  if (!(whole || request.salvage(block.view())) || request.kind() != Kind::request) {
    return 0;
  }
  check_answer(request, block.view(),
               {.status = 403, .phrase = "Stale Date", .to_tag = "tag0123456", .lines = "X-Ours: 1\r\n"});
  if (whole) {  // it rings only where a request was read (SPIT-PL-04)
    check_answer(request, block.view(),
                 {.status = 180, .phrase = "Ringing", .to_tag = "tag0123456", .lines = "Contact: <sip:a@b>\r\n"});
  }
  return 0;
}

const Target kTarget("sip_answer", run);

}  // namespace
}  // namespace stirline::fuzz::sip_answer
