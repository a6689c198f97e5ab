#include "control/repository/rejection_cards.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/text_rules.hpp"
#include "crypto_workers/p256/openssl_engine.hpp"
#include "crypto_workers/passport/base64url.hpp"

namespace stirline::control {

using Json = nlohmann::ordered_json;

namespace {

std::span<const std::uint8_t> octets_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string encoded(std::span<const std::uint8_t> octets) {
  std::string text(crypto::base64url_encoded_size(octets.size()), '\0');
  text.resize(crypto::base64url_encode(octets, text));
  return text;
}

Json property(std::string_view name, std::string_view type, const std::string& value) {
  return Json::array({name, Json::object(), type, value});
}

}  // namespace

std::string jcard_of(const config::CardConfig& card) {
  Json properties = Json::array({property("version", "text", "4.0"), property("fn", "text", card.name)});
  if (!card.tel.empty()) {
    properties.push_back(property("tel", "uri", "tel:+" + card.tel));
  }
  if (!card.email.empty()) {
    properties.push_back(property("email", "text", card.email));
  }
  if (!card.website.empty()) {
    properties.push_back(property("url", "uri", card.website));
  }
  if (!card.address.empty()) {  // RFC 7095 3.3.1.3: unstructured, seven parts all the same
    properties.push_back(Json::array({"adr", Json{{"label", card.address}}, "text", Json(7, "")}));
  }
  return Json::array({"vcard", std::move(properties)}).dump();
}

std::expected<std::string, std::string> sign_card(const config::CardConfig& card,
                                                  const config::tables::Credential& credential, std::int64_t now) {
  const Json header{{"alg", "ES256"}, {"typ", "vcard+json"}, {"x5u", credential.x5u}};
  const Json payload{{"iat", now}, {"jcard", Json::parse(jcard_of(card))}};
  std::string token = encoded(octets_of(header.dump())) + "." + encoded(octets_of(payload.dump()));
  const std::unique_ptr<crypto::Engine> engine = crypto::make_openssl_engine();
  const auto key = engine->make_signing_key(credential.scalar);
  std::array<std::uint8_t, crypto::kSignatureBytes> signature{};
  crypto::SignRequest request{.message = octets_of(token), .signature = signature.data()};
  if (key) {
    request.key = key->get();
    engine->sign({&request, 1});
  }
  if (!request.done) {
    return std::unexpected(
        fmt::format("the card at {} cannot be signed with the key of {}", card.url, credential.name));
  }
  return token + "." + encoded(signature);
}

std::shared_ptr<const PublishedChains::Pages> with_cards(const std::shared_ptr<const PublishedChains::Pages>& chains,
                                                         const std::vector<config::CardConfig>& cards,
                                                         config::tables::ImageView credentials, std::int64_t now,
                                                         std::vector<std::string>& errors) {
  if (cards.empty()) {
    return chains;
  }
  const auto known = config::tables::decode_credentials(credentials);
  auto pages = std::make_shared<PublishedChains::Pages>(*chains);
  for (const config::CardConfig& card : cards) {
    const auto* const found =
        known ? std::to_address(std::ranges::find(*known, card.credential, &config::tables::Credential::name))
              : nullptr;
    if (found == nullptr || found == std::to_address(known->end())) {
      errors.push_back(fmt::format("the card at {} has no credential {}", card.url, card.credential));
      continue;
    }
    auto token = sign_card(card, *found, now);
    if (!token) {
      errors.push_back(std::move(token.error()));
      continue;
    }
    pages->emplace(config::path_of_https_url(card.url),
                   PublishedChains::Page{.body = std::move(*token),
                                         .not_after = std::numeric_limits<std::int64_t>::max(),
                                         .content_type = kCardContentType,
                                         .may_be_kept = false});
  }
  return pages;
}

}  // namespace stirline::control
