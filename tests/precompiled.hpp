// Precompiled for tests (meson.build): headers of others that nearly every test includes. No test may rely on it: the
// build with g++ does without.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
