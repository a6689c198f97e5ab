// The data plane's end of the wire: listens for control, stages its tables, commits them, answers questions. Main
// thread; never touches a packet. What comes in is checked octet by octet; a peer that breaks the protocol is told why
// and cut off.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "config/wire/channel.hpp"
#include "dataplane/appliance.hpp"

namespace stirline::dataplane {

class ControlServer {
 public:
  // Both outlive the server.
  ControlServer(Appliance& appliance, config::wire::Listener& listener, const Clock& clock);

  // Waits at most `timeout_ms` for something to do and does it; then tells control which certificates calls need, and
  // what was decided about calls.
  void serve(int timeout_ms);

  // Hands records over until control takes no more of them, or there are none left.
  void forward_records();

  // The same for contacts that users have made.
  void forward_contacts();

  // The same for events of watched messages; tells their end when the time of the watch is over.
  void forward_watched();

 private:
  static constexpr std::size_t kMaxPeers = 8;

  struct Peer {
    config::wire::Channel channel;
    bool greeted = false;
    StagedTables staged;
    StagedRules staged_rules;
    bool watches = false;   // events of watched messages go there
    bool commands = false;  // it has committed tables, and nobody has since: records of calls go there
  };
  struct Reply {
    config::wire::ResultCode code = config::wire::ResultCode::ok;
    std::string text;
  };

  void serve_sockets(int timeout_ms);
  void forward_certificate_requests();
  [[nodiscard]] Peer* recording_peer();
  void accept_peers();
  [[nodiscard]] bool serve_peer(Peer& peer);  // false: the peer is gone or cut off
  [[nodiscard]] Reply answer(Peer& peer, const config::wire::Incoming& incoming);
  [[nodiscard]] static Reply greet(Peer& peer, const config::wire::Incoming& incoming);
  [[nodiscard]] static Reply stage(Peer& peer, const config::wire::Incoming& incoming);
  [[nodiscard]] Reply take_complaints(const config::wire::Incoming& incoming);
  [[nodiscard]] Reply watch(Peer& peer, const config::wire::Incoming& incoming);
  void end_watch_of_nobody();
  [[nodiscard]] Reply commit(Peer& peer, const config::wire::Incoming& incoming);
  [[nodiscard]] Reply commit_rules(Peer& peer, const config::wire::Incoming& incoming);

  Appliance& appliance_;
  config::wire::Listener& listener_;
  const Clock& clock_;
  std::int64_t started_at_;
  std::vector<Peer> peers_;
  std::chrono::steady_clock::time_point watch_until_;
  std::string watched_;   // taken from the poll cores, and not sent yet
  std::string contacts_;  // taken from the poll cores, and not sent yet
  std::string records_;   // taken from the poll cores, and not sent yet
};

}  // namespace stirline::dataplane
