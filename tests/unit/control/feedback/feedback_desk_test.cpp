// What called users say about calls, kept within bounds and weighed (SPIT-MK-03, SPIT-FW-04).
#include "control/feedback/feedback_desk.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "config/wire/call_record.hpp"
#include "control/feedback/feedback_calls.hpp"
#include "control/feedback/reporter_weight.hpp"
#include "tests/unit/control/scratch.hpp"

namespace stirline::control::feedback_desk_test {
namespace {

using Taken = FeedbackDesk::Taken;
using enum FeedbackVerdict;

constexpr std::int64_t kNow = 1'795'000'000;
constexpr std::int64_t kDay = 86'400;
const std::string kRobot = "12025550001";

std::string user(unsigned number) {
  return std::to_string(12'155'550'000U + number);
}

class Feedbacks : public ::testing::Test {
 protected:
  void open(const FeedbackLimits& limits = {}, const std::filesystem::path& file = {}) {
    desk_.reset();
    auto opened = FeedbackDesk::open(file, [this] { return now_.load(); }, limits);
    ASSERT_TRUE(opened) << opened.error();
    desk_ = std::move(*opened);
  }
  void call(const std::string& caller, const std::string& called, bool shown = true,
            std::string_view trunk = "carrier") {
    desk_->note_call({.called = called,
                      .caller = caller,
                      .trunk = trunk,
                      .call_id = "call-1",
                      .shown = shown,
                      .core = 3,
                      .at = now_.load()});
  }
  Taken say(const std::string& called, const std::string& caller, FeedbackVerdict verdict = unwanted) {
    const auto taken = desk_->take({.user = called, .caller = caller, .verdict = verdict});
    EXPECT_TRUE(taken) << (taken ? "" : taken.error());
    return taken.value_or(Taken::over_limit);
  }
  Feedback only(const std::string& of) {
    const auto all = desk_->list(of);
    EXPECT_TRUE(all && all->size() == 1);
    return all && !all->empty() ? all->front() : Feedback();
  }

  std::atomic<std::int64_t> now_ = kNow;
  std::unique_ptr<FeedbackDesk> desk_;
};

TEST_F(Feedbacks, AReportAboutACallThatNeverCameCountsNothing) {  // SPIT-MK-03
  open();
  EXPECT_EQ(say(user(1), kRobot), Taken::no_such_call);
  call(kRobot, user(2));
  EXPECT_EQ(say(user(1), kRobot), Taken::no_such_call) << "it came to somebody else";
  EXPECT_EQ(say(user(2), "12025550002"), Taken::no_such_call) << "or from somebody else";
  EXPECT_TRUE(desk_->take_pending(10).empty());
  EXPECT_TRUE(desk_->list(user(1)).value().empty());
  EXPECT_EQ(desk_->tallies().no_such_call, 3U);
  EXPECT_EQ(say(user(2), kRobot), Taken::taken);
}

TEST_F(Feedbacks, OfTheCallThatIsMeant) {
  open();
  call(kRobot, user(1));
  FeedbackReport report{.user = user(1), .caller = kRobot, .call_at = kNow - 3'600};
  EXPECT_EQ(desk_->take(report), Taken::no_such_call) << "an hour ago there was none";
  report.call_at = kNow + 200;
  report.call_id = "call-2";
  EXPECT_EQ(desk_->take(report), Taken::no_such_call);
  report.call_id = "call-1";
  EXPECT_EQ(desk_->take(report), Taken::taken) << "his clock is a little wrong";
}

TEST_F(Feedbacks, OnceADayForEachCallerWhoCallsAgain) {
  open();
  call(kRobot, user(1));
  EXPECT_EQ(say(user(1), kRobot), Taken::taken);
  EXPECT_EQ(say(user(1), kRobot), Taken::repeated);
  EXPECT_EQ(say(user(1), kRobot, wanted), Taken::repeated) << "nor the opposite";
  now_ += kDay;
  EXPECT_EQ(say(user(1), kRobot), Taken::repeated) << "of the same call";
  call(kRobot, user(1));
  EXPECT_EQ(say(user(1), kRobot), Taken::taken);
  EXPECT_EQ(desk_->take_pending(10).size(), 2U);
  EXPECT_EQ(desk_->tallies().repeated, 3U);
}

TEST_F(Feedbacks, TellsTheDataPlaneWhoWasMeantAndHowMuchItWeighs) {
  open();
  call(kRobot, user(1), false, "gateway");
  call("12025550002", user(1));
  EXPECT_EQ(say(user(1), kRobot), Taken::taken);
  EXPECT_EQ(say(user(1), "12025550002", wanted), Taken::taken) << "which nobody has to hear";
  const auto pending = desk_->take_pending(10);
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].user, user(1));
  EXPECT_EQ(pending[0].caller, kRobot);
  EXPECT_EQ(pending[0].trunk, "gateway");
  EXPECT_FALSE(pending[0].shown);
  EXPECT_EQ(pending[0].core, 3U);
  EXPECT_EQ(pending[0].weight, 250U) << "a new reporter's word weighs a quarter";
  EXPECT_TRUE(desk_->take_pending(10).empty());
}

TEST_F(Feedbacks, OthersWhoSayTheSameMakeAReporterTrusted) {
  open();
  for (unsigned round = 0; round < 4; ++round) {
    const std::string robot = std::to_string(12'025'551'000U + round);
    for (unsigned i = 0; i < 20; ++i) {
      call(robot, user(i));
      call(std::to_string(12'035'550'000U + round), user(i));  // nobody minds these
    }
    for (unsigned i = 0; i < 10; ++i) {
      EXPECT_EQ(say(user(i), robot), Taken::taken);
    }
    EXPECT_EQ(say(user(15), robot, wanted), Taken::taken) << "one who likes robots";
  }
  EXPECT_GT(desk_->tallies().agreed, 35U);
  EXPECT_EQ(desk_->tallies().contradicted, 4U);
  call(kRobot, user(0));
  call(kRobot, user(15));
  EXPECT_EQ(say(user(0), kRobot), Taken::taken);
  EXPECT_EQ(say(user(15), kRobot), Taken::taken);
  std::vector<PendingComplaint> pending = desk_->take_pending(1'000);
  ASSERT_GE(pending.size(), 2U);
  EXPECT_GT(pending[pending.size() - 2].weight, 500U);
  EXPECT_LT(pending.back().weight, 150U);
  EXPECT_EQ(desk_->list(user(0)).value().back().outcome, FeedbackOutcome::agreed);
  EXPECT_EQ(desk_->list(user(15)).value().back().outcome, FeedbackOutcome::contradicted);
}

TEST_F(Feedbacks, NobodyConfirmsHimself) {
  open();
  for (unsigned day = 0; day < 10; ++day) {
    call(kRobot, user(1));
    EXPECT_EQ(say(user(1), kRobot), Taken::taken);
    now_ += kDay;
  }
  EXPECT_EQ(desk_->tallies().agreed, 0U);
  EXPECT_EQ(desk_->list(user(1)).value().front().weight, 250U);
}

TEST_F(Feedbacks, WhoReportsEverybodyWeighsNothing) {
  open();
  for (unsigned i = 0; i < 40; ++i) {
    call(std::to_string(12'025'552'000U + i), user(1));
    EXPECT_EQ(say(user(1), std::to_string(12'025'552'000U + i)), Taken::taken);
  }
  const auto pending = desk_->take_pending(100);
  EXPECT_EQ(pending.front().weight, 250U);
  EXPECT_LT(pending.size(), 20U) << "the last ones are told to nobody";
  EXPECT_EQ(desk_->list(user(1)).value().front().weight, 0U);
  EXPECT_EQ(desk_->tallies().weightless, 40U - pending.size());
}

// SPIT-FW-02: who takes somebody's name harms nobody but himself.
TEST_F(Feedbacks, WhoOnlyClaimsANumberIsAnother) {
  open();
  for (unsigned i = 0; i < 10; ++i) {
    call(kRobot, user(i), false);
    EXPECT_EQ(say(user(i), kRobot), Taken::taken);
  }
  EXPECT_EQ(desk_->list(user(3)).value().front().outcome, FeedbackOutcome::agreed);
  call(kRobot, user(20), true);
  EXPECT_EQ(say(user(20), kRobot, wanted), Taken::taken);
  EXPECT_EQ(desk_->list(user(20)).value().front().outcome, FeedbackOutcome::open) << "nobody has spoken of this one";
}

TEST_F(Feedbacks, IsShownAndUndone) {  // SPIT-FW-04
  open();
  call(kRobot, user(1));
  call("sip:eve@example.net", user(1));
  EXPECT_EQ(say(user(1), kRobot), Taken::taken);
  now_ += 1;
  EXPECT_EQ(say(user(1), "sip:eve@example.net", wanted), Taken::taken);
  const auto all = desk_->list(user(1)).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].caller, "sip:eve@example.net");
  EXPECT_EQ(all[1].verdict, unwanted);
  EXPECT_EQ(all[1].trunk, "carrier");
  EXPECT_EQ(all[1].at, kNow);
  EXPECT_TRUE(desk_->list(user(2)).value().empty());
  EXPECT_EQ(desk_->undo(user(2), {}).value(), 0U) << "what is another's";
  EXPECT_EQ(desk_->undo(user(1), kRobot).value(), 1U);
  EXPECT_EQ(only(user(1)).caller, "sip:eve@example.net");
  EXPECT_TRUE(desk_->take_pending(10).empty()) << "what was not told yet is told no more";
  EXPECT_EQ(say(user(1), kRobot), Taken::repeated) << "and not again of the same call";
  EXPECT_EQ(desk_->undo(user(1), {}).value(), 1U);
  EXPECT_TRUE(desk_->list(user(1)).value().empty());
  EXPECT_EQ(desk_->tallies().undone, 2U);
}

TEST_F(Feedbacks, WhatIsTakenBackConfirmsNobody) {
  open();
  for (unsigned i = 0; i < 5; ++i) {
    call(kRobot, user(i));
    EXPECT_EQ(say(user(i), kRobot), Taken::taken);
  }
  EXPECT_EQ(only(user(4)).outcome, FeedbackOutcome::agreed);
  EXPECT_EQ(desk_->undo(user(0), {}).value(), 1U);
  EXPECT_EQ(desk_->undo(user(1), {}).value(), 1U);
  EXPECT_EQ(only(user(4)).outcome, FeedbackOutcome::open);
}

TEST_F(Feedbacks, EverythingIsBounded) {
  open({.per_day = 3, .per_second = 4, .pairs = 10, .call_seconds = 100});
  for (unsigned i = 0; i < 1'000; ++i) {
    call(std::to_string(12'025'553'000U + i), user(1));
  }
  EXPECT_EQ(desk_->tallies().pairs, 10U);
  EXPECT_EQ(say(user(1), "12025553000"), Taken::no_such_call) << "that is forgotten";
  for (unsigned i = 0; i < 3; ++i) {
    EXPECT_EQ(say(user(1), std::to_string(12'025'553'993U + i)), Taken::taken);
  }
  EXPECT_EQ(say(user(1), "12025553996"), Taken::over_limit) << "a fourth today";
  call(kRobot, user(2));
  call(kRobot, user(3));
  EXPECT_EQ(say(user(2), kRobot), Taken::taken);
  EXPECT_EQ(say(user(3), kRobot), Taken::over_limit) << "a fifth this second";
  now_ += 1;
  EXPECT_EQ(say(user(3), kRobot), Taken::taken);
  now_ += 100;
  EXPECT_EQ(say(user(1), "12025553999"), Taken::no_such_call) << "too long ago";
}

// The loop of the daemon notes calls while users report and ask.
TEST_F(Feedbacks, ServesSeveralThreads) {
  FeedbackLimits limits;
  limits.per_second = limits.per_day = 1'000'000;
  open(limits);
  std::atomic<bool> over = false;
  std::jthread asking([&] {
    while (!over) {
      EXPECT_TRUE(desk_->list(user(1)));
      static_cast<void>(desk_->take_pending(10));
    }
  });
  std::jthread reporting([&] {
    unsigned taken = 0;
    for (unsigned i = 0; taken < 50; i = (i + 1) % 200) {
      taken += say(user(1), std::to_string(12'025'554'000U + i)) == Taken::taken ? 1U : 0U;
    }
    over = true;
  });
  for (unsigned i = 0; i < 200; ++i) {
    call(std::to_string(12'025'554'000U + i), user(1));
  }
  reporting.join();
  EXPECT_EQ(desk_->tallies().forgotten, 0U);
}

TEST_F(Feedbacks, EndsWithItsTime) {
  open({.retention_days = 2});
  call(kRobot, user(1));
  EXPECT_EQ(say(user(1), kRobot), Taken::taken);
  EXPECT_EQ(desk_->tallies().kept, 1U);
  now_ += 2 * kDay;
  EXPECT_TRUE(desk_->list(user(1)).value().empty());
  EXPECT_EQ(say(user(2), kRobot), Taken::no_such_call);
  EXPECT_EQ(desk_->tallies().kept, 0U) << "and it is gone from the store";
}

TEST_F(Feedbacks, OutlivesARestart) {
  const test::ScratchFolder folder;
  open({}, folder / "feedback.db");
  call(kRobot, user(1));
  EXPECT_EQ(say(user(1), kRobot), Taken::taken);
  open({}, folder / "feedback.db");
  EXPECT_EQ(only(user(1)).caller, kRobot);
  EXPECT_EQ(desk_->tallies().kept, 1U);
  call(kRobot, user(1));
  EXPECT_EQ(say(user(1), kRobot), Taken::repeated) << "he has said so today";
  EXPECT_EQ(desk_->undo(user(1), {}).value(), 1U);
}

// Whom a record names, and which calls came to nobody.
TEST_F(Feedbacks, ReadsRecordsOfCallsThatWentOn) {
  namespace wire = config::wire;
  open();
  std::string batch;
  const auto add = [&](std::string_view caller, auto&& change) {
    wire::CallRecord record;
    record.time = kNow;
    record.decision = wire::Decision::judged;
    record.trunk = record.in_port = record.out_port = "a";
    record.method = "INVITE";
    record.orig = caller;
    record.dest = "12155550001";
    record.call_id = "x";
    change(record);
    std::array<char, wire::kMaxRecordBytes> octets;
    batch.append(octets.data(), wire::encode_record(record, octets));
  };
  add("12025550001", [](wire::CallRecord&) {});
  add("12025550002", [](wire::CallRecord& record) { record.flow = wire::Flow::to_peer; });
  add("12025550003", [](wire::CallRecord& record) {
    record.decision = wire::Decision::answered;
    record.status = 603;
  });
  add("12025550004", [](wire::CallRecord& record) { record.method = "SUBSCRIBE"; });
  add("12025550005", [](wire::CallRecord& record) { record.target = "12155550002"; });  // diverted
  add("12025550006", [](wire::CallRecord& record) {
    record.verdict = crypto::Verdict::valid;
    record.attest = 'A';
    record.core = 2;
  });
  add("12025550007", [](wire::CallRecord& record) { record.challenged = true; });
  note_calls(batch, *desk_);
  for (const char* nobody : {"12025550002", "12025550003", "12025550004", "12025550005", "12025550007"}) {
    EXPECT_EQ(say("12155550001", nobody), Taken::no_such_call) << nobody;
  }
  EXPECT_EQ(say("12155550001", "12025550001"), Taken::taken);
  EXPECT_EQ(say("12155550002", "12025550005"), Taken::taken);
  EXPECT_EQ(say("12155550001", "12025550006"), Taken::taken);
  const auto pending = desk_->take_pending(10);
  ASSERT_EQ(pending.size(), 3U);
  EXPECT_FALSE(pending[0].shown);
  EXPECT_TRUE(pending[2].shown);
  EXPECT_EQ(pending[2].core, 2U);
}

TEST(ReporterWeight, RisesWithAgreementAndFallsWithoutChoice) {
  const ReporterChoice few{.callers = 10, .unwanted = 1};
  EXPECT_DOUBLE_EQ(reporter_weight({}, few), 0.25);
  EXPECT_GT(reporter_weight({.agreed = 10}, few), 0.75);
  EXPECT_LT(reporter_weight({.contradicted = 10}, few), 0.08);
  EXPECT_LE(reporter_weight({.agreed = 25, .contradicted = 25}, few), 0.5);
  EXPECT_DOUBLE_EQ(reporter_weight({.agreed = 50}, {.callers = 30, .unwanted = 30}), 0);
  EXPECT_DOUBLE_EQ(reporter_weight({}, {.callers = 1, .unwanted = 1}), 0.25) << "one call is no habit";
  EXPECT_DOUBLE_EQ(reporter_weight({}, {}), 0.25);
  ReporterHistory history;
  for (int i = 0; i < 200; ++i) {
    settle(history, 1, 0);
  }
  EXPECT_LE(history.agreed + history.contradicted, 50) << "the past fades";
  for (int i = 0; i < 100; ++i) {
    settle(history, 0, 1);
  }
  EXPECT_LT(reporter_weight(history, few), 0.25);
  settle(history, -1'000, -1'000);
  EXPECT_GE(history.agreed, 0);
}

}  // namespace
}  // namespace stirline::control::feedback_desk_test
