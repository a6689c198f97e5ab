#include "control/dataplane_status.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace stirline::control {

using Json = nlohmann::ordered_json;

DataplaneStatus::~DataplaneStatus() {
  for (const auto& [id, asker] : askers_) {
    loop_.cancel(asker.limit);
  }
}

void DataplaneStatus::ask(Done done) {
  const std::uint64_t id = next_id_++;
  askers_[id] = {std::move(done), loop_.after(limit_, [this, id] { on_limit(id); })};
  if (!std::exchange(asked_, true)) {
    client_.status([this](const std::expected<std::string, std::string>& answer) { on_answer(answer); });
  }
}

void DataplaneStatus::on_limit(std::uint64_t id) {
  const auto asker = askers_.extract(id);
  asker.mapped().done(std::unexpected(fmt::format("no status within {} ms", limit_.count())));
}

void DataplaneStatus::on_answer(const std::expected<std::string, std::string>& answer) {
  asked_ = false;
  const std::map<std::uint64_t, Asker> askers = std::exchange(askers_, {});
  if (askers.empty()) {
    return;
  }
  Document document = std::unexpected(answer ? std::string() : answer.error());
  if (answer) {
    Json parsed = Json::parse(*answer, nullptr, false);
    document = parsed.is_discarded() ? Json(*answer) : std::move(parsed);
  }
  for (const auto& [id, asker] : askers) {
    loop_.cancel(asker.limit);
    asker.done(document);
  }
}

}  // namespace stirline::control
