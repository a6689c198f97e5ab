// The wire over real sockets: what is sent arrives, and a hostile peer costs one error, no descriptor and no crash.
#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <functional>
#include <span>
#include <thread>

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/wire/channel.hpp"

namespace stirline::config::wire::wire_test {
namespace {

struct Ends {
  Channel a;
  Channel b;
};

Ends make_ends() {
  std::array<int, 2> fds{-1, -1};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()), 0);
  return {Channel(Descriptor(fds[0])), Channel(Descriptor(fds[1]))};
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// A packet as no honest peer would send it.
void send_raw(const Channel& channel, std::span<const std::byte> octets, std::span<const int> fds = {}) {
  iovec part{const_cast<std::byte*>(octets.data()), octets.size()};
  std::vector<char> ancillary(CMSG_SPACE(fds.size_bytes()));
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = ancillary.data();
    message.msg_controllen = ancillary.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    ASSERT_NE(header, nullptr);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fds.size_bytes());
    std::memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
  }
  ASSERT_EQ(::sendmsg(channel.fd(), &message, MSG_NOSIGNAL), static_cast<ssize_t>(octets.size()));
}

std::vector<std::byte> packet(const Header& header, std::size_t payload) {
  std::vector<std::byte> octets(sizeof(header) + payload);
  std::memcpy(octets.data(), &header, sizeof(header));
  return octets;
}

Header header_of(std::uint32_t length) {
  return {.type = static_cast<std::uint16_t>(MessageType::command), .request_id = 9, .length = length};
}

tables::ImageView bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string socket_path(const char* name) {
  return std::filesystem::temp_directory_path() / (std::to_string(::getpid()) + name);
}

