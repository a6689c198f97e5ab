// Answers of our own (INL-TX-04 to -07): the request ends here, its answer goes back where it came from. Stateless: a
// copy of the request gets the same octets again.
//
// Thread: one poll core.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "config/tables/answer_policy.hpp"
#include "crypto_workers/puzzle/hashcash.hpp"
#include "crypto_workers/stir/answer_tag.hpp"
#include "dataplane/packet/reply.hpp"
#include "dataplane/poll/answer_texts.hpp"
#include "dataplane/poll/challenge_lines.hpp"
#include "dataplane/poll/message_sender.hpp"
#include "dataplane/poll/payment_desk.hpp"
#include "dataplane/poll/poll_context.hpp"
#include "dataplane/poll/ringing_calls.hpp"
#include "dataplane/state/generation.hpp"
#include "sip_parser/answer.hpp"
#include "sip_parser/message.hpp"

namespace stirline::dataplane {

// What a puzzle is made for (SPIT-HC): the request that brings the solution has the same.
[[nodiscard]] crypto::PuzzleCall puzzle_call(const sip::Message& request, std::string_view octets);

class AnswerSender {
 public:
  // `puzzles` and `payments` outlive it.
  AnswerSender(PollContext& context, MessageSender& sender, std::span<const std::uint8_t, crypto::kOrigidKeyBytes> key,
               crypto::Hashcash& puzzles, PaymentDesk& payments);

  // `request` was parsed, or salvaged, from `datagram`, which is gone then. Where no answer can be sent (no buffers; a
  // way back that is not the sender's own) the request ends here all the same: what a trunk refuses does not cross for
  // being odd. Both ends are counted. `detail`: what puzzle_detail(), keep_target(), keep_phrase() or
  // PaymentDesk::detail_at() gave; else 0.
  void answer(Datagram& datagram, const sip::Message& request, const Trunk& trunk, config::tables::Answer answer,
              std::uint16_t detail = 0);

  // What `answer` would be, and where it would go; `text` lasts until the next answer. Nothing where none can be made.
  struct Prepared {
    Reply reply;
    std::string_view text;
  };
  [[nodiscard]] std::optional<Prepared> prepare(const Datagram& datagram, const sip::Message& request,
                                                const Trunk& trunk, config::tables::Answer answer,
                                                std::uint16_t detail = 0);
  // The answer behind the ringing. False: no buffers.
  bool answer_late(const RingingCalls::Call& call, config::tables::Answer answer);

  // Where a 302 that rules want leads: its `detail`. kNowhere: the library fails, and no answer can be made.
  [[nodiscard]] std::uint16_t keep_target(const sip::Message& request, std::string_view octets,
                                          std::string_view target);
  // The phrase that a rule wants for its refusal, likewise: of kNowhere, or when another request has its place, the
  // answer has the phrase of the standard. `phrase` is a Reason-Phrase (config/policy/rule_texts.hpp).
  [[nodiscard]] std::uint16_t keep_phrase(const sip::Message& request, std::string_view octets,
                                          std::string_view phrase);

  // What makes a puzzle the same again for copies of its request: work, and the minute it is of.
  [[nodiscard]] static std::uint16_t puzzle_detail(std::uint8_t work, std::int64_t now);

  // An ACK whose To carries a tag of ours: it belongs to an answer of ours, and nobody behind us knows it (INL-TX-07).
  [[nodiscard]] bool is_ours(const sip::Message& ack, std::string_view octets);

 private:
  [[nodiscard]] bool send(const Datagram& datagram, const sip::Message& request, const Trunk& trunk,
                          config::tables::Answer answer, std::uint16_t detail);
  struct Wanted {
    config::tables::Answer answer = config::tables::Answer::forward;
    std::uint16_t detail = 0;
    const crypto::AnswerTagText& tag;
  };
  // What goes with an answer, perhaps nothing. No value: it can no longer be made as it was.
  [[nodiscard]] std::optional<std::string_view> lines_of(const Wanted& wanted, const sip::Message& request,
                                                         std::string_view octets, const Trunk& trunk);
  [[nodiscard]] std::string_view phrase_of(const Wanted& wanted) const;
  [[nodiscard]] std::string_view puzzle_line(const sip::Message& request, std::string_view octets,
                                             std::uint16_t detail);
  [[nodiscard]] std::string_view offer_line(const sip::Message& request, std::string_view octets, std::uint16_t detail);

  PollContext& context_;
  MessageSender& sender_;
  crypto::AnswerTag tags_;
  crypto::Hashcash& puzzles_;
  PaymentDesk& payments_;
  std::array<char, crypto::kPuzzleLineBytes> puzzle_line_;
  std::array<char, crypto::kOfferLineBytes> offer_line_;
  AnswerTexts targets_;
  AnswerTexts phrases_;
  std::array<char, kPermissionLineBytes> line_;  // of other kinds
  std::array<char, sip::kMaxAnswerBytes> text_;
};

}  // namespace stirline::dataplane
