#include "dataplane/poll/answer_sender.hpp"

#include <charconv>

#include <arpa/inet.h>

#include "crypto_workers/passport/text_writer.hpp"

namespace stirline::dataplane {
namespace {

constexpr unsigned kMinuteBits = 11;  // a copy comes within 32 s, so a day and a half of minutes is plenty
constexpr unsigned kMinuteMask = (1U << kMinuteBits) - 1;
static_assert(crypto::kMaxPuzzleWork < 1U << (16 - kMinuteBits));

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

crypto::PuzzleCall puzzle_call(const sip::Message& request, std::string_view octets) {
  return {.call_id = sip::text(octets, request.call_id()),
          .from = sip::text(octets, request.from().uri.whole),
          .to = sip::text(octets, request.to().uri.whole)};
}

AnswerSender::AnswerSender(PollContext& context, MessageSender& sender,
                           std::span<const std::uint8_t, crypto::kOrigidKeyBytes> key, crypto::Hashcash& puzzles,
                           PaymentDesk& payments)
    : context_(context),
      sender_(sender),
      tags_(key),
      puzzles_(puzzles),
      payments_(payments),
      puzzle_line_{},
      offer_line_{},
      line_{},
      text_{} {}

std::uint16_t AnswerSender::puzzle_detail(std::uint8_t work, std::int64_t now) {
  return static_cast<std::uint16_t>(unsigned{work} << kMinuteBits |
                                    static_cast<unsigned>(now / crypto::Hashcash::kMinute & kMinuteMask));
}

// Empty if the library fails.
std::string_view AnswerSender::puzzle_line(const sip::Message& request, std::string_view octets, std::uint16_t detail) {
  const auto now = static_cast<std::uint32_t>(context_.clock.now() / crypto::Hashcash::kMinute);
  const std::uint32_t minute = now - ((now - detail) & kMinuteMask);
  const auto puzzle =
      puzzles_.make(puzzle_call(request, octets), minute, static_cast<std::uint8_t>(detail >> kMinuteBits));
  return puzzle ? crypto::write_puzzle(*puzzle, puzzle_line_) : std::string_view();
}

std::string_view AnswerSender::offer_line(const sip::Message& request, std::string_view octets, std::uint16_t detail) {
  const RuleTables* const rules = context_.publication.rules();
  return rules == nullptr ? std::string_view()
                          : payments_.offer_line(request, octets, terms_of(rules->view().common.payment()), detail,
                                                 context_.clock.now(), offer_line_);
}

std::uint16_t AnswerSender::keep_target(const sip::Message& request, std::string_view octets, std::string_view target) {
  crypto::AnswerTagText tag{};
  return tags_.make(named(request, octets), tag) ? targets_.keep(tag, target) : AnswerTexts::kNowhere;
}

std::uint16_t AnswerSender::keep_phrase(const sip::Message& request, std::string_view octets, std::string_view phrase) {
  crypto::AnswerTagText tag{};
  return tags_.make(named(request, octets), tag) ? phrases_.keep(tag, phrase) : AnswerTexts::kNowhere;
}

std::string_view AnswerSender::phrase_of(const Wanted& wanted) const {
  const std::string_view phrase =
      config::tables::is_refusal(wanted.answer) ? phrases_.find(wanted.detail, wanted.tag) : std::string_view();
  return phrase.empty() ? config::tables::facts(wanted.answer).phrase : phrase;
}

std::optional<std::string_view> AnswerSender::lines_of(const Wanted& wanted, const sip::Message& request,
                                                       std::string_view octets, const Trunk& trunk) {
  if (wanted.answer == config::tables::Answer::puzzle) {
    return puzzle_line(request, octets, wanted.detail);
  }
  if (wanted.answer == config::tables::Answer::payment) {
    return offer_line(request, octets, wanted.detail);
  }
  if (wanted.answer == config::tables::Answer::consent) {
    return permission_line(request, octets, line_);
  }
  if (wanted.answer == config::tables::Answer::ringing) {
    return called_contact_line(request, octets, line_);
  }
  if (wanted.answer == config::tables::Answer::redirected && wanted.detail != AnswerTexts::kNowhere) {
    const std::string_view target = targets_.find(wanted.detail, wanted.tag);
    return target.empty() ? std::nullopt : std::optional(contact_line(target, line_));
  }
  return std::string_view(trunk.answer_lines[static_cast<std::size_t>(wanted.answer)]);
}

void AnswerSender::answer(Datagram& datagram, const sip::Message& request, const Trunk& trunk,
                          config::tables::Answer answer, std::uint16_t detail) {
  const bool sent = send(datagram, request, trunk, answer, detail);
  if (!sent) {
    context_.watcher.ended(datagram, Counter::dropped_unanswered);
  }
  context_.counters.add(sent ? Counter::dropped_answered : Counter::dropped_unanswered, datagram.packets.count);
  context_.release(datagram);
  PollContext::free(datagram.packets);
}

bool AnswerSender::send(const Datagram& datagram, const sip::Message& request, const Trunk& trunk,
                        config::tables::Answer answer, std::uint16_t detail) {
  const auto prepared = prepare(datagram, request, trunk, answer, detail);
  if (!prepared ||
      !sender_.write(prepared->reply.source(prepared->text), {}, other_side(datagram.out_port), datagram)) {
    return false;
  }
  context_.counters.add(answer);
  context_.watcher.answered(datagram, config::tables::facts(answer).status);
  return true;
}

std::optional<AnswerSender::Prepared> AnswerSender::prepare(const Datagram& datagram, const sip::Message& request,
                                                            const Trunk& trunk, config::tables::Answer answer,
                                                            std::uint16_t detail) {
  const std::string_view octets = datagram.payload();
  const Frame& frame = datagram.frame;
  AddressText address{};
  const std::string_view source = text_of(frame.source, address);
  const auto path = sip::return_path(request, octets, source, frame.source_port);
  crypto::AnswerTagText tag{};
  if (!path || !tags_.make(named(request, octets), tag)) {
    return std::nullopt;
  }
  const Wanted wanted{.answer = answer, .detail = detail, .tag = tag};
  const auto lines = lines_of(wanted, request, octets, trunk);
  const std::size_t length = !lines ? 0
                                    : sip::write_answer(request, octets, *path,
                                                        {.status = config::tables::facts(answer).status,
                                                         .phrase = phrase_of(wanted),
                                                         .to_tag = {tag.data(), tag.size()},
                                                         .lines = *lines},
                                                        text_);
  const auto reply = Reply::to(datagram.first, frame, path->port);
  return length != 0 && reply ? std::optional(Prepared{*reply, {text_.data(), length}}) : std::nullopt;
}

bool AnswerSender::answer_late(const RingingCalls::Call& call, config::tables::Answer answer) {
  const config::tables::AnswerFacts& facts = config::tables::facts(answer);
  crypto::TextWriter text(text_);
  text.add("SIP/2.0 ");
  text.add(unsigned{facts.status});
  text.add(' ');
  text.add(facts.phrase);
  text.add("\r\n");
  text.add(call.rest());
  Datagram request;  // gone long since; who watches it is told all the same
  request.watched = call.caller.watched;
  request.out_port = other_side(call.caller.port);
  const bool sent = sender_.write(call.caller.reply.source(text.view()), {}, call.caller.port, request);
  if (sent) {
    context_.counters.add(answer);
    context_.watcher.answered(request, facts.status);
  }
  return sent;
}

bool AnswerSender::is_ours(const sip::Message& ack, std::string_view octets) {
  const std::string_view theirs = sip::text(octets, ack.to().tag);
  crypto::AnswerTagText tag{};
  return theirs.size() == tag.size() && tags_.make(named(ack, octets), tag) &&
         theirs == std::string_view(tag.data(), tag.size());
}

}  // namespace stirline::dataplane
