// Memory for tables: on whole pages, within what DPDK's memory has room for; and what is written past the caches.
#include <array>
#include <cstdint>
#include <new>
#include <string>

#include <gtest/gtest.h>

#include "dataplane/packet/numa_array.hpp"
#include "dataplane/packet/uncached_writer.hpp"

namespace stirline::dataplane::numa_memory_test {
namespace {

constexpr std::size_t kMib = std::size_t{1} << 20U;

TEST(NumaMemory, LargeTablesBeginOnWholePagesAndAreWritable) {
  NumaArray<std::uint64_t> table(kMib, SOCKET_ID_ANY);  // 8 MiB
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&table[0]) % (2 * kMib), 0U);
  EXPECT_EQ(table[0], 0U);
  EXPECT_EQ(table[kMib - 1], 0U);
  table[kMib - 1] = 7;
  EXPECT_EQ(table.all().back(), 7U);
}

TEST(NumaMemory, ThereIsNoMoreThanDpdkHasRoomFor) {
  EXPECT_THROW(NumaArray<std::uint64_t>(std::size_t{1} << 40U, SOCKET_ID_ANY), std::bad_alloc);
  EXPECT_THROW(NumaArray<std::uint64_t>(~std::size_t{0} / 8, SOCKET_ID_ANY), std::bad_alloc);
  // What is given back can be had again, however often: 4 GiB in all.
  for (int turn = 0; turn < 512; ++turn) {
    EXPECT_NO_THROW(NumaArray<std::uint64_t>(kMib / 2, SOCKET_ID_ANY)) << turn;
  }
}

TEST(UncachedWriter, WritesWhatItIsGivenWhateverThePieces) {
  std::string text;
  for (int i = 0; text.size() < 200; ++i) {
    text += std::to_string(i) + ",";
  }
  for (std::size_t length = 0; length <= text.size(); ++length) {
    std::array<CacheLine, 5> memory{};
    memory.back().octets.fill('!');
    const std::string_view whole = std::string_view(text).substr(0, length);
    UncachedWriter writer(memory.data());
    writer.add(whole.substr(0, length / 3));
    writer.add({});
    writer.add(whole.substr(length / 3));
    writer.finish();
    EXPECT_EQ(std::string_view(memory.front().octets.data(), length), whole) << length;
    EXPECT_EQ(memory.back().octets[0], '!') << length;
  }
}

}  // namespace
}  // namespace stirline::dataplane::numa_memory_test
