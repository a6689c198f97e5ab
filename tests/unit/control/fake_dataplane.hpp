// A data plane of paper: listens on a socket, answers by the protocol, remembers what it was given, and misbehaves on
// demand. Runs on a thread of its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "config/tables/image.hpp"
#include "config/wire/channel.hpp"
#include "config/wire/protocol.hpp"

namespace stirline::control::test {

class FakeDataplane {
 public:
  using TableKind = config::tables::TableKind;
  using ResultCode = config::wire::ResultCode;

  struct Generation {
    std::uint64_t number = 0;
    bool signing_stopped = false;
    std::map<TableKind, config::tables::Image> tables;
  };

  // What one commit of rules brought.
  struct Rules {
    std::uint64_t number = 0;
    std::vector<config::tables::Image> common;        // none or one
    std::vector<config::tables::Image> users;         // shards
    std::vector<config::tables::Image> lists;         // none or one
    std::vector<config::tables::Image> content = {};  // likewise
  };

  explicit FakeDataplane(const std::string& path) {
    auto listener = config::wire::Listener::listen(path);
    if (!listener) {
      throw std::runtime_error(listener.error().text);
    }
    listener_ = std::move(*listener);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }

  // What the next commits are answered, in this order; then ok again.
  void answer_commit(ResultCode code, const std::string& text) {
    const std::scoped_lock lock(mutex_);
    commit_answers_.push_back({code, text});
  }
  // The same for commits of rules.
  void answer_rules(ResultCode code, const std::string& text) {
    const std::scoped_lock lock(mutex_);
    rules_answers_.push_back({code, text});
  }
  void answer_hello(ResultCode code, const std::string& text) {
    const std::scoped_lock lock(mutex_);
    hello_answer_ = {code, text};
  }
  void set_status(const std::string& document) {
    set_status([document] { return document; });
  }
  // Another one each time it is asked for.
  void set_status(std::function<std::string()> document) {
    const std::scoped_lock lock(mutex_);
    status_ = std::move(document);
  }
  // Takes requests and leaves them unanswered.
  void fall_silent(bool silent) { silent_ = silent; }
  // Sends this as "certificate wanted", once somebody has greeted.
  void want(const std::string& x5u) {
    const std::scoped_lock lock(mutex_);
    wanted_.push_back(x5u);
  }
  // Sends this as records of calls, once somebody has greeted.
  void tell(const std::string& records) {
    const std::scoped_lock lock(mutex_);
    records_.push_back(records);
  }
  // The same as contacts that users have made.
  void tell_contacts(const std::string& contacts) {
    const std::scoped_lock lock(mutex_);
    contacts_.push_back(contacts);
  }
  // What the next requests to watch are answered.
  void answer_watch(ResultCode code, const std::string& text) {
    const std::scoped_lock lock(mutex_);
    watch_answer_ = {code, text};
  }
  // Sends this as events of watched messages, once a watch is on.
  void tell_watched(const std::string& events) {
    const std::scoped_lock lock(mutex_);
    watched_.push_back(events);
  }
  [[nodiscard]] std::vector<std::string> watches() const {  // requests, as they came
    const std::scoped_lock lock(mutex_);
    return watches_;
  }
  // Closes the connection at the next commit, instead of answering.
  void break_at_commit() { break_at_commit_ = true; }
  void hang_up() { hang_up_ = true; }

  [[nodiscard]] std::vector<Generation> generations() const {
    const std::scoped_lock lock(mutex_);
    return generations_;
  }
  [[nodiscard]] std::vector<Rules> rules() const {
    const std::scoped_lock lock(mutex_);
    return rules_;
  }
  [[nodiscard]] std::string complaints() const {  // records, one behind the other
    const std::scoped_lock lock(mutex_);
    return complaints_;
  }
  [[nodiscard]] std::size_t rules_seen() const { return rules_seen_; }  // commits of rules, however answered
  [[nodiscard]] std::size_t greetings() const { return greetings_; }
  [[nodiscard]] std::size_t status_questions() const { return status_questions_; }
  [[nodiscard]] std::size_t commits_seen() const { return commits_seen_; }

 private:
  void serve(const std::stop_token& stop) {
    std::optional<config::wire::Channel> channel;
    while (!stop.stop_requested()) {
      if (!channel) {
        channel = listener_.accept();
        staged_.clear();
        staged_rules_ = {};
        if (!channel) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        continue;
      }
      if (hang_up_.exchange(false)) {
        channel.reset();
        continue;
      }
      send_events(*channel);
      auto incoming = channel->receive(5);
      if (!incoming) {
        if (incoming.error().closed) {
          channel.reset();
        }
        continue;
      }
      if (!silent_ && !answer(*channel, *incoming)) {
        channel.reset();
      }
    }
  }

  void send_events(config::wire::Channel& channel) {
    const std::scoped_lock lock(mutex_);
    while (greetings_ > 0 && !wanted_.empty()) {
      static_cast<void>(channel.send(config::wire::MessageType::wanted, 0, wanted_.front()));
      wanted_.pop_front();
    }
    while (greetings_ > 0 && !records_.empty()) {
      static_cast<void>(channel.send(config::wire::MessageType::records, 0, records_.front()));
      records_.pop_front();
    }
    while (greetings_ > 0 && !contacts_.empty()) {
      static_cast<void>(channel.send(config::wire::MessageType::contacts, 0, contacts_.front()));
      contacts_.pop_front();
    }
    while (!watches_.empty() && !watched_.empty()) {
      static_cast<void>(channel.send(config::wire::MessageType::watched, 0, watched_.front()));
      watched_.pop_front();
    }
  }

