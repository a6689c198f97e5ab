#include "dataplane/control_server.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include <poll.h>
#include <spdlog/spdlog.h>

#include "config/tables/image.hpp"
#include "dataplane/status.hpp"

namespace stirline::dataplane {
namespace {

namespace tables = config::tables;
namespace wire = config::wire;

// The payload as the structure it must be; nothing if its size is another.
template <typename T>
  requires std::is_trivially_copyable_v<T>
std::optional<T> payload_as(const wire::Incoming& incoming) {
  if (incoming.payload.size() != sizeof(T)) {
    return std::nullopt;
  }
  T value;
  std::memcpy(&value, incoming.payload.data(), sizeof value);
  return value;
}

constexpr std::size_t kRecordBatches = 64;  // in one turn: nothing else is to wait for them

// Where an image of that kind goes; null: there is no such kind, or no room for one more.
wire::MappedImage* place_of(StagedTables& staged, StagedRules& rules, tables::TableKind kind) {
  switch (kind) {
    case tables::TableKind::trunks:
      return &staged.trunks;
    case tables::TableKind::numbers:
      return &staged.numbers;
    case tables::TableKind::credentials:
      return &staged.credentials;
    case tables::TableKind::certificates:
      return &staged.certificates;
    case tables::TableKind::common_rules:
      return &rules.common;
    case tables::TableKind::user_rules:
      return rules.users.size() < config::policy::kUserShards ? &rules.users.emplace_back() : nullptr;
    case tables::TableKind::lists:
      return &rules.lists;
    case tables::TableKind::content:
      return &rules.content;
  }
  return nullptr;
}

bool complete(const StagedTables& staged) {
  return !staged.trunks.view().empty() && !staged.numbers.view().empty() && !staged.credentials.view().empty() &&
         !staged.certificates.view().empty();
}

}  // namespace

ControlServer::ControlServer(Appliance& appliance, wire::Listener& listener, const Clock& clock)
    : appliance_(appliance), listener_(listener), clock_(clock), started_at_(clock.now()) {}

void ControlServer::serve(int timeout_ms) {
  serve_sockets(timeout_ms);
  forward_certificate_requests();
  forward_records();
  forward_contacts();
  forward_watched();
}

// Never waits for control: what its socket has no room for is forgotten, and a later call asks again.
void ControlServer::forward_certificate_requests() {
  appliance_.take_certificate_requests([this](std::string_view x5u) {
    for (Peer& peer : peers_) {
      if (peer.greeted && !peer.channel.send(wire::MessageType::wanted, 0, x5u, -1, 0)) {
        spdlog::debug("control socket: no room for a certificate that is wanted");
      }
    }
  });
}

ControlServer::Peer* ControlServer::recording_peer() {
  const auto found = std::ranges::find(peers_, true, &Peer::commands);
  return found == peers_.end() ? nullptr : &*found;
}

// Never waits for control: what its socket has no room for stays where it is, and a queue that is full drops and
// counts.
void ControlServer::forward_records() {
  Peer* const peer = recording_peer();
  if (peer == nullptr) {
    return;
  }
  for (std::size_t i = 0; i < kRecordBatches; ++i) {
    if (records_.empty()) {
      appliance_.take_records(records_, wire::kMaxPayload);
    }
    if (records_.empty() || !peer->channel.send(wire::MessageType::records, 0, records_, -1, 0)) {
      return;
    }
    records_.clear();
  }
}

void ControlServer::forward_contacts() {
  Peer* const peer = recording_peer();
  if (peer == nullptr) {
    return;
  }
  for (std::size_t i = 0; i < kRecordBatches; ++i) {
    if (contacts_.empty()) {
      appliance_.take_contacts(contacts_, wire::kMaxPayload);
    }
    if (contacts_.empty() || !peer->channel.send(wire::MessageType::contacts, 0, contacts_, -1, 0)) {
      return;
    }
    contacts_.clear();
  }
}

void ControlServer::forward_watched() {
  const auto found = std::ranges::find(peers_, true, &Peer::watches);
  if (found == peers_.end()) {
    return;
  }
  const bool over = std::chrono::steady_clock::now() >= watch_until_;
  if (over) {
    appliance_.stop_watch();
  }
  for (std::size_t i = 0; i < kRecordBatches; ++i) {
    if (watched_.empty()) {
      appliance_.take_watched(watched_, wire::kMaxPayload);
    }
    const bool last = watched_.empty();
    if (last && !over) {
      return;
    }
    if (!found->channel.send(wire::MessageType::watched, 0, watched_, -1, 0)) {
      return;
    }
    watched_.clear();
    if (last) {
      found->watches = false;
      return;
    }
  }
}

ControlServer::Reply ControlServer::take_complaints(const wire::Incoming& incoming) {
  const auto not_told = appliance_.tell_complaints(incoming.text());
  if (!not_told) {
    return {wire::ResultCode::bad_message, not_told.error()};
  }
  return *not_told == 0 ? Reply{}
                        : Reply{wire::ResultCode::refused, std::to_string(*not_told) + " complaints not counted"};
}

// Who watched has gone.
void ControlServer::end_watch_of_nobody() {
  if (std::ranges::find(peers_, true, &Peer::watches) == peers_.end()) {
    appliance_.stop_watch();
    watched_.clear();
  }
}

void ControlServer::serve_sockets(int timeout_ms) {
  std::vector<pollfd> waiting = {{.fd = listener_.fd(), .events = POLLIN, .revents = 0}};
  for (const Peer& peer : peers_) {
    const bool has_more =
        (peer.commands && (!records_.empty() || !contacts_.empty())) || (peer.watches && !watched_.empty());
    const auto events = static_cast<short>(has_more ? POLLIN | POLLOUT : POLLIN);
    waiting.push_back({.fd = peer.channel.fd(), .events = events, .revents = 0});
  }
  if (poll(waiting.data(), waiting.size(), timeout_ms) <= 0) {
    return;
  }
  for (std::size_t i = peers_.size(); i > 0; --i) {
    if ((waiting[i].revents & ~POLLOUT) != 0 && !serve_peer(peers_[i - 1])) {
      peers_.erase(peers_.begin() + static_cast<std::ptrdiff_t>(i - 1));
      end_watch_of_nobody();
    }
  }
  if (waiting[0].revents != 0) {
    accept_peers();
  }
}

void ControlServer::accept_peers() {
  while (auto channel = listener_.accept()) {
    if (peers_.size() == kMaxPeers) {
      spdlog::warn("control socket: more than {} connections, one turned away", kMaxPeers);
      continue;
    }
    peers_.push_back({.channel = std::move(*channel),
                      .greeted = false,
                      .staged = {},
                      .staged_rules = {},
                      .watches = false,
                      .commands = false});
  }
}

bool ControlServer::serve_peer(Peer& peer) {
  auto incoming = peer.channel.receive(0);
  if (!incoming) {
    if (!incoming.error().closed) {
      spdlog::warn("control socket: {}", incoming.error().text);
      // The peer may be gone or deaf already; it is cut off either way.
      static_cast<void>(peer.channel.send_result(0, incoming.error().code, incoming.error().text));
    }
    return false;
  }
  const Reply reply = answer(peer, *incoming);
  const bool sent = peer.channel.send_result(incoming->header.request_id, reply.code, reply.text).has_value();
  return sent && (reply.code == wire::ResultCode::ok || reply.code == wire::ResultCode::refused ||
                  reply.code == wire::ResultCode::busy);
}

ControlServer::Reply ControlServer::answer(Peer& peer, const wire::Incoming& incoming) {
  if (incoming.type() == wire::MessageType::hello) {
    return greet(peer, incoming);
  }
  if (!peer.greeted) {
    return {wire::ResultCode::bad_message, "the first message must be a hello"};
  }
  switch (incoming.type()) {
    case wire::MessageType::table:
      return stage(peer, incoming);
    case wire::MessageType::commit:
      return commit(peer, incoming);
    case wire::MessageType::commit_rules:
      return commit_rules(peer, incoming);
    case wire::MessageType::status:
      return {wire::ResultCode::ok, status_json(appliance_, started_at_, clock_.now())};
    case wire::MessageType::watch:
      return watch(peer, incoming);
    case wire::MessageType::complaints:
      return take_complaints(incoming);
    case wire::MessageType::hello:
    case wire::MessageType::result:
    case wire::MessageType::command:
    case wire::MessageType::wanted:
    case wire::MessageType::records:
    case wire::MessageType::watched:
    case wire::MessageType::contacts:
      break;
  }
  return {wire::ResultCode::bad_message,
          "a message of type " + std::to_string(incoming.header.type) + " has no place here"};
}

ControlServer::Reply ControlServer::greet(Peer& peer, const wire::Incoming& incoming) {
  const auto hello = payload_as<wire::Hello>(incoming);
  if (!hello) {
    return {wire::ResultCode::bad_message, "hello: wrong length"};
  }
  if (hello->schema_hash != tables::schema_hash()) {
    return {wire::ResultCode::wrong_schema, "control and data plane are of different builds: their tables differ"};
  }
  peer.greeted = true;
  return {};
}

ControlServer::Reply ControlServer::stage(Peer& peer, const wire::Incoming& incoming) {
  const auto offer = payload_as<wire::TableOffer>(incoming);
  if (!offer || !incoming.fd.valid()) {
    return {wire::ResultCode::bad_message, "table: wrong length, or no memfd"};
  }
  auto image = wire::MappedImage::map(incoming.fd, offer->bytes);
  if (!image) {
    return {wire::ResultCode::refused, std::move(image.error().text)};
  }
  wire::MappedImage* place = place_of(peer.staged, peer.staged_rules, static_cast<tables::TableKind>(offer->kind));
  if (place == nullptr) {
    return {wire::ResultCode::refused, "no table of kind " + std::to_string(offer->kind) + ", or no more of them"};
  }
  *place = std::move(*image);
  return {};
}

ControlServer::Reply ControlServer::watch(Peer& peer, const wire::Incoming& incoming) {
  const auto request = wire::decode_watch(incoming.text());
  if (!request) {
    return {wire::ResultCode::refused, request.error()};
  }
  if (request->by == wire::WatchBy::nothing) {
    peer.watches = false;
    end_watch_of_nobody();
    return {};
  }
  if (std::ranges::find(peers_, true, &Peer::watches) != peers_.end()) {
    return {wire::ResultCode::busy, "one watch at a time"};
  }
  watched_.clear();
  peer.watches = true;
  watch_until_ = std::chrono::steady_clock::now() + std::chrono::seconds(request->seconds);
  const std::uint32_t number = appliance_.start_watch(*request, static_cast<std::uint64_t>(clock_.now_ns()));
  return {wire::ResultCode::ok, std::to_string(number)};
}

ControlServer::Reply ControlServer::commit(Peer& peer, const wire::Incoming& incoming) {
  const auto request = payload_as<wire::Commit>(incoming);
  if (!request) {
    return {wire::ResultCode::bad_message, "commit: wrong length"};
  }
  if (!complete(peer.staged)) {
    return {wire::ResultCode::refused, "commit: not all four tables were sent"};
  }
  peer.staged.signing_stopped = request->signing_stopped != 0;
  auto applied = appliance_.apply(request->generation, std::exchange(peer.staged, {}));
  if (!applied) {
    spdlog::error("generation {} refused: {}", request->generation, applied.error());
    return {wire::ResultCode::refused, std::move(applied.error())};
  }
  if (*applied == Appliance::Apply::busy) {
    return {wire::ResultCode::busy, "two generations are alive; try again"};
  }
  for (Peer& each : peers_) {
    each.commands = &each == &peer;
  }
  spdlog::info("generation {} in use{}", request->generation,
               request->signing_stopped != 0 ? ", and nothing is signed: the clock is wrong" : "");
  return {wire::ResultCode::ok, {}};
}

ControlServer::Reply ControlServer::commit_rules(Peer& peer, const wire::Incoming& incoming) {
  const auto request = payload_as<wire::Commit>(incoming);
  if (!request) {
    return {wire::ResultCode::bad_message, "commit of rules: wrong length"};
  }
  auto applied = appliance_.apply_rules(request->generation, std::exchange(peer.staged_rules, {}));
  if (!applied) {
    spdlog::error("rules {} refused: {}", request->generation, applied.error());
    return {wire::ResultCode::refused, std::move(applied.error())};
  }
  if (*applied == Appliance::Apply::busy) {
    return {wire::ResultCode::busy, "the rules before are still in use; try again"};
  }
  spdlog::debug("rules {} in use", request->generation);
  return {wire::ResultCode::ok, {}};
}

}  // namespace stirline::dataplane
