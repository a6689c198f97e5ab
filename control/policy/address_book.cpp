#include "control/policy/address_book.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "config/policy/rule.hpp"
#include "config/text_rules.hpp"
#include "control/policy/contact_address.hpp"
#include "control/policy/csv_reader.hpp"
#include "control/policy/line_reader.hpp"
#include "control/policy/vcard_reader.hpp"
#include "control/xcap/xml_document.hpp"
#include "sip_parser/characters.hpp"

namespace stirline::control::policy {
namespace {

constexpr std::array<std::string_view, 3> kForms{"vcard", "csv", "resource-lists"};
constexpr std::string_view kListsSpace = "urn:ietf:params:xml:ns:resource-lists";
constexpr std::size_t kMostColumns = 256;

std::string small(std::string_view text) {
  std::string letters;
  std::ranges::transform(text, std::back_inserter(letters), [](char c) { return sip::detail::lower(c); });
  return letters;
}

// What the readers of the three forms give their findings to.
class Import {
 public:
  Import(const AddressBookOptions& options, const ListStore::Put& put) : options_(options), put_(put) {}

  // False: enough, or the store fails.
  bool take(std::string_view address, std::string_view name, std::size_t line) {
    address = config::trimmed(address);
    if (address.empty()) {
      return true;
    }
    auto contact = read_contact_address(address, options_.dial_plan);
    if (!contact) {
      if (contact.error() != AddressFault::of_another_kind) {
        const bool is_number = contact.error() == AddressFault::no_full_number;
        tell(line, "\"" + std::string(address.substr(0, 64)) +
                       (is_number ? "\" is no number in full" : "\" is nobody who can call"));
      }
      return true;
    }
    if (!seen_.insert(contact->identity).second) {
      return true;
    }
    if (seen_.size() > options_.most) {
      failure_ = "more than " + std::to_string(options_.most) + " contacts";
      return false;
    }
    const auto done = put_({.owner = options_.owner,
                            .list = config::policy::List::white,
                            .kind = contact->kind,
                            .subject = std::move(contact->identity),
                            .until = options_.until,
                            .origin = options_.origin,
                            .note = std::string(name.substr(0, config::policy::kMaxTextBytes))});
    if (!done) {
      failure_ = done.error();
      return false;
    }
    ++result_.taken;
    return true;
  }

  void tell(std::size_t line, std::string text) {
    ++result_.mistakes;
    if (result_.told.size() < kMistakesTold) {
      result_.told.push_back({line, std::move(text)});
    }
  }
  void fail(std::string why) { failure_ = std::move(why); }

  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] const ListImport& result() const { return result_; }

