#include "control/dataplane_client.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "config/text_rules.hpp"

namespace stirline::control {

namespace wire = config::wire;
namespace tables = config::tables;

namespace {

template <typename T>
std::string octets_of_plain(const T& plain) {
  std::string octets(sizeof(T), '\0');
  std::memcpy(octets.data(), &plain, sizeof(T));
  return octets;
}

// A result that ends the talk: the two sides do not understand each other.
bool is_protocol_quarrel(wire::ResultCode code) {
  return code == wire::ResultCode::bad_message || code == wire::ResultCode::wrong_version ||
         code == wire::ResultCode::wrong_schema;
}

}  // namespace

struct DataplaneClient::Push {
  struct Staged {
    tables::TableKind kind = tables::TableKind::trunks;
    std::shared_ptr<const wire::SealedTable> table;
  };
  std::uint64_t generation = 0;
  wire::MessageType commit = wire::MessageType::commit;
  bool signing_stopped = false;
  std::vector<Staged> staged;
  std::size_t next = 0;
  std::size_t commits = 0;
  PushDone done;
};

DataplaneClient::DataplaneClient(EventLoop& loop, DataplaneClientOptions options, std::function<void()> greeted)
    : loop_(loop), options_(std::move(options)), on_greeted_(std::move(greeted)), pause_(options_.first_pause) {}

DataplaneClient::~DataplaneClient() {
  if (channel_.open()) {
    loop_.forget(channel_.fd());
  }
  loop_.cancel(answer_timer_);
  loop_.cancel(retry_timer_);
  loop_.cancel(busy_timer_);
}

void DataplaneClient::start() {
  connect();
}

void DataplaneClient::connect() {
  auto channel = wire::Channel::connect(options_.path);
  if (!channel) {
    if (last_error_ != channel.error().text) {
      last_error_ = channel.error().text;
      spdlog::warn("data plane not reached: {}", last_error_);
    }
    retry_later();
    return;
  }
  channel_ = std::move(*channel);
  loop_.watch(channel_.fd(), [this] { on_readable(); });
  greet();
}

void DataplaneClient::retry_later() {
  loop_.cancel(retry_timer_);
  retry_timer_ = loop_.after(pause_, [this] { connect(); });
  pause_ = std::min(pause_ * 2, options_.longest_pause);
}

void DataplaneClient::greet() {
  Request hello;
  hello.type = wire::MessageType::hello;
  hello.payload = octets_of_plain(wire::Hello{tables::schema_hash()});
  hello.answered = [this](const wire::Answer& answer) {
    if (answer.code != wire::ResultCode::ok) {
      lose(fmt::format("the data plane turned our greeting down: {}", answer.text));
      return;
    }
    greeted_now_ = true;
    last_error_.clear();
    pause_ = options_.first_pause;
    spdlog::info("connected to the data plane at {}", options_.path);
    on_greeted_();
  };
  hello.lost = [] {};
  enqueue(std::move(hello));
}

void DataplaneClient::lose(const std::string& why) {
  if (last_error_ != why) {
    last_error_ = why;
    spdlog::warn("data plane lost: {}", why);
  }
  if (channel_.open()) {
    loop_.forget(channel_.fd());
    channel_.close();
  }
  loop_.cancel(answer_timer_);
  loop_.cancel(busy_timer_);
  greeted_now_ = false;
  in_flight_ = false;
  retry_later();
  const std::deque<Request> abandoned = std::exchange(queue_, {});
  finish_push(PushOutcome::lost, why);
  for (const Request& request : abandoned) {
    request.lost();
  }
  if (on_lost_) {
    on_lost_();
  }
}

void DataplaneClient::enqueue(Request request) {
  queue_.push_back(std::move(request));
  send_next();
}

void DataplaneClient::send_next() {
  if (in_flight_ || queue_.empty()) {
    return;
  }
  const Request& request = queue_.front();
  ++request_id_;
  in_flight_ = true;
  const auto sent = channel_.send(request.type, request_id_, request.payload, request.fd);
  if (!sent) {
    lose(sent.error().text);
    return;
  }
  answer_timer_ = loop_.after(options_.answer_limit,
                              [this] { lose(fmt::format("no answer within {} ms", options_.answer_limit.count())); });
}

void DataplaneClient::on_readable() {
  auto incoming = channel_.receive(0);
  if (!incoming) {
    lose(incoming.error().text);
    return;
  }
  if (incoming->type() == wire::MessageType::wanted) {
    take_wanted(*incoming);
    return;
  }
  if (incoming->type() == wire::MessageType::records) {
    take_records(*incoming);
    return;
  }
  if (incoming->type() == wire::MessageType::contacts) {
    take_contacts(*incoming);
    return;
  }
  if (incoming->type() == wire::MessageType::watched) {
    take_watched(*incoming);
    return;
  }
  if (!in_flight_ || incoming->type() != wire::MessageType::result || incoming->header.request_id != request_id_) {
    lose("the data plane sent something nobody asked for");
    return;
  }
  auto answer = wire::read_answer(*incoming);
  if (!answer) {
    lose(answer.error().text);
    return;
  }
  loop_.cancel(answer_timer_);
  in_flight_ = false;
  const Request request = std::move(queue_.front());
  queue_.pop_front();
  request.answered(*answer);
  if (channel_.open() && is_protocol_quarrel(answer->code)) {
    lose(answer->text);
    return;
  }
  send_next();
}

void DataplaneClient::take_wanted(const wire::Incoming& incoming) {
  if (!config::is_uri_text(incoming.text())) {
    lose("the data plane wants a certificate from something that is no URL");
  } else if (on_wanted_) {
    on_wanted_(std::string(incoming.text()));
  }
}

void DataplaneClient::take_records(const wire::Incoming& incoming) {
  if (!on_records_) {
    return;
  }
  if (const auto taken = on_records_(incoming.text()); !taken) {
    lose(fmt::format("the data plane tells of calls what cannot be read: {}", taken.error()));
  }
}

void DataplaneClient::take_contacts(const wire::Incoming& incoming) {
  if (!on_contacts_) {
    return;
  }
  if (const auto taken = on_contacts_(incoming.text()); !taken) {
    lose(fmt::format("the data plane tells of contacts what cannot be read: {}", taken.error()));
  }
}

void DataplaneClient::take_watched(const wire::Incoming& incoming) {
  if (!on_watched_) {
    return;
  }
  if (const auto taken = on_watched_(incoming.text()); !taken) {
    lose(fmt::format("the data plane tells of watched messages what cannot be read: {}", taken.error()));
  }
}

void DataplaneClient::watch(std::string request, std::function<void(const wire::Answer& answer)> answered) {
  Request asked;
  asked.type = wire::MessageType::watch;
  asked.payload = std::move(request);
  asked.answered = std::move(answered);
  asked.lost = [] {};
  enqueue(std::move(asked));
}

void DataplaneClient::complain(std::string payload, std::function<void(const wire::Answer& answer)> answered,
                               std::function<void()> lost) {
  Request told;
  told.type = wire::MessageType::complaints;
  told.payload = std::move(payload);
  told.answered = std::move(answered);
  told.lost = std::move(lost);
  enqueue(std::move(told));
}

void DataplaneClient::push(const TableSet& set, PushDone done) {
  if (push_ != nullptr) {
    done(PushOutcome::busy, "a push is under way");
    return;
  }
  if (!greeted_now_) {
    done(PushOutcome::lost, last_error_.empty() ? "the data plane is not connected" : last_error_);
    return;
  }
  auto push = std::make_unique<Push>();
  push->generation = set.generation;
  push->commit = set.commit;
  push->signing_stopped = set.signing_stopped;
  for (const auto& [kind, image] : set.tables) {
    auto memfd = wire::make_sealed_memfd("stirline-table", image);
    if (!memfd) {
      done(PushOutcome::refused, memfd.error().text);
      return;
    }
    push->staged.push_back({kind, std::make_shared<wire::SealedTable>(std::move(*memfd), image.size())});
  }
  for (const auto& [kind, table] : set.sealed) {
    push->staged.push_back({kind, table});
  }
  push->done = std::move(done);
  push_ = std::move(push);
  push_step();
}

void DataplaneClient::push_step() {
  Request request;
  request.lost = [] {};
  if (push_->next < push_->staged.size()) {
    const Push::Staged& staged = push_->staged[push_->next++];
    request.type = wire::MessageType::table;
    request.payload =
        octets_of_plain(wire::TableOffer{static_cast<std::uint16_t>(staged.kind), {}, staged.table->bytes});
    request.fd = staged.table->memfd.get();
    request.answered = [this](const wire::Answer& answer) {
      if (answer.code != wire::ResultCode::ok) {
        finish_push(PushOutcome::refused, answer.text);
      } else {
        push_step();
      }
    };
  } else {
    ++push_->commits;
    request.type = push_->commit;
    request.payload = octets_of_plain(wire::Commit{push_->generation, push_->signing_stopped ? 1U : 0U, 0});
    request.answered = [this](const wire::Answer& answer) {
      if (answer.code == wire::ResultCode::ok) {
        finish_push(PushOutcome::accepted, answer.text);
      } else if (answer.code != wire::ResultCode::busy) {
        finish_push(PushOutcome::refused, answer.text);
      } else if (push_->commits >= options_.busy_attempts) {
        finish_push(PushOutcome::busy, answer.text);
      } else {
        // What was staged went with the commit that was turned away: everything is offered again.
        push_->next = 0;
        busy_timer_ = loop_.after(options_.busy_pause, [this] { push_step(); });
      }
    };
  }
  enqueue(std::move(request));
}

void DataplaneClient::finish_push(PushOutcome outcome, const std::string& text) {
  if (push_ != nullptr) {
    const std::unique_ptr<Push> finished = std::move(push_);
    finished->done(outcome, text);
  }
}

void DataplaneClient::status(StatusDone done) {
  if (!greeted_now_) {
    done(std::unexpected(last_error_.empty() ? "the data plane is not connected" : last_error_));
    return;
  }
  Request request;
  request.type = wire::MessageType::status;
  request.answered = [done](const wire::Answer& answer) {
    if (answer.code == wire::ResultCode::ok) {
      done(answer.text);
    } else {
      done(std::unexpected(answer.text));
    }
  };
  request.lost = [this, done] { done(std::unexpected(last_error_)); };
  enqueue(std::move(request));
}

}  // namespace stirline::control
