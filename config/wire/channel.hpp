// One connected SOCK_SEQPACKET socket that speaks protocol.hpp: framing, checks, descriptors. Owns its descriptors; one
// thread.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "config/tables/image.hpp"
#include "config/wire/protocol.hpp"

namespace stirline::config::wire {

// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

struct WireError {
  std::string text;     // "peer speaks protocol version 7, this is version 1"
  bool closed = false;  // the peer has gone
  ResultCode code = ResultCode::bad_message;
  std::uint32_t request_id = 0;  // of the message at fault, so that it can be answered; 0: unreadable
};

struct Incoming {
  Header header;
  std::vector<std::byte> payload;
  Descriptor fd;  // what came along, if anything

  [[nodiscard]] MessageType type() const { return static_cast<MessageType>(header.type); }
  [[nodiscard]] std::string_view text() const;  // the payload as text
};

// A result as the asker sees it.
struct Answer {
  ResultCode code = ResultCode::ok;
  std::string text;
};

// What a received result says, its text fetched from the memfd if it came in one. Checked: any octets may be in there.
[[nodiscard]] std::expected<Answer, WireError> read_answer(const Incoming& incoming);

class Channel {
 public:
  Channel() = default;
  explicit Channel(Descriptor socket) : socket_(std::move(socket)) {}

  [[nodiscard]] static std::expected<Channel, WireError> connect(const std::string& path);

  [[nodiscard]] int fd() const { return socket_.get(); }
  [[nodiscard]] bool open() const { return socket_.valid(); }
  [[nodiscard]] std::uint32_t peer_user() const;  // whose process connected (SO_PEERCRED); the highest number: unknown
  void close() { socket_ = Descriptor(); }

  // Blocks until sent, at most `timeout_ms`. `fd` is passed along if it is not -1 (and stays the caller's).
  [[nodiscard]] std::expected<void, WireError> send(MessageType type, std::uint32_t request_id,
                                                    std::string_view payload, int fd = -1, int timeout_ms = 2'000);
  // Sends a result; a text longer than kMaxPayload goes in a sealed memfd.
  [[nodiscard]] std::expected<void, WireError> send_result(std::uint32_t request_id, ResultCode code,
                                                           std::string_view text);

  // Waits at most `timeout_ms` (0: do not wait) for one message. No message in time is an error with text "timeout".
  [[nodiscard]] std::expected<Incoming, WireError> receive(int timeout_ms);

  // Sends and waits for the result with the same request id.
  [[nodiscard]] std::expected<Answer, WireError> ask(MessageType type, std::string_view payload, int fd = -1,
                                                     int timeout_ms = 5'000);

 private:
  Descriptor socket_;
  std::uint32_t next_request_ = 1;
};

// A listening socket at `path` (an old socket file nobody listens on is removed), mode 0660.
class Listener {
 public:
  [[nodiscard]] static std::expected<Listener, WireError> listen(const std::string& path);
  Listener() = default;
  Listener(Listener&&) noexcept = default;
  Listener& operator=(Listener&&) noexcept;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();  // removes the socket file

  [[nodiscard]] int fd() const { return socket_.get(); }
  // One waiting peer, whose credentials must be root's, our own user's or our group's (SO_PEERCRED); nothing if none
  // waits.
  [[nodiscard]] std::optional<Channel> accept();

 private:
  Descriptor socket_;
  std::string path_;
};

// A sealed memfd (F_SEAL_SEAL, SHRINK, GROW, WRITE) with a copy of `image`.
[[nodiscard]] std::expected<Descriptor, WireError> make_sealed_memfd(const char* name, tables::ImageView image);

// A table that is handed over as it is, however large, and to everybody the same.
struct SealedTable {
  Descriptor memfd;  // of make_sealed_memfd()
  std::uint64_t bytes = 0;
};

// The image in a received memfd, mapped read-only. Refused unless it is sealed against every change and has exactly
// `bytes` octets.
class MappedImage {
 public:
  [[nodiscard]] static std::expected<MappedImage, WireError> map(const Descriptor& fd, std::uint64_t bytes);
  MappedImage() = default;
  MappedImage(MappedImage&& other) noexcept : view_(std::exchange(other.view_, {})) {}
  MappedImage& operator=(MappedImage&& other) noexcept;
  MappedImage(const MappedImage&) = delete;
  MappedImage& operator=(const MappedImage&) = delete;
  ~MappedImage();
  [[nodiscard]] tables::ImageView view() const { return view_; }

 private:
  tables::ImageView view_;
};

}  // namespace stirline::config::wire
