// What the desks have in common that keep their own in a database: how they are opened.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "control/store/database.hpp"

namespace stirline::control::sqlite {

// Made of the connection and of `arguments`, and ready when its begin() says so. The error names the file.
template <typename Desk, typename... Arguments>
[[nodiscard]] std::expected<std::unique_ptr<Desk>, std::string> open_desk(const std::filesystem::path& file,
                                                                          const Layout& layout,
                                                                          Arguments&&... arguments) {
  auto connection = open_database(file, layout, Use::create);
  if (!connection) {
    return std::unexpected(file.string() + ": " + connection.error());
  }
  auto desk = std::make_unique<Desk>(std::move(*connection), std::forward<Arguments>(arguments)...);
  if (const auto ready = desk->begin(); !ready) {
    return std::unexpected(file.string() + ": " + ready.error());
  }
  return desk;
}

}  // namespace stirline::control::sqlite
