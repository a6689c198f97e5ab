#include <gtest/gtest.h>

#include <rte_eal.h>

#include "tests/support/eal_for_tests.hpp"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  stirline::test::start_eal("ring_tests", 3, 512);
  return RUN_ALL_TESTS();
}
