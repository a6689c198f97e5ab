// The SIP parser against sofia-sip and libosip2, on one core: 1,024 distinct messages a class, to the same depth.
//
// All contestants of a class run in turns, slice by slice; the medians are compared. Before that, every parser must
// have found the same values in every message.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <span>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "crypto_workers/stir/answer_tag.hpp"
#include "perf/own_parser.hpp"
#include "perf/report.hpp"
#include "perf/rival_osip.hpp"
#include "perf/rival_sofia.hpp"
#include "perf/sip_messages.hpp"
#include "sip_parser/answer.hpp"
#include "sip_parser/edit_list.hpp"
#include "sip_parser/first_look.hpp"
#include "sip_parser/message.hpp"

namespace stirline::perf {
namespace {

using Messages = std::vector<std::string>;

constexpr std::size_t kMessages = 1'024;
constexpr std::size_t kSliceOctets = 300'000;  // stay in a second-level cache of 1 MiB beside all that a parser needs

// Of the messages of a class, by number.
struct Slice {
  std::size_t begin;
  std::size_t end;
};

struct Contestant {
  std::string name;
  std::function<void(Slice)> work;
};

// `work(i)` on each message.
template <typename Work>
std::function<void(Slice)> on_each(Work&& work) {
  return [work](Slice slice) {
    for (std::size_t i = slice.begin; i < slice.end; ++i) {
      work(i);
    }
  };
}

std::vector<Slice> slices_of(const Messages& messages) {
  std::vector<Slice> slices;
  std::size_t octets = kSliceOctets;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (octets + messages[i].size() > kSliceOctets) {
      slices.push_back({i, i});
      octets = 0;
    }
    octets += messages[i].size();
    slices.back().end = i + 1;
  }
  return slices;
}

// Brings the messages of a slice into the cache.
void touch(const Messages& messages, Slice slice) {
  constexpr std::size_t kCacheLine = 64;
  for (std::size_t i = slice.begin; i < slice.end; ++i) {
    for (std::size_t at = 0; at < messages[i].size(); at += kCacheLine) {
      [[maybe_unused]] const volatile char octet = messages[i][at];
    }
  }
}

// Nanoseconds for one of the messages. A slice of them goes from contestant to contestant, and each finds it in the
// second-level cache; then the next slice, and no message comes again before all others have. A slice is long enough
// that what the contestant before has left in the processor's predictors is soon forgotten. Of each slice the median
// over the turns counts.
std::vector<double> in_turns(std::size_t turns, const Messages& messages, const std::vector<Contestant>& contestants) {
  const std::vector<Slice> slices = slices_of(messages);
  std::vector<std::vector<std::vector<double>>> measured(contestants.size(),
                                                         std::vector<std::vector<double>>(slices.size()));
  for (std::size_t turn = 0; turn < turns; ++turn) {
    for (std::size_t slice = 0; slice < slices.size(); ++slice) {
      for (std::size_t c = 0; c < contestants.size(); ++c) {
        touch(messages, slices[slice]);
        const auto started = std::chrono::steady_clock::now();
        contestants[c].work(slices[slice]);
        const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - started;
        measured[c][slice].push_back(spent.count());
      }
    }
  }
  std::vector<double> results;
  for (const auto& slices_of_one : measured) {
    double sum = 0;
    for (const std::vector<double>& times : slices_of_one) {
      sum += median(times);
    }
    results.push_back(sum / static_cast<double>(messages.size()));
  }
  return results;
}

void require(bool holds, const std::string& what) {
  if (!holds) {
    throw std::runtime_error(what);
  }
}

class Bench {
 public:
  explicit Bench(std::size_t turns) : turns_(turns) {
    for (const sip::Kernel kernel : sip::kKernels) {
      if (sip::runs_here(kernel)) {
        kernels_.emplace_back(kernel, make_own(kernel));
      }
    }
  }

  void run() {
    const Messages invites = sip_messages(SipClass::invite, kMessages);
    parse("parse/invite", invites, true);
    parse("parse/invite_identity", sip_messages(SipClass::invite_identity, kMessages), false);
    parse("parse/message", sip_messages(SipClass::message, kMessages), false);
    parse("parse/response", sip_messages(SipClass::response, kMessages), false);
    two_segments(invites);
    not_ours();
    insert_identity(invites);
    answer(invites);
  }

