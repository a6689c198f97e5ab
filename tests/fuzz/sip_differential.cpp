// The same octets to libosip2 and to sofia-sip: where one of them accepts a message that we accept, it reads the same
// From, To, Call-ID, CSeq, branch and P-Asserted-Identity, or one of our own findings says why not.
//
// Findings that explain a difference:
//   - the message is not one that may be signed or judged (action_for says neither extract nor pass);
//   - a quoted pair, or an octet outside ASCII, in the field: readers undo or drop them in different ways;
//   - an escaped NUL: libosip2 undoes it and ends there (we flag it in requests that we work on);
//   - a URI of a scheme other than sip and sips: both libraries read those in their own way, so whole URIs are left
//   alone.
// What is no difference: escapes undone or not, the case of hosts, the brackets of an IPv6 address, blanks.
#include <charconv>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_parser.h>
#include <sys/time.h>

#include "sip_parser/action.hpp"
#include "sip_parser/characters.hpp"
#include "sip_parser/message.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/exact_block.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::sip_differential {
namespace {

using namespace stirline::sip;

struct Party {
  bool is_sip = false;  // of scheme sip or sips: the rest is then filled
  std::string user;
  std::string host;
  std::string tag;
};

struct Seen {
  Party from;
  Party to;
  std::string call_id;
  std::uint64_t cseq = 0;
  std::string method;
  std::string branch;
  std::vector<Party> asserted;
};

std::string copy(const char* text) {
  return text == nullptr ? "" : text;
}

std::string lower(std::string text) {
  for (char& c : text) {
    c = detail::lower(c);
  }
  return text;
}

std::string unescaped(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned octet = 0;
    const bool escape = text[i] == '%' && text.size() - i > 2 &&
                        std::from_chars(text.data() + i + 1, text.data() + i + 3, octet, 16).ptr == text.data() + i + 3;
    result += escape ? static_cast<char>(octet) : text[i];
    i += escape ? 2U : 0U;
  }
  return result;
}

std::string host_of(std::string host) {
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return lower(host);
}

bool is_sip_scheme(const std::string& scheme) {
  return lower(scheme) == "sip" || lower(scheme) == "sips";
}

Party party_of(std::string_view octets, const NameAddr& party) {
  const Uri& uri = party.uri;
  Party result;
  result.tag = text(octets, party.tag);
  if (uri.scheme == Scheme::sip || uri.scheme == Scheme::sips) {
    result.is_sip = true;
    result.user = unescaped(std::string(text(octets, uri.user)));
    result.host = host_of(std::string(text(octets, uri.host)));
  }
  return result;
}

Seen by_us(const Message& message, std::string_view octets) {
  Seen seen;
  seen.from = party_of(octets, message.from());
  seen.to = party_of(octets, message.to());
  seen.call_id = text(octets, message.call_id());
  seen.cseq = message.cseq();
  seen.method = text(octets, message.cseq_method());
  seen.branch = text(octets, message.top_via().branch);
  for (const NameAddr& party : message.asserted_identities()) {
    seen.asserted.push_back(party_of(octets, party));
  }
  return seen;
}

