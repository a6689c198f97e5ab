// Judging calls: rules of a million users, lists of ten million entries, documents compiled. Every row and its rival
// run in turns, slice by slice, in this process; the medians of the slices are compared. All answers are compared with
// those of the rival, and the program fails if one differs.
#include <array>
#include <chrono>
#include <cstdio>
#include <exception>
#include <random>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "config/policy/judge.hpp"
#include "perf/policy_challenges.hpp"
#include "perf/policy_lists.hpp"
#include "perf/policy_statistics.hpp"
#include "perf/policy_texts.hpp"
#include "perf/policy_users.hpp"
#include "perf/report.hpp"
#include "tests/support/policy/plain_reading.hpp"

namespace stirline::perf {
namespace {

using namespace config::policy;

constexpr std::size_t kSlice = 4'096;
constexpr std::size_t kDocuments = 1'000;
constexpr std::size_t kTexts = 1'024;  // different ones
constexpr std::size_t kTextOctets = 1'024;
constexpr std::size_t kChallenges = 1'024;  // likewise
constexpr std::size_t kBurst = 32;          // frames that a core takes at a time
constexpr std::size_t kRivals = 64;         // calls that a slow rival gets in a slice

struct Options {
  bool json = false;
  std::size_t slices = 60;
  std::size_t users = 1'000'000;
  std::size_t entries = 10'000'000;
};

// Nanoseconds of the clock for one of `count`. What is timed is short, and medians are taken: that other programs took
// the processor away now and then does not show.
template <typename Act>
double time_ns(std::size_t count, Act&& act) {
  const auto started = std::chrono::steady_clock::now();
  act();
  const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - started;
  return taken.count() / static_cast<double>(count);
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {}

  void run() {
    compile();
    memory();
    evaluate();
    lists();
    statistics();
    content();
    challenges();
  }
  [[nodiscard]] const std::vector<Result>& results() const { return results_; }

 private:
  void add(std::string name, std::string unit, double value) {
    results_.push_back({std::move(name), std::move(unit), value, {}});
  }
  void add(std::string name, double value, const char* rival, double rival_value) {
    results_.push_back({std::move(name), "ns", value, Rival{rival, rival_value, rival_value / value}});
  }

  void compile() {
    for (const std::size_t rules : {5UZ, 20UZ}) {
      const auto documents = make_documents(kDocuments, rules);
      std::vector<double> ns;
      std::size_t octets = 0;
      for (std::size_t slice = 0; slice < 5; ++slice) {
        ns.push_back(time_ns(kDocuments, [&] {
          for (const WrittenRules& one : documents) {
            octets += compile_document(one.text, PolicyUsers::secret()).size();
          }
        }));
      }
      if (octets == 0) {
        throw std::runtime_error("documents come to nothing");
      }
      add(rules == 5 ? "compile/user" : "compile/user_20rules", "users/s", 1e9 / median(ns));
    }
  }

  void memory() {
    const PolicyUsers users(options_.users, 5, {});
    add("memory/1M_users_5rules", "MB", static_cast<double>(users.octets()) / 1e6);
  }

  static void compare(const PolicyUsers& users, const PolicyCall& call, control::XmlElement document) {
    const test::PlainVerdict plain = test::read_plainly(document, {}, call.spoken);
    const Judgement judgement =
        judge(users.tables(), identity_key(PolicyUsers::secret(), PolicyUsers::name_of(call.document)), call.facts);
    const bool is_users = judgement.layer == Layer::user;
    const Outcome& outcome = judgement.outcome;
    if (is_users != (plain.handling != "none") ||
        (is_users &&
         (to_string(outcome.handling) != plain.handling || outcome.work != plain.work ||
          judgement.rules.text(outcome.rule, RuleText::id) != plain.rule || outcome.notify != plain.notify))) {
      throw std::runtime_error("compiled rules say " + std::string(to_string(outcome.handling)) +
                               ", their document says " + plain.handling);
    }
  }

  void evaluate() {
    const auto documents = make_documents(kDocuments, 20);
    const PolicyUsers users(options_.users, 20, documents);
    const auto calls = make_policy_calls(kSlice, documents);
    for (const PolicyCall& call : calls) {
      compare(users, call, documents[call.document].document->root());
    }
    const KeySecret& secret = PolicyUsers::secret();
    std::mt19937_64 dice(99);
    // What a core has just made out of messages lies in its first cache: so it does here.
    std::array<CallFacts, kBurst> facts{};
    std::array<std::string, kBurst> callers{};
    std::array<std::string, kBurst> called{};
    std::array<CalledUser, kBurst> found{};
    std::array<Key, kBurst> keys{};
    std::vector<double> one_ns;
    std::vector<double> burst_ns;
    std::vector<double> rival_ns;
    std::size_t said = 0;
    const auto get_ready = [&](std::size_t first) {
      for (std::size_t i = 0; i < kBurst; ++i) {
        facts[i] = calls[first + i].facts;
        callers[i] = calls[first + i].spoken.caller;
        called[i] = PolicyUsers::name_of(dice() % options_.users);
      }
    };
    const auto name_caller = [&](std::size_t i) {
      facts[i].caller = callers[i].empty() ? kNoKey : identity_key(secret, callers[i]);
    };
    for (std::size_t slice = 0; slice < options_.slices; ++slice) {
      for (std::size_t first = 0; first < kSlice; first += kBurst) {
        get_ready(first);
        one_ns.push_back(time_ns(kBurst, [&] {
          for (std::size_t i = 0; i < kBurst; ++i) {
            name_caller(i);
            said += judge(users.tables(), identity_key(secret, called[i]), facts[i]).outcome.rule;
          }
        }));
        get_ready(first);
        burst_ns.push_back(time_ns(kBurst, [&] {
          for (std::size_t i = 0; i < kBurst; ++i) {
            name_caller(i);
            keys[i] = identity_key(secret, called[i]);
            prefetch_user(users.tables(), keys[i]);
          }
          for (std::size_t i = 0; i < kBurst; ++i) {
            found[i] = find_user(users.tables(), keys[i]);
            found[i].rules.prefetch();
          }
          for (std::size_t i = 0; i < kBurst; ++i) {
            said += judge(users.tables(), found[i], facts[i]).outcome.rule;
          }
        }));
      }
      rival_ns.push_back(time_ns(kRivals, [&] {
        for (std::size_t i = 0; i < kRivals; ++i) {
          const PolicyCall& call = calls[(slice * kRivals + i) % kSlice];
          said += test::read_plainly(documents[call.document].document->root(), {}, call.spoken).work;
        }
      }));
    }
    if (said == 0) {
      throw std::runtime_error("no rule ever matched");
    }
    const double rival = median(rival_ns);
    add("evaluate/20rules", median(one_ns), "libxml2 walk", rival);
    add("evaluate/20rules_burst", median(burst_ns), "libxml2 walk", rival);
    add("memory/users_20rules", "MB", static_cast<double>(users.octets()) / 1e6);
  }

  // A look-up: whether whoever calls is on a list, by himself, a prefix or a range. Of a call all is asked that could
  // be: on the average six subjects and two numbers.
  void lists() {
    const PolicyLists lists(options_.entries);
    const auto calls = lists.make_calls(64 * kSlice);
    std::size_t hits = 0;
    for (const ListedCall& call : calls) {
      if (lists.ask(call) != lists.ask_rival(call)) {
        throw std::runtime_error("lists differ about " + call.caller + " calling " + call.called);
      }
      hits += lists.ask(call) != 0 ? 1U : 0U;
    }
    if (hits < calls.size() / 20) {
      throw std::runtime_error("next to nobody is on a list");
    }
    std::vector<double> lookup_ns;
    std::vector<double> one_ns;
    std::vector<double> burst_ns;
    std::vector<double> lookup_rival_ns;
    std::vector<double> rival_ns;
    std::array<ShownCaller, kBurst> shown{};  // in the first cache, as above
    std::array<ClaimedCall, kBurst> claimed{};
    std::size_t next = 0;
    const auto get_ready = [&] {
      for (std::size_t i = 0; i < kBurst; ++i, next = (next + 1) % calls.size()) {
        shown[i] = calls[next].shown;
        claimed[i] = calls[next].claimed;
      }
    };
    std::array<ListQuestion, kBurst> questions;
    const auto ask = [&](const ListQuestion& question) {
      const ListTable::Answer answer = lists.table().ask(question, kPolicyNow);
      hits += std::size_t{answer.of_caller.lists} + answer.of_claim.lists;
    };
    const auto ask_burst = [&](const auto& prepare) {
      for (std::size_t i = 0; i < kBurst; ++i) {
        prepare(i);
      }
      for (const ListQuestion& question : questions) {
        lists.table().fetch(question);
      }
      for (const ListQuestion& question : questions) {
        ask(question);
      }
    };
    const auto ask_rivals = [&](const auto& ask_one) {
      return time_ns(kRivals, [&] {
        for (std::size_t i = 0; i < kRivals; ++i, next = (next + 1) % calls.size()) {
          hits += ask_one(calls[next]);
        }
      });
    };
    for (std::size_t slice = 0; slice < options_.slices; ++slice) {
      for (std::size_t first = 0; first < kSlice; first += kBurst) {
        get_ready();
        one_ns.push_back(time_ns(kBurst, [&] {
          for (std::size_t i = 0; i < kBurst; ++i) {
            lists.table().prepare(shown[i], claimed[i], questions[0]);
            lists.table().fetch(questions[0]);
            ask(questions[0]);
          }
        }));
        get_ready();
        burst_ns.push_back(time_ns(kBurst, [&] {
          ask_burst([&](std::size_t i) { lists.table().prepare(shown[i], claimed[i], questions[i]); });
        }));
        get_ready();
        lookup_ns.push_back(time_ns(kBurst, [&] {
          ask_burst([&](std::size_t i) { lists.table().prepare({}, {.caller = claimed[i].caller}, questions[i]); });
        }));
      }
      lookup_rival_ns.push_back(ask_rivals([&](const ListedCall& call) { return lists.ask_rival_of_caller(call); }));
      rival_ns.push_back(ask_rivals([&](const ListedCall& call) { return lists.ask_rival(call); }));
    }
    if (hits == 0) {
      throw std::runtime_error("nobody is on a list");
    }
    const double rival = median(rival_ns);
    add("lists/10M", median(lookup_ns), "unordered_map of texts", median(lookup_rival_ns));
    add("lists/10M_call", median(burst_ns), "unordered_map of texts", rival);
    add("lists/10M_call_one_by_one", median(one_ns), "unordered_map of texts", rival);
    add("lists/10M_memory", "MB", static_cast<double>(lists.octets()) / 1e6);
    add("lists/10M_build", "s", lists.seconds_to_build());
  }

  void statistics() {
    PolicyStatistics statistics(64 * kSlice);
    std::vector<double> one_ns;
    std::vector<double> burst_ns;
    std::vector<double> score_ns;
    for (std::size_t round = 0; round < options_.slices * (kSlice / kBurst); ++round) {
      const auto one = statistics.next_calls(kBurst);
      one_ns.push_back(time_ns(kBurst, [&] { statistics.count_one_by_one(one); }));
      const auto burst = statistics.next_calls(kBurst);
      burst_ns.push_back(time_ns(kBurst, [&] { statistics.count_burst(burst); }));
      score_ns.push_back(time_ns(kBurst, [&] { statistics.score_last(); }));
    }
    if (statistics.scores() == 0) {
      throw std::runtime_error("nobody is suspect");
    }
    add("statistics/update", "ns", median(burst_ns));
    add("statistics/update_one_by_one", "ns", median(one_ns));
    add("statistics/score", "ns", median(score_ns));
    add("statistics/fixed_memory", "MB", static_cast<double>(statistics.octets()) / 1e6);
  }

  // Of texts in eight languages, half of them spam: what a crypto core does with one that was parsed. Both must see
  // which is which more often than not.
  void content() {
    PolicyTexts texts(kTexts, kTextOctets);
    std::vector<double> own_ns;
    std::vector<double> rival_ns;
    std::size_t found = 0;
    std::size_t found_by_rival = 0;
    for (std::size_t round = 0; round < 10; ++round) {
      for (std::size_t first = 0; first + kBurst <= kTexts; first += kBurst) {
        own_ns.push_back(time_ns(kBurst, [&] {
          for (std::size_t i = first; i < first + kBurst; ++i) {
            found += texts.judge(texts.texts()[i]) == (i % 2 == 0) ? 1U : 0U;
          }
        }));
        rival_ns.push_back(time_ns(kBurst, [&] {
          for (std::size_t i = first; i < first + kBurst; ++i) {
            found_by_rival += texts.judge_as_rival(texts.texts()[i]) == (i % 2 == 0) ? 1U : 0U;
          }
        }));
      }
    }
    if (2 * std::min(found, found_by_rival) < 10 * kTexts) {
      throw std::runtime_error("texts are taken for what they are not");
    }
    add("content/1kB", median(own_ns), "unordered_map of words", median(rival_ns));
    add("content/tokens", "tokens", static_cast<double>(texts.tokens()));
  }

  // What a request costs that brings the solution of a puzzle, right or as wrong as costs most, or a receipt; each is
  // of another call.
  void challenges() {
    PolicyChallenges challenges(kChallenges);
    std::vector<double> puzzle_ns;
    std::vector<double> refuse_ns;
    std::vector<double> receipt_ns;
    std::size_t good = 0;
    for (std::size_t round = 0; round < 20; ++round) {
      for (std::size_t first = 0; first + kBurst <= kChallenges; first += kBurst) {
        puzzle_ns.push_back(time_ns(kBurst, [&] {
          for (std::size_t i = first; i < first + kBurst; ++i) {
            good += challenges.is_solved(i) ? 1U : 0U;
          }
        }));
        refuse_ns.push_back(time_ns(kBurst, [&] {
          for (std::size_t i = first; i < first + kBurst; ++i) {
            good += challenges.is_refused(i) ? 1U : 0U;
          }
        }));
        receipt_ns.push_back(time_ns(kBurst, [&] {
          for (std::size_t i = first; i < first + kBurst; ++i) {
            good += challenges.is_paid(i) ? 1U : 0U;
          }
        }));
      }
    }
    if (good != 3 * 20 * kChallenges) {
      throw std::runtime_error("a solution or a receipt is taken for what it is not");
    }
    add("hashcash/verify", "ns", median(puzzle_ns));
    add("hashcash/refuse", "ns", median(refuse_ns));
    add("payment/verify", "ns", median(receipt_ns));
  }

  const Options& options_;
  std::vector<Result> results_;
};

int run(int argc, char** argv) {
  CLI::App app("Rules of a million users, lists of ten million entries, against plain ways in the same run");
  Options options;
  app.add_flag("--json", options.json, "print JSON");
  app.add_option("--slices", options.slices, "slices measured for each row")->check(CLI::Range(3, 100'000));
  app.add_option("--users", options.users, "called users with rules")->check(CLI::Range(1'000, 10'000'000));
  app.add_option("--entries", options.entries, "entries of lists")->check(CLI::Range(1'000'000, 10'000'000));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  Bench bench(options);
  bench.run();
  std::fputs((options.json ? to_json(bench.results()) : to_table(bench.results())).c_str(), stdout);
  return 0;
}

}  // namespace
}  // namespace stirline::perf

int main(int argc, char** argv) {
  try {
    return stirline::perf::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_policy: %s\n", error.what());
    return 1;
  }
}
