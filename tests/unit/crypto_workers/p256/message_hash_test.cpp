#include "crypto_workers/p256/message_hash.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/sha.h>

namespace stirline::crypto::message_hash_test {
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

// What the library of many lanes refuses must not cost the others of the batch their digests.
TEST(MessageHash, OddOnesAmongMany) {
  MessageHash hash;
  const std::vector<std::uint8_t> text(70'000, 0x41);
  std::vector<HashJob> jobs(MessageHash::kMaxMessages);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].message = std::span(text).first(i);
  }
  jobs[3].message = {};
  jobs[5].message = text;
  jobs[7].message = std::span(text).first(65'534);
  jobs[8].message = std::span(text).first(65'535);
  ASSERT_TRUE(hash.hash(jobs));
  for (const HashJob& job : jobs) {
    Sha256Digest wanted{};
    SHA256(job.message.data(), job.message.size(), wanted.data());
    EXPECT_EQ(job.digest, wanted) << job.message.size();
  }
}

}  // namespace
}  // namespace stirline::crypto::message_hash_test
