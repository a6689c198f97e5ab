// The cards that answers 608 point to (RFC 8688 3.2; STIR-BL-02): who has rejected a call and how he is reached, as a
// jCard (RFC 7095) in a JWS that a credential of ours signs.
//
// Whoever reads a card wants to see that it was issued a moment ago, so it is signed again and again. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "config/card_config.hpp"
#include "config/tables/credential_table.hpp"
#include "config/tables/image.hpp"
#include "control/repository/published_chains.hpp"

namespace stirline::control {

inline constexpr std::string_view kCardContentType = "application/jose";  // RFC 7515 9.2.1: compact serialization
inline constexpr std::chrono::seconds kCardAge{20};                       // then it is signed again

// The jCard as JSON.
[[nodiscard]] std::string jcard_of(const config::CardConfig& card);

// The JWS in compact serialization, issued at `now` (seconds since 1970). The error is a sentence.
[[nodiscard]] std::expected<std::string, std::string> sign_card(const config::CardConfig& card,
                                                                const config::tables::Credential& credential,
                                                                std::int64_t now);

// All of them, by path, beside `chains`; where both want a path the chain has it. What cannot be signed is left out and
// told in `errors`.
[[nodiscard]] std::shared_ptr<const PublishedChains::Pages> with_cards(
    const std::shared_ptr<const PublishedChains::Pages>& chains, const std::vector<config::CardConfig>& cards,
    config::tables::ImageView credentials, std::int64_t now, std::vector<std::string>& errors);

}  // namespace stirline::control
