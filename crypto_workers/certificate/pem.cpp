#include "crypto_workers/certificate/pem.hpp"

#include <cstdint>

#include <openssl/err.h>
#include <openssl/pem.h>

namespace stirline::crypto {
namespace {

struct OpensslMemory {
  void operator()(void* memory) const { OPENSSL_free(memory); }
};

// Calls `take(name, der)` for every PEM block; false from it, or a broken block, ends the reading with its sentence.
template <typename Take>
std::expected<void, std::string> for_each_block(std::string_view pem, std::size_t max_bytes, Take&& take) {
  if (pem.size() > max_bytes) {
    return std::unexpected("the text is longer than " + std::to_string(max_bytes) + " octets");
  }
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) {
    return std::unexpected("out of memory");
  }
  while (true) {
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long length = 0;
    if (PEM_read_bio(bio.get(), &name, &header, &data, &length) != 1) {
      const bool end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      ERR_clear_error();
      if (end) {
        return {};
      }
      return std::unexpected("a PEM block is malformed");
    }
    const std::unique_ptr<void, OpensslMemory> free_name(name);
    const std::unique_ptr<void, OpensslMemory> free_header(header);
    const std::unique_ptr<void, OpensslMemory> free_data(data);
    if (auto taken = take(std::string_view(name), data, length); !taken) {
      return taken;
    }
  }
}

}  // namespace

std::expected<std::vector<X509Certificate>, std::string> read_certificates(std::string_view pem, std::size_t max_bytes,
                                                                           std::size_t max_count) {
  std::vector<X509Certificate> certificates;
  const auto read = for_each_block(
      pem, max_bytes,
      [&](std::string_view name, const unsigned char* der, long length) -> std::expected<void, std::string> {
        if (name != PEM_STRING_X509) {
          return {};
        }
        if (certificates.size() == max_count) {
          return std::unexpected("there are more than " + std::to_string(max_count) + " certificates");
        }
        const unsigned char* const end = der + length;
        X509Certificate certificate(d2i_X509(nullptr, &der, length));
        if (!certificate || der != end) {
          ERR_clear_error();
          return std::unexpected("certificate " + std::to_string(certificates.size() + 1) + " is malformed");
        }
        certificates.push_back(std::move(certificate));
        return {};
      });
  if (!read) {
    return std::unexpected(read.error());
  }
  if (certificates.empty()) {
    return std::unexpected("there is no certificate");
  }
  return certificates;
}

bool looks_like_der(std::string_view octets) {
  constexpr char kSequence = 0x30;
  constexpr char kLongLength = static_cast<char>(0x82);  // of 256 octets or more, as every certificate is
  return octets.size() > 2 && octets[0] == kSequence && octets[1] == kLongLength;
}

std::expected<std::vector<X509Certificate>, std::string> read_der_certificate(std::string_view octets,
                                                                              std::size_t max_bytes) {
  if (octets.size() > max_bytes) {
    return std::unexpected("the certificate is longer than " + std::to_string(max_bytes) + " octets");
  }
  const auto* der = reinterpret_cast<const unsigned char*>(octets.data());
  const unsigned char* const end = der + octets.size();
  std::vector<X509Certificate> certificates;
  certificates.emplace_back(d2i_X509(nullptr, &der, static_cast<long>(octets.size())));
  if (!certificates.front() || der != end) {
    ERR_clear_error();
    return std::unexpected("the DER certificate is malformed");
  }
  return certificates;
}

std::expected<std::vector<X509RevocationList>, std::string> read_revocation_lists(std::string_view pem) {
  std::vector<X509RevocationList> lists;
  const auto read = for_each_block(
      pem, kMaxRevocationListBytes,
      [&](std::string_view name, const unsigned char* der, long length) -> std::expected<void, std::string> {
        if (name != PEM_STRING_X509_CRL) {
          return {};
        }
        const unsigned char* const end = der + length;
        X509RevocationList list(d2i_X509_CRL(nullptr, &der, length));
        if (!list || der != end) {
          ERR_clear_error();
          return std::unexpected("CRL " + std::to_string(lists.size() + 1) + " is malformed");
        }
        lists.push_back(std::move(list));
        return {};
      });
  if (!read) {
    return std::unexpected(read.error());
  }
  if (lists.empty()) {
    return std::unexpected("there is no CRL");
  }
  return lists;
}

std::expected<X509RevocationList, std::string> read_served_list(std::string_view octets) {
  if (octets.size() > kMaxRevocationListBytes) {
    return std::unexpected("the CRL is longer than " + std::to_string(kMaxRevocationListBytes) + " octets");
  }
  if (octets.contains("-----BEGIN")) {
    auto lists = read_revocation_lists(octets);
    if (!lists) {
      return std::unexpected(std::move(lists.error()));
    }
    if (lists->size() != 1) {
      return std::unexpected("there is more than one CRL");
    }
    return std::move(lists->front());
  }
  const auto* der = reinterpret_cast<const unsigned char*>(octets.data());
  const unsigned char* const end = der + octets.size();
  X509RevocationList list(d2i_X509_CRL(nullptr, &der, static_cast<long>(octets.size())));
  ERR_clear_error();
  if (!list || der != end) {
    return std::unexpected("it is no CRL, in DER or PEM");
  }
  return list;
}

}  // namespace stirline::crypto
