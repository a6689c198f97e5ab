#include "perf/rival_sofia.hpp"

#include <cstdlib>
#include <stdexcept>

#include <sofia-sip/msg.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_parser.h>

namespace stirline::perf {
namespace {

std::string copy(const char* text) {
  return text == nullptr ? "" : text;
}

class Sofia final : public ParserLoop<Sofia> {
 public:
  Sofia() : class_(sip_extend_mclass(nullptr)) {
    if (class_ == nullptr) {
      throw std::runtime_error("sofia-sip has no extended message class");
    }
  }
  ~Sofia() override { std::free(class_); }
  Sofia(const Sofia&) = delete;
  Sofia& operator=(const Sofia&) = delete;

  bool parse(std::string_view octets) override {
    message_ = msg_make(class_, 0, octets.data(), static_cast<ssize_t>(octets.size()));
    sip_ = message_ == nullptr ? nullptr : sip_object(message_);
    return sip_ != nullptr && sip_->sip_error == nullptr && sip_->sip_cseq != nullptr;
  }

  void release() override { msg_destroy(message_); }

  SipDepth depth() const override {
    SipDepth depth;
    if (const sip_request_t* request = sip_->sip_request; request != nullptr) {
      depth.method = copy(request->rq_method_name);
      depth.request_user = copy(request->rq_url->url_user);
      depth.request_host = copy(request->rq_url->url_host);
    } else {
      depth.status = static_cast<unsigned>(sip_->sip_status->st_status);
    }
    depth.from_user = copy(sip_->sip_from->a_url->url_user);
    depth.from_host = copy(sip_->sip_from->a_url->url_host);
    depth.from_tag = copy(sip_->sip_from->a_tag);
    depth.to_user = copy(sip_->sip_to->a_url->url_user);
    depth.to_host = copy(sip_->sip_to->a_url->url_host);
    depth.to_tag = copy(sip_->sip_to->a_tag);
    depth.call_id = copy(sip_->sip_call_id->i_id);
    depth.cseq = sip_->sip_cseq->cs_seq;
    depth.branch = copy(sip_->sip_via->v_branch);
    for (const sip_via_t* via = sip_->sip_via; via != nullptr; via = via->v_next) {
      ++depth.vias;
    }
    if (sip_->sip_contact != nullptr) {
      depth.contact_host = copy(sip_->sip_contact->m_url->url_host);
    }
    for (const auto* asserted = sip_p_asserted_identity(sip_); asserted != nullptr; asserted = asserted->paid_next) {
      depth.asserted_users.push_back(copy(asserted->paid_url->url_user));
    }
    for (const sip_unknown_t* other = sip_->sip_unknown; other != nullptr; other = other->un_next) {
      if (std::string_view(other->un_name) == "Identity") {
        depth.identity_octets = std::string_view(other->un_value).size();
      }
    }
    depth.dated = sip_->sip_date != nullptr && sip_->sip_date->d_time != 0;
    if (sip_->sip_content_length != nullptr) {
      depth.content_length = static_cast<std::uint32_t>(sip_->sip_content_length->l_length);
    }
    return depth;
  }

 private:
  msg_mclass_t* class_;
  msg_t* message_ = nullptr;
  sip_t* sip_ = nullptr;
};

}  // namespace

std::unique_ptr<SipParser> make_sofia() {
  return std::make_unique<Sofia>();
}

}  // namespace stirline::perf
