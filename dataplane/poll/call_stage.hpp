// Steps 4 to 8 of a message's life (design.md 3): parse, decide, park, hand to a crypto core, resume.
//
// Whatever cannot be decided goes on unsigned or as not validated and is counted (fail open). Thread: one poll core.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/policy/content/near_copies.hpp"
#include "config/policy/judge.hpp"
#include "config/policy/message_cuts.hpp"
#include "config/wire/call_record.hpp"
#include "crypto_workers/stir/origid.hpp"
#include "dataplane/poll/answer_sender.hpp"
#include "dataplane/poll/call_buckets.hpp"
#include "dataplane/poll/call_figures.hpp"
#include "dataplane/poll/call_limits.hpp"
#include "dataplane/poll/certificate_requests.hpp"
#include "dataplane/poll/crypto_links.hpp"
#include "dataplane/poll/decided_requests.hpp"
#include "dataplane/poll/decision_recorder.hpp"
#include "dataplane/poll/message_sender.hpp"
#include "dataplane/poll/outgoing_requests.hpp"
#include "dataplane/poll/parking.hpp"
#include "dataplane/poll/pending_reasons.hpp"
#include "dataplane/poll/poll_context.hpp"
#include "dataplane/poll/replay_watch.hpp"
#include "dataplane/poll/ringing_calls.hpp"
#include "dataplane/poll/signed_requests.hpp"
#include "dataplane/poll/source_limits.hpp"
#include "dataplane/poll/table_fills.hpp"
#include "dataplane/poll/waiting_calls.hpp"
#include "sip_parser/action.hpp"
#include "sip_parser/edit_list.hpp"
#include "sip_parser/message.hpp"

namespace stirline::dataplane {

using OrigidKey = std::array<std::uint8_t, crypto::kOrigidKeyBytes>;

class CallStage {
 public:
  // `links`: one per crypto core, in the order of Generation::keyring; they outlive the stage.
  CallStage(PollContext& context, std::vector<CryptoLink*> links, const OrigidKey& origid_key);

  // Takes a datagram that belongs to a trunk.
  void handle(Datagram& datagram, const TrunkMatch& match, const Live& live);

  // Takes back what the crypto cores have done; returns how many messages moved on.
  std::size_t resume();

  // Sends on unsigned, or as not validated, what waits too long for a crypto core or for a certificate.
  void expire(std::uint64_t now_cycles);

  // Judges anew, by `live`, what waits for a certificate since an earlier generation.
  void retry(const Live* live);

  // Sends on as not validated whatever waits for a certificate.
  void give_up_waiting();

  // Counts what called users have complained of since the last turn (SPIT-MK-03).
  void take_complaints();

  void show_fills(TableFills& fills);
  void show_queues();

  [[nodiscard]] std::span<Slot> slots() { return parking_.slots(); }
  [[nodiscard]] std::uint32_t parked() const { return parking_.used(); }
  [[nodiscard]] std::uint32_t held_packets() const { return held_packets_; }
  [[nodiscard]] CertificateRequests& certificate_requests() { return requests_; }
  [[nodiscard]] SourceLimits& source_limits() { return sources_; }
  [[nodiscard]] CallFigures& figures() { return figures_; }
  [[nodiscard]] RecordQueue& records() { return recorder_.queue(); }
  [[nodiscard]] const RecordQueue& records() const { return recorder_.queue(); }
  [[nodiscard]] RecordQueue& contacts() { return contacts_; }

 private:
  // What a call is marked with that could not be judged in time: never a wrong verdict, and the peer's own word is
  // gone.
  [[nodiscard]] static crypto::Conveyance not_validated();

  // Whom users of ours call, and who of them answers (SPIT-FW-10).
  [[nodiscard]] bool is_user_of_ours(const crypto::ExtractedIdentity& caller, const Trunk& trunk, const Live& live,
                                     std::string_view octets) const;
  void note_outgoing(const Datagram& datagram, const Trunk& trunk, const Live& live);
  void note_answer(std::string_view octets);

  void handle_response(Datagram& datagram, const TrunkMatch& match);
  void count_reasons(std::string_view octets);
  void handle_request(Datagram& datagram, const TrunkMatch& match, const Live& live);
  // True: another request of the transaction waits here, and this one stays behind it, or goes no further.
  [[nodiscard]] bool keeps_order(Datagram& datagram);
  void let_followers_go(Slot& slot);
  void end_here(Datagram& datagram, Counter counter);  // dropped: `counter` is one of kDropCounters

