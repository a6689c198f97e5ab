// What a document of rules says about a call, by reading it from top to bottom with libxml2 and comparing words: slow,
// and short enough to be seen to be right (RFC 4745 7, 10.2; SPIT-PL-01). Compiled rules are held against it, and
// benchmarks race it.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "control/xcap/xml_document.hpp"
#include "tests/support/policy/spoken_call.hpp"

namespace stirline::test {

// Of the user whose rules they are.
struct ReadingContext {
  std::string sphere;
  std::vector<std::string> activities;
};

struct PlainVerdict {
  std::string handling = "none";
  std::string rule = {};  // the first that says so much
  unsigned work = 0;
  bool notify = false;
  friend bool operator==(const PlainVerdict&, const PlainVerdict&) = default;
  friend std::ostream& operator<<(std::ostream& out, const PlainVerdict& verdict) {
    return out << verdict.handling << " by " << verdict.rule << ", work " << verdict.work
               << (verdict.notify ? ", notified" : "");
  }
};

[[nodiscard]] PlainVerdict read_plainly(control::XmlElement ruleset, const ReadingContext& context,
                                        const SpokenCall& call);

}  // namespace stirline::test
