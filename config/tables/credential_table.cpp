#include "config/tables/credential_table.hpp"

#include <algorithm>
#include <unordered_set>

#include "config/tables/image_reader.hpp"
#include "config/tables/image_writer.hpp"
#include "config/text_rules.hpp"

namespace stirline::config::tables {
namespace {

// The order of the group P-256 (FIPS 186-4 D.1.2.3), big-endian.
constexpr std::array<std::uint8_t, 32> kGroupOrder{0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                                                   0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

// 1..n-1, found without a branch on the secret: borrow of scalar - n, and any bit set.
bool is_scalar(const std::array<std::uint8_t, 32>& scalar) {
  unsigned borrow = 0;
  unsigned bits = 0;
  for (std::size_t i = scalar.size(); i-- > 0;) {
    borrow = ((unsigned{scalar[i]} - kGroupOrder[i] - borrow) >> 8U) & 1U;
    bits |= scalar[i];
  }
  return (borrow & static_cast<unsigned>(bits != 0)) == 1;
}

}  // namespace

Image encode_credentials(const std::vector<Credential>& credentials) {
  std::size_t pool = 0;
  for (const Credential& credential : credentials) {
    const crypto::RichCallText& shown = credential.rich_call_data;
    pool += credential.name.size() + credential.x5u.size() + shown.crn.size() + shown.rcd.size() + shown.rcdi.size();
  }
  ImageWriter<CredentialRecord> writer(TableKind::credentials, credentials.size(), pool);
  CredentialRecord record;
  for (const Credential& credential : credentials) {
    record.name = writer.put(credential.name);
    record.x5u = writer.put(credential.x5u);
    record.crn = writer.put(credential.rich_call_data.crn);
    record.rcd = writer.put(credential.rich_call_data.rcd);
    record.rcdi = writer.put(credential.rich_call_data.rcdi);
    record.not_before = credential.not_before;
    record.not_after = credential.not_after;
    record.scalar = credential.scalar;
    record.point = credential.point;
    writer.add(record);
  }
  wipe(std::as_writable_bytes(std::span(record.scalar)));
  return writer.take();
}

std::expected<std::vector<Credential>, TableError> decode_credentials(ImageView image) {
  ImageReader reader(image, TableKind::credentials, sizeof(CredentialRecord));
  std::vector<Credential> credentials;
  credentials.reserve(reader.records());
  std::unordered_set<std::string> names;
  for (std::size_t i = 0; i < reader.records() && !reader.failed(); ++i) {
    auto record = reader.record<CredentialRecord>(i);
    Credential& credential = credentials.emplace_back();
    credential.name = reader.text(record.name, "name", is_name);
    reader.require(names.insert(credential.name).second, "name", "is used twice");
    credential.x5u = reader.text(record.x5u, "x5u", is_uri_text);
    const auto any = [](std::string_view text) { return text.size() <= crypto::kMaxRichCallTextBytes; };
    credential.rich_call_data.crn = reader.text(record.crn, "crn", any);
    credential.rich_call_data.rcd = reader.text(record.rcd, "rcd", any);
    credential.rich_call_data.rcdi = reader.text(record.rcdi, "rcdi", any);
    credential.scalar = record.scalar;
    wipe(std::as_writable_bytes(std::span(record.scalar)));
    reader.require(is_scalar(credential.scalar), "scalar", "is not a private key");
    credential.point = record.point;
    reader.require(record.point.front() == 4, "point", "is not uncompressed");
    credential.not_before = record.not_before;
    credential.not_after = record.not_after;
    reader.require(record.not_before <= record.not_after, "not_before", "is behind not_after");
    reader.zero(record.reserved);
  }
  reader.finish();
  if (reader.failed()) {
    return reader.error();
  }
  return credentials;
}

}  // namespace stirline::config::tables