  // INL-TX-11: the message in hand is a request that policy has a say in, outside dialogs.
  [[nodiscard]] bool begins_something() const;
  // STIR-RP-05: it asks for priority, and who sent it may.
  [[nodiscard]] bool has_priority(const Trunk& trunk, Direction direction) const;
  [[nodiscard]] static std::uint64_t decision_key(const NamedRequest& request, const Datagram& datagram);
  void remember(const NamedRequest& request, const Datagram& datagram, Decided decided);
  // True: what is in hand was answered before, or goes with such a request, and has ended here. Else known_ is what was
  // decided about it.
  [[nodiscard]] bool is_over(Datagram& datagram, const Trunk& trunk);

  struct Refusal {
    config::tables::Answer wanted = config::tables::Answer::forward;
    std::string_view reason;  // a static text
    bool stripped = false;
    std::string_view rule = {};  // that wants it
    std::uint16_t detail = 0;    // of that answer and no other: see Decided
    bool polite = false;         // the caller is to believe that nobody answers
    bool wrong_sender = false;   // its peer may not speak for who calls
    bool known_caller = false;   // rules know who calls
    DecisionRecorder::ForCalled for_called = {};
  };
  // The answer that the request in hand, `octets`, gets where policy wants `wanted`: forward if it goes on.
  [[nodiscard]] config::tables::Answer answer_to(std::string_view octets, const Trunk& trunk, Direction direction,
                                                 config::tables::Answer wanted) const;
  // All true: the request in hand has been answered, and ended here.
  [[nodiscard]] bool refuses(Datagram& datagram, const Trunk& trunk, Direction direction, const Refusal& refusal);
  [[nodiscard]] bool refuses_privacy(Datagram& datagram, const Trunk& trunk);
  [[nodiscard]] bool refuses_verdict(Slot& slot, bool replayed, std::string_view reason);
  // SPIT-CL-12, of a parked request behind its verdict.
  void check_sender(Slot& slot);
  [[nodiscard]] bool refuses_sender(Slot& slot);
  [[nodiscard]] bool refuses_parked(Slot& slot, config::tables::Answer wanted, std::string_view reason);
  void count(config::policy::Sender sender);

  // What rules make of a call: those of its called user, and those above and below him (SPIT-FW-01).
  struct ScoreParts {
    std::uint8_t statistics = 0;
    std::optional<std::uint8_t> content = {};
    std::optional<std::uint8_t> peer = {};  // what a trusted peer says
  };
  static constexpr std::size_t kMaxRuleId = config::wire::kMaxRecordRule - 16;  // behind the name of its layer
  struct Ruling {
    config::policy::Handling handling = config::policy::Handling::none;  // none: nobody says anything
    config::tables::Answer answer = config::tables::Answer::forward;     // else it is refused by this one
    std::uint16_t detail = 0;                                            // of the answer
    std::string_view target;                                             // empty: it goes where it was going
    std::string_view name_prefix;
    std::string_view phrase;          // of a refusal; empty: that of the standard
    config::policy::RuleSet cutting;  // the rules one of which takes something out; none: nothing
    std::uint16_t cutting_rule = 0;   // which of them
    std::uint16_t limited = 0;        // what a copy has to know: CallLimits::Spent::mark
    std::uint8_t score = 0;
    ScoreParts parts = {};  // what it was made of
    bool known_caller = false;
    bool kept = false;    // it is a challenge whose result control keeps
    bool notify = false;  // the called user wants to be told, and has not been (SPIT-PL-03)
    std::array<char, config::wire::kMaxRecordRule> rule_text{};
    std::uint8_t rule_length = 0;

