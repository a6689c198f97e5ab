// The loop's promises about descriptors and timers that come and go while it serves.
#include "control/event_loop.hpp"

#include <array>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/control/scratch.hpp"

namespace stirline::control::event_loop_test {
namespace {

using config::wire::Descriptor;
using std::chrono::milliseconds;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
  }
  void fill() const { EXPECT_EQ(::write(write.get(), "x", 1), 1); }
  Descriptor read;
  Descriptor write;
};

TEST(EventLoop, TimersFireInTheOrderOfTheirTimesAndOnce) {
  EventLoop loop;
  std::vector<int> fired;
  loop.after(milliseconds(8), [&] { fired.push_back(2); });
  loop.after(milliseconds(1), [&] { fired.push_back(1); });
  ASSERT_TRUE(test::turn_until(loop, [&] { return fired.size() == 2; }));
  loop.turn(milliseconds(0));
  EXPECT_EQ(fired, (std::vector<int>{1, 2}));
}

TEST(EventLoop, ACancelledTimerStaysSilentEvenIfItIsDue) {
  EventLoop loop;
  int fired = 0;
  EventLoop::TimerId second = 0;
  loop.after(milliseconds(0), [&] { loop.cancel(second); });
  second = loop.after(milliseconds(0), [&] { ++fired; });
  loop.turn(milliseconds(1));
  loop.turn(milliseconds(1));
  EXPECT_EQ(fired, 0);
}

TEST(EventLoop, AForgottenDescriptorIsNotServedInTheSameTurn) {
  EventLoop loop;
  const Pipe one;
  const Pipe two;
  int served = 0;
  loop.watch(one.read.get(), [&] {
    ++served;
    loop.forget(one.read.get());
    loop.forget(two.read.get());
  });
  loop.watch(two.read.get(), [&] {
    ++served;
    loop.forget(one.read.get());
    loop.forget(two.read.get());
  });
  one.fill();
  two.fill();
  loop.turn(milliseconds(100));
  loop.turn(milliseconds(0));
  EXPECT_EQ(served, 1);
}

TEST(EventLoop, HangUpCountsAsReadable) {
  EventLoop loop;
  Pipe pipe;
  int served = 0;
  loop.watch(pipe.read.get(), [&] { ++served; });
  pipe.write = Descriptor();
  loop.turn(milliseconds(100));
  EXPECT_EQ(served, 1);
}

TEST(EventLoop, WritableIsWatchedOnlyWhereItIsAskedFor) {
  EventLoop loop;
  const Pipe pipe;
  int reading = 0;
  int writing = 0;
  loop.watch(pipe.read.get(), EventLoop::Interest::readable, [&] { ++reading; });
  loop.watch(pipe.write.get(), EventLoop::Interest::writable, [&] { ++writing; });
  loop.turn(milliseconds(100));
  EXPECT_EQ(reading, 0);
  EXPECT_EQ(writing, 1);
  loop.watch(pipe.write.get(), EventLoop::Interest::readable, [&] { ++writing; });
  loop.turn(milliseconds(0));
  EXPECT_EQ(writing, 1);
  loop.watch(pipe.write.get(), EventLoop::Interest::either, [&] { ++writing; });
  pipe.fill();
  loop.turn(milliseconds(100));
  EXPECT_EQ(reading, 1);
  EXPECT_EQ(writing, 2);
}

TEST(EventLoop, StopsFromAnotherThread) {
  EventLoop loop;
  const std::jthread other([&] { loop.stop(); });
  loop.run();
}

}  // namespace
}  // namespace stirline::control::event_loop_test
