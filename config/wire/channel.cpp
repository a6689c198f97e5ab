#include "config/wire/channel.hpp"

#include <array>
#include <cstring>
#include <span>

#include <sys/time.h>
#include <unistd.h>

#include "config/wire/deadline.hpp"
#include "config/wire/socket_address.hpp"
#include "config/wire/system_error.hpp"

namespace stirline::config::wire {
namespace {

constexpr std::size_t kMaxDescriptors = 8;  // received at once; all but a lone one are closed and refused

// Room for ancillary data of `kMaxDescriptors` descriptors.
struct Ancillary {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMaxDescriptors * sizeof(int))> octets{};
};

std::unexpected<WireError> bad_message(std::string text, std::uint32_t request_id = 0,
                                       ResultCode code = ResultCode::bad_message) {
  return std::unexpected(WireError{.text = std::move(text), .code = code, .request_id = request_id});
}

std::unexpected<WireError> no_socket() {
  return std::unexpected(WireError{.text = "not connected", .closed = true});
}

// Every descriptor that came with `message`, now owned.
std::vector<Descriptor> take_descriptors(msghdr& message) {
  std::vector<Descriptor> taken;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) {
      continue;
    }
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
      taken.emplace_back(fd);
    }
  }
  return taken;
}

std::expected<Header, WireError> check_header(std::span<const std::byte> packet) {
  Header header;
  if (packet.size() < sizeof(header)) {
    return bad_message("the packet is shorter than a header");
  }
  std::memcpy(&header, packet.data(), sizeof(header));
  if (header.magic != kMagic) {
    return bad_message("the packet does not begin like one of this protocol");
  }
  if (header.version != kVersion) {
    return bad_message("peer speaks protocol version " + std::to_string(header.version) + ", this is version " +
                           std::to_string(kVersion),
                       header.request_id, ResultCode::wrong_version);
  }
  if (header.length != packet.size() - sizeof(header)) {
    return bad_message("the packet has another length than its header says", header.request_id);
  }
  if (header.type < static_cast<std::uint16_t>(MessageType::hello) ||
      header.type > static_cast<std::uint16_t>(MessageType::complaints)) {
    return bad_message("message type " + std::to_string(header.type) + " is unknown", header.request_id);
  }
  return header;
}

}  // namespace

std::expected<Answer, WireError> read_answer(const Incoming& incoming) {
  Result result;
  if (incoming.payload.size() < sizeof(result)) {
    return bad_message("the result is too short", incoming.header.request_id);
  }
  std::memcpy(&result, incoming.payload.data(), sizeof(result));
  if (result.code > static_cast<std::uint32_t>(ResultCode::busy)) {
    return bad_message("result code " + std::to_string(result.code) + " is unknown", incoming.header.request_id);
  }
  Answer answer{.code = static_cast<ResultCode>(result.code), .text{}};
  if (result.memfd_bytes == 0) {
    answer.text = incoming.text().substr(sizeof(result));
  } else {
    auto mapped = MappedImage::map(incoming.fd, result.memfd_bytes);
    if (!mapped) {
      return std::unexpected(mapped.error());
    }
    answer.text.assign(reinterpret_cast<const char*>(mapped->view().data()), mapped->view().size());
  }
  if (answer.text.contains('\0')) {
    return bad_message("the result holds a zero octet", incoming.header.request_id);
  }
  return answer;
}

std::string_view Incoming::text() const {
  return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

std::expected<Channel, WireError> Channel::connect(const std::string& path) {
  const auto address = socket_address(path);
  if (!address) {
    return bad_message(path + ": a socket path has 1 to 107 octets");
  }
  Descriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket.valid()) {
    return system_error("socket");
  }
  // A full queue at the listener would hold connect() for ever.
  const timeval patience{.tv_sec = 2, .tv_usec = 0};
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0) {
    return system_error("setsockopt");
  }
  while (::connect(socket.get(), general(*address), sizeof(*address)) != 0) {
    if (errno != EINTR) {
      return system_error(path);
    }
  }
  return Channel(std::move(socket));
}

