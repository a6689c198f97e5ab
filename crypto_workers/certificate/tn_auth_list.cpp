#include "crypto_workers/certificate/tn_auth_list.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "crypto_workers/certificate/der_reader.hpp"
#include "crypto_workers/passport/claim_syntax.hpp"

namespace stirline::crypto {
namespace {

using Octets = std::span<const std::uint8_t>;

constexpr std::size_t kMaxNumberDigits = 15;  // TelephoneNumber ::= IA5String (SIZE (1..15))
constexpr std::size_t kMaxSpcCharacters = 64;

constexpr std::array<std::uint64_t, kMaxNumberDigits + 1> kPowersOfTen = [] {
  std::array<std::uint64_t, kMaxNumberDigits + 1> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) {
    powers[i] = powers[i - 1] * 10;
  }
  return powers;
}();

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool only_digits(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNumberDigits && std::ranges::all_of(text, is_digit);
}

std::uint64_t value_of(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

std::string text_of(Octets octets) {
  return {octets.begin(), octets.end()};
}

// Numbers of one length as an interval; a single number with '#' or '*' is none.
struct Interval {
  std::size_t digits = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

std::optional<Interval> interval_of(const TnEntry& entry) {
  if (entry.kind == TnEntry::Kind::spc || !only_digits(entry.value)) {
    return std::nullopt;
  }
  const std::uint64_t first = value_of(entry.value);
  return Interval{entry.value.size(), first, first + entry.count - 1};
}

// The last number of the interval among `entries` that holds `number`, of `digits` digits.
std::optional<std::uint64_t> end_of_holder(std::span<const TnEntry> entries, std::size_t digits, std::uint64_t number) {
  for (const TnEntry& entry : entries) {
    const auto interval = interval_of(entry);
    if (interval && interval->digits == digits && interval->first <= number && number <= interval->last) {
      return interval->last;
    }
  }
  return std::nullopt;
}

// Walks upwards through the parent's intervals until the child's is used up.
bool inside(const Interval& child, std::span<const TnEntry> parent) {
  std::uint64_t next = child.first;
  for (std::size_t step = 0; step <= parent.size(); ++step) {
    const auto last = end_of_holder(parent, child.digits, next);
    if (!last) {
      return false;
    }
    if (*last >= child.last) {
      return true;
    }
    next = *last + 1;
  }
  return false;
}

std::expected<TnEntry, TnAuthListError> read_number(Octets octets) {
  TnEntry entry{TnEntry::Kind::one, text_of(octets), 1};
  if (octets.empty() || octets.size() > kMaxNumberDigits || !is_canonical_number(entry.value)) {
    return std::unexpected(TnAuthListError::bad_number);
  }
  return entry;
}

std::expected<TnEntry, TnAuthListError> read_spc(DerReader choice) {
  const auto content = choice.take(der::kIa5String);
  if (!content || !choice.at_end() || content->empty() || content->size() > kMaxSpcCharacters ||
      !std::ranges::all_of(*content, [](std::uint8_t octet) { return octet > 0x20 && octet < 0x7f; })) {
    return std::unexpected(TnAuthListError::bad_spc);
  }
  return TnEntry{TnEntry::Kind::spc, text_of(*content), 1};
}

std::expected<TnEntry, TnAuthListError> read_range(DerReader choice) {
  const auto sequence = choice.take(der::kSequence);
  if (!sequence || !choice.at_end()) {
    return std::unexpected(TnAuthListError::bad_der);
  }
  DerReader fields(*sequence);
  const auto start = fields.take(der::kIa5String);
  const auto count = fields.take(der::kInteger);
  if (!start || !count) {
    return std::unexpected(TnAuthListError::bad_der);
  }
  while (!fields.at_end()) {  // "...": later versions may append fields (STIR-CE-01)
    if (!fields.take_any()) {
      return std::unexpected(TnAuthListError::bad_der);
    }
  }
  const auto entry = read_number(*start);
  if (!entry) {
    return std::unexpected(entry.error());
  }
  const auto numbers = der_unsigned(*count);
  if (!only_digits(entry->value) || !numbers || *numbers < 2) {
    return std::unexpected(TnAuthListError::bad_range);
  }
  // start + count < 10^D as RFC 8226 9 has it (STIR-CE-02), written so that it cannot overflow.
  const std::uint64_t limit = kPowersOfTen[entry->value.size()];
  if (*numbers >= limit - value_of(entry->value)) {
    return std::unexpected(TnAuthListError::bad_range);
  }
  return TnEntry{TnEntry::Kind::range, entry->value, *numbers};
}

std::expected<TnEntry, TnAuthListError> read_one(DerReader choice) {
  const auto content = choice.take(der::kIa5String);
  if (!content || !choice.at_end()) {
    return std::unexpected(TnAuthListError::bad_number);
  }
  return read_number(*content);
}

std::expected<TnEntry, TnAuthListError> read_entry(DerReader& list) {
  if (const auto content = list.take(der::context(0))) {
    return read_spc(DerReader(*content));
  }
  if (const auto content = list.take(der::context(1))) {
    return read_range(DerReader(*content));
  }
  if (const auto content = list.take(der::context(2))) {
    return read_one(DerReader(*content));
  }
  return std::unexpected(TnAuthListError::bad_der);
}

}  // namespace

bool TnAuthList::has_spc() const {
  return std::ranges::any_of(entries_, [](const TnEntry& entry) { return entry.kind == TnEntry::Kind::spc; });
}

std::string_view TnAuthList::spc() const {
  const auto found = std::ranges::find(entries_, TnEntry::Kind::spc, &TnEntry::kind);
  return found == entries_.end() ? std::string_view() : std::string_view(found->value);
}

bool TnAuthList::contains_number(std::string_view number) const {
  const bool digits = only_digits(number);
  const std::uint64_t value = digits ? value_of(number) : 0;
  return std::ranges::any_of(entries_, [&](const TnEntry& entry) {
    switch (entry.kind) {
      case TnEntry::Kind::one:
        return entry.value == number;
      case TnEntry::Kind::range:
        return digits && entry.value.size() == number.size() && value >= value_of(entry.value) &&
               value - value_of(entry.value) < entry.count;
      case TnEntry::Kind::spc:
        return false;
    }
    return false;
  });
}

bool TnAuthList::within(const TnAuthList& parent, bool spc_delegates_numbers) const {
  return std::ranges::all_of(entries_, [&](const TnEntry& entry) {
    if (entry.kind == TnEntry::Kind::spc) {
      return std::ranges::any_of(parent.entries_, [&](const TnEntry& other) {
        return other.kind == TnEntry::Kind::spc && other.value == entry.value;
      });
    }
    if (spc_delegates_numbers && parent.has_spc()) {
      return true;
    }
    const auto interval = interval_of(entry);
    return interval ? inside(*interval, parent.entries_) : parent.contains_number(entry.value);
  });
}

std::expected<TnAuthList, TnAuthListError> decode_tn_auth_list(std::span<const std::uint8_t> der) {
  DerReader outer(der);
  const auto sequence = outer.take(der::kSequence);
  if (!sequence || !outer.at_end()) {
    return std::unexpected(TnAuthListError::bad_der);
  }
  DerReader list(*sequence);
  if (list.at_end()) {
    return std::unexpected(TnAuthListError::empty_list);
  }
  std::vector<TnEntry> entries;
  while (!list.at_end()) {
    if (entries.size() == kMaxTnAuthListEntries) {
      return std::unexpected(TnAuthListError::too_long);
    }
    auto entry = read_entry(list);
    if (!entry) {
      return std::unexpected(entry.error());
    }
    entries.push_back(std::move(*entry));
  }
  return TnAuthList(std::move(entries));
}

}  // namespace stirline::crypto
