// Control's own socket.
#include "control/command_server.hpp"

#include <cstring>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "config/tables/image.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::command_server_test {
namespace {

namespace wire = config::wire;
using std::chrono::milliseconds;
using test::turn_until;
using wire::MessageType;
using wire::ResultCode;

std::string greeting(std::uint64_t schema = config::tables::schema_hash()) {
  const wire::Hello hello{schema};
  return {reinterpret_cast<const char*>(&hello), sizeof(hello)};
}

class CommandServerTest : public ::testing::Test {
 protected:
  void serve(CommandServer::Handler handler, milliseconds idle = milliseconds(20'000)) {
    auto listener = wire::Listener::listen(path_);
    ASSERT_TRUE(listener) << listener.error().text;
    server_ = std::make_unique<CommandServer>(loop_, std::move(*listener), std::move(handler), idle);
  }

  // Runs `ask` on another thread while the loop turns here.
  template <typename Ask>
  auto meanwhile(Ask ask) {
    auto answer = std::async(std::launch::async, std::move(ask));
    EXPECT_TRUE(turn_until(loop_, [&] { return answer.wait_for(milliseconds(0)) == std::future_status::ready; }));
    return answer.get();
  }

  wire::Channel connect() {
    auto channel = wire::Channel::connect(path_);
    EXPECT_TRUE(channel) << channel.error().text;
    return std::move(*channel);
  }

  test::ScratchFolder folder_;
  std::string path_ = (folder_ / "control.sock").string();
  EventLoop loop_;
  std::unique_ptr<CommandServer> server_;
};

TEST_F(CommandServerTest, AnswersACommandBehindAGreeting) {
  std::vector<std::string> verbs;
  serve([&](const CommandServer::Command& command, const CommandServer::Reply& reply) {
    verbs.emplace_back(command.verb);
    EXPECT_EQ(command.user, ::getuid());
    reply(ResultCode::ok, "{\"fine\":true}");
  });
  const auto answer = meanwhile([&] {
    wire::Channel channel = connect();
    EXPECT_TRUE(channel.ask(MessageType::hello, greeting()));
    EXPECT_TRUE(channel.ask(MessageType::command, "status"));
    return channel.ask(MessageType::command, "reload");
  });
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->code, ResultCode::ok);
  EXPECT_EQ(answer->text, "{\"fine\":true}");
  EXPECT_EQ(verbs, (std::vector<std::string>{"status", "reload"}));
}

TEST_F(CommandServerTest, NoCommandWithoutAGreeting) {
  serve([](const CommandServer::Command&, const CommandServer::Reply&) { FAIL() << "must not be called"; });
  const auto answer = meanwhile([&] { return connect().ask(MessageType::command, "reload"); });
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->code, ResultCode::bad_message);
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(CommandServerTest, ACommandOfAnotherBuildIsToldSo) {
  serve([](const CommandServer::Command&, const CommandServer::Reply&) { FAIL() << "must not be called"; });
  const auto answer =
      meanwhile([&] { return connect().ask(MessageType::hello, greeting(config::tables::schema_hash() ^ 1U)); });
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->code, ResultCode::wrong_schema);
}

TEST_F(CommandServerTest, AGreetingOfAWrongLengthIsRefused) {
  serve([](const CommandServer::Command&, const CommandServer::Reply&) { FAIL() << "must not be called"; });
  const auto answer = meanwhile([&] { return connect().ask(MessageType::hello, "abc"); });
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->code, ResultCode::bad_message);
}

TEST_F(CommandServerTest, AVerbBeyondTheLimitIsRefused) {
  serve([](const CommandServer::Command&, const CommandServer::Reply&) { FAIL() << "must not be called"; });
  const auto answer = meanwhile([&] {
    wire::Channel channel = connect();
    EXPECT_TRUE(channel.ask(MessageType::hello, greeting()));
    return channel.ask(MessageType::command, std::string(CommandServer::kMaxVerbBytes + 1, 'v'));
  });
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->code, ResultCode::bad_message);
}

TEST_F(CommandServerTest, OtherMessagesOfTheProtocolAreRefused) {
  serve([](const CommandServer::Command&, const CommandServer::Reply&) { FAIL() << "must not be called"; });
  const auto answer = meanwhile([&] {
    wire::Channel channel = connect();
    EXPECT_TRUE(channel.ask(MessageType::hello, greeting()));
    return channel.ask(MessageType::commit, "12345678");
  });
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->code, ResultCode::bad_message);
}

TEST_F(CommandServerTest, AnAnswerMayComeLater) {
  serve([this](const CommandServer::Command&, const CommandServer::Reply& reply) {
    loop_.after(milliseconds(5), [reply] { reply(ResultCode::busy, "later"); });
  });
  const auto answer = meanwhile([&] {
    wire::Channel channel = connect();
    EXPECT_TRUE(channel.ask(MessageType::hello, greeting()));
    return channel.ask(MessageType::command, "reload");
  });
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->code, ResultCode::busy);
  EXPECT_EQ(answer->text, "later");
}

TEST_F(CommandServerTest, AReplyAfterTheServerHasGoneIsHarmless) {
  std::optional<CommandServer::Reply> kept;
  serve([&](const CommandServer::Command&, const CommandServer::Reply& reply) { kept = reply; });
  wire::Channel channel = connect();
  ASSERT_TRUE(channel.send(MessageType::hello, 1, greeting()));
  ASSERT_TRUE(channel.send(MessageType::command, 2, "status"));
  ASSERT_TRUE(turn_until(loop_, [&] { return kept.has_value(); }));
  server_.reset();
  (*kept)(ResultCode::ok, "too late");
}

TEST_F(CommandServerTest, TheSeventeenthConnectionIsTurnedAway) {
  serve([](const CommandServer::Command&, const CommandServer::Reply& reply) { reply(ResultCode::ok, ""); });
  std::vector<wire::Channel> open;
  for (std::size_t i = 0; i < CommandServer::kMaxConnections; ++i) {
    open.push_back(connect());
    ASSERT_TRUE(turn_until(loop_, [&] { return server_->connections() == i + 1; }));
  }
  const auto answer = meanwhile([&] { return connect().ask(MessageType::hello, greeting()); });
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().closed);
  EXPECT_EQ(server_->connections(), CommandServer::kMaxConnections);
  open.clear();
  EXPECT_TRUE(turn_until(loop_, [&] { return server_->connections() == 0; }));
}

TEST_F(CommandServerTest, AnIdleConnectionIsClosed) {
  serve([](const CommandServer::Command&, const CommandServer::Reply& reply) { reply(ResultCode::ok, ""); },
        milliseconds(10));
  const wire::Channel channel = connect();
  ASSERT_TRUE(turn_until(loop_, [&] { return server_->connections() == 1; }));
  EXPECT_TRUE(turn_until(loop_, [&] { return server_->connections() == 0; }));
}

}  // namespace
}  // namespace stirline::control::command_server_test
