// Certificate revocation lists, direct and indirect (RFC 5280 5, 6.3; STIR-CE-09).
//
// SHAKEN has one indirect list for all CAs, run by the STI-PA, whose key need not lead to the same anchor as the
// certificates do. OpenSSL insists on one anchor for both, so the list is looked up here, with OpenSSL's decoding.
// Off the packet path; allocates; one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto_workers/openssl_pointers.hpp"

namespace stirline::crypto {

enum class CrlTrust : std::uint8_t {
  signed_by_known,  // the signature must be good under a certificate given as anchor or CRL signer
  as_given,         // the operator vouches for the file: used even if its signer is unknown
  fetched,  // from a server: an indirect list must be of a known signer; a direct one counts for what its signer
            // has issued, whether he is known by now or not
};

struct RevocationAnswer {
  bool revoked = false;
  bool covered = false;  // a current list answers for this certificate, whether it names it or not
  bool forged = false;   // a direct list in the issuer's name is signed by another key: it was not used
};

// What a list says of itself.
struct RevocationListFacts {
  std::string pem;  // the list alone, written anew
  std::int64_t this_update = 0;
  std::optional<std::int64_t> next_update;
  std::size_t entries = 0;
};

// Of the one list in `octets`, as a server gives it: in DER or PEM. The error is a sentence.
[[nodiscard]] std::expected<RevocationListFacts, std::string> read_revocation_list(std::string_view octets);

class RevocationLists {
 public:
  // Certificates whose keys may have signed a list. The STI-PA's: if any are given, indirect lists come from them
  // alone. Trust anchors: they may have signed lists of their own. The error is a sentence.
  [[nodiscard]] std::expected<void, std::string> add_signers(std::string_view pem);
  [[nodiscard]] std::expected<void, std::string> add_anchors(std::string_view pem);

  // Adds all lists of `pem`; signers must have been added before. `fetched_from`: the URL that served it, which an
  // issuingDistributionPoint must then name; empty: unknown.
  // Refuses, and adds nothing, if one is malformed, a delta list, has a critical extension that is not known, or if its
  // issuer is known and did not sign it, whatever `trust`.
  [[nodiscard]] std::expected<void, std::string> add(std::string_view pem, CrlTrust trust,
                                                     std::string_view fetched_from = {});

  // The same for what `url` serves now, with CrlTrust::fetched; it takes the place of what `url` served before. If it
  // is refused, that one stays.
  [[nodiscard]] std::expected<void, std::string> replace(std::string_view pem, const std::string& url);
  void forget(std::string_view url);

  [[nodiscard]] bool empty() const { return lists_.empty(); }

  // Asks every list about `certificate`, issued by `issuer` of its path. Named it is by serial number in a list of its
  // own issuer, or by issuer and serial number in an indirect one, which must come from the cRLIssuer of its
  // distribution points where they name one. A direct list counts if its signer was known, or is `issuer`.
  // Which URLs list and certificate name decides whether the list covers the certificate; a list of another URL that
  // names the certificate revokes it all the same.
  [[nodiscard]] RevocationAnswer ask(X509& certificate, X509& issuer, std::int64_t at) const;

  // True if the nextUpdate of a list lies before `at`: an alarm, not a failure (soft fail).
  [[nodiscard]] bool stale(std::int64_t at) const;

  // Lists that are used on the operator's word: indirect, and signed by nobody known.
  [[nodiscard]] std::size_t unsigned_lists() const;

  // When stale() or an answer may change by time alone, seconds since 1970.
  [[nodiscard]] std::vector<std::int64_t> turning_points() const;

 private:
  struct List {
    X509RevocationList crl;
    bool indirect = false;
    bool users_only = false;  // onlyContainsUserCerts
    bool cas_only = false;    // onlyContainsCACerts
    bool signer_known = false;
    std::vector<std::string> urls;  // of its issuingDistributionPoint
    std::string source;             // the URL that serves it; empty: a file
    std::int64_t this_update = 0;
    std::optional<std::int64_t> next_update;
  };
  struct Subject;  // a certificate that is asked about

  [[nodiscard]] std::expected<std::vector<List>, std::string> examine_all(std::string_view pem, CrlTrust trust,
                                                                          std::string_view fetched_from) const;
  [[nodiscard]] std::expected<List, std::string> examine(X509RevocationList crl, std::string_view fetched_from) const;
  [[nodiscard]] std::expected<void, std::string> check_signature(List& list, CrlTrust trust) const;
  [[nodiscard]] static bool speaks_for(const List& list, const Subject& subject, RevocationAnswer& answer);
  [[nodiscard]] static bool covers(const List& list, const Subject& subject, std::int64_t at);

  std::vector<X509Certificate> signers_;  // the STI-PA's
  std::vector<X509Certificate> anchors_;
  std::vector<List> lists_;
};

}  // namespace stirline::crypto
