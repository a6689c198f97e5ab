// Who is on which list: white, black, do-not-originate, do-not-call, unallocated, with owner, end, origin and note
// (SPIT-CL-02, SPIT-CL-03, SPIT-CL-09, SPIT-FW-07). What packet cores get is config/policy/list_table.hpp; this is
// where it comes from.
//
// A store is used by one thread at a time; several, of several processes, may have the file open, and each learns what
// the others have changed. Errors are sentences.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy/list_table.hpp"
#include "config/policy/list_table_writer.hpp"
#include "sip_parser/telephone_number.hpp"

namespace stirline::control::policy {

enum class SubjectKind : std::uint8_t { number, prefix, range, uri, domain, spc, certificate, trunk };
inline constexpr std::size_t kSubjectKinds = static_cast<std::size_t>(SubjectKind::trunk) + 1;
[[nodiscard]] std::string_view to_string(SubjectKind kind);

// Whose entries packet cores ask about for every call. Other owners are a tenant or a user, "tenant:..." or a URI:
// theirs hold for their own calls alone and become part of their rules.
inline constexpr std::string_view kOperator = "operator";

struct ListEntry {
  std::string owner = std::string(kOperator);
  config::policy::List list = config::policy::List::black;
  SubjectKind kind = SubjectKind::number;
  std::string subject = {};                // canonical: digits, "first-last", a normalized URI, a domain in A-labels
  std::optional<std::int64_t> until = {};  // seconds since 1970; nothing: for ever
  std::string origin = {};                 // who has entered it: a file, the API, a component
  std::string note = {};
};

// The subject as calls carry it. The error says what is wrong with it.
[[nodiscard]] std::expected<std::string, std::string> canonical_subject(SubjectKind kind, std::string_view text,
                                                                        const sip::DialPlan& dial_plan);

// The owner of a user's entries: "tel:+12155550121" of a number, else the URI. By his canonical identity.
[[nodiscard]] std::string owner_of(std::string_view identity);
// The other way; nothing: no user's.
[[nodiscard]] std::optional<std::string> user_of(std::string_view owner);

struct ListFilter {
  std::optional<std::string> owner = {};
  std::optional<config::policy::List> list = {};
  std::optional<std::string> origin = {};
  std::optional<std::string> subject = {};  // canonical
};

// Whose entries have changed; `number` is what to ask with the next time.
struct ListChanges {
  std::int64_t number = 0;
  std::vector<std::string> owners = {};
};

class ListStore {
 public:
  virtual ~ListStore() = default;

  using Done = std::expected<void, std::string>;

  // Everything `fill` puts in, or nothing if it fails. An entry with owner, list, kind and subject of one that is there
  // takes its place.
  using Put = std::function<Done(const ListEntry&)>;
  [[nodiscard]] virtual Done change(const std::function<Done(const Put& put)>& fill) = 0;
  [[nodiscard]] virtual std::expected<bool, std::string> remove(const ListEntry& entry) = 0;  // false: it was not there
  // All that the filter, which names an owner, is about; how many that were.
  [[nodiscard]] virtual std::expected<std::int64_t, std::string> remove(const ListFilter& filter) = 0;

  // An entry that comes by itself and not by anybody's hand: it takes the place of one of the same origin that ends
  // `worth` seconds earlier or more, and of no other. Nothing new if the owner has `most` entries already. True: it has
  // been taken.
  using Offer = std::function<std::expected<bool, std::string>(const ListEntry& entry)>;
  struct OfferLimits {
    std::int64_t worth = 0;
    std::int64_t most = 0;
  };
  [[nodiscard]] virtual Done offer(const OfferLimits& limits, const std::function<Done(const Offer& offer)>& fill) = 0;

  // Who has entries, operator and tenants apart.
  [[nodiscard]] virtual std::expected<std::vector<std::string>, std::string> users() const = 0;

  // What has changed since `number`, by whatever process. 0: everybody who has ever had any.
  [[nodiscard]] virtual std::expected<ListChanges, std::string> changes_since(std::int64_t number) const = 0;
  [[nodiscard]] virtual std::expected<std::int64_t, std::string> last_change() const = 0;  // its number

  // In order of owner, list, kind, subject, until `take` says false.
  [[nodiscard]] virtual Done each(const ListFilter& filter,
                                  const std::function<bool(const ListEntry&)>& take) const = 0;
  [[nodiscard]] virtual std::expected<std::int64_t, std::string> size() const = 0;

  // Takes out what has ended before `time`; how many that were.
  [[nodiscard]] virtual std::expected<std::int64_t, std::string> forget_ended(std::int64_t time) = 0;
};

// A file, or with an empty name the memory.
[[nodiscard]] std::expected<std::unique_ptr<ListStore>, std::string> open_list_store(const std::filesystem::path& file);

// The operator's entries that hold at `now`, for packet cores. The error: they are too many for a table.
[[nodiscard]] std::expected<config::tables::Image, std::string> make_list_table(
    const ListStore& store, const config::policy::KeySecret& secret, const config::policy::ListSettings& settings,
    std::int64_t now);

}  // namespace stirline::control::policy
