#include "crypto_workers/p256/message_hash.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/sha.h>

namespace stirline::crypto {
namespace {

// Every length across several blocks, in batches of every size, against OpenSSL's one-shot.
TEST(MessageHash, AgreesWithOpenssl) {
  MessageHash hash;
  std::mt19937 random(1);
  std::vector<std::uint8_t> text(20'000);
  std::ranges::generate(text, [&] { return static_cast<std::uint8_t>(random()); });
  std::size_t length = 0;
  for (std::size_t count = 1; count <= MessageHash::kMaxMessages; ++count) {
    std::vector<HashJob> jobs(count);
    for (HashJob& job : jobs) {
      job.message = std::span(text).subspan(random() % 1'000, length);
      length = length == 600 ? 17'000 : length == 17'000 ? 0 : length + 1;
    }
    ASSERT_TRUE(hash.hash(jobs));
    for (const HashJob& job : jobs) {
      Sha256Digest wanted{};
      SHA256(job.message.data(), job.message.size(), wanted.data());
      EXPECT_EQ(job.digest, wanted) << job.message.size();
    }
  }
}

// An empty message may have no address at all. Its neighbours must not suffer for it.
TEST(MessageHash, NothingIsAMessageToo) {
  MessageHash hash;
  const std::array<std::uint8_t, 100> text{};
  std::array<HashJob, 16> jobs;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].message = i % 5 == 0 ? std::span<const std::uint8_t>() : std::span(text).first(i);
  }
  ASSERT_TRUE(hash.hash(jobs));
  for (const HashJob& job : jobs) {
    Sha256Digest wanted{};
    SHA256(job.message.data(), job.message.size(), wanted.data());
    EXPECT_EQ(job.digest, wanted) << job.message.size();
  }
}

}  // namespace
}  // namespace stirline::crypto
