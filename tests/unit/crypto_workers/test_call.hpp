// A signed call as a test wants it: SIP request, token, keyring; and the way of the appliance from octets to verdict.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto_workers/job/job.hpp"
#include "crypto_workers/job/processor.hpp"
#include "crypto_workers/p256/engine.hpp"
#include "crypto_workers/stir/verification_service.hpp"

namespace stirline::test {

inline constexpr std::int64_t kNow = 1'790'000'000;  // 2026-09-21, within the test PKI's validity
inline constexpr std::string_view kX5u = "https://cert.example.org/passport.cer";
inline constexpr std::string_view kOrigid = "123e4567-e89b-12d3-a456-426655440000";

// The parts of a token, each of which a test may spoil before to_token().
struct TokenText {
  std::string header =
      R"({"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"https://cert.example.org/passport.cer"})";
  std::string payload = R"({"attest":"A","dest":{"tn":["12155550131"]},"iat":1790000000,"orig":{"tn":"12155550121"},)"
                        R"("origid":"123e4567-e89b-12d3-a456-426655440000"})";

  // Of type `ppt` (empty: none), with exactly these claims.
  [[nodiscard]] static TokenText of(std::string_view ppt, std::string payload, std::string_view x5u);
  [[nodiscard]] TokenText with(std::string_view from, std::string_view to) const;  // replaced in both parts
};

[[nodiscard]] std::string base64url(std::string_view text);
[[nodiscard]] std::string base64url(std::span<const std::uint8_t> octets);

struct CallText {
  std::string method = "INVITE";
  std::string target = "sip:+12155550131@b.example.com";
  std::string from = "\"Alice\" <sip:+12155550121@a.example.com;user=phone>;tag=a1";
  std::string to = "<sip:+12155550131@b.example.com;user=phone>";
  std::string extra = {};  // whole header lines: Date, Identity, ...
  std::string body = {};   // its Content-Type is one of them

  [[nodiscard]] std::string request() const;
};

// Signs with one key, verifies with a keyring that holds its certificate under kX5u.
class Signer {
 public:
  explicit Signer(const std::string& key_file = "rfc8225_A1_private.pem");

  [[nodiscard]] std::string token(const TokenText& text);  // full form
  [[nodiscard]] std::string compact(const TokenText& text);
  // Identity header line with the parameters a shaken token needs, or others.
  [[nodiscard]] std::string identity_line(
      const std::string& token,
      std::string_view parameters = ";info=<https://cert.example.org/passport.cer>;alg=ES256;ppt=\"shaken\"");
  // A signed token of type `ppt` with exactly these claims, as a header line.
  [[nodiscard]] std::string line(std::string_view ppt, const std::string& payload, std::string_view x5u = kX5u);
  [[nodiscard]] std::string shaken_line() { return identity_line(token({})); }

  [[nodiscard]] crypto::Certificate certificate(std::vector<crypto::TnEntry> scope = {
                                                    {crypto::TnEntry::Kind::spc, "1234", 1}});

  crypto::Engine& engine() { return *engine_; }
  crypto::Keyring keyring;

 private:
  std::unique_ptr<crypto::Engine> engine_;
  std::unique_ptr<crypto::SigningKey> key_;
  std::array<std::uint8_t, crypto::kPointBytes> point_{};
};

struct VerifyOptions {
  std::int64_t now = kNow;
  crypto::VerifyPolicy policy;
  bool wants_hashes = false;
};

// Parses, plans and processes `request`; throws if it does not parse.
[[nodiscard]] std::unique_ptr<crypto::Job> verify(crypto::Engine& engine, const crypto::Keyring& keyring,
                                                  const std::string& request, const VerifyOptions& options = {});

}  // namespace stirline::test
