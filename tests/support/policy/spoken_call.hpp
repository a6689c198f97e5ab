// A call in words, and who is called: what a plain reading of a document compares, and the facts that compiled rules
// are asked about. For tests and benchmarks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy/identity_key.hpp"
#include "config/policy/rule_set.hpp"

namespace stirline::test {

struct SpokenCall {
  std::string caller;  // canonical and authenticated; empty: nobody knows
  std::string caller_domain;
  std::string authentication = "none";
  std::string method = "INVITE";
  bool watch = false;
  bool anonymous = false;
  bool international = false;
  bool diverted = false;
  std::string puzzle = "none";
  std::string turing = "none";
  std::string consent = "none";
  std::string payment = "none";
  std::string sender = "unchecked";
  std::vector<std::string> media;
  std::vector<std::string> body_types;
  std::vector<std::string> languages;
  std::string trunk;
  std::string spc;
  std::vector<std::string> lists;  // that have the caller, his claim or the called user
  unsigned score = 0;
  std::int64_t now = 0;
  // of the called user
  std::string group = "none";
  std::string presence = "unknown";
  std::string call_state = "unknown";
};

// Facts of call and user together.
[[nodiscard]] config::policy::CallFacts facts_of(const SpokenCall& call, const config::policy::KeySecret& secret);

}  // namespace stirline::test
