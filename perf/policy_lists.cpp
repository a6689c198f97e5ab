#include "perf/policy_lists.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>

#include <fmt/format.h>

#include "config/policy/list_table_writer.hpp"
#include "perf/policy_users.hpp"
#include "perf/rival_openssl.hpp"

namespace stirline::perf {
namespace {

using namespace config::policy;

constexpr std::uint64_t kRanges = 200'000;
constexpr std::uint64_t kPrefixes = 20'000;
constexpr std::uint64_t kSigners = 2'000;
constexpr std::uint64_t kCertificates = 200;
constexpr std::uint64_t kTrunks = 50;

// All different; those below the number of entries are listed.
std::string number_text(std::uint64_t i) {
  return fmt::format("{}", 12'000'000'000 + (i * 0x9E37'79B1 & 0x1'ffff'ffff));
}
std::string uri_text(std::uint64_t i) {
  return fmt::format("sip:caller{}@host{}.example", i, i % 1'000'003);
}
std::string domain_text(std::uint64_t i) {
  return fmt::format("host{}.example", i);
}

char letter_of(KeyKind kind) {
  return static_cast<char>('a' + static_cast<int>(kind));
}
constexpr char kPrefixLetter = 'P';

const KeySecret& secret() {
  return PolicyUsers::secret();
}
Key key_of(KeyKind kind, const std::string& text) {
  return text.empty()                ? kNoKey
         : kind == KeyKind::identity ? identity_key(secret(), text)
                                     : text_key(secret(), kind, text);
}

constexpr ListBits kOfShown = list_bit(List::white) | list_bit(List::black);
constexpr ListBits kOfClaim = list_bit(List::black) | list_bit(List::do_not_originate) | list_bit(List::unallocated);
constexpr ListBits kOfCalled = list_bit(List::do_not_call);

}  // namespace

PolicyLists::PolicyLists(std::size_t entries) : entries_(entries) {
  ListTableWriter writer(secret());
  std::array<std::uint16_t, 16> origins{};
  for (std::size_t i = 0; i < origins.size(); ++i) {
    origins[i] = writer.origin(fmt::format("list{}.csv", i));
  }
  std::mt19937_64 dice(10);
  const auto until = [&] {
    return dice() % 8 == 0 ? static_cast<ListUntil>(kPolicyNow - 1) : static_cast<ListUntil>(kPolicyNow + 1'000'000);
  };
  subjects_.reserve(entries);
  const auto add = [&](KeyKind kind, List list, const std::string& subject) {
    const ListUntil ends = until();
    writer.add(list, key_of(kind, subject), ends, origins[dice() % origins.size()]);
    subjects_[letter_of(kind) + subject] = {list_bit(list), ends};
  };
  for (std::uint64_t i = 0; i < kSigners; ++i) {
    add(KeyKind::spc, i % 2 == 0 ? List::white : List::black, fmt::format("{:04X}", i));
  }
  for (std::uint64_t i = 0; i < kCertificates; ++i) {
    add(KeyKind::certificate, List::black, fmt::format("CN=Carrier {}", i));
  }
  for (std::uint64_t i = 0; i < kTrunks; ++i) {
    add(KeyKind::trunk, List::black, fmt::format("trunk{}", i));
  }
  for (std::uint64_t i = 0; i < kPrefixes; ++i) {
    const std::string prefix = fmt::format("4{:05}", i * 5);
    const ListUntil ends = until();
    writer.add_prefix(List::black, key_of(KeyKind::identity, prefix), ends, origins[i % origins.size()]);
    subjects_[kPrefixLetter + prefix] = {list_bit(List::black), ends};
  }
  for (std::uint64_t i = 0; i < kRanges; ++i) {
    const std::uint64_t first = 30'000'000'000 + 2'000 * i;
    Range range{fmt::format("{}", first), fmt::format("{}", first + 999),
                list_bit(i % 2 == 0 ? List::unallocated : List::do_not_originate), until()};
    writer.add_range(i % 2 == 0 ? List::unallocated : List::do_not_originate, key_of(KeyKind::identity, range.first),
                     key_of(KeyKind::identity, range.last), range.until, origins[i % origins.size()]);
    ranges_.push_back(std::move(range));
  }
  constexpr std::array kOfNumbers{List::black, List::white, List::do_not_originate, List::do_not_call};
  const std::size_t left = entries - kSigners - kCertificates - kTrunks - kPrefixes - kRanges;
  for (std::uint64_t i = 0; i < left; ++i) {
    if (i % 16 == 14) {
      add(KeyKind::identity, i % 32 == 14 ? List::black : List::white, uri_text(i));
    } else if (i % 32 == 15) {
      add(KeyKind::domain, List::black, domain_text(i));
    } else {
      add(KeyKind::identity, kOfNumbers[i % kOfNumbers.size()], number_text(i));
    }
  }
  const double started = thread_cpu_us();
  const auto image = writer.take();
  if (!image) {
    throw std::runtime_error(image.error());
  }
  auto copied = config::wire::PagedImage::copy(*image);  // as the data plane keeps it
  if (!copied) {
    throw std::runtime_error(copied.error().text);
  }
  image_ = std::move(*copied);
  const auto table = ListTable::open(image_.view());
  if (!table) {
    throw std::runtime_error(table.error().text);
  }
  table_ = *table;
  seconds_ = (thread_cpu_us() - started) / 1e6;
}

