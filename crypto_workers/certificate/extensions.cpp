#include "crypto_workers/certificate/extensions.hpp"

#include <array>

namespace stirline::crypto {
namespace {

using Asn1Object = std::unique_ptr<ASN1_OBJECT, OpensslFree<ASN1_OBJECT_free>>;

constexpr int kFullName = 0;  // of a DIST_POINT_NAME: not relative to the issuer

}  // namespace

bool is_oid(const ASN1_OBJECT* object, const char* oid) {
  const Asn1Object wanted(OBJ_txt2obj(oid, 1));
  return wanted && OBJ_cmp(object, wanted.get()) == 0;
}

std::string oid_text(const ASN1_OBJECT* object) {
  std::array<char, 128> text{};
  const int length = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  return length > 0 && static_cast<std::size_t>(length) < text.size() ? std::string(text.data()) : std::string();
}

std::string_view text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::vector<std::span<const std::uint8_t>> extension_values(const X509& certificate, const char* oid) {
  std::vector<std::span<const std::uint8_t>> found;
  const Asn1Object object(OBJ_txt2obj(oid, 1));
  int position = -1;
  while (object && (position = X509_get_ext_by_OBJ(&certificate, object.get(), position)) >= 0) {
    const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(X509_get_ext(&certificate, position));
    found.emplace_back(ASN1_STRING_get0_data(value), static_cast<std::size_t>(ASN1_STRING_length(value)));
  }
  return found;
}

bool is_critical(const X509& certificate, int nid) {
  const int position = X509_get_ext_by_NID(&certificate, nid, -1);
  return position >= 0 && X509_EXTENSION_get_critical(X509_get_ext(&certificate, position)) != 0;
}

std::vector<std::string> uris_of(const GENERAL_NAMES* names) {
  std::vector<std::string> uris;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_URI) {
      uris.emplace_back(text_of(name->d.uniformResourceIdentifier));
    }
  }
  return uris;
}

std::vector<std::string> uris_of(const DIST_POINT_NAME* name) {
  return name != nullptr && name->type == kFullName ? uris_of(name->name.fullname) : std::vector<std::string>();
}

std::optional<std::int64_t> seconds_of(const ASN1_TIME* time) {
  const std::unique_ptr<ASN1_TIME, OpensslFree<ASN1_TIME_free>> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) {
    return std::nullopt;
  }
  return std::int64_t{days} * 86'400 + seconds;
}

DistributionPoints distribution_points(const X509& certificate) {
  return DistributionPoints(
      static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(&certificate, NID_crl_distribution_points, nullptr, nullptr)));
}

bool holds_directory_name(const GENERAL_NAMES* names, const X509_NAME* name) {
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* candidate = sk_GENERAL_NAME_value(names, i);
    if (candidate->type == GEN_DIRNAME && X509_NAME_cmp(candidate->d.directoryName, name) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace stirline::crypto
