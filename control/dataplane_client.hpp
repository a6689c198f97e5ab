// Control's end of the wire to the data plane: connects, greets, pushes tables, asks for status, and begins anew with
// growing pauses whenever the data plane goes away (design.md 1).
//
// Nothing here blocks on an answer: one request is in flight, its answer is awaited on the event loop under a deadline.
// Thread: that of the loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/tables/image.hpp"
#include "config/wire/channel.hpp"
#include "config/wire/protocol.hpp"
#include "control/event_loop.hpp"

namespace stirline::control {

struct DataplaneClientOptions {
  std::string path;                            // the data plane's socket
  std::chrono::milliseconds first_pause{100};  // before the second attempt to connect; doubled each time
  std::chrono::milliseconds longest_pause{2'000};
  std::chrono::milliseconds answer_limit{5'000};  // an answer that takes longer ends the connection
  std::chrono::milliseconds busy_pause{100};      // between two commits if the data plane is busy
  std::size_t busy_attempts = 50;
};

// One generation on its way, of all tables but rules, or of rules. The images belong to the caller and are read within
// push() only.
struct TableSet {
  std::uint64_t generation = 0;
  config::wire::MessageType commit = config::wire::MessageType::commit;  // or commit_rules
  bool signing_stopped = false;                                          // INL-AV-03
  std::vector<std::pair<config::tables::TableKind, config::tables::ImageView>> tables = {};
  // Those that are sealed already: they are shared, not copied.
  std::vector<std::pair<config::tables::TableKind, std::shared_ptr<const config::wire::SealedTable>>> sealed = {};

  [[nodiscard]] bool empty() const { return tables.empty() && sealed.empty(); }
};

class DataplaneClient {
 public:
  enum class PushOutcome : std::uint8_t {
    accepted,
    refused,  // the text says why; the data plane has changed nothing
    busy,     // it was busy all the time
    lost,     // no connection, or it broke before the answer
  };
  using PushDone = std::function<void(PushOutcome outcome, const std::string& text)>;
  using StatusDone = std::function<void(const std::expected<std::string, std::string>& document)>;

  // `greeted` is called each time the data plane has accepted our greeting: the time to push.
  DataplaneClient(EventLoop& loop, DataplaneClientOptions options, std::function<void()> greeted);
  ~DataplaneClient();
  DataplaneClient(const DataplaneClient&) = delete;
  DataplaneClient& operator=(const DataplaneClient&) = delete;

  // Called with the x5u of each certificate that the data plane asks for (STIR-CF-04); a text that no URL can be ends
  // the connection. Set it before start().
  void on_wanted(std::function<void(const std::string& x5u)> wanted) { on_wanted_ = std::move(wanted); }

  // Called with each payload of records of calls. An error, said in words, ends the connection. Set it before start().
  using TakeRecords = std::function<std::expected<void, std::string>(std::string_view payload)>;
  void on_records(TakeRecords take) { on_records_ = std::move(take); }

  // The same for contacts that users have made (config/wire/contact_record.hpp).
  void on_contacts(TakeRecords take) { on_contacts_ = std::move(take); }

  // The same for events of watched messages (config/wire/watch.hpp); empty: the watch is over.
  void on_watched(TakeRecords take) { on_watched_ = std::move(take); }
  // Called each time a connection is given up.
  void on_lost(std::function<void()> lost) { on_lost_ = std::move(lost); }

  void start();

  [[nodiscard]] bool connected() const { return greeted_now_; }
  [[nodiscard]] const std::string& last_error() const { return last_error_; }  // why not, in words; may be empty

  // Sends the tables and commits them. One push at a time: a second one is told `busy` at once.
  void push(const TableSet& set, PushDone done);
  [[nodiscard]] bool pushing() const { return push_ != nullptr; }

  void status(StatusDone done);

  // A request of config/wire/watch.hpp; only while connected. `answered` is not called if the connection breaks before.
  void watch(std::string request, std::function<void(const config::wire::Answer& answer)> answered);

  // Complaints of called users, in the form of config/wire/complaint_record.hpp; only while connected. Either of the
  // two is called.
  void complain(std::string payload, std::function<void(const config::wire::Answer& answer)> answered,
                std::function<void()> lost);

 private:
  struct Request {
    config::wire::MessageType type = config::wire::MessageType::status;
    std::string payload;
    int fd = -1;  // of a table under way: belongs to push_
    std::function<void(const config::wire::Answer&)> answered;
    std::function<void()> lost;
  };
  struct Push;

  void connect();
  void retry_later();
  void lose(const std::string& why);
  void enqueue(Request request);
  void send_next();
  void on_readable();
  void take_wanted(const config::wire::Incoming& incoming);
  void take_watched(const config::wire::Incoming& incoming);
  void take_records(const config::wire::Incoming& incoming);
  void take_contacts(const config::wire::Incoming& incoming);
  void greet();
  void push_step();
  void finish_push(PushOutcome outcome, const std::string& text);

  EventLoop& loop_;
  DataplaneClientOptions options_;
  std::function<void()> on_greeted_;
  std::function<void(const std::string& x5u)> on_wanted_;
  TakeRecords on_records_;
  TakeRecords on_contacts_;
  TakeRecords on_watched_;
  std::function<void()> on_lost_;
  config::wire::Channel channel_;
  bool greeted_now_ = false;
  bool in_flight_ = false;
  std::uint32_t request_id_ = 0;
  std::deque<Request> queue_;  // front: the one in flight
  EventLoop::TimerId answer_timer_ = 0;
  EventLoop::TimerId retry_timer_ = 0;
  EventLoop::TimerId busy_timer_ = 0;
  std::chrono::milliseconds pause_;
  std::unique_ptr<Push> push_;
  std::string last_error_;
};

}  // namespace stirline::control
