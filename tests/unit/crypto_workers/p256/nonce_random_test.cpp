#include "crypto_workers/p256/nonce_random.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stirline::crypto::nonce_random_test {
namespace {

using Block = std::array<std::uint8_t, 64>;

TEST(NonceRandom, NeverRepeats) {
  NonceRandom random;
  std::set<Block> seen;
  for (int i = 0; i < 3'000; ++i) {  // across two seedings
    Block block{};
    ASSERT_TRUE(random.fill(block));
    EXPECT_TRUE(seen.insert(block).second);
  }
}

TEST(NonceRandom, EqualSeedsGiveEqualOutput) {
  const auto same = [](std::span<std::uint8_t> out) {
    std::ranges::fill(out, std::uint8_t{7});
    return true;
  };
  NonceRandom a(same);
  NonceRandom b(same);
  Block x{};
  Block y{};
  ASSERT_TRUE(a.fill(x));
  ASSERT_TRUE(b.fill(y));
  EXPECT_EQ(x, y);
  ASSERT_TRUE(a.fill(y));
  EXPECT_NE(x, y);
}

TEST(NonceRandom, RefusesWhatItCannotGive) {
  NonceRandom random([](std::span<std::uint8_t>) { return false; });
  Block block{};
  EXPECT_FALSE(random.fill(block));
  EXPECT_EQ(block, Block{});
  NonceRandom good;
  std::array<std::uint8_t, 31> few{};  // the check for repetition looks at 32
  EXPECT_FALSE(good.fill(few));
}

TEST(NonceRandom, AForkSeedsAnew) {
  int seeds = 0;
  NonceRandom random([&](std::span<std::uint8_t> out) {
    ++seeds;
    return system_entropy(out);
  });
  Block before{};
  ASSERT_TRUE(random.fill(before));
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    Block block{};
    const bool good = random.fill(block) && seeds == 2;
    const bool written = write(ends[1], block.data(), block.size()) == static_cast<ssize_t>(block.size());
    _exit(good && written ? 0 : 1);
  }
  Block ours{};
  ASSERT_TRUE(random.fill(ours));
  Block theirs{};
  ASSERT_EQ(read(ends[0], theirs.data(), theirs.size()), static_cast<ssize_t>(theirs.size()));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_NE(ours, theirs);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace stirline::crypto::nonce_random_test
