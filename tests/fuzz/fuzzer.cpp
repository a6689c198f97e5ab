// What libFuzzer calls: the one target that this program is linked with.
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return stirline::fuzz::Target::only().run(data, size);
}
