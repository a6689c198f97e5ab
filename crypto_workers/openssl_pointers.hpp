// Owners for OpenSSL's objects: what is made is freed, secrets are cleared on the way.
#pragma once

#include <memory>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

namespace stirline::crypto {

template <auto Free>
struct OpensslFree {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

using BigNumber = std::unique_ptr<BIGNUM, OpensslFree<BN_clear_free>>;
using BigNumberContext = std::unique_ptr<BN_CTX, OpensslFree<BN_CTX_free>>;
using EcGroup = std::unique_ptr<EC_GROUP, OpensslFree<EC_GROUP_free>>;
using EcPoint = std::unique_ptr<EC_POINT, OpensslFree<EC_POINT_clear_free>>;
using EvpKey = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;
using EvpKeyContext = std::unique_ptr<EVP_PKEY_CTX, OpensslFree<EVP_PKEY_CTX_free>>;
using EvpDigest = std::unique_ptr<EVP_MD, OpensslFree<EVP_MD_free>>;
using EvpDigestContext = std::unique_ptr<EVP_MD_CTX, OpensslFree<EVP_MD_CTX_free>>;
using EvpMac = std::unique_ptr<EVP_MAC, OpensslFree<EVP_MAC_free>>;
using EvpMacContext = std::unique_ptr<EVP_MAC_CTX, OpensslFree<EVP_MAC_CTX_free>>;
using Bio = std::unique_ptr<BIO, OpensslFree<BIO_free_all>>;
using X509Certificate = std::unique_ptr<X509, OpensslFree<X509_free>>;
using X509RevocationList = std::unique_ptr<X509_CRL, OpensslFree<X509_CRL_free>>;
using X509Store = std::unique_ptr<X509_STORE, OpensslFree<X509_STORE_free>>;
using X509StoreContext = std::unique_ptr<X509_STORE_CTX, OpensslFree<X509_STORE_CTX_free>>;

}  // namespace stirline::crypto