  // What all three accept of the files in `folder`.
  void run_corpus(const std::filesystem::path& folder) {
    Messages messages;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".sip") {
        std::ifstream in(entry.path(), std::ios::binary);
        std::string octets{std::istreambuf_iterator<char>(in), {}};
        if (accepts(*sofia_, octets) && accepts(*osip_, octets) && accepts(*kernels_.front().second, octets)) {
          messages.push_back(std::move(octets));
        }
      }
    }
    require(!messages.empty(), "no message in " + folder.string());
    time_all("parse/corpus", messages, false);
  }

  std::vector<Result> results;

 private:
  static bool accepts(SipParser& parser, const std::string& octets) {
    const bool accepted = parser.parse(octets);
    parser.release();
    return accepted;
  }

  static SipDepth depth_of(SipParser& parser, const std::string& octets) {
    require(parser.parse(octets), "a parser refuses a message:\n" + octets);
    SipDepth depth = parser.depth();
    parser.release();
    return depth;
  }

  void parse(const std::string& name, const Messages& messages, bool every_kernel) {
    for (const std::string& octets : messages) {
      const SipDepth depth = depth_of(*sofia_, octets);
      require(depth_of(*osip_, octets) == depth, "the rivals read differently:\n" + octets);
      for (const auto& [kernel, own] : kernels_) {
        require(depth_of(*own, octets) == depth, "we read differently:\n" + octets);
      }
    }
    time_all(name, messages, every_kernel);
  }

  static std::function<void(Slice)> parsing(SipParser& parser, const Messages& messages) {
    return [&parser, &messages](Slice slice) {
      parser.read_all(std::span(messages).subspan(slice.begin, slice.end - slice.begin));
    };
  }

  void time_all(const std::string& name, const Messages& messages, bool every_kernel) {
    std::vector<Contestant> contestants = {{"sofia-sip", parsing(*sofia_, messages)},
                                           {"libosip2", parsing(*osip_, messages)}};
    for (const auto& [kernel, own] : kernels_) {
      if (every_kernel || kernel == sip::selected_kernel()) {
        contestants.push_back({std::string(sip::to_string(kernel)), parsing(*own, messages)});
      }
    }
    const std::vector<double> ns = in_turns(turns_, messages, contestants);
    const auto add = [&](const std::string& row, std::size_t ours, std::size_t rival) {
      results.push_back({row, "ns", ns[ours], Rival{contestants[rival].name, ns[rival], ns[rival] / ns[ours]}});
    };
    const std::size_t selected = contestants.size() - 1;  // the fastest comes last
    add(name, selected, 0);
    add(name + "_osip", selected, 1);
    for (std::size_t i = 2; i < contestants.size() && every_kernel; ++i) {
      add(name + "_" + contestants[i].name, i, 0);
    }
  }

  // A datagram in two fragments, as an INVITE with Identity arrives: put together in one place, then parsed.
  void two_segments(const Messages& messages) {
    SipParser& own = *kernels_.back().second;
    std::vector<char> gathered(sip::kMaxMessageBytes);
    const auto gather_and_parse = [&](std::size_t i) {
      const std::string_view octets = messages[i];
      const std::size_t first = octets.size() / 2 + i % 64;
      std::memcpy(gathered.data(), octets.data(), first);
      std::memcpy(gathered.data() + first, octets.data() + first, octets.size() - first);
      static_cast<void>(own.parse({gathered.data(), octets.size()}));
    };
    const std::vector<double> ns =
        in_turns(turns_, messages, {{"one segment", parsing(own, messages)}, {"two", on_each(gather_and_parse)}});
    results.push_back({"parse/invite_two_segments", "ns", ns[1], Rival{"one segment", ns[0], ns[0] / ns[1]}});
    results.push_back({"parse/invite_two_segments_cost", "times", ns[1] / ns[0], {}});
  }

  void not_ours() {
    const Messages packets = foreign_packets(kMessages);
    unsigned unsure = 0;
    const auto decide = [&](std::size_t i) {
      unsure += sip::first_look(packets[i]).kind == sip::FirstLook::Kind::unsure ? 1U : 0U;
    };
    results.push_back({"not_ours", "ns", in_turns(turns_, packets, {{"first look", on_each(decide)}}).front(), {}});
    require(unsure == 0, "a packet was not decided at first sight");
  }

  // A line of 700 octets in front of the blank line: the pieces of the edited message for a chain of packets, and the
  // message written out in one place.
  void insert_identity(const Messages& messages) {
    std::vector<std::uint16_t> places;
    Messages lines;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const auto message = std::make_unique<sip::Message>();
      require(message->parse(messages[i]).has_value(), "a message is refused");
      places.push_back(sip::insertion_offset(*message, sip::InsertPosition::before_blank_line));
      lines.push_back(identity_line(static_cast<std::uint32_t>(i)));
    }
    sip::EditList edits;
    const auto plan = [&](std::size_t i) {
      edits.clear();
      static_cast<void>(edits.insert(places[i], lines[i]));
    };
    std::size_t chained = 0;
    std::array<std::string_view, 3> pieces;
    const auto chain = [&](std::size_t i) {
      plan(i);
      std::size_t count = 0;
      edits.for_each_piece(messages[i], [&](std::string_view piece) {
        pieces[count++ % pieces.size()] = piece;
        chained += piece.size();
      });
    };
    std::vector<char> out(sip::kMaxMessageBytes);
    std::size_t copied = 0;
    const auto copy = [&](std::size_t i) {
      plan(i);
      copied += edits.apply(messages[i], out);
    };
    const std::vector<double> ns = in_turns(turns_, messages, {{"chain", on_each(chain)}, {"copy", on_each(copy)}});
    results.push_back({"edit/insert_identity", "ns", ns[0], {}});
    results.push_back({"edit/insert_identity_copied", "ns", ns[1], {}});
    std::size_t expected = 0;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      expected += messages[i].size() + lines[i].size();
    }
    require(chained == expected * turns_ && copied == expected * turns_, "an edit was lost");
  }

  // A request read and answered (INL-TX-04), with the tag that makes it ours; and the answer alone.
  void answer(const Messages& messages) {
    sip::Message request;
    std::vector<char> out(sip::kMaxAnswerBytes);
    crypto::AnswerTag tags(std::array<std::uint8_t, crypto::kOrigidKeyBytes>{1, 2, 3});
    std::size_t octets = 0;
    const auto read = [&](std::size_t i) { octets += request.parse(messages[i]) ? 0U : 1U; };
    const auto read_and_answer = [&](std::size_t i) {
      const std::string_view asked = messages[i];
      static_cast<void>(request.parse(asked));
      crypto::AnswerTagText tag{};
      const bool named = tags.make({.call_id = sip::text(asked, request.call_id()),
                                    .from_tag = sip::text(asked, request.from().tag),
                                    .branch = sip::text(asked, request.top_via().branch),
                                    .cseq = request.cseq()},
                                   tag);
      const auto path = sip::return_path(request, asked, "192.0.2.7", 5'066);
      octets +=
          named && path
              ? sip::write_answer(
                    request, asked, *path,
                    {.status = 428, .phrase = "Use Identity Header", .to_tag = {tag.data(), tag.size()}, .lines = {}},
                    out)
              : 0;
    };
    std::size_t rivals = 0;
    const auto osip = [&](std::size_t i) {
      rivals += osip_answer(messages[i], 428, "Use Identity Header", "0123456789");
    };
    const std::vector<double> ns = in_turns(
        turns_, messages, {{"libosip2", on_each(osip)}, {"read", on_each(read)}, {"ours", on_each(read_and_answer)}});
    results.push_back({"answer/invite", "ns", ns[2], Rival{"libosip2", ns[0], ns[0] / ns[2]}});
    results.push_back({"answer/alone", "ns", ns[2] - ns[1], {}});
    require(octets > messages.size() * turns_ * 200 && rivals > messages.size() * turns_ * 200, "an answer was lost");
  }

  std::size_t turns_;
  std::unique_ptr<SipParser> sofia_ = make_sofia();
  std::unique_ptr<SipParser> osip_ = make_osip();
  std::vector<std::pair<sip::Kernel, std::unique_ptr<SipParser>>> kernels_;  // those that run here, the fastest last
};

}  // namespace
}  // namespace stirline::perf

int main(int argc, char** argv) {
  CLI::App app{"The SIP parser beside sofia-sip and libosip2 in the same run"};
  bool json = false;
  std::size_t turns = 61;
  std::string corpus;
  app.add_flag("--json", json, "print JSON");
  app.add_option("--turns", turns, "passes over 1,024 messages a contestant; medians are reported")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--corpus", corpus, "folder with .sip files: a row for those that all parsers accept")
      ->check(CLI::ExistingDirectory);
  CLI11_PARSE(app, argc, argv);
  try {
    stirline::perf::Bench bench(turns);
    bench.run();
    if (!corpus.empty()) {
      bench.run_corpus(corpus);
    }
    std::puts((json ? stirline::perf::to_json(bench.results) : stirline::perf::to_table(bench.results)).c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_sip: %s\n", error.what());
    return 1;
  }
  return 0;
}
