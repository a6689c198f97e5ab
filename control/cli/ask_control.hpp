// One question to stirline-control over its socket.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "config/wire/channel.hpp"

namespace stirline::control::cli {

// `attached`: what the verb is about, at most 64 KiB; empty: nothing goes along. The error is set only if there is no
// daemon to answer.
[[nodiscard]] std::expected<config::wire::Answer, config::wire::WireError> ask_control(const std::string& socket,
                                                                                       std::string_view verb,
                                                                                       std::string_view attached = {});

// 0, 75 if it was busy, else 1.
[[nodiscard]] int exit_status(config::wire::ResultCode code);

}  // namespace stirline::control::cli
