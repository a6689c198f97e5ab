#include "config/tables/image.hpp"

#include "config/policy/layout_fields.hpp"
#include "config/tables/records.hpp"
#include "crypto_workers/stir/reason.hpp"

namespace stirline::config::tables {
namespace {

// FNV-1a, 64 bits: to tell versions apart, not to resist anybody.
class Fnv {
 public:
  constexpr void add(std::string_view text) {
    for (const char c : text) {
      mix(static_cast<std::uint8_t>(c));
    }
    mix(0);
  }
  constexpr void add(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
      mix(static_cast<std::uint8_t>(value >> shift));
    }
  }
  constexpr void add(std::span<const Field> fields) {
    for (const Field& field : fields) {
      add(field.name);
      add(field.offset);
      add(field.bytes);
    }
  }
  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }

 private:
  constexpr void mix(std::uint8_t octet) { value_ = (value_ ^ octet) * 0x0000'0100'0000'01b3; }
  std::uint64_t value_ = 0xcbf2'9ce4'8422'2325;
};

constexpr std::uint64_t kSchemaHash = [] {
  Fnv hash;
  hash.add("stirline tables, slices in reading order");
  hash.add(kImageFields);
  hash.add(kTrunkFields);
  hash.add(kNumberFields);
  hash.add(kCredentialFields);
  hash.add(kCertificateFields);
  hash.add(policy::layout::kFields);
  hash.add(std::uint64_t{crypto::kReasons});
  return hash.value();
}();

}  // namespace

std::string_view to_string(TableKind kind) {
  switch (kind) {
    case TableKind::trunks:
      return "trunks";
    case TableKind::numbers:
      return "numbers";
    case TableKind::credentials:
      return "credentials";
    case TableKind::certificates:
      return "certificates";
    case TableKind::user_rules:
      return "user rules";
    case TableKind::common_rules:
      return "common rules";
    case TableKind::lists:
      return "lists";
    case TableKind::content:
      return "content";
  }
  return "unknown";
}

std::uint64_t schema_hash() {
  return kSchemaHash;
}

}  // namespace stirline::config::tables
