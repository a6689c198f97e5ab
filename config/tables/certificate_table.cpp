#include "config/tables/certificate_table.hpp"

#include <algorithm>
#include <unordered_set>

#include "config/tables/image_reader.hpp"
#include "config/tables/image_writer.hpp"
#include "config/text_rules.hpp"
#include "crypto_workers/job/job.hpp"

namespace stirline::config::tables {
namespace {

static_assert(kMaxUrlBytes == crypto::kMaxX5uBytes);

constexpr std::size_t kMaxScope = 1'024;  // entries; as decode_tn_auth_list reads

std::size_t pool_bytes(const Certificate& certificate) {
  std::size_t bytes = certificate.x5u.size() + certificate.scope.size() * sizeof(ScopeRecord);
  for (const crypto::TnEntry& entry : certificate.scope) {
    bytes += entry.value.size();
  }
  return bytes;
}

std::vector<ScopeRecord> scope_records(const std::vector<crypto::TnEntry>& scope, std::size_t pool_end) {
  std::size_t value = pool_end + scope.size() * sizeof(ScopeRecord);
  std::vector<ScopeRecord> records;
  records.reserve(scope.size());
  for (const crypto::TnEntry& entry : scope) {
    records.push_back({entry.count,
                       {static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(entry.value.size())},
                       static_cast<std::uint8_t>(entry.kind)});
    value += entry.value.size();
  }
  return records;
}

bool is_spc(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return (static_cast<unsigned char>(c) & 0x80U) == 0; });
}

crypto::TnEntry decode_entry(ImageReader& reader, const ScopeRecord& record) {
  using Kind = crypto::TnEntry::Kind;
  crypto::TnEntry entry;
  entry.kind = reader.enumerator(record.kind, Kind::one, "scope kind");
  entry.count = record.count;
  reader.zero(record.reserved);
  if (entry.kind == Kind::range) {
    entry.value =
        reader.text(record.value, "scope", [](std::string_view text) { return is_digits(text, 1, kMaxE164Digits); });
    if (!reader.failed()) {
      const std::uint64_t room = power_of_ten(entry.value.size()) - digits_value(entry.value);
      reader.require(record.count >= 2 && record.count <= room, "scope count", "leaves the digits of the range");
    }
    return entry;
  }
  entry.value = reader.text(record.value, "scope", entry.kind == Kind::spc ? is_spc : is_telephone_number);
  reader.require(record.count == 1, "scope count", "is not 1");
  return entry;
}

}  // namespace

Image encode_certificates(const std::vector<Certificate>& certificates) {
  std::size_t pool = 0;
  for (const Certificate& certificate : certificates) {
    pool += pool_bytes(certificate);
  }
  ImageWriter<CertificateRecord> writer(TableKind::certificates, certificates.size(), pool);
  for (const Certificate& certificate : certificates) {
    CertificateRecord record;
    record.x5u = writer.put(certificate.x5u);
    record.scope = writer.put(scope_records(certificate.scope, writer.pool_end()));
    for (const crypto::TnEntry& entry : certificate.scope) {
      // Its place was foretold by scope_records.
      static_cast<void>(writer.put(entry.value));
    }
    record.not_before = certificate.not_before;
    record.not_after = certificate.not_after;
    record.point = certificate.point;
    record.standing = static_cast<std::uint8_t>(certificate.standing);
    writer.add(record);
  }
  return writer.take();
}

std::expected<std::vector<Certificate>, TableError> decode_certificates(ImageView image) {
  ImageReader reader(image, TableKind::certificates, sizeof(CertificateRecord));
  std::vector<Certificate> certificates;
  certificates.reserve(reader.records());
  std::unordered_set<std::string> urls;
  for (std::size_t i = 0; i < reader.records() && !reader.failed(); ++i) {
    const auto record = reader.record<CertificateRecord>(i);
    Certificate& certificate = certificates.emplace_back();
    certificate.x5u = reader.text(record.x5u, "x5u", is_uri_text);
    reader.require(urls.insert(certificate.x5u).second, "x5u", "is used twice");
    for (const ScopeRecord& entry : reader.array<ScopeRecord>(record.scope, "scope", kMaxScope)) {
      certificate.scope.push_back(decode_entry(reader, entry));
    }
    certificate.standing =
        reader.enumerator(record.standing, static_cast<crypto::Reason>(crypto::kReasons - 1), "standing");
    certificate.point = record.point;
    certificate.not_before = record.not_before;
    certificate.not_after = record.not_after;
    if (certificate.standing == crypto::Reason::verified) {
      reader.require(record.point.front() == 4, "point", "is not uncompressed");
      reader.require(record.not_before <= record.not_after, "not_before", "is behind not_after");
    }
    reader.zero(record.reserved);
  }
  reader.finish();
  if (reader.failed()) {
    return reader.error();
  }
  return certificates;
}

}  // namespace stirline::config::tables
