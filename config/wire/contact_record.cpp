#include "config/wire/contact_record.hpp"

#include <algorithm>
#include <cstring>

namespace stirline::config::wire {
namespace {

bool fits(std::size_t octets) {
  return octets != 0 && octets <= kMaxContactIdentity;
}

}  // namespace

std::size_t encode_contact(const ContactRecord& record, std::span<char, kMaxContactBytes> out) {
  if (!fits(record.user.size()) || !fits(record.contact.size())) {
    return 0;
  }
  const ContactHead head{.bytes = static_cast<std::uint16_t>(sizeof(head) + record.user.size() + record.contact.size()),
                         .user = static_cast<std::uint8_t>(record.user.size()),
                         .contact = static_cast<std::uint8_t>(record.contact.size())};
  std::memcpy(out.data(), &head, sizeof(head));
  char* const texts = std::ranges::copy(record.user, out.data() + sizeof(head)).out;
  std::ranges::copy(record.contact, texts);
  return head.bytes;
}

std::expected<ContactRecord, std::string> decode_contact(std::string_view& octets) {
  ContactHead head;
  if (octets.size() < sizeof(head)) {
    return std::unexpected("a contact without its head");
  }
  std::memcpy(&head, octets.data(), sizeof(head));
  if (head.bytes > octets.size() || !fits(head.user) || !fits(head.contact) ||
      head.bytes != sizeof(head) + head.user + head.contact) {
    return std::unexpected("a contact of a wrong length");
  }
  const ContactRecord record{.user = octets.substr(sizeof(head), head.user),
                             .contact = octets.substr(sizeof(head) + head.user, head.contact)};
  octets.remove_prefix(head.bytes);
  return record;
}

}  // namespace stirline::config::wire
