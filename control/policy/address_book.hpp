// Address books of users as their devices and programs export them, made contacts: vCards 3.0 and 4.0, comma-separated
// values, resource-lists (RFC 4826) (SPIT-FW-11). Canonical, each once, and of one owner.
//
// One thread at a time; bounded memory. Errors are sentences.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include "control/policy/list_file.hpp"
#include "control/policy/list_store.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::control::policy {

enum class AddressBookForm : std::uint8_t {
  vcard,
  csv,             // a first line with the names of columns; see is_address_column()
  resource_lists,  // at most kMaxXmlOctets
};
// "vcard", "csv", "resource-lists".
[[nodiscard]] std::optional<AddressBookForm> find_address_book_form(std::string_view word);
// By its first octets; nothing of it is taken from the file.
[[nodiscard]] AddressBookForm form_of(std::istream& file);

// Does a column of this name hold numbers or URIs? "Phone 1 - Value", "Mobile", "Business Phone", "sip"; not "Phone 1 -
// Type".
[[nodiscard]] bool is_address_column(std::string_view name);

struct AddressBookOptions {
  std::string owner;                       // of owner_of()
  std::string origin;                      // of its entries: the file's name
  std::optional<std::int64_t> until = {};  // seconds since 1970; nothing: for ever
  sip::DialPlan dial_plan = {};            // for numbers that are not written in full
  std::size_t most = 100'000;              // contacts of one file
};

// All entries of the file, as white entries of the owner. What cannot be called is told as a mistake and left out: a
// book of a thousand is not turned away for an extension of the office. Addresses of other kinds (xmpp:, mailto:) are
// passed over. The error: nothing was taken; the file is of no such form, or the store cannot be written.
[[nodiscard]] std::expected<ListImport, std::string> import_address_book(std::istream& file, AddressBookForm form,
                                                                         const AddressBookOptions& options,
                                                                         ListStore& store);

}  // namespace stirline::control::policy