std::uint64_t number(const char* digits) {
  std::uint64_t value = 0;
  const std::string_view text(digits == nullptr ? "" : digits);
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string parameter(osip_list_t& params, std::string name) {
  osip_generic_param_t* found = nullptr;
  const bool good = osip_generic_param_get_byname(&params, name.data(), &found) == OSIP_SUCCESS;
  return good && found != nullptr ? copy(found->gvalue) : "";
}

Party by_osip(osip_from_t* party) {
  Party result;
  if (party == nullptr || party->url == nullptr) {
    return result;
  }
  result.tag = parameter(party->gen_params, "tag");
  result.is_sip = is_sip_scheme(copy(party->url->scheme));
  result.user = copy(party->url->username);  // which libosip2 has unescaped
  result.host = host_of(copy(party->url->host));
  return result;
}

// libosip2 has no typed P-Asserted-Identity: its values are read as From is, as far as that goes.
std::optional<std::vector<Party>> asserted_by_osip(osip_message_t* message) {
  std::vector<Party> result;
  for (int at = 0;;) {
    osip_header_t* header = nullptr;
    at = osip_message_header_get_byname(message, "p-asserted-identity", at, &header);
    if (at < 0) {
      return result;
    }
    ++at;
    osip_from_t* party = nullptr;
    if (osip_from_init(&party) != OSIP_SUCCESS) {
      return std::nullopt;
    }
    const bool good = header->hvalue != nullptr && osip_from_parse(party, header->hvalue) == OSIP_SUCCESS;
    if (good) {
      result.push_back(by_osip(party));
    }
    osip_from_free(party);
    if (!good) {
      return std::nullopt;
    }
  }
}

std::optional<Seen> by_osip(std::string_view octets) {
  static const bool ready = [] {
    osip_trace_initialize_func(OSIP_FATAL, [](const char*, int, osip_trace_level_t, const char*, va_list) {});
    return parser_init() == OSIP_SUCCESS;
  }();
  check(ready, "libosip2 starts");
  osip_message_t* message = nullptr;
  if (osip_message_init(&message) != OSIP_SUCCESS) {
    return std::nullopt;
  }
  const std::unique_ptr<osip_message_t, decltype(&osip_message_free)> owner(message, &osip_message_free);
  if (osip_message_parse(message, octets.data(), octets.size()) != OSIP_SUCCESS || message->from == nullptr ||
      message->to == nullptr || message->call_id == nullptr || message->cseq == nullptr) {
    return std::nullopt;
  }
  const auto asserted = asserted_by_osip(message);
  if (!asserted) {
    return std::nullopt;
  }
  Seen seen;
  seen.from = by_osip(message->from);
  seen.to = by_osip(message->to);
  seen.call_id = copy(message->call_id->number);
  if (message->call_id->host != nullptr) {
    seen.call_id += "@" + copy(message->call_id->host);
  }
  seen.cseq = number(message->cseq->number);
  seen.method = copy(message->cseq->method);
  auto* const via = static_cast<osip_via_t*>(osip_list_get(&message->vias, 0));
  if (via != nullptr) {
    seen.branch = parameter(via->via_params, "branch");
  }
  seen.asserted = *asserted;
  return seen;
}

// sofia-sip takes the fold behind a URI without angle brackets for a part of the host.
std::string without_fold(std::string host) {
  return host.substr(0, host.find_last_not_of("\r\n") + 1);
}

Party by_sofia(const url_t* url, const char* tag) {
  Party result;
  result.tag = copy(tag);
  result.is_sip = is_sip_scheme(copy(url->url_scheme));
  result.user = unescaped(copy(url->url_user));
  result.host = host_of(without_fold(copy(url->url_host)));
  return result;
}

std::optional<Seen> by_sofia(std::string_view octets) {
  static const msg_mclass_t* const message_class = sip_extend_mclass(nullptr);
  check(message_class != nullptr, "sofia-sip starts");
  msg_t* const message = msg_make(message_class, 0, octets.data(), static_cast<ssize_t>(octets.size()));
  const std::unique_ptr<msg_t, decltype(&msg_destroy)> owner(message, &msg_destroy);
  const sip_t* const sip = message == nullptr ? nullptr : sip_object(message);
  if (sip == nullptr || sip->sip_error != nullptr || sip->sip_from == nullptr || sip->sip_to == nullptr ||
      sip->sip_call_id == nullptr || sip->sip_cseq == nullptr || sip->sip_via == nullptr) {
    return std::nullopt;
  }
  Seen seen;
  seen.from = by_sofia(sip->sip_from->a_url, sip->sip_from->a_tag);
  seen.to = by_sofia(sip->sip_to->a_url, sip->sip_to->a_tag);
  seen.call_id = copy(sip->sip_call_id->i_id);
  seen.cseq = sip->sip_cseq->cs_seq;
  seen.method = copy(sip->sip_cseq->cs_method_name);
  seen.branch = copy(sip->sip_via->v_branch);
  for (const auto* asserted = sip_p_asserted_identity(sip); asserted != nullptr; asserted = asserted->paid_next) {
    seen.asserted.push_back(by_sofia(asserted->paid_url, nullptr));
  }
  return seen;
}

class Comparison {
 public:
  Comparison(const char* rival, const Seen& ours, const Seen& theirs) : rival_(rival), ours_(ours), theirs_(theirs) {}

  void run() const {
    party("From", ours_.from, theirs_.from);
    party("To", ours_.to, theirs_.to);
    same("From tag", ours_.from.tag, theirs_.from.tag);
    same("To tag", ours_.to.tag, theirs_.to.tag);
    same("Call-ID", ours_.call_id, theirs_.call_id);
    same("CSeq", std::to_string(ours_.cseq), std::to_string(theirs_.cseq));
    same("CSeq method", ours_.method, theirs_.method);
    same("branch", ours_.branch, theirs_.branch);
    same("number of P-Asserted-Identity", std::to_string(ours_.asserted.size()),
         std::to_string(theirs_.asserted.size()));
    for (std::size_t i = 0; i < ours_.asserted.size(); ++i) {
      party("P-Asserted-Identity", ours_.asserted[i], theirs_.asserted[i]);
    }
  }

 private:
  void party(const char* field, const Party& ours, const Party& theirs) const {
    same(field, ours.is_sip ? "sip" : "other", theirs.is_sip ? "sip" : "other");
    if (ours.is_sip) {
      same(field, ours.user, theirs.user);
      same(field, ours.host, theirs.host);
    }
  }

  void same(const char* field, const std::string& ours, const std::string& theirs) const {
    if (ours != theirs) {
      std::fprintf(stderr, "%s reads %s as \"%s\", we as \"%s\"\n", rival_, field, theirs.c_str(), ours.c_str());
      check(false, "what both accept both read alike");
    }
  }

  const char* rival_;
  const Seen& ours_;
  const Seen& theirs_;
};

bool is_explained(const Message& message, std::string_view octets) {
  const Action action = action_for(message, octets, {});
  if (action != Action::extract && action != Action::pass) {
    return true;
  }
  for (const HeaderLine& line : message.headers()) {
    if (text(octets, line.whole()).find("%00") != std::string_view::npos) {
      return true;
    }
    for (const char c : text(octets, line.whole())) {
      if (c == '\\' || static_cast<unsigned char>(c) >= 0x80) {
        return true;
      }
    }
  }
  return false;
}

bool has_run = false;

int run(const std::uint8_t* data, std::size_t size) {
  has_run = true;
  const ExactBlock block(data, size);
  static Message message;
  if (!message.parse(block.view()) || is_explained(message, block.view())) {
    return 0;
  }
  const Seen ours = by_us(message, block.view());
  if (const auto theirs = by_osip(block.view())) {
    Comparison("libosip2", ours, *theirs).run();
  }
  if (const auto theirs = by_sofia(block.view())) {
    Comparison("sofia-sip", ours, *theirs).run();
  }
  return 0;
}

const Target kTarget("sip_differential", run);

}  // namespace

// Both libraries lose memory when they give up on a message; that is not what is looked for here.
extern "C" int __lsan_is_turned_off() {
  return has_run ? 1 : 0;
}

}  // namespace stirline::fuzz::sip_differential
