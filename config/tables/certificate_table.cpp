#include "config/tables/certificate_table.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "config/tables/image_reader.hpp"
#include "config/tables/image_writer.hpp"
#include "config/text_rules.hpp"
#include "crypto_workers/job/job.hpp"
#include "crypto_workers/job/keyring.hpp"

namespace stirline::config::tables {
namespace {

static_assert(kMaxUrlBytes == crypto::kMaxX5uBytes);

constexpr std::size_t kMaxScope = 1'024;        // entries; as decode_tn_auth_list reads
constexpr std::size_t kMaxNames = 256;          // domains, namespaces; more than read_domains reads
constexpr std::size_t kMaxConstraints = 1'024;  // texts; more than decode_claim_constraints reads

struct ConstraintText {
  ConstraintPart part = ConstraintPart::must_include;
  std::string_view text;
};

std::vector<ConstraintText> constraint_texts(const crypto::ClaimConstraints& constraints) {
  std::vector<ConstraintText> texts;
  texts.reserve(constraints.must_include.size() + constraints.must_exclude.size());
  for (const std::string& claim : constraints.must_include) {
    texts.push_back({ConstraintPart::must_include, claim});
  }
  for (const crypto::PermittedValues& permitted : constraints.permitted) {
    texts.push_back({ConstraintPart::permitted_claim, permitted.claim});
    for (const std::string& value : permitted.values) {
      texts.push_back({ConstraintPart::permitted_value, value});
    }
  }
  for (const std::string& claim : constraints.must_exclude) {
    texts.push_back({ConstraintPart::must_exclude, claim});
  }
  return texts;
}

std::size_t pool_bytes(const Certificate& certificate) {
  std::size_t bytes =
      certificate.x5u.size() + certificate.subject.size() + certificate.scope.size() * sizeof(ScopeRecord);
  for (const crypto::TnEntry& entry : certificate.scope) {
    bytes += entry.value.size();
  }
  for (const ConstraintText& constraint : constraint_texts(certificate.constraints)) {
    bytes += sizeof(ConstraintRecord) + constraint.text.size();
  }
  for (const auto* names : {&certificate.domains, &certificate.namespaces}) {
    for (const std::string& name : *names) {
      bytes += sizeof(NameRecord) + name.size();
    }
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

void encode_constraints(ImageWriter<CertificateRecord>& writer, const crypto::ClaimConstraints& constraints,
                        CertificateRecord& record) {
  const std::vector<ConstraintText> texts = constraint_texts(constraints);
  std::size_t text = writer.pool_end() + texts.size() * sizeof(ConstraintRecord);
  std::vector<ConstraintRecord> records;
  records.reserve(texts.size());
  for (const ConstraintText& constraint : texts) {
    records.push_back({{static_cast<std::uint32_t>(text), static_cast<std::uint32_t>(constraint.text.size())},
                       static_cast<std::uint8_t>(constraint.part)});
    text += constraint.text.size();
  }
  record.constraints = writer.put(records);
  for (const ConstraintText& constraint : texts) {
    static_cast<void>(writer.put(constraint.text));
  }
}

Slice encode_names(ImageWriter<CertificateRecord>& writer, const std::vector<std::string>& names) {
  std::size_t text = writer.pool_end() + names.size() * sizeof(NameRecord);
  std::vector<NameRecord> records;
  records.reserve(names.size());
  for (const std::string& name : names) {
    records.push_back({{static_cast<std::uint32_t>(text), static_cast<std::uint32_t>(name.size())}});
    text += name.size();
  }
  const Slice slice = writer.put(records);
  for (const std::string& name : names) {
    static_cast<void>(writer.put(name));
  }
  return slice;
}

template <typename Rule>
std::vector<std::string> decode_names(ImageReader& reader, const Slice& slice, std::string_view field, Rule&& rule) {
  std::vector<std::string> names;
  for (const NameRecord& record : reader.array<NameRecord>(slice, field, kMaxNames)) {
    names.push_back(reader.text(record.text, field, rule));
  }
  return names;
}

// Adds one text where it belongs. The parts come in the order of the enum, values behind their claim, so that an image
// can be written in one way only.
void decode_constraint(ImageReader& reader, const ConstraintRecord& record, ConstraintPart& before,
                       crypto::ClaimConstraints& constraints) {
  const ConstraintPart part = reader.enumerator(record.part, ConstraintPart::must_exclude, "constraint part");
  const bool again = before == ConstraintPart::permitted_value && part == ConstraintPart::permitted_claim;
  const bool orphan = part == ConstraintPart::permitted_value && constraints.permitted.empty();
  reader.require((part >= before || again) && !orphan, "constraint part", "is out of order");
  before = part;
  reader.zero(record.reserved);
  std::string text = reader.text(record.text, "constraint", [&](std::string_view value) {
    return part == ConstraintPart::permitted_value || !value.empty();
  });
  if (reader.failed()) {
    return;
  }
  switch (part) {
    case ConstraintPart::must_include:
      constraints.must_include.push_back(std::move(text));
      return;
    case ConstraintPart::permitted_claim:
      constraints.permitted.push_back({std::move(text), {}});
      return;
    case ConstraintPart::permitted_value:
      constraints.permitted.back().values.push_back(std::move(text));
      return;
    case ConstraintPart::must_exclude:
      constraints.must_exclude.push_back(std::move(text));
      return;
  }
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
    encode_constraints(writer, certificate.constraints, record);
    record.domains = encode_names(writer, certificate.domains);
    record.namespaces = encode_names(writer, certificate.namespaces);
    record.subject = writer.put(certificate.subject);
    record.regime = certificate.regime;
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
  std::set<std::pair<std::uint16_t, std::string>> places;
  for (std::size_t i = 0; i < reader.records() && !reader.failed(); ++i) {
    const auto record = reader.record<CertificateRecord>(i);
    Certificate& certificate = certificates.emplace_back();
    certificate.x5u = reader.text(record.x5u, "x5u", is_uri_text);
    certificate.regime = record.regime;
    const bool everywhere = record.regime == crypto::kEveryRegime;
    reader.require(record.regime < kMaxRegimes || everywhere, "regime", "is out of range");
    reader.require(places.emplace(record.regime, certificate.x5u).second, "x5u", "is used twice");
    for (const ScopeRecord& entry : reader.array<ScopeRecord>(record.scope, "scope", kMaxScope)) {
      certificate.scope.push_back(decode_entry(reader, entry));
    }
    ConstraintPart before = ConstraintPart::must_include;
    for (const ConstraintRecord& constraint :
         reader.array<ConstraintRecord>(record.constraints, "constraints", kMaxConstraints)) {
      decode_constraint(reader, constraint, before, certificate.constraints);
    }
    certificate.domains = decode_names(reader, record.domains, "domains", is_small_host);
    certificate.namespaces = decode_names(reader, record.namespaces, "namespaces", is_small_namespace);
    certificate.subject = reader.text(record.subject, "subject", empty_or(is_certificate_subject));
    certificate.standing =
        reader.enumerator(record.standing, static_cast<crypto::Reason>(crypto::kReasons - 1), "standing");
    reader.require((certificate.standing == crypto::Reason::certificate_unavailable) == everywhere, "standing",
                   "and regime do not fit");
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
