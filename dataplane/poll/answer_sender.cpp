#include "dataplane/poll/answer_sender.hpp"

#include <charconv>

#include <arpa/inet.h>

#include "dataplane/packet/reply.hpp"

namespace stirline::dataplane {
namespace {

using AddressText = std::array<char, INET6_ADDRSTRLEN>;

std::string_view text_of(const config::IpAddress& address, AddressText& text) {
  if (address.family == config::IpAddress::Family::v6) {
    return inet_ntop(AF_INET6, address.octets.data(), text.data(), INET6_ADDRSTRLEN);
  }
  char* at = text.data();
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0) {
      *at++ = '.';
    }
    at = std::to_chars(at, text.data() + text.size(), address.octets[i]).ptr;
  }
  return {text.data(), at};
}

crypto::AnsweredRequest named(const sip::Message& request, std::string_view octets) {
  return {.call_id = sip::text(octets, request.call_id()),
          .from_tag = sip::text(octets, request.from().tag),
          .branch = sip::text(octets, request.top_via().branch),
          .cseq = request.cseq()};
}

}  // namespace

AnswerSender::AnswerSender(PollContext& context, MessageSender& sender,
                           std::span<const std::uint8_t, crypto::kOrigidKeyBytes> key)
    : context_(context), sender_(sender), tags_(key), text_{} {}

void AnswerSender::answer(Datagram& datagram, const sip::Message& request, const Trunk& trunk,
                          config::tables::Answer answer) {
  const bool sent = send(datagram, request, trunk, answer);
  if (!sent) {
    context_.watcher.ended(datagram, Counter::dropped_unanswered);
  }
  context_.counters.add(sent ? Counter::dropped_answered : Counter::dropped_unanswered, datagram.packets.count);
  context_.release(datagram);
  PollContext::free(datagram.packets);
}

bool AnswerSender::send(const Datagram& datagram, const sip::Message& request, const Trunk& trunk,
                        config::tables::Answer answer) {
  const std::string_view octets = datagram.payload();
  const Frame& frame = datagram.frame;
  AddressText address{};
  const std::string_view source = text_of(frame.source, address);
  const auto path = sip::return_path(request, octets, source, frame.source_port);
  crypto::AnswerTagText tag{};
  if (!path || !tags_.make(named(request, octets), tag)) {
    return false;
  }
  const config::tables::AnswerFacts& facts = config::tables::facts(answer);
  const std::size_t length = sip::write_answer(request, octets, *path,
                                               {.status = facts.status,
                                                .phrase = facts.phrase,
                                                .to_tag = {tag.data(), tag.size()},
                                                .lines = trunk.answer_lines[static_cast<std::size_t>(answer)]},
                                               text_);
  const auto reply = Reply::to(datagram.first, frame, path->port);
  if (length == 0 || !reply) {
    return false;
  }
  if (!sender_.write(reply->source({text_.data(), length}), {}, other_side(datagram.out_port), datagram)) {
    return false;
  }
  context_.counters.add(answer);
  context_.watcher.answered(datagram, facts.status);
  return true;
}

bool AnswerSender::is_ours(const sip::Message& ack, std::string_view octets) {
  const std::string_view theirs = sip::text(octets, ack.to().tag);
  crypto::AnswerTagText tag{};
  return theirs.size() == tag.size() && tags_.make(named(ack, octets), tag) &&
         theirs == std::string_view(tag.data(), tag.size());
}

}  // namespace stirline::dataplane
