// Keeps what called users say about calls they got, weighs it, and has it ready for the data plane (SPIT-MK-03). SQLite
// behind it; bounded for each user and altogether.
//
// A report counts only if there was such a call to this user, once a day for each caller. Only he and the operator see
// it, and either takes it back (SPIT-FW-04).
//
// Any thread. Errors are sentences for the log.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "control/feedback/call_window.hpp"
#include "control/feedback/feedback.hpp"

namespace stirline::control {

// What is counted; read by any thread.
struct FeedbackTallies {
  std::atomic<std::uint64_t> kept = 0;          // verdicts, about: what is too old goes once a minute
  std::atomic<std::uint64_t> pairs = 0;         // of caller and called user whose calls are known
  std::atomic<std::uint64_t> forgotten = 0;     // calls that were not noted: too many waited for the store
  std::atomic<std::uint64_t> unwanted = 0;      // reports taken
  std::atomic<std::uint64_t> wanted = 0;        // likewise
  std::atomic<std::uint64_t> no_such_call = 0;  // refused: about a call that never came
  std::atomic<std::uint64_t> repeated = 0;      // refused: he has said something about this caller today
  std::atomic<std::uint64_t> over_limit = 0;    // refused: too many
  std::atomic<std::uint64_t> weightless = 0;    // taken, and the reporter's word weighs nothing
  std::atomic<std::uint64_t> agreed = 0;        // verdicts that others have confirmed
  std::atomic<std::uint64_t> contradicted = 0;  // of which others say the opposite
  std::atomic<std::uint64_t> undone = 0;
  std::atomic<std::uint64_t> untold = 0;  // complaints that the data plane did not count, or never got
  std::atomic<std::uint64_t> told = 0;    // that it took
  std::atomic<std::uint64_t> store_errors = 0;
};

// What the data plane is to be told.
struct PendingComplaint {
  std::string user = {};
  std::string caller = {};
  std::string trunk = {};
  bool shown = false;
  std::uint8_t core = 0;
  std::uint16_t weight = 0;  // in thousandths
};

class FeedbackDesk {
 public:
  template <typename T>
  using Result = std::expected<T, std::string>;
  using Now = std::function<std::int64_t()>;  // seconds since 1970; any thread

  // An empty `file`: in memory. One process at a time.
  [[nodiscard]] static Result<std::unique_ptr<FeedbackDesk>> open(const std::filesystem::path& file, Now now,
                                                                  const FeedbackLimits& limits = {});
  virtual ~FeedbackDesk() = default;
  FeedbackDesk(const FeedbackDesk&) = delete;
  FeedbackDesk& operator=(const FeedbackDesk&) = delete;

  // A call that was let on to its called user. Never waits.
  virtual void note_call(const CallWindow::Call& call) = 0;

  enum class Taken : std::uint8_t { taken, no_such_call, repeated, over_limit };
  [[nodiscard]] virtual Result<Taken> take(const FeedbackReport& report) = 0;

  // Of one user, the newest first.
  [[nodiscard]] virtual Result<std::vector<Feedback>> list(const std::string& user) const = 0;
  // Forgets what he has said about that caller, about everybody if `caller` is empty; how much that was.
  [[nodiscard]] virtual Result<std::size_t> undo(const std::string& user, const std::string& caller) = 0;

  // Complaints that wait for the data plane, at most `most`; they are gone then.
  [[nodiscard]] virtual std::vector<PendingComplaint> take_pending(std::size_t most) = 0;

  [[nodiscard]] const FeedbackTallies& tallies() const { return tallies_; }
  [[nodiscard]] FeedbackTallies& tallies() { return tallies_; }

 protected:
  FeedbackDesk() = default;

 private:
  FeedbackTallies tallies_;
};

}  // namespace stirline::control