    [[nodiscard]] std::string_view rule() const { return {rule_text.data(), rule_length}; }
  };
  [[nodiscard]] static config::policy::CallOrigin origin_of(const Trunk& trunk);
  // Everything about the request in hand but who calls and whom, if there are rules for it.
  void describe(const RuleTables& rules, const Trunk& trunk, std::string_view octets,
                config::policy::DescribedCall& call);
  // Whom the slot's request calls, if rules are to have a say in it; fetches that user.
  void begin_ruling(const Trunk& trunk, Slot& slot);
  // The rest of what rules will ask when its verdict is there.
  void describe_for_ruling(const Trunk& trunk, Slot& slot);
  // Whether the request in hand brings the solution of a puzzle (SPIT-HC-02, SPIT-PL-05).
  void look_for_solution(std::string_view octets, config::policy::DescribedCall& call);
  // Whether it brings the receipt of a payment (SPIT-PY-01, SPIT-PL-05).
  void look_for_receipt(const RuleTables& rules, std::string_view octets, config::policy::DescribedCall& call);
  // What lists say about a call that has its verdict (SPIT-CL-02, -03, -09).
  void ask_lists(const config::policy::ListTable& lists, config::policy::DescribedCall& call);
  // `before`: what was decided about the request that it is a copy of.
  [[nodiscard]] Ruling rule_on(const RuleTables& rules, const config::policy::CalledUser& user, const Trunk& trunk,
                               const config::policy::DescribedCall& call, const std::optional<Decided>& before);
  // Counts the call to the rules that had a say; see Ruling::limited.
  [[nodiscard]] std::uint16_t spend(CallLimits& limits, const config::policy::Judgement& judgement);
  // Of a call of which all is known but its scores and lists.
  [[nodiscard]] Ruling rule_on_described(const RuleTables& rules, const config::policy::CalledUser& user,
                                         const Trunk& trunk, config::policy::DescribedCall& call,
                                         const ScoreParts& parts, const std::optional<Decided>& before);
  // Of a parked request that has its verdict; of the request in hand, which has no token.
  [[nodiscard]] Ruling rule_on_judged(Slot& slot);
  [[nodiscard]] Ruling rule_on_asserted(const Datagram& datagram, const Trunk& trunk, config::policy::Sender sender);
  // What control is to do for the called user of the request in hand; views last until the next call.
  [[nodiscard]] DecisionRecorder::ForCalled for_called(std::string_view octets, const Trunk& trunk,
                                                       const Ruling& ruling);
  // The same of a parked request, which is parsed anew for it.
  [[nodiscard]] DecisionRecorder::ForCalled for_called(const Slot& slot, const Ruling& ruling);
  // The same ruling, where the trunk wants callers to be told where else they are sent (SPIT-MK-04).
  [[nodiscard]] static Ruling redirected(Ruling ruling, const Trunk& trunk);
  // What makes the answer to the request in hand the same again, for its copies.
  [[nodiscard]] std::uint16_t detail_of(const Ruling& ruling, std::string_view octets);
  // Counts who calls, and what is to be thought of him (SPIT-CL-14): of a parked request that has its verdict; of the
  // request in hand, whose facts are `call`.
  [[nodiscard]] std::uint8_t score_of_judged(const Slot& slot, const RuleTables& rules);
  [[nodiscard]] std::uint8_t score_of_asserted(std::string_view octets, const Trunk& trunk, config::policy::Key called,
                                               const RuleTables& rules);
  // Whether the text of the request in hand is to be judged, and by what (SPIT-CL-01); null: it is not.
  [[nodiscard]] SharedContent content_for(std::string_view octets, const Trunk& trunk) const;
  // What came of it, with near copies counted; nothing: nothing is known.
  [[nodiscard]] std::optional<std::uint8_t> score_of_text(const Slot& slot);
  // An answer of our own side, and a BYE.
  void note_answer(std::string_view octets, Direction direction);
  void note_end(std::string_view octets);
  // True: rules refuse the parked request, and it has been answered.
  [[nodiscard]] bool refuses_by_rule(Slot& slot, const Ruling& ruling, std::string_view reason);
  // The request in hand, about which no token says anything, goes the way that rules want for it.
  struct AtOnce {
    config::wire::Decision decision = config::wire::Decision::passed;
    std::string_view reason;  // a static text
  };
  // The same, behind a look at its text, if that is wanted.
  void go_by_text(Datagram& datagram, const Trunk& trunk, const Live& live, const crypto::MarkPlan& marks,
                  bool is_trusted);
  void finish_text(Slot& slot);
  [[nodiscard]] static crypto::Conveyance without_token(bool is_trusted);
  [[nodiscard]] static AtOnce decision_without_token(bool is_trusted);
  void go_by_rules(Datagram& datagram, const Trunk& trunk, const crypto::MarkPlan& marks,
                   const crypto::Conveyance& conveyance, const AtOnce& otherwise);
  // Sends on what rules do not refuse, as they want it.
  void send_ruled(Datagram& datagram, const crypto::MarkPlan& marks, const crypto::Conveyance& conveyance,
                  const Ruling& ruling);
  // What the ruling takes out of it; `length` outlives that.
  [[nodiscard]] sip::EditList cuts_of(const Ruling& ruling, std::string_view octets,
                                      config::policy::LengthText& length);
  // True: it rings, and is answered later (SPIT-PL-04).
  [[nodiscard]] bool rings(Datagram& datagram, const NamedRequest& request, const Trunk& trunk);
  [[nodiscard]] bool begins_to_ring(const Datagram& datagram, std::uint64_t key, const Trunk& trunk);
  [[nodiscard]] static std::uint64_t ringing_until(std::uint64_t key, const Trunk& trunk);
  void end_ringing(RingingCalls::Call& call, config::tables::Answer answer, std::uint64_t now);
  void cancel_ringing(std::uint64_t key);
  void acknowledge(std::uint64_t key);
  void turn_ringing(std::uint64_t now);
  void refuse_unread(Datagram& datagram, const Trunk& trunk, sip::ErrorCode code);
  void give(Datagram& datagram, const NamedRequest& request, const Trunk& trunk, config::tables::Answer answer,
            std::uint16_t detail = 0);
  void cancel_waiting(Datagram& cancel, Slot& slot);
  [[nodiscard]] static config::tables::Answer wanted_by(const crypto::VerifyJob& job,
                                                        const config::tables::AnswerPolicy& policy, bool replayed);
  void request_to_peer(Datagram& datagram, const Trunk& trunk, const Live& live, sip::Action action);
  void request_from_peer(Datagram& datagram, const Trunk& trunk, const Live& live, sip::Action action, bool emergency);

