#include "config/wire/call_record.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "config/text_rules.hpp"
#include "config/wire/short_texts.hpp"

namespace stirline::config::wire {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint8_t kStripped = 1;
constexpr std::uint8_t kCut = 2;
constexpr std::uint8_t kWrongSender = 4;
constexpr std::uint8_t kKnownCaller = 8;
constexpr std::uint8_t kChallenged = 16;
constexpr std::uint8_t kNotify = 32;
constexpr std::uint8_t kWithheld = 64;
constexpr std::uint8_t kFlags = kStripped | kCut | kWrongSender | kKnownCaller | kChallenged | kNotify | kWithheld;
constexpr std::uint8_t kHashed = 0x80;  // in front of a token: its hash follows; the rest is the length of its type

// The texts of a record, in the order in which they stand behind the head.
struct RecordText {
  std::string_view CallRecord::* member;
  std::size_t most;
};
constexpr std::array<RecordText, RecordHead::kTexts> kRecordTexts = {{
    {&CallRecord::trunk, kMaxRecordName},
    {&CallRecord::in_port, kMaxRecordName},
    {&CallRecord::out_port, kMaxRecordName},
    {&CallRecord::method, kMaxRecordMethod},
    {&CallRecord::reason, kMaxRecordReason},
    {&CallRecord::rule, kMaxRecordRule},
    {&CallRecord::orig, kMaxRecordIdentity},
    {&CallRecord::dest, kMaxRecordIdentity},
    {&CallRecord::target, kMaxRecordIdentity},
    {&CallRecord::origid, kMaxRecordOrigid},
    {&CallRecord::call_id, kMaxRecordCallId},
}};
static_assert(std::ranges::all_of(kRecordTexts, [](const RecordText& text) { return text.most <= 0xff; }));
static_assert(kMaxRecordBytes <= 0xffff);

bool is_reason(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

// What is wrong with the head, or nullptr.
const char* fault_of(const RecordHead& head, std::size_t there) {
  if (head.bytes < sizeof(head) || head.bytes > there || head.bytes > kMaxRecordBytes) {
    return "a record of a wrong length";
  }
  if (head.decision >= kDecisions || head.flow > static_cast<std::uint8_t>(Flow::to_peer) ||
      head.verdict > static_cast<std::uint8_t>(crypto::Verdict::invalid) || head.handling >= policy::kHandlings ||
      (head.flags & ~kFlags) != 0) {
    return "a record with an unknown decision, flow, verdict, handling or flag";
  }
  if (head.attest != 0 && (head.attest < 'A' || head.attest > 'C')) {
    return "a record with an unknown attestation";
  }
  if (head.status > kMaxStatus ||
      (head.status != 0) != (head.decision == static_cast<std::uint8_t>(Decision::answered))) {
    return "a record whose status does not go with its decision";
  }
  if (head.tokens > kMaxRecordTokens || head.reserved != 0) {
    return "a record with too many tokens, or with a reserved octet";
  }
  return nullptr;
}

// Texts and tokens out of what stands behind the head: nothing may be missing, nothing left.
bool read_rest(const RecordHead& head, std::string_view rest, CallRecord& record) {
  for (std::size_t i = 0; i < kRecordTexts.size(); ++i) {
    if (head.lengths[i] > kRecordTexts[i].most || head.lengths[i] > rest.size()) {
      return false;
    }
    record.*kRecordTexts[i].member = take(rest, head.lengths[i]);
  }
  for (std::size_t i = 0; i < head.tokens; ++i) {
    if (rest.empty()) {
      return false;
    }
    const auto mark = static_cast<std::uint8_t>(take(rest, 1).front());
    const std::size_t type = mark & ~std::size_t{kHashed};
    const std::size_t hash = (mark & kHashed) != 0 ? kRecordHashBytes : 0;
    if (type > kMaxRecordType || type + hash > rest.size()) {
      return false;
    }
    RecordToken token;
    token.type = take(rest, type);
    const std::string_view octets = take(rest, hash);
    token.hash = {reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()};
    record.add(token);
  }
  return rest.empty();
}

}  // namespace

std::string_view to_string(Decision decision) {
  switch (decision) {
    case Decision::signed_:
      return "signed";
    case Decision::not_signed:
      return "not_signed";
    case Decision::judged:
      return "judged";
    case Decision::undecided:
      return "undecided";
    case Decision::passed:
      return "passed";
    case Decision::refused:
      return "refused";
    case Decision::emergency:
      return "emergency";
    case Decision::answered:
      return "answered";
  }
  return {};
}

std::string_view to_string(Flow flow) {
  return flow == Flow::to_peer ? "to_peer" : "from_peer";
}

std::size_t encode_record(const CallRecord& record, std::span<char, kMaxRecordBytes> out) {
  RecordHead head;
  head.decision = static_cast<std::uint8_t>(record.decision);
  head.flow = static_cast<std::uint8_t>(record.flow);
  head.verdict = static_cast<std::uint8_t>(record.verdict);
  head.flags = static_cast<std::uint8_t>(
      (record.stripped ? kStripped : 0U) | (record.cut ? kCut : 0U) | (record.wrong_sender ? kWrongSender : 0U) |
      (record.known_caller ? kKnownCaller : 0U) | (record.challenged ? kChallenged : 0U) |
      (record.notify ? kNotify : 0U) | (record.withheld ? kWithheld : 0U));
  head.attest = static_cast<std::uint8_t>(record.attest);
  head.tokens = record.token_count;
  head.time = record.time;
  head.status = record.status;
  head.core = record.core;
  head.handling = static_cast<std::uint8_t>(record.handling);
  char* at = out.data() + sizeof(head);
  for (std::size_t i = 0; i < kRecordTexts.size(); ++i) {
    const std::string_view whole = record.*kRecordTexts[i].member;
    const std::string_view text = whole.substr(0, kRecordTexts[i].most);
    head.flags = static_cast<std::uint8_t>(head.flags | (text.size() < whole.size() ? kCut : 0U));
    head.lengths[i] = static_cast<std::uint8_t>(text.size());
    at = append(at, text);
  }
  for (const RecordToken& token : std::span(record.tokens).first(record.token_count)) {
    const std::string_view type = token.type.substr(0, kMaxRecordType);
    const bool hashed = token.hash.size() == kRecordHashBytes;
    *at++ = static_cast<char>(type.size() | (hashed ? kHashed : 0U));
    at = append(at, type);
    if (hashed) {
      at = append(at, {reinterpret_cast<const char*>(token.hash.data()), token.hash.size()});
    }
  }
  const auto bytes = static_cast<std::size_t>(at - out.data());
  head.bytes = static_cast<std::uint16_t>(bytes);
  std::memcpy(out.data(), &head, sizeof(head));
  return bytes;
}

std::expected<CallRecord, std::string> decode_record(std::string_view& octets) {
  RecordHead head;
  if (octets.size() < sizeof(head)) {
    return std::unexpected("a record is cut off");
  }
  std::memcpy(&head, octets.data(), sizeof(head));
  if (const char* fault = fault_of(head, octets.size())) {
    return std::unexpected(fault);
  }
  CallRecord record;
  record.time = head.time;
  record.decision = static_cast<Decision>(head.decision);
  record.flow = static_cast<Flow>(head.flow);
  record.verdict = static_cast<crypto::Verdict>(head.verdict);
  record.stripped = (head.flags & kStripped) != 0;
  record.cut = (head.flags & kCut) != 0;
  record.wrong_sender = (head.flags & kWrongSender) != 0;
  record.known_caller = (head.flags & kKnownCaller) != 0;
  record.challenged = (head.flags & kChallenged) != 0;
  record.notify = (head.flags & kNotify) != 0;
  record.withheld = (head.flags & kWithheld) != 0;
  record.handling = static_cast<policy::Handling>(head.handling);
  record.attest = static_cast<char>(head.attest);
  record.status = head.status;
  record.core = head.core;
  if (!read_rest(head, take(octets, head.bytes).substr(sizeof(head)), record)) {
    return std::unexpected("a record whose texts do not fit its length");
  }
  if (!is_name(record.trunk) || !is_name(record.in_port) || !is_name(record.out_port) || !is_reason(record.reason)) {
    return std::unexpected("a record with a name that is none");
  }
  return record;
}

}  // namespace stirline::config::wire