ListBits PolicyLists::ask(const ListedCall& call) const {
  const ListTable::Answer answer = table_.ask(call.shown, call.claimed, kPolicyNow);
  return answer.of_caller.lists | answer.of_claim.lists;
}

ListBits PolicyLists::of_text(KeyKind kind, const std::string& subject) const {
  if (subject.empty()) {
    return 0;
  }
  const auto found = subjects_.find(letter_of(kind) + subject);
  return found != subjects_.end() && kPolicyNow < found->second.until ? found->second.lists : ListBits{0};
}

// Prefixes and ranges.
ListBits PolicyLists::of_number(const std::string& number) const {
  ListBits lists = 0;
  for (std::size_t length = 1; length <= number.size(); ++length) {
    const auto found = subjects_.find(kPrefixLetter + number.substr(0, length));
    if (found != subjects_.end() && kPolicyNow < found->second.until) {
      lists |= found->second.lists;
    }
  }
  const auto range = std::ranges::lower_bound(ranges_, number, {}, &Range::last);
  if (range != ranges_.end() && range->first.size() == number.size() && range->first <= number &&
      kPolicyNow < range->until) {
    lists |= range->lists;
  }
  return lists;
}

ListBits PolicyLists::ask_rival(const ListedCall& call) const {
  const bool is_uri = !call.domain.empty();
  unsigned lists = of_text(KeyKind::spc, call.signer) | of_text(KeyKind::certificate, call.certificate) |
                   of_text(KeyKind::trunk, call.trunk);
  const unsigned of_caller = of_text(KeyKind::identity, call.caller) | of_text(KeyKind::domain, call.domain) |
                             (is_uri ? 0U : of_number(call.caller));
  lists = (lists | (call.is_shown ? of_caller : 0U)) & kOfShown;
  lists |= of_caller & kOfClaim;
  const unsigned of_called = of_text(KeyKind::identity, call.called) | of_number(call.called);
  lists |= of_called & kOfCalled;
  return static_cast<ListBits>(lists);
}

ListBits PolicyLists::ask_rival_of_caller(const ListedCall& call) const {
  return static_cast<ListBits>(of_text(KeyKind::identity, call.caller) |
                               (call.domain.empty() ? of_number(call.caller) : ListBits{0}));
}

std::vector<ListedCall> PolicyLists::make_calls(std::size_t count) const {
  std::mt19937_64 dice(4);
  std::vector<ListedCall> calls(count);
  for (ListedCall& call : calls) {
    switch (dice() % 8) {
      case 0:
        call.caller = uri_text(dice() % (2 * entries_));
        call.domain = call.caller.substr(call.caller.find('@') + 1);
        break;
      case 1:
        call.caller = fmt::format("4{:05}{:07}", dice() % 100'000, dice() % 10'000'000);
        break;
      case 2:
        call.caller = fmt::format("{}", 30'000'000'000 + dice() % (kRanges * 2'000));
        break;
      default:
        call.caller = number_text(dice() % (2 * entries_));
    }
    call.called = number_text(dice() % (4 * entries_));
    call.trunk = fmt::format("trunk{}", dice() % 100);
    call.is_shown = dice() % 4 != 0;
    if (call.is_shown) {
      call.signer = fmt::format("{:04X}", dice() % (2 * kSigners));
      call.certificate = fmt::format("CN=Carrier {}", dice() % (4 * kCertificates));
    }
    call.claimed = {.caller = key_of(KeyKind::identity, call.caller),
                    .caller_domain = key_of(KeyKind::domain, call.domain),
                    .called = key_of(KeyKind::identity, call.called)};
    call.shown = {.identity = call.is_shown ? call.claimed.caller : kNoKey,
                  .domain = call.is_shown ? call.claimed.caller_domain : kNoKey,
                  .signer = key_of(KeyKind::spc, call.signer),
                  .certificate = key_of(KeyKind::certificate, call.certificate),
                  .trunk = key_of(KeyKind::trunk, call.trunk)};
  }
  return calls;
}

}  // namespace stirline::perf
