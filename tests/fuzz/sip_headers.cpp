// Any octets as header lines of a request: every reader of a header field keeps what it finds inside that field, and
// its limits.
#include <algorithm>
#include <array>
#include <string>

#include "sip_parser/headers/call_info.hpp"
#include "sip_parser/headers/content_disposition.hpp"
#include "sip_parser/headers/diversion.hpp"
#include "sip_parser/headers/event.hpp"
#include "sip_parser/headers/feature_caps.hpp"
#include "sip_parser/headers/history_info.hpp"
#include "sip_parser/headers/option_tags.hpp"
#include "sip_parser/headers/preferred_identity.hpp"
#include "sip_parser/headers/priority.hpp"
#include "sip_parser/headers/privacy.hpp"
#include "sip_parser/headers/reason.hpp"
#include "sip_parser/headers/resource_priority.hpp"
#include "sip_parser/headers/spam_score.hpp"
#include "sip_parser/headers/subject.hpp"
#include "sip_parser/headers/vias.hpp"
#include "sip_parser/utf8.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/exact_block.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/unit/sip_parser/samples.hpp"
#include "tests/unit/sip_parser/spans.hpp"

namespace stirline::fuzz::sip_headers {
namespace {

using namespace stirline::sip;

class Fields {
 public:
  Fields(const Message& message, std::string_view octets) : message_(message), octets_(octets) {}

  // An error of `result` names its field and lies in the message.
  template <typename Result>
  bool good(const Result& result, HeaderId id) const {
    check(result || (result.error().header == id && result.error().offset <= octets_.size()), "an error has a place");
    return result.has_value();
  }

  // `span` lies in the value of one `id` field.
  void inside(Span span, HeaderId id) const {
    check(span.empty() || std::ranges::any_of(message_.headers(),
                                              [&](const HeaderLine& line) {
                                                return line.id == id && sip::test::within(span, line.value());
                                              }),
          "a part lies in its field");
  }

  void party(const NameAddr& party, HeaderId id) const {
    inside(party.whole, id);
    check(sip::test::party_is_sound(party, party.whole), "the parts of a party lie inside");
  }

