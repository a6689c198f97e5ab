#include "perf/rival_osip.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>
#include <sys/time.h>

namespace stirline::perf {
namespace {

std::string copy(const char* text) {
  return text == nullptr ? "" : text;
}

std::string tag_of(osip_from_t* party) {
  std::array<char, 4> name = {"tag"};  // osip_from_get_tag hands a literal to a char*
  osip_generic_param_t* tag = nullptr;
  return osip_generic_param_get_byname(&party->gen_params, name.data(), &tag) == OSIP_SUCCESS && tag != nullptr
             ? copy(tag->gvalue)
             : "";
}

std::uint32_t number(const char* digits) {
  std::uint32_t value = 0;
  const std::string_view text(digits);
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

class Osip final : public ParserLoop<Osip> {
 public:
  Osip() {
    if (parser_init() != OSIP_SUCCESS) {
      throw std::runtime_error("libosip2 does not start");
    }
  }

  bool parse(std::string_view octets) override {
    asserted_.clear();
    date_ = nullptr;
    identity_ = nullptr;
    if (osip_message_init(&message_) != OSIP_SUCCESS ||
        osip_message_parse(message_, octets.data(), octets.size()) != OSIP_SUCCESS) {
      return false;
    }
    for (int at = 0;;) {
      osip_header_t* header = nullptr;
      at = osip_message_header_get_byname(message_, "p-asserted-identity", at, &header);
      if (at < 0) {
        break;
      }
      ++at;
      osip_from_t*& party = asserted_.emplace_back();
      if (osip_from_init(&party) != OSIP_SUCCESS || osip_from_parse(party, header->hvalue) != OSIP_SUCCESS) {
        return false;
      }
    }
    osip_message_header_get_byname(message_, "date", 0, &date_);
    osip_message_header_get_byname(message_, "identity", 0, &identity_);
    return true;
  }

  void release() override {
    for (osip_from_t* party : asserted_) {
      osip_from_free(party);
    }
    osip_message_free(message_);
  }

  SipDepth depth() const override {
    SipDepth depth;
    if (MSG_IS_REQUEST(message_)) {
      depth.method = copy(message_->sip_method);
      depth.request_user = copy(message_->req_uri->username);
      depth.request_host = copy(message_->req_uri->host);
    } else {
      depth.status = static_cast<unsigned>(message_->status_code);
    }
    depth.from_user = copy(message_->from->url->username);
    depth.from_host = copy(message_->from->url->host);
    depth.from_tag = tag_of(message_->from);
    depth.to_user = copy(message_->to->url->username);
    depth.to_host = copy(message_->to->url->host);
    depth.to_tag = tag_of(message_->to);
    depth.call_id = copy(message_->call_id->number);
    if (message_->call_id->host != nullptr) {
      depth.call_id += "@" + copy(message_->call_id->host);
    }
    depth.cseq = number(message_->cseq->number);
    depth.vias = static_cast<std::size_t>(osip_list_size(&message_->vias));
    auto* top = static_cast<osip_via_t*>(osip_list_get(&message_->vias, 0));
    osip_generic_param_t* branch = nullptr;
    if (top != nullptr && osip_via_param_get_byname(top, const_cast<char*>("branch"), &branch) == OSIP_SUCCESS) {
      depth.branch = copy(branch->gvalue);
    }
    if (auto* contact = static_cast<osip_contact_t*>(osip_list_get(&message_->contacts, 0)); contact != nullptr) {
      depth.contact_host = copy(contact->url->host);
    }
    for (const osip_from_t* party : asserted_) {
      const std::string_view whole = party->url->string == nullptr ? "" : party->url->string;
      depth.asserted_users.push_back(whole.empty() ? copy(party->url->username) : std::string(whole));
    }
    depth.identity_octets = identity_ == nullptr ? 0 : std::string_view(identity_->hvalue).size();
    depth.dated = date_ != nullptr;
    if (message_->content_length != nullptr) {
      depth.content_length = number(message_->content_length->value);
    }
    return depth;
  }

 private:
  osip_message_t* message_ = nullptr;
  std::vector<osip_from_t*> asserted_;
  osip_header_t* date_ = nullptr;
  osip_header_t* identity_ = nullptr;
};

}  // namespace

std::unique_ptr<SipParser> make_osip() {
  return std::make_unique<Osip>();
}

std::size_t osip_answer(std::string_view request, int status, const char* phrase, const char* to_tag) {
  osip_message_t* asked = nullptr;
  osip_message_t* answer = nullptr;
  char* text = nullptr;
  std::size_t length = 0;
  const bool good =
      osip_message_init(&asked) == OSIP_SUCCESS &&
      osip_message_parse(asked, request.data(), request.size()) == OSIP_SUCCESS &&
      osip_message_fix_last_via_header(asked, "192.0.2.7", 5'066) == OSIP_SUCCESS &&
      osip_message_init(&answer) == OSIP_SUCCESS && osip_to_clone(asked->to, &answer->to) == OSIP_SUCCESS &&
      osip_to_set_tag(answer->to, osip_strdup(to_tag)) == OSIP_SUCCESS &&
      osip_from_clone(asked->from, &answer->from) == OSIP_SUCCESS &&
      osip_call_id_clone(asked->call_id, &answer->call_id) == OSIP_SUCCESS &&
      osip_cseq_clone(asked->cseq, &answer->cseq) == OSIP_SUCCESS &&
      osip_list_clone(&asked->vias, &answer->vias, reinterpret_cast<int (*)(void*, void**)>(&osip_via_clone)) ==
          OSIP_SUCCESS;
  if (good) {
    osip_message_set_version(answer, osip_strdup("SIP/2.0"));
    osip_message_set_status_code(answer, status);
    osip_message_set_reason_phrase(answer, osip_strdup(phrase));
    if (osip_message_set_content_length(answer, "0") == OSIP_SUCCESS &&
        osip_message_to_str(answer, &text, &length) != OSIP_SUCCESS) {
      length = 0;
    }
  }
  osip_free(text);
  osip_message_free(answer);
  osip_message_free(asked);
  return length;
}

}  // namespace stirline::perf
