// Keeps the records of calls that the data plane tells (STIR-RG-03), and lets nobody ask for one without a note
// (STIR-PR-04).
//
// Thread: that of the event loop. Writes to the page cache; nothing waits for a disk.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "config/record_keeping_config.hpp"
#include "config/wire/channel.hpp"
#include "control/records/pseudonym.hpp"
#include "control/records/rotated_lines.hpp"

namespace stirline::control {

class RecordKeeper {
 public:
  // Makes the folder if it is not there, and takes it for itself until the end. Without a folder in `config` records
  // are taken and forgotten. The error is a sentence for the operator.
  [[nodiscard]] static std::expected<std::unique_ptr<RecordKeeper>, std::string> open(
      const config::RecordKeepingConfig& config, std::function<std::int64_t()> now);

  // The payload of a `records` message. The error says how it breaks the protocol; what stands before that is kept.
  [[nodiscard]] std::expected<void, std::string> take(std::string_view payload);

  // Closes and removes files. Now and then.
  void tick();

  // A question, as {"number", "since", "until", "verdict"}: noted, with who asks. Then {"result": "ok", "folder",
  // "identities"}: where to look, and for which texts; else {"result": "refused", "errors"}.
  [[nodiscard]] nlohmann::ordered_json ask(std::string_view question, std::uint32_t user);

  [[nodiscard]] nlohmann::ordered_json status() const;

 private:
  RecordKeeper(config::RecordKeepingConfig config, std::function<std::int64_t()> now)
      : config_(std::move(config)), now_(std::move(now)) {}
  [[nodiscard]] std::expected<void, std::string> open_folder();

  config::RecordKeepingConfig config_;
  std::function<std::int64_t()> now_;
  config::wire::Descriptor folder_;  // locked
  std::optional<Pseudonyms> pseudonyms_;
  std::optional<RotatedLines> calls_;
  std::optional<RotatedLines> queries_;
  std::uint64_t not_kept_ = 0;  // records without a folder
};

}  // namespace stirline::control