std::uint32_t Channel::peer_user() const {
  ucred peer{};
  socklen_t length = sizeof(peer);
  const bool known = ::getsockopt(socket_.get(), SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0;
  return known ? peer.uid : UINT32_MAX;
}

std::expected<void, WireError> Channel::send(MessageType type, std::uint32_t request_id, std::string_view payload,
                                             int fd, int timeout_ms) {
  if (!open()) {
    return no_socket();
  }
  if (payload.size() > kMaxPayload) {
    return bad_message("the message is too long to be sent", request_id);
  }
  Header header{.type = static_cast<std::uint16_t>(type),
                .request_id = request_id,
                .length = static_cast<std::uint32_t>(payload.size())};
  std::array<iovec, 2> parts{iovec{&header, sizeof(header)}, iovec{const_cast<char*>(payload.data()), payload.size()}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  Ancillary ancillary;
  if (fd >= 0) {
    message.msg_control = ancillary.octets.data();
    message.msg_controllen = CMSG_SPACE(sizeof(fd));
    cmsghdr* const part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof(fd));
    std::memcpy(CMSG_DATA(part), &fd, sizeof(fd));
  }
  const Deadline deadline(timeout_ms);
  while (::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
    if (errno == EINTR) {
      continue;
    }
    if (errno != EAGAIN) {
      return system_error("sending");
    }
    if (!deadline.wait(socket_.get(), POLLOUT)) {
      return std::unexpected(WireError{.text = "timeout", .request_id = request_id});
    }
  }
  return {};
}

std::expected<void, WireError> Channel::send_result(std::uint32_t request_id, ResultCode code, std::string_view text) {
  Result result{.code = static_cast<std::uint32_t>(code), .memfd_bytes = 0};
  Descriptor memfd;
  if (text.size() > kMaxPayload - sizeof(result)) {
    if (text.size() > tables::kMaxImageBytes) {
      return bad_message("the result is too long to be sent", request_id);
    }
    auto made = make_sealed_memfd("stirline-result", std::as_bytes(std::span(text)));
    if (!made) {
      return std::unexpected(made.error());
    }
    memfd = std::move(*made);
    result.memfd_bytes = static_cast<std::uint32_t>(text.size());
    text = {};
  }
  std::string payload(reinterpret_cast<const char*>(&result), sizeof(result));
  payload += text;
  return send(MessageType::result, request_id, payload, memfd.get());
}

std::expected<Incoming, WireError> Channel::receive(int timeout_ms) {
  if (!open()) {
    return no_socket();
  }
  std::vector<std::byte> packet(sizeof(Header) + kMaxPayload);
  iovec part{packet.data(), packet.size()};
  Ancillary ancillary;
  msghdr message{};
  const Deadline deadline(timeout_ms);
  ssize_t got = -1;
  while (got < 0) {
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = ancillary.octets.data();
    message.msg_controllen = ancillary.octets.size();
    got = ::recvmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EAGAIN) {
      if (!deadline.wait(socket_.get(), POLLIN)) {
        return std::unexpected(WireError{.text = "timeout"});
      }
    } else if (got < 0 && errno != EINTR) {
      return system_error("receiving");
    }
  }
  std::vector<Descriptor> descriptors = take_descriptors(message);
  if (got == 0) {
    return std::unexpected(WireError{.text = "the peer has closed the connection", .closed = true});
  }
  packet.resize(static_cast<std::size_t>(got));
  const auto header = check_header(packet);
  if ((message.msg_flags & MSG_TRUNC) != 0) {
    return bad_message("the packet is longer than the protocol allows");
  }
  if (!header) {
    return std::unexpected(header.error());
  }
  if ((message.msg_flags & MSG_CTRUNC) != 0 || descriptors.size() > 1) {
    return bad_message("more than one descriptor came along", header->request_id);
  }
  packet.erase(packet.begin(), packet.begin() + sizeof(Header));
  return Incoming{.header = *header,
                  .payload = std::move(packet),
                  .fd = descriptors.empty() ? Descriptor() : std::move(descriptors.front())};
}

std::expected<Answer, WireError> Channel::ask(MessageType type, std::string_view payload, int fd, int timeout_ms) {
  const Deadline deadline(timeout_ms);
  const std::uint32_t request_id = next_request_++;
  if (auto sent = send(type, request_id, payload, fd, timeout_ms); !sent) {
    return std::unexpected(sent.error());
  }
  for (;;) {
    auto incoming = receive(deadline.left_ms());
    if (!incoming) {
      return std::unexpected(incoming.error());
    }
    if (incoming->type() != MessageType::result) {
      return bad_message("the peer asked where it should answer", incoming->header.request_id);
    }
    // Another id belongs to a question whose answer was no longer waited for; 0 answers what the peer could not read.
    if (incoming->header.request_id == request_id || incoming->header.request_id == 0) {
      return read_answer(*incoming);
    }
  }
}

}  // namespace stirline::config::wire
