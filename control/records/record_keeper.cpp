#include "control/records/record_keeper.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>

#include "config/wire/call_record.hpp"
#include "control/command_answer.hpp"
#include "control/json_text.hpp"
#include "control/records/record_line.hpp"
#include "control/records/record_query.hpp"

namespace stirline::control {
using Json = nlohmann::ordered_json;

namespace {

namespace wire = config::wire;

constexpr std::string_view kQueryFiles = "queries";
constexpr std::size_t kMaxNumberBytes = wire::kMaxRecordIdentity;
constexpr std::uint64_t kQueryFileBytes = std::uint64_t{4} << 20;
constexpr std::uint64_t kQueryTotalBytes = std::uint64_t{64} << 20;

RotationLimits limits_of(const config::RecordKeepingConfig& config) {
  return {.file_bytes = std::uint64_t{config.file_mebibytes} << 20,
          .file_seconds = std::int64_t{config.file_hours} * 3'600,
          .total_bytes = std::uint64_t{config.total_mebibytes} << 20,
          .retention_seconds = std::int64_t{config.retention_hours} * 3'600};
}

std::int64_t integer_of(const Json& object, const char* name, std::int64_t otherwise) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
}

}  // namespace

std::expected<std::unique_ptr<RecordKeeper>, std::string> RecordKeeper::open(const config::RecordKeepingConfig& config,
                                                                             std::function<std::int64_t()> now) {
  std::unique_ptr<RecordKeeper> keeper(new RecordKeeper(config, std::move(now)));
  if (!config.pseudonym_key.empty()) {
    auto pseudonyms = Pseudonyms::load(config.pseudonym_key);
    if (!pseudonyms) {
      return std::unexpected(std::move(pseudonyms.error()));
    }
    keeper->pseudonyms_ = std::move(*pseudonyms);
  }
  if (!config.folder.empty()) {
    if (auto opened = keeper->open_folder(); !opened) {
      return std::unexpected(std::move(opened.error()));
    }
  }
  return keeper;
}

std::expected<void, std::string> RecordKeeper::open_folder() {
  const auto failed = [&] {
    return std::unexpected(fmt::format("{}: {}", config_.folder.string(), std::strerror(errno)));
  };
  if (::mkdir(config_.folder.c_str(), 0750) != 0 && errno != EEXIST) {
    return failed();
  }
  folder_ = wire::Descriptor(::open(config_.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder_.valid()) {
    return failed();
  }
  if (::flock(folder_.get(), LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK ? std::unexpected(fmt::format("{}: another stirline-control keeps its records there",
                                                              config_.folder.string()))
                                : failed();
  }
  auto calls = RotatedLines::open(config_.folder, std::string(kCallFiles), limits_of(config_));
  if (!calls) {
    return std::unexpected(std::move(calls.error()));
  }
  RotationLimits limits = limits_of(config_);
  limits.file_bytes = kQueryFileBytes;
  limits.total_bytes = kQueryTotalBytes;
  auto queries = RotatedLines::open(config_.folder, std::string(kQueryFiles), limits);
  if (!queries) {
    return std::unexpected(std::move(queries.error()));
  }
  calls_ = std::move(*calls);
  queries_ = std::move(*queries);
  return {};
}

std::expected<void, std::string> RecordKeeper::take(std::string_view payload) {
  std::string lines;
  std::uint64_t count = 0;
  std::optional<TimeSpan> times;
  std::expected<void, std::string> outcome;
  while (!payload.empty()) {
    const auto record = wire::decode_record(payload);
    if (!record) {
      outcome = std::unexpected(record.error());
      break;
    }
    ++count;
    if (calls_) {
      const TimeSpan time{record->time, record->time};
      times = times.value_or(time);
      times->include(time);
      lines += record_line(*record, pseudonyms_ ? &*pseudonyms_ : nullptr);
    }
  }
  if (!calls_) {
    not_kept_ += count;
  } else if (count > 0) {
    calls_->append(lines, count, *times, now_());
  }
  return outcome;
}

void RecordKeeper::tick() {
  if (calls_) {
    calls_->tick(now_());
    queries_->tick(now_());
  }
}

Json RecordKeeper::ask(std::string_view question, std::uint32_t user) {
  if (!calls_) {
    return refused("no records are kept: [records] names no folder");
  }
  const Json asked = Json::parse(question, nullptr, false);
  const std::string number = asked.is_object() ? text_of(asked, "number") : std::string();
  if (number.empty() || number.size() > kMaxNumberBytes) {
    return refused("a question names a number");
  }
  const std::int64_t now = now_();
  Json identities = Json::array({number});
  if (pseudonyms_) {
    identities.push_back(pseudonyms_->of(number));
  }
  const Json note{{"time", now},
                  {"user", user},
                  {"number", identities.back()},
                  {"since", integer_of(asked, "since", 0)},
                  {"until", integer_of(asked, "until", now)},
                  {"verdict", text_of(asked, "verdict")}};
  const std::string line = note.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
  if (!queries_->append(line, 1, {now, now}, now)) {
    return refused(fmt::format("the question cannot be noted: {}", queries_->trouble()));
  }
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::absolute(config_.folder, error);
  return {{"result", "ok"}, {"folder", (error ? config_.folder : folder).string()}, {"identities", identities}};
}

Json RecordKeeper::status() const {
  if (!calls_) {
    return {{"folder", nullptr}, {"not_kept", not_kept_}};
  }
  const RotatedLines::Counters& calls = calls_->counters();
  Json status{{"folder", config_.folder.string()},
              {"written", calls.written},
              {"lost", calls.lost},
              {"files_closed", calls.closed},
              {"files_removed", calls.removed},
              {"pseudonyms", pseudonyms_.has_value()},
              {"questions", queries_->counters().written}};
  if (!calls_->trouble().empty()) {
    status["error"] = calls_->trouble();
  }
  return status;
}

}  // namespace stirline::control
