#include "tests/support/policy/synthetic_day.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <tuple>
#include <utility>

namespace stirline::test {
namespace {

using namespace config::policy;

constexpr KeySecret kSecret{7, 7, 7};
constexpr std::int64_t kHour = 3'600;

// How somebody of a trade calls. Percentages of his calls.
struct Habits {
  std::uint32_t least_calls = 0;
  std::uint32_t most_calls = 0;
  std::uint32_t known = 0;     // to numbers that he calls again and again
  std::uint32_t contacts = 0;  // how many these are
  std::uint32_t answered = 0;
  std::uint32_t brief = 0;        // of the answered ones
  std::uint32_t unallocated = 0;  // of the others: the number is nobody's
  std::uint32_t attested_a = 0;
  std::uint32_t attested_b = 0;
  std::uint32_t attested_c = 0;  // the rest is not signed
  std::int64_t from_hour = 0;    // when he calls, UTC
  std::int64_t to_hour = 24;
};

constexpr std::array<Habits, kTrades> kHabits{{
    {2, 14, 85, 12, 72, 8, 2, 75, 10, 5, 7, 23},       // person
    {30, 150, 80, 80, 66, 10, 3, 80, 15, 0, 8, 18},    // firm
    {60, 180, 10, 20, 62, 25, 5, 90, 10, 0, 9, 19},    // reminder
    {800, 2'500, 0, 0, 18, 85, 25, 0, 20, 60, 0, 24},  // dialler
    {150, 400, 0, 0, 35, 75, 14, 85, 15, 0, 8, 20},    // list_caller
    {300, 900, 0, 0, 30, 80, 12, 0, 10, 50, 6, 22},    // neighbour
    {300, 900, 0, 0, 3, 90, 10, 0, 40, 40, 0, 24},     // one_ring
    {90, 160, 0, 0, 25, 85, 18, 0, 30, 60, 8, 21},     // snowshoe
}};
constexpr std::array<std::uint32_t, kTrades> kPeople{4'000, 150, 40, 6, 8, 8, 6, 40};

class Town {
 public:
  Town(std::uint64_t seed, std::int64_t midnight) : dice_(seed), midnight_(midnight) {}

  SyntheticDay live() {
    for (std::size_t trade = 0; trade < kTrades; ++trade) {
      for (std::uint32_t i = 0; i < kPeople[trade]; ++i) {
        add_caller(static_cast<Trade>(trade));
      }
    }
    std::ranges::sort(day_.events, {},
                      [](const DayEvent& event) { return std::tuple(event.at, event.call, event.kind); });
    return std::move(day_);
  }

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(dice_() % bound); }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  std::uint32_t between(std::uint32_t least, std::uint32_t most) { return least + below(most - least + 1); }

  static Key number(std::uint64_t value) { return identity_key(kSecret, std::to_string(value)); }
  std::uint64_t any_number() { return 12'150'000'000 + below(9'999'999); }
  static Key text(KeyKind kind, const std::string& name) { return text_key(kSecret, kind, name); }

  // Most signers are decent; a nuisance is to be found at those that ask no questions. So are some honest people.
  std::string signer_of(Trade trade) {
    if (trade == Trade::snowshoe) {
      return "snow";
    }
    return is_nuisance(trade) && chance(60) ? "lax" + std::to_string(below(2)) : "spc" + std::to_string(below(20));
  }

  Authentication attestation_of(const Habits& habits) {
    const std::uint32_t at = below(100);
    return at < habits.attested_a                                           ? Authentication::verified_a
           : at < habits.attested_a + habits.attested_b                     ? Authentication::verified_b
           : at < habits.attested_a + habits.attested_b + habits.attested_c ? Authentication::verified_c
                                                                            : Authentication::none;
  }

  // The number called, the `index`th of this caller.
  std::uint64_t called_by(Trade trade, const Habits& habits, const std::vector<std::uint64_t>& contacts,
                          std::uint64_t start, std::uint32_t index) {
    if (trade == Trade::dialler) {
      return start + index;
    }
    return !contacts.empty() && chance(habits.known) ? contacts[below(static_cast<std::uint32_t>(contacts.size()))]
                                                     : any_number();
  }

  void add_caller(Trade trade) {
    const Habits& habits = kHabits[static_cast<std::size_t>(trade)];
    const std::uint32_t caller = day_.callers++;
    const std::uint64_t own = any_number();
    const std::uint64_t start = any_number();
    const std::string signer = signer_of(trade);
    const bool transit = is_nuisance(trade) || chance(10);
    std::vector<std::uint64_t> contacts(habits.contacts);
    std::ranges::generate(contacts, [&] { return chance(10) ? own / 10'000 * 10'000 + below(10'000) : any_number(); });
    const auto span = static_cast<std::uint32_t>((habits.to_hour - habits.from_hour) * kHour);
    const std::uint32_t calls = between(habits.least_calls, habits.most_calls);
    std::vector<std::int64_t> times(calls);
    std::ranges::generate(times, [&] { return midnight_ + habits.from_hour * kHour + below(span); });
    std::ranges::sort(times);
    for (std::uint32_t i = 0; i < calls; ++i) {
      const std::uint64_t called = called_by(trade, habits, contacts, start, i);
      // As if from next door: a few numbers of the same block, each used for a while.
      const std::uint64_t shown = trade == Trade::neighbour ? called / 10'000 * 10'000 + (own + i / 300) % 10'000 : own;
      DayCall call{.begun = {}, .caller = caller, .trade = trade};
      call.begun.authentication = attestation_of(habits);
      call.begun.claimed = number(shown);
      call.begun.shown = call.begun.authentication == Authentication::verified_a ? call.begun.claimed : kNoKey;
      call.begun.signer = call.begun.authentication == Authentication::none ? kNoKey : text(KeyKind::spc, signer);
      call.begun.trunk = text(KeyKind::trunk, transit ? "transit" : "tandem" + std::to_string(caller % 3));
      call.begun.called = number(called);
      call.begun.now = times[i];
      call.begun.name = day_.calls.size() + 1;
      call.begun.name *= 0x9E37'79B9'7F4A'7C15;
      happen(call, habits);
    }
  }

  void happen(const DayCall& call, const Habits& habits) {
    const auto index = static_cast<std::uint32_t>(day_.calls.size());
    const std::int64_t at = call.begun.now;
    day_.calls.push_back(call);
    day_.events.push_back({at, DayEvent::Kind::begin, 0, index});
    if (!chance(habits.answered)) {
      constexpr std::array<std::uint16_t, 3> kUnanswered{480, 486, 487};
      const std::uint16_t status = chance(habits.unallocated) ? std::uint16_t{404} : kUnanswered[below(3)];
      day_.events.push_back({at + 5 + below(30), DayEvent::Kind::answer, status, index});
      return;
    }
    const std::int64_t answered = at + 3 + below(25);
    day_.events.push_back({answered, DayEvent::Kind::answer, 200, index});
    const std::int64_t lasts = chance(habits.brief) ? 1 + below(8) : 12 + below(600);
    day_.events.push_back({answered + lasts, DayEvent::Kind::end, 0, index});
  }

  std::mt19937_64 dice_;
  std::int64_t midnight_;
  SyntheticDay day_;
};

}  // namespace

const char* to_string(Trade trade) {
  constexpr std::array<const char*, kTrades> kNames{"person",      "firm",      "reminder", "dialler",
                                                    "list_caller", "neighbour", "one_ring", "snowshoe"};
  return kNames[static_cast<std::size_t>(trade)];
}

SyntheticDay synthetic_day(std::uint64_t seed, std::int64_t first_second) {
  return Town(seed, first_second).live();
}

}  // namespace stirline::test
