#include "perf/own_parser.hpp"

#include "sip_parser/message.hpp"

namespace stirline::perf {
namespace {

class Own final : public ParserLoop<Own> {
 public:
  explicit Own(sip::Kernel kernel) : kernel_(kernel) {}

  bool parse(std::string_view octets) override {
    octets_ = octets;
    return message_.parse_with(kernel_, octets).has_value();
  }

  void release() override {}

  SipDepth depth() const override {
    const auto copy = [this](sip::Span span) { return std::string(sip::text(octets_, span)); };
    SipDepth depth;
    depth.method = copy(message_.method_text());
    depth.status = message_.status();
    depth.request_user = copy(message_.request_uri().user);
    depth.request_host = copy(message_.request_uri().host);
    depth.from_user = copy(message_.from().uri.user);
    depth.from_host = copy(message_.from().uri.host);
    depth.from_tag = copy(message_.from().tag);
    depth.to_user = copy(message_.to().uri.user);
    depth.to_host = copy(message_.to().uri.host);
    depth.to_tag = copy(message_.to().tag);
    depth.call_id = copy(message_.call_id());
    depth.cseq = message_.cseq();
    depth.vias = message_.via_count();
    depth.branch = copy(message_.top_via().branch);
    if (message_.contact()) {
      depth.contact_host = copy(message_.contact()->uri.host);
    }
    for (const sip::NameAddr& party : message_.asserted_identities()) {
      depth.asserted_users.push_back(copy(party.uri.user));
    }
    depth.identity_octets = message_.identities().empty() ? 0 : message_.identities().front().whole.length;
    depth.dated = message_.date().has_value();
    depth.content_length = message_.content_length().value_or(0);
    return depth;
  }

 private:
  sip::Kernel kernel_;
  sip::Message message_;
  std::string_view octets_;
};

}  // namespace

std::unique_ptr<SipParser> make_own(sip::Kernel kernel) {
  return std::make_unique<Own>(kernel);
}

}  // namespace stirline::perf
