#include "crypto_workers/passport/media_key_claim.hpp"

#include <algorithm>
#include <utility>

#include <simdjson.h>

#include "sip_parser/characters.hpp"

namespace stirline::crypto {

bool MediaKeyClaim::add(std::string_view hash, std::string_view digest, bool colons) {
  if (count_ == kMaxKeys || hash.empty() || hash.size() > kMaxHashBytes ||
      !sip::detail::all(hash, sip::detail::kToken)) {
    return false;
  }
  Key& key = keys_[count_];
  char* end = std::ranges::transform(hash, key.text.begin(), sip::detail::lower).out;
  key.hash_length = static_cast<std::uint8_t>(hash.size());
  for (const char c : digest) {
    if (colons && c == ':') {
      continue;
    }
    if (!sip::detail::is(c, sip::detail::kHex) || end == key.text.data() + hash.size() + kMaxDigestBytes) {
      return false;
    }
    *end++ = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  key.length = static_cast<std::uint8_t>(end - key.text.data());
  ++count_;
  return !key.digest().empty();
}

void MediaKeyClaim::sort() {
  const std::span<Key> keys = std::span(keys_).first(count_);
  std::ranges::sort(keys, {}, &Key::whole);
  const auto same = [](const Key& a, const Key& b) { return a.hash_length == b.hash_length && a.whole() == b.whole(); };
  count_ -= std::ranges::unique(keys, same).size();
}

bool MediaKeyClaim::assign(std::string_view octets, std::span<const sip::Fingerprint> fingerprints) {
  count_ = 0;
  for (const sip::Fingerprint& fingerprint : fingerprints) {
    if (!add(sip::text(octets, fingerprint.hash), sip::text(octets, fingerprint.value), true)) {
      count_ = 0;
      return false;
    }
  }
  sort();
  return true;
}

bool MediaKeyClaim::assign(const simdjson::dom::element& claim) {
  count_ = 0;
  simdjson::dom::array array;
  if (claim.get(array) != simdjson::SUCCESS || array.size() == 0) {
    return false;
  }
  for (const simdjson::dom::element element : array) {
    simdjson::dom::object object;
    std::string_view hash;
    std::string_view digest;
    if (element.get(object) != simdjson::SUCCESS || object.size() != 2 ||
        object.at_key("alg").get(hash) != simdjson::SUCCESS || object.at_key("dig").get(digest) != simdjson::SUCCESS ||
        !add(hash, digest, false)) {
      count_ = 0;
      return false;
    }
  }
  sort();
  return true;
}

void MediaKeyClaim::write(TextWriter& json) const {
  json.add('[');
  for (std::size_t i = 0; i < count_; ++i) {
    json.add(i == 0 ? R"({"alg":")" : R"(,{"alg":")");
    json.add(keys_[i].hash());
    json.add(R"(","dig":")");
    json.add(keys_[i].digest());
    json.add(R"("})");
  }
  json.add(']');
}

bool operator==(const MediaKeyClaim& a, const MediaKeyClaim& b) {
  const auto parts = [](const MediaKeyClaim::Key& key) { return std::pair(key.hash(), key.digest()); };
  return std::ranges::equal(std::span(a.keys_).first(a.count_), std::span(b.keys_).first(b.count_), {}, parts, parts);
}

}  // namespace stirline::crypto