 private:
  const AddressBookOptions& options_;
  const ListStore::Put& put_;
  std::set<std::string> seen_;
  ListImport result_;
  std::string failure_;
};

void read_vcards(std::istream& file, Import& import) {
  VcardReader reader(file);
  for (auto got = reader.next(); got != VcardReader::Got::end; got = reader.next()) {
    if (got == VcardReader::Got::mistake) {
      import.tell(reader.line(), reader.why());
      continue;
    }
    for (const std::string& address : reader.card().addresses) {
      if (!import.take(address, reader.card().name, reader.line())) {
        return;
      }
    }
  }
}

void read_csv(std::istream& file, Import& import) {
  CsvReader reader(file, kMostColumns);
  std::vector<std::size_t> columns;
  std::optional<std::size_t> name_column;
  if (reader.next() == CsvReader::Got::record) {
    for (std::size_t i = 0; i < reader.fields().size(); ++i) {
      if (is_address_column(reader.fields()[i])) {
        columns.push_back(i);
      } else if (!name_column && small(config::trimmed(reader.fields()[i])).ends_with("name")) {
        name_column = i;
      }
    }
  }
  if (columns.empty()) {
    import.fail("the first line names no column of numbers or URIs");
    return;
  }
  for (auto got = reader.next(); got != CsvReader::Got::end; got = reader.next()) {
    if (got == CsvReader::Got::mistake) {
      import.tell(reader.line(), reader.why());
      continue;
    }
    const std::vector<std::string>& fields = reader.fields();
    const std::string name = name_column && *name_column < fields.size() ? fields[*name_column] : std::string();
    for (const std::size_t column : columns) {
      // Programs that know several numbers of one kind write them like this.
      for (std::string_view rest = column < fields.size() ? fields[column] : std::string_view(); !rest.empty();) {
        const std::string_view one = rest.substr(0, rest.find(" ::: "));
        if (!import.take(one, name, reader.line())) {
          return;
        }
        rest.remove_prefix(std::min(rest.size(), one.size() + std::string_view(" ::: ").size()));
      }
    }
  }
}

// Lists within lists; what lies elsewhere (external, entry-ref) is not fetched. XmlDocument has bounded the depth.
bool read_list(XmlElement list, Import& import) {
  for (const XmlElement child : list.children()) {
    if (child.is(kListsSpace, "list")) {
      if (!read_list(child, import)) {
        return false;
      }
    } else if (child.is(kListsSpace, "entry")) {
      std::string name;
      for (const XmlElement part : child.children()) {
        name = part.is(kListsSpace, "display-name") ? part.text() : name;
      }
      const auto line = static_cast<std::size_t>(std::max(child.line(), 0L));
      if (!import.take(child.attribute("uri").value_or(""), name, line)) {
        return false;
      }
    }
  }
  return true;
}

void read_resource_lists(std::istream& file, Import& import) {
  std::string text(kMaxXmlOctets + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const auto document = XmlDocument::parse(text);
  if (!document) {
    import.fail(document.error().text);
  } else if (!document->root().is(kListsSpace, "resource-lists")) {
    import.fail("it is no document of resource-lists");
  } else {
    read_list(document->root(), import);
  }
}

}  // namespace

std::optional<AddressBookForm> find_address_book_form(std::string_view word) {
  const auto* const found = std::ranges::find(kForms, word);
  return found == kForms.end() ? std::nullopt : std::optional(static_cast<AddressBookForm>(found - kForms.begin()));
}

AddressBookForm form_of(std::istream& file) {
  constexpr std::string_view kCard = "begin:vcard";
  std::string first(kCard.size(), '\0');
  const auto got = file.rdbuf()->sgetn(first.data(), static_cast<std::streamsize>(first.size()));
  for (auto left = got; left > 0; --left) {
    file.rdbuf()->sungetc();
  }
  first.resize(static_cast<std::size_t>(std::max<std::streamsize>(got, 0)));
  return first.starts_with('<')  ? AddressBookForm::resource_lists
         : small(first) == kCard ? AddressBookForm::vcard
                                 : AddressBookForm::csv;
}

bool is_address_column(std::string_view name) {
  const std::string word = small(config::trimmed(name));
  const auto is = [&](std::string_view what) { return word == what; };
  return is("phone") || is("number") || is("telephone") || is("tel") || is("mobile") || is("uri") || is("sip") ||
         (word.starts_with("phone ") && word.ends_with(" value")) || word.ends_with(" phone") ||
         (word.contains(" phone ") && !word.ends_with(" type") && !word.ends_with(" label"));
}

std::expected<ListImport, std::string> import_address_book(std::istream& file, AddressBookForm form,
                                                           const AddressBookOptions& options, ListStore& store) {
  ListImport result;
  const auto changed = store.change([&](const ListStore::Put& put) -> ListStore::Done {
    Import import(options, put);
    constexpr std::array kReaders{&read_vcards, &read_csv, &read_resource_lists};
    kReaders[static_cast<std::size_t>(form)](file, import);
    result = import.result();
    return import.failure().empty() ? ListStore::Done() : std::unexpected(import.failure());
  });
  return changed ? std::expected<ListImport, std::string>(std::move(result)) : std::unexpected(changed.error());
}

}  // namespace stirline::control::policy