TEST(Wire, MessageArrives) {
  Ends ends = make_ends();
  ASSERT_TRUE(ends.a.send(MessageType::command, 7, "status"));
  const auto got = ends.b.receive(1'000);
  ASSERT_TRUE(got) << got.error().text;
  EXPECT_EQ(got->type(), MessageType::command);
  EXPECT_EQ(got->header.request_id, 7U);
  EXPECT_EQ(got->text(), "status");
  EXPECT_FALSE(got->fd.valid());
}

TEST(Wire, EveryTypeOfMessageArrives) {
  Ends ends = make_ends();
  for (auto type = static_cast<std::uint16_t>(MessageType::hello);
       type <= static_cast<std::uint16_t>(MessageType::complaints); ++type) {
    ASSERT_TRUE(ends.a.send(static_cast<MessageType>(type), 1, "x"));
    const auto incoming = ends.b.receive(1'000);
    ASSERT_TRUE(incoming) << type << ": " << incoming.error().text;
    EXPECT_EQ(incoming->header.type, type);
  }
}

TEST(Wire, LongestPayloadArrivesAndLongerIsRefused) {
  Ends ends = make_ends();
  const std::string longest(kMaxPayload, 'x');
  ASSERT_TRUE(ends.a.send(MessageType::command, 1, longest));
  const auto got = ends.b.receive(1'000);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->text(), longest);
  EXPECT_FALSE(ends.a.send(MessageType::command, 1, longest + "x"));
}

TEST(Wire, TableTravelsAsSealedMemfd) {
  Ends ends = make_ends();
  const auto memfd = make_sealed_memfd("table", bytes_of("image"));
  ASSERT_TRUE(memfd);
  ASSERT_TRUE(ends.a.send(MessageType::table, 1, "offer", memfd->get()));
  auto got = ends.b.receive(1'000);
  ASSERT_TRUE(got);
  ASSERT_TRUE(got->fd.valid());
  EXPECT_NE(::fcntl(got->fd.get(), F_GETFD) & FD_CLOEXEC, 0);
  auto mapped = MappedImage::map(got->fd, 5);
  ASSERT_TRUE(mapped) << mapped.error().text;
  got->fd = Descriptor();
  EXPECT_TRUE(std::ranges::equal(mapped->view(), bytes_of("image")));
  const MappedImage moved = std::move(*mapped);
  EXPECT_EQ(moved.view().size(), 5U);
}

TEST(Wire, OnlySealedMemfdsOfTheAnnouncedSizeAreMapped) {
  const auto error = [](const Descriptor& fd, std::uint64_t bytes) {
    const auto mapped = MappedImage::map(fd, bytes);
    return mapped ? "mapped" : mapped.error().text;
  };
  const auto sealed = make_sealed_memfd("table", bytes_of("image"));
  ASSERT_TRUE(sealed);
  EXPECT_EQ(error(*sealed, 4), "the memfd has another size than announced");
  EXPECT_EQ(error(*sealed, 6), "the memfd has another size than announced");
  EXPECT_EQ(error(*sealed, 0), "the memfd is announced as empty or larger than 256 MiB");
  EXPECT_EQ(error(*sealed, tables::kMaxImageBytes + 1), "the memfd is announced as empty or larger than 256 MiB");
  EXPECT_EQ(error(Descriptor(), 5), "no memfd came along");
  const std::string not_sealed = "the descriptor is not a memfd sealed against every change";
  const Descriptor open_memfd(::memfd_create("open", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(::write(open_memfd.get(), "image", 5), 5);
  EXPECT_EQ(error(open_memfd, 5), not_sealed);
  ASSERT_EQ(::fcntl(open_memfd.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL), 0);
  EXPECT_EQ(error(open_memfd, 5), not_sealed) << "writing is not sealed";
  std::array<int, 2> pipe_ends{-1, -1};
  ASSERT_EQ(::pipe(pipe_ends.data()), 0);
  const Descriptor reading(pipe_ends[0]);
  const Descriptor writing(pipe_ends[1]);
  EXPECT_EQ(error(reading, 5), not_sealed);
}

TEST(Wire, SealedMemfdCannotBeChanged) {
  const auto sealed = make_sealed_memfd("table", bytes_of("image"));
  ASSERT_TRUE(sealed);
  EXPECT_LT(::pwrite(sealed->get(), "x", 1, 0), 0);
  EXPECT_LT(::ftruncate(sealed->get(), 1), 0);
  EXPECT_LT(::ftruncate(sealed->get(), 100), 0);
}

TEST(Wire, HostilePacketsAreNamed) {
  Ends ends = make_ends();
  const auto error = [&](std::span<const std::byte> octets) {
    send_raw(ends.a, octets);
    const auto got = ends.b.receive(1'000);
    return got ? WireError{.text = "accepted"} : got.error();
  };
  EXPECT_EQ(error(packet({}, 0)).text, "message type 0 is unknown");
  EXPECT_EQ(error(std::vector<std::byte>(15)).text, "the packet is shorter than a header");
  EXPECT_EQ(error(packet({.magic = 1}, 0)).text, "the packet does not begin like one of this protocol");
  const WireError version = error(packet({.version = 9, .request_id = 42}, 0));
  EXPECT_EQ(version.text, "peer speaks protocol version 9, this is version 8");
  EXPECT_EQ(version.code, ResultCode::wrong_version);
  EXPECT_EQ(version.request_id, 42U);
  EXPECT_EQ(error(packet(header_of(3), 4)).text, "the packet has another length than its header says");
  EXPECT_EQ(error(packet(header_of(5), 4)).text, "the packet has another length than its header says");
  EXPECT_EQ(error(packet(header_of(0xffff'ffff), 4)).text, "the packet has another length than its header says");
  EXPECT_EQ(error(packet({.type = 14}, 0)).text, "message type 14 is unknown");
  EXPECT_EQ(error(packet(header_of(kMaxPayload + 1), kMaxPayload + 1)).text,
            "the packet is longer than the protocol allows");
  EXPECT_EQ(error(packet(header_of(4), 4)).text, "accepted");
}

TEST(Wire, ExtraDescriptorsAreClosed) {
  Ends ends = make_ends();
  const Descriptor memfd(::memfd_create("many", MFD_CLOEXEC));
  const std::size_t before = open_descriptors();
  for (const std::size_t count : {2U, 8U, 9U, 100U}) {
    send_raw(ends.a, packet(header_of(4), 4), std::vector<int>(count, memfd.get()));
    const auto got = ends.b.receive(1'000);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().text, "more than one descriptor came along");
    EXPECT_EQ(got.error().request_id, 9U);
    EXPECT_EQ(open_descriptors(), before) << count;
  }
  send_raw(ends.a, packet({.magic = 1}, 4), std::vector<int>(1, memfd.get()));
  EXPECT_FALSE(ends.b.receive(1'000));
  EXPECT_EQ(open_descriptors(), before);
}

TEST(Wire, GonePeerIsAnErrorNotASignal) {
  Ends ends = make_ends();
  ends.a.close();
  const auto got = ends.b.receive(1'000);
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().closed);
  const auto sent = ends.b.send(MessageType::command, 1, "x");
  ASSERT_FALSE(sent);
  EXPECT_TRUE(sent.error().closed);
  const auto after = ends.a.send(MessageType::command, 1, "x");
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().text, "not connected");
}

TEST(Wire, NothingInTimeIsATimeout) {
  Ends ends = make_ends();
  const auto got = ends.b.receive(0);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().text, "timeout");
  EXPECT_FALSE(got.error().closed);
}

TEST(Wire, FullSocketIsATimeout) {
  Ends ends = make_ends();
  std::expected<void, WireError> sent;
  const std::string payload(kMaxPayload, 'x');
  for (int i = 0; i < 10'000 && sent; ++i) {
    sent = ends.a.send(MessageType::command, 1, payload, -1, 1);
  }
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().text, "timeout");
}

// Answers one request with `answer`.
void serve(Channel& channel, const std::function<void(Channel&, const Incoming&)>& answer) {
  const auto request = channel.receive(5'000);
  ASSERT_TRUE(request) << request.error().text;
  answer(channel, *request);
}

TEST(Wire, AskGetsItsAnswer) {
  Ends ends = make_ends();
  const std::string long_text(100'000, 'j');
  for (const std::string& text : {std::string("{}"), std::string(), std::string(kMaxPayload - sizeof(Result), 'k'),
                                  std::string(kMaxPayload - sizeof(Result) + 1, 'k'), long_text}) {
    std::thread server([&] {
      serve(ends.b, [&](Channel& channel, const Incoming& request) {
        EXPECT_TRUE(channel.send_result(request.header.request_id + 1'000, ResultCode::ok, "late answer to another"));
        EXPECT_TRUE(channel.send_result(request.header.request_id, ResultCode::refused, text));
      });
    });
    const auto answer = ends.a.ask(MessageType::status, "");
    server.join();
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->code, ResultCode::refused);
    EXPECT_EQ(answer->text, text);
  }
}

TEST(Wire, AskRefusesBadAnswers) {
  const auto error = [](const std::function<void(Channel&, const Incoming&)>& answer) {
    Ends ends = make_ends();
    std::thread server([&] { serve(ends.b, answer); });
    const auto got = ends.a.ask(MessageType::status, "", -1, 1'000);
    server.join();
    return got ? "accepted" : got.error().text;
  };
  const auto send = [](MessageType type, const Result& result, std::string_view more, int fd = -1) {
    return [=](Channel& channel, const Incoming& request) {
      std::string payload(reinterpret_cast<const char*>(&result), sizeof(result));
      payload += more;
      EXPECT_TRUE(channel.send(type, request.header.request_id, payload, fd));
    };
  };
  using namespace std::string_view_literals;
  EXPECT_EQ(error(send(MessageType::result, {}, "fine")), "accepted");
  EXPECT_EQ(error(send(MessageType::result, {.code = 6}, "")), "result code 6 is unknown");
  EXPECT_EQ(error(send(MessageType::result, {}, "a\0b"sv)), "the result holds a zero octet");
  EXPECT_EQ(error(send(MessageType::hello, {}, "")), "the peer asked where it should answer");
  EXPECT_EQ(error(send(MessageType::result, {.memfd_bytes = 5}, "")), "no memfd came along");
  const Descriptor open_memfd(::memfd_create("open", MFD_CLOEXEC));
  EXPECT_EQ(error(send(MessageType::result, {.memfd_bytes = 5}, "", open_memfd.get())),
            "the descriptor is not a memfd sealed against every change");
  EXPECT_EQ(error([](Channel& channel, const Incoming& request) {
              EXPECT_TRUE(channel.send(MessageType::result, request.header.request_id, "short"));
            }),
            "the result is too short");
  EXPECT_EQ(error([](Channel& channel, const Incoming&) { channel.close(); }), "the peer has closed the connection");
}

TEST(Listener, ConnectsAndCleansUp) {
  const std::string path = socket_path("-listener");
  {
    auto listener = Listener::listen(path);
    ASSERT_TRUE(listener) << listener.error().text;
    struct stat status{};
    ASSERT_EQ(::lstat(path.c_str(), &status), 0);
    EXPECT_TRUE(S_ISSOCK(status.st_mode));
    EXPECT_EQ(status.st_mode & 0777U, 0660U);
    EXPECT_FALSE(listener->accept());
    auto client = Channel::connect(path);
    ASSERT_TRUE(client) << client.error().text;
    auto served = listener->accept();
    ASSERT_TRUE(served);
    ASSERT_TRUE(client->send(MessageType::hello, 1, "hello"));
    EXPECT_TRUE(served->receive(1'000));
    Listener moved = std::move(*listener);
    EXPECT_TRUE(Channel::connect(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Listener, KeepsItsHandsOffOthers) {
  const std::string path = socket_path("-taken");
  {
    const auto first = Listener::listen(path);
    ASSERT_TRUE(first);
    const auto second = Listener::listen(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().text, path + ": another process listens there already");
    EXPECT_TRUE(Channel::connect(path)) << "the first still listens";
  }
  {
    const Descriptor file(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  }
  const auto third = Listener::listen(path);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().text, path + ": there is a file that is no socket");
  EXPECT_TRUE(std::filesystem::remove(path));
}

TEST(Listener, ReplacesAStaleSocket) {
  const std::string path = socket_path("-stale");
  {
    const Descriptor dead(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path, address.sun_path);
    ASSERT_EQ(::bind(dead.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_TRUE(Listener::listen(path));
}

TEST(Listener, TurnsStrangersAway) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can connect as somebody else";
  }
  const std::string path = socket_path("-stranger");
  auto listener = Listener::listen(path);
  ASSERT_TRUE(listener);
  // The file mode would already refuse a stranger; it is opened so that the check behind it is seen.
  ASSERT_EQ(::chmod(path.c_str(), 0666), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const bool stranger = ::setgroups(0, nullptr) == 0 && ::setgid(65'534) == 0 && ::setuid(65'534) == 0;
    auto client = Channel::connect(path);
    // Turned away means: the connection ends without a word.
    ::_exit(stranger && client && !client->receive(5'000) ? 0 : 1);
  }
  std::optional<Channel> served;
  int status = -1;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    served = listener->accept();
    ASSERT_FALSE(served);
    ::usleep(1'000);
  }
  EXPECT_EQ(status, 0);
}

TEST(Listener, BadPathsAreErrors) {
  for (const std::string& path : {std::string(), std::string(108, 'x'), std::string("a\0b", 3)}) {
    EXPECT_FALSE(Listener::listen(path));
    EXPECT_FALSE(Channel::connect(path));
  }
  EXPECT_FALSE(Listener::listen("/nonexistent/stirline.sock"));
  EXPECT_FALSE(Channel::connect("/nonexistent/stirline.sock"));
}

}  // namespace
}  // namespace stirline::config::wire::wire_test
