// Answers of our own (INL-TX-04 to -07): the request ends here, its answer goes back where it came from. Stateless: a
// copy of the request gets the same octets again.
//
// Thread: one poll core.
#pragma once

#include <array>
#include <string_view>

#include "config/tables/answer_policy.hpp"
#include "crypto_workers/stir/answer_tag.hpp"
#include "dataplane/poll/message_sender.hpp"
#include "dataplane/poll/poll_context.hpp"
#include "dataplane/state/generation.hpp"
#include "sip_parser/answer.hpp"
#include "sip_parser/message.hpp"

namespace stirline::dataplane {

class AnswerSender {
 public:
  AnswerSender(PollContext& context, MessageSender& sender, std::span<const std::uint8_t, crypto::kOrigidKeyBytes> key);

  // `request` was parsed, or salvaged, from `datagram`, which is gone then. Where no answer can be sent (no buffers; a
  // way back that is not the sender's own) the request ends here all the same: what a trunk refuses does not cross for
  // being odd. Both ends are counted.
  void answer(Datagram& datagram, const sip::Message& request, const Trunk& trunk, config::tables::Answer answer);

  // An ACK whose To carries a tag of ours: it belongs to an answer of ours, and nobody behind us knows it (INL-TX-07).
  [[nodiscard]] bool is_ours(const sip::Message& ack, std::string_view octets);

 private:
  [[nodiscard]] bool send(const Datagram& datagram, const sip::Message& request, const Trunk& trunk,
                          config::tables::Answer answer);

  PollContext& context_;
  MessageSender& sender_;
  crypto::AnswerTag tags_;
  std::array<char, sip::kMaxAnswerBytes> text_;
};

}  // namespace stirline::dataplane
