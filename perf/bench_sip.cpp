// The SIP parser against sofia-sip and libosip2, on one core: 1,024 distinct messages a class, to the same depth.
//
// All contestants of a class run in turns, one pass over its messages a turn; the medians of the turns are compared.
// Before that, every parser must have found the same values in every message.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "perf/own_parser.hpp"
#include "perf/report.hpp"
#include "perf/rival_osip.hpp"
#include "perf/rival_sofia.hpp"
#include "perf/sip_messages.hpp"

namespace stirline::perf {
namespace {

using Messages = std::vector<std::string>;

constexpr std::size_t kMessages = 1'024;

struct Contestant {
  std::string name;
  std::function<void(std::size_t)> work;  // on message number i
};

// Nanoseconds for one message: each contestant's median over the turns.
std::vector<double> in_turns(std::size_t turns, std::size_t messages, const std::vector<Contestant>& contestants) {
  std::vector<std::vector<double>> measured(contestants.size());
  for (std::size_t turn = 0; turn < turns; ++turn) {
    for (std::size_t c = 0; c < contestants.size(); ++c) {
      const auto started = std::chrono::steady_clock::now();
      for (std::size_t i = 0; i < messages; ++i) {
        contestants[c].work(i);
      }
      const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - started;
      measured[c].push_back(spent.count() / static_cast<double>(messages));
    }
  }
  std::vector<double> medians;
  for (const auto& times : measured) {
    medians.push_back(median(times));
  }
  return medians;
}

}  // namespace
}  // namespace stirline::perf

int main() {
  using namespace stirline::perf;
  auto own = make_own();
  auto sofia = make_sofia();
  auto osip = make_osip();
  for (auto kind : {SipClass::invite, SipClass::invite_identity, SipClass::message, SipClass::response}) {
    auto messages = sip_messages(kind, 1024);
    std::size_t bytes = 0;
    for (auto& m : messages) {
      bytes += m.size();
      SipDepth d[3];
      int k = 0;
      for (auto* p : {own.get(), sofia.get(), osip.get()}) {
        if (!p->parse(m)) {
          std::printf("fail %d\n%s\n", k, m.c_str());
          return 1;
        }
        d[k++] = p->depth();
        p->release();
      }
      for (int i = 1; i < 3; ++i)
        if (!(d[0] == d[i])) {
          std::printf("diff %d\n%s\n", i, m.c_str());
          auto show = [](SipDepth& x) {
            std::printf("%s %u %s %s %s %s %s %s %s %s %s %u %zu %s %s %zu %s %zu %d %u\n", x.method.c_str(), x.status,
                        x.request_user.c_str(), x.request_host.c_str(), x.from_user.c_str(), x.from_host.c_str(),
                        x.from_tag.c_str(), x.to_user.c_str(), x.to_host.c_str(), x.to_tag.c_str(), x.call_id.c_str(),
                        x.cseq, x.vias, x.branch.c_str(), x.contact_host.c_str(), x.asserted_users.size(),
                        x.asserted_users.empty() ? "" : x.asserted_users.back().c_str(), x.identity_octets, x.dated,
                        x.content_length);
          };
          show(d[0]);
          show(d[i]);
          return 1;
        }
    }
    auto w = [&](SipParser* p) {
      return [p, &messages](std::size_t i) {
        (void)p->parse(messages[i]);
        p->release();
      };
    };
    auto t = in_turns(61, messages.size(), {{"own", w(own.get())}, {"sofia", w(sofia.get())}, {"osip", w(osip.get())}});
    std::printf("%zu bytes: own %.0f sofia %.0f osip %.0f ratio %.2f\n", bytes / 1024, t[0], t[1], t[2], t[1] / t[0]);
  }
}