  // True: it is a copy of a request that was signed, and has been sent with the same octets.
  [[nodiscard]] bool sends_copy(Datagram& datagram, const Trunk& trunk, const crypto::MarkPlan& departure);

  // What may be signed, and with which keys.
  struct Authority {
    char caller = 'A';        // the most that our own side allows for this caller
    std::string_view origid;  // what our own side calls the caller, in the message; empty: nothing
    char attest = '-';
    crypto::TokenOrders orders;
  };
  [[nodiscard]] static bool find_authority(const crypto::SignPlan& plan, const Trunk& trunk, const Live& live,
                                           Authority& authority);
  [[nodiscard]] std::array<char, crypto::kUuidBytes> origid_of(const Trunk& trunk, const Authority& authority,
                                                               std::string_view octets);
  void park_for_signing(Datagram& datagram, const Trunk& trunk, const Live& live, const crypto::SignPlan& plan,
                        const Authority& authority, const crypto::MarkPlan& departure);
  void park_for_verifying(Datagram& datagram, const Trunk& trunk, const Live& live, const crypto::MarkPlan& marks);
  // A record of what is decided without a crypto core.
  void record(const Datagram& datagram, const Trunk& trunk, Direction direction, config::wire::Decision decision,
              std::string_view reason, bool stripped = false);
  void leave_unsigned(Slot& slot, std::string_view reason);
  void leave_undecided(const NamedRequest& request, const Datagram& datagram);
  void overload(Datagram& datagram, const Trunk& trunk, Direction direction, const crypto::MarkPlan& marks,
                std::string_view reason);
  // The request in hand begins something, its source has no token left for it, and it matters no more than others.
  [[nodiscard]] bool is_over_limit(const Datagram& datagram, const Trunk& trunk, Direction direction);
  void go_on_undecided(Datagram& datagram, const Trunk& trunk, Direction direction, const crypto::MarkPlan& marks,
                       std::string_view reason);
  // How many messages may be parked before one like that in hand finds no place.
  [[nodiscard]] std::uint32_t places_for(const Trunk& trunk, crypto::JobKind kind);
  [[nodiscard]] Slot* park(const Datagram& datagram, const Trunk& trunk, const Live& live, crypto::JobKind kind);
  [[nodiscard]] std::string_view dispatch(Slot& slot);  // empty, or why no crypto core takes it
  void leave(Slot& slot);                               // the slot is free again, and what waited behind it goes on

  void fetch_rules(std::span<const std::uint32_t> slots);  // of those called, before finish() asks for them
  void finish(std::uint32_t index);
  void let_go_of(Slot& slot);  // leave(), and of its generation
  void finish_signing(Slot& slot);
  void finish_verifying(Slot& slot);
  void remember_complaints(const Slot& slot);
  [[nodiscard]] bool is_replay(const Slot& slot);        // of a valid call
  [[nodiscard]] bool waits_for_certificate(Slot& slot);  // true: it has been set aside
  void judge_again(std::uint32_t index, const Live& live);
  void end_wait(std::uint32_t index);

  PollContext& context_;
  MessageSender sender_;
  crypto::Hashcash puzzles_;
  PaymentDesk payments_;
  AnswerSender answers_;
  DecisionRecorder recorder_;
  crypto::OrigidGenerator origids_;
  Parking parking_;
  WaitingCalls waiting_;
  CertificateRequests requests_;
  PendingReasons reasons_;
  ReplayWatch replays_;
  SignedRequests signed_;
  DecidedRequests decided_;
  RingingCalls ringing_;
  SourceLimits sources_;
  CallBuckets buckets_;
  OutgoingRequests outgoing_;
  RecordQueue contacts_;
  CallFigures figures_;
  config::policy::content::NearCopies copies_;
  std::optional<std::uint8_t> text_score_;  // of the request in hand, which has no token
  const Live* retried_ = nullptr;           // the generation that waiting calls were judged by last
  std::uint32_t hash_seed_;
  sip::Message message_;  // in hand; if it is a request, request_ is its name
  NamedRequest request_;
  crypto::ExtractedIdentity called_;  // whom it calls, for for_called()
  std::optional<Decided> known_;      // what was decided about it before
  std::uint64_t deadline_cycles_;
  CryptoLinks links_;
  std::uint32_t held_packets_ = 0;
};

}  // namespace stirline::dataplane