  bool answer(config::wire::Channel& channel, const config::wire::Incoming& incoming) {
    namespace wire = config::wire;
    const std::uint32_t id = incoming.header.request_id;
    const std::scoped_lock lock(mutex_);
    switch (incoming.type()) {
      case wire::MessageType::hello: {
        ++greetings_;
        wire::Hello hello;
        std::memcpy(&hello, incoming.payload.data(), sizeof(hello));
        if (hello.schema_hash != config::tables::schema_hash()) {
          return channel.send_result(id, ResultCode::wrong_schema, "schema").has_value();
        }
        return channel.send_result(id, hello_answer_.code, hello_answer_.text).has_value();
      }
      case wire::MessageType::table: {
        wire::TableOffer offer;
        std::memcpy(&offer, incoming.payload.data(), sizeof(offer));
        const auto mapped = wire::MappedImage::map(incoming.fd, offer.bytes);
        if (!mapped) {
          return channel.send_result(id, ResultCode::refused, mapped.error().text).has_value();
        }
        image_of(static_cast<TableKind>(offer.kind)).assign(mapped->view().begin(), mapped->view().end());
        return channel.send_result(id, ResultCode::ok, "").has_value();
      }
      case wire::MessageType::complaints:
        complaints_ += incoming.text();
        return channel.send_result(id, ResultCode::ok, "").has_value();
      case wire::MessageType::commit: {
        ++commits_seen_;
        if (break_at_commit_.exchange(false)) {
          return false;
        }
        const auto staged = std::exchange(staged_, {});
        if (staged.size() != 4) {
          return channel.send_result(id, ResultCode::refused, "commit: not all four tables were sent").has_value();
        }
        wire::Answer reply;
        if (!commit_answers_.empty()) {
          reply = commit_answers_.front();
          commit_answers_.pop_front();
        }
        if (reply.code == ResultCode::ok) {
          wire::Commit commit;
          std::memcpy(&commit, incoming.payload.data(), sizeof(commit));
          generations_.push_back({commit.generation, commit.signing_stopped != 0, staged});
        }
        return channel.send_result(id, reply.code, reply.text).has_value();
      }
      case wire::MessageType::commit_rules: {
        ++rules_seen_;
        wire::Commit commit;
        std::memcpy(&commit, incoming.payload.data(), sizeof(commit));
        Rules staged = std::exchange(staged_rules_, {});
        staged.number = commit.generation;
        wire::Answer reply;
        if (!rules_answers_.empty()) {
          reply = rules_answers_.front();
          rules_answers_.pop_front();
        }
        if (reply.code == ResultCode::ok) {
          rules_.push_back(std::move(staged));
        }
        return channel.send_result(id, reply.code, reply.text).has_value();
      }
      case wire::MessageType::status:
        ++status_questions_;
        return channel.send_result(id, ResultCode::ok, status_()).has_value();
      case wire::MessageType::watch:
        watches_.emplace_back(incoming.text());
        return channel.send_result(id, watch_answer_.code, watch_answer_.text).has_value();
      default:
        return channel.send_result(id, ResultCode::bad_message, "unexpected").has_value();
    }
  }

  config::tables::Image& image_of(TableKind kind) {
    if (kind == TableKind::common_rules) {
      return staged_rules_.common.emplace_back();
    }
    if (kind == TableKind::lists) {
      return staged_rules_.lists.emplace_back();
    }
    if (kind == TableKind::content) {
      return staged_rules_.content.emplace_back();
    }
    return kind == TableKind::user_rules ? staged_rules_.users.emplace_back() : staged_[kind];
  }

  config::wire::Listener listener_;
  mutable std::mutex mutex_;
  config::wire::Answer hello_answer_;
  std::deque<config::wire::Answer> commit_answers_;
  std::deque<config::wire::Answer> rules_answers_;
  std::deque<std::string> wanted_;
  std::deque<std::string> records_;
  std::deque<std::string> contacts_;
  config::wire::Answer watch_answer_{ResultCode::ok, "5"};
  std::deque<std::string> watched_;
  std::vector<std::string> watches_;
  std::function<std::string()> status_ = [] { return R"({"ports":[{"name":"west","rx_packets":7}]})"; };
  std::map<TableKind, config::tables::Image> staged_;
  std::vector<Generation> generations_;
  Rules staged_rules_;
  std::vector<Rules> rules_;
  std::string complaints_;
  std::atomic<std::size_t> greetings_ = 0;
  std::atomic<std::size_t> commits_seen_ = 0;
  std::atomic<std::size_t> rules_seen_ = 0;
  std::atomic<std::size_t> status_questions_ = 0;
  std::atomic<bool> silent_ = false;
  std::atomic<bool> break_at_commit_ = false;
  std::atomic<bool> hang_up_ = false;
  std::jthread thread_;  // last: it stops before the rest goes
};

}  // namespace stirline::control::test
