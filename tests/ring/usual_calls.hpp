// What tests of a whole appliance do again and again: the usual call, what comes out at either side, a request with
// something else in it.
#pragma once

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "tests/ring/gated_harness.hpp"
#include "tests/support/datagrams.hpp"
#include "tests/support/harness.hpp"
#include "tests/support/sip_calls.hpp"

namespace stirline::test {

// What leaves to side a, to side b: the next datagram.
inline std::string from_a(Harness& harness) {
  return next_payload([&] { return harness.get_a(); });
}
inline std::string from_b(Harness& harness) {
  return next_payload([&] { return harness.get_b(); });
}

inline std::string call(std::uint32_t number) {
  return invite({.number = number, .date = kTestNow});
}

// No job is ever late.
inline Harness::Options unhurried() {
  return {.adjust = [](config::DataplaneConfig& config) { config.limits.job_deadline_us = kNeverUs; }};
}

// `what` must be there.
inline std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

// Of To; empty if it has none.
inline std::string tag_of(const std::string& message) {
  const std::string to = header_line(message, "To: ");
  const std::size_t at = to.find(";tag=");
  return at == std::string::npos ? "" : to.substr(at + 5);
}

inline std::string with_tag(std::string message, const std::string& tag) {
  return message.insert(message.find("\r\n", message.find("\r\nTo: ") + 2), ";tag=" + tag);
}

}  // namespace stirline::test