 private:
  const Message& message_;
  std::string_view octets_;
};

void try_values(const Message& message, std::string_view octets, const Fields& fields) {
  if (const auto list = read_reasons(message, octets); fields.good(list, HeaderId::reason)) {
    for (const Reason& reason : list->view()) {
      fields.inside(reason.whole, HeaderId::reason);
      check(sip::test::within(reason.protocol, reason.whole) && sip::test::within(reason.text, reason.whole),
            "a reason is whole");
      check(!reason.protocol.empty() && reason.cause.value_or(0) <= kMaxReasonCause, "a reason has a protocol");
    }
  }
  if (const auto list = read_vias(message, octets); fields.good(list, HeaderId::via)) {
    check(list->size() == message.via_count(), "as many as were counted");
    for (const Via& via : list->view()) {
      fields.inside(via.whole, HeaderId::via);
      for (const Span part : {via.transport, via.host, via.port, via.branch, via.received}) {
        check(sip::test::within(part, via.whole), "a part lies in its value");
      }
    }
  }
  if (const auto list = read_resource_priorities(message, octets); fields.good(list, HeaderId::resource_priority)) {
    for (const ResourcePriority& value : list->view()) {
      fields.inside(value.whole, HeaderId::resource_priority);
      check(value.name_space.length + value.priority.length + 1 == value.whole.length, "a value has two halves");
    }
  }
  if (const auto list = read_call_infos(message, octets); fields.good(list, HeaderId::call_info)) {
    for (const CallInfo& info : list->view()) {
      fields.inside(info.whole, HeaderId::call_info);
      for (const Span part :
           {info.uri, info.purpose, info.call_reason, info.verified, info.whole_verified, info.integrity}) {
        check(sip::test::within(part, info.whole), "a part lies in its value");
      }
    }
  }
  if (const auto list = read_feature_caps(message, octets); fields.good(list, HeaderId::feature_caps)) {
    for (const FeatureCap& cap : list->view()) {
      fields.inside(cap.name, HeaderId::feature_caps);
      fields.inside(cap.value, HeaderId::feature_caps);
      check(find_feature_cap(*list, octets, text(octets, cap.name)) != nullptr, "what is listed is found");
    }
  }
  for (const HeaderId id : {HeaderId::require, HeaderId::supported, HeaderId::proxy_require}) {
    if (const auto tags = read_option_tags(message, octets, id); fields.good(tags, id)) {
      for (const Span tag : tags->view()) {
        fields.inside(tag, id);
        check(has_option_tag(*tags, octets, text(octets, tag)), "what is listed is found");
      }
    }
  }
}

void try_parties(const Message& message, std::string_view octets, const Fields& fields) {
  if (const auto list = read_diversions(message, octets); fields.good(list, HeaderId::diversion)) {
    for (const Diversion& diversion : list->view()) {
      fields.party(diversion.party, HeaderId::diversion);
      check(sip::test::within(diversion.reason, diversion.party.params), "a reason is a parameter");
    }
  }
  if (const auto list = read_history(message, octets); fields.good(list, HeaderId::history_info)) {
    for (const HistoryEntry& entry : list->view()) {
      fields.party(entry.party, HeaderId::history_info);
      check(entry.levels > 0 && entry.levels <= kMaxIndexLevels && sip::test::within(entry.index, entry.party.params),
            "an entry has an index");
      check(sip::test::within(entry.reason, entry.party.uri.headers) &&
                sip::test::within(entry.privacy, entry.party.uri.headers),
            "an embedded header lies in the URI");
    }
  }
  if (const auto list = read_preferred_identities(message, octets); fields.good(list, HeaderId::p_preferred_identity)) {
    for (const NameAddr& party : list->view()) {
      fields.party(party, HeaderId::p_preferred_identity);
    }
  }
}

void try_singles(const Message& message, std::string_view octets, const Fields& fields) {
  fields.good(read_priority(message, octets), HeaderId::priority);
  if (const auto event = read_event(message, octets); fields.good(event, HeaderId::event)) {
    check(event->empty() == (message.count(HeaderId::event) == 0), "an event has a type");
  }
  if (const auto score = read_spam_score(message, octets); fields.good(score, HeaderId::spam_score)) {
    check(!*score || **score <= kMaxSpamScore, "a score is bounded");
  }
  if (const auto privacy = read_privacy(message, octets); fields.good(privacy, HeaderId::privacy)) {
    check(!(privacy->none && (privacy->id || privacy->user || privacy->header)), "none stands alone");
    check(privacy->present == (message.count(HeaderId::privacy) > 0), "a field is there or not");
  }
  static std::array<char, kMaxSubjectBytes> buffer{};
  if (const auto subject = read_subject(message, octets, buffer); fields.good(subject, HeaderId::subject)) {
    check(subject->find('\n') == std::string_view::npos && detail::is_utf8(*subject), "a subject is one line of UTF-8");
  }
  if (const HeaderLine* line = message.first(HeaderId::content_disposition)) {
    const auto disposition = read_content_disposition(octets, line->value());
    if (fields.good(disposition, HeaderId::content_disposition)) {
      fields.inside(disposition->type, HeaderId::content_disposition);
    }
  }
}

int run(const std::uint8_t* data, std::size_t size) {
  const ExactBlock block(sip::test::invite(std::string_view(reinterpret_cast<const char*>(data), size)));
  static Message message;
  if (!message.parse(block.view())) {
    return 0;
  }
  const Fields fields(message, block.view());
  try_values(message, block.view(), fields);
  try_parties(message, block.view(), fields);
  try_singles(message, block.view(), fields);
  return 0;
}

const Target kTarget("sip_headers", run);

}  // namespace
}  // namespace stirline::fuzz::sip_headers
