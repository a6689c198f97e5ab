// When no buffer is left to edit a message: what may cross goes on as it came, what may not does not (fail open, but
// never a wrong verdict).
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <rte_mbuf.h>

#include "tests/golden/packet_spec.hpp"
#include "tests/ring/packets.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/harness.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {
namespace {

using dataplane::Counter;

constexpr unsigned kPollLcore = 1;

// Holds every buffer that the poll core has not kept at hand for itself.
class EmptyPool {
 public:
  EmptyPool() {
    rte_mempool* const pool = rte_mempool_lookup(("packets" + std::to_string(kPollLcore)).c_str());
    if (pool == nullptr) {
      throw std::runtime_error("the poll core has no pool of this name");
    }
    while (rte_mbuf* packet = rte_pktmbuf_alloc(pool)) {
      held_.push_back(packet);
    }
  }
  ~EmptyPool() {
    for (rte_mbuf* packet : held_) {
      rte_pktmbuf_free(packet);
    }
  }
  EmptyPool(const EmptyPool&) = delete;
  EmptyPool& operator=(const EmptyPool&) = delete;

 private:
  std::vector<rte_mbuf*> held_;
};

TEST(NoBuffers, AVerdictOfThePeersOwnMakingDoesNotComeIn) {  // STIR-VS-15
  constexpr std::uint32_t kEnough = 4'000;                   // more than a poll core keeps at hand
  Harness harness;
  harness.publish(lab_tables());
  const EmptyPool nobody_has_one;
  std::uint32_t sent = 0;
  while (harness.counter(Counter::dropped_unedited) == 0 && sent < kEnough) {
    std::string call = invite({.number = ++sent, .date = kTestNow});
    call.insert(call.find("@carrier-a"), ";verstat=TN-Validation-Passed");
    harness.put_b(golden::build(inward(call)));
    ASSERT_TRUE(harness.settle());
    for (std::string out = next_payload([&] { return harness.a().get(); }); !out.empty();
         out = next_payload([&] { return harness.a().get(); })) {
      EXPECT_EQ(out.find("TN-Validation-Passed"), std::string::npos);
    }
  }
  EXPECT_EQ(harness.counter(Counter::dropped_unedited), 1U);
  EXPECT_EQ(harness.counter(Counter::write_no_buffers), 1U);

  const std::string plain = invite({.number = ++sent, .date = kTestNow});
  harness.put_b(golden::build(inward(plain)));
  EXPECT_EQ(next_payload([&] { return harness.get_a(); }), plain) << "nothing in it need stay behind";
  EXPECT_TRUE(harness.settle());
}

TEST(NoBuffers, LimitsBeyondTheMemoryAreToldAtTheStart) {
  std::string told;
  try {
    const Harness greedy({.adjust = [](config::DataplaneConfig& config) { config.limits.tokens = 16'777'216; }});
  } catch (const std::runtime_error& error) {
    told = error.what();
  }
  EXPECT_NE(told.find("memory.megabytes"), std::string::npos) << told;
}

}  // namespace
}  // namespace stirline::test
