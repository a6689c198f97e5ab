// A caller whose SIP is not ours: libosip2's transaction layer, with the test as its wire. What it sends is written by
// it, and whether an answer is one to its request it decides by itself (RFC 3261 17.1.3).
#pragma once

#include <memory>
#include <string>

namespace stirline::test {

class OsipCaller {
 public:
  // A client transaction of its own for this request: INVITE or another. Throws std::runtime_error if libosip2 does not
  // take it.
  explicit OsipCaller(const std::string& request);
  OsipCaller(const OsipCaller&) = delete;
  OsipCaller& operator=(const OsipCaller&) = delete;
  ~OsipCaller();

  [[nodiscard]] const std::string& request() const;  // as libosip2 has written it
  // False: it cannot be read, or belongs to another transaction.
  [[nodiscard]] bool hear(const std::string& answer);

  [[nodiscard]] int status() const;              // of the last answer; 0: none
  [[nodiscard]] bool completed() const;          // by a final answer
  [[nodiscard]] std::string to_tag() const;      // of the last answer
  [[nodiscard]] const std::string& ack() const;  // what it has sent on a final answer to INVITE; empty: nothing

 private:
  struct Stack;
  std::unique_ptr<Stack> stack_;
};

}  // namespace stirline::test
