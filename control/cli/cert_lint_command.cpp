// stirline cert lint: what the SHAKEN profile says of certificates, one finding a line (STIR-CE-07).
//
// Each certificate of each file is judged in its role, which it shows itself unless --as says otherwise. With --json
// one line a certificate: file, certificate (its number in the file), role, subject, issuer, serial, not_before,
// not_after, findings (rule, severity, text). Exit status: 0 nothing, or soft findings only; 1 a hard finding; 64 wrong
// command line, or a file that holds no certificate that can be read.
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/cli/commands.hpp"
#include "control/cli/output.hpp"
#include "control/read_file.hpp"
#include "crypto_workers/certificate/facts.hpp"
#include "crypto_workers/certificate/pem.hpp"
#include "crypto_workers/certificate/shaken_profile.hpp"

namespace stirline::control::cli {

namespace {

using crypto::CertificateRole;

struct CertLintOptions {
  bool json = false;
  std::string role;  // empty: guessed
  std::vector<std::string> files;
};

std::optional<CertificateRole> role_named(std::string_view name) {
  for (const CertificateRole role : {CertificateRole::leaf, CertificateRole::intermediate, CertificateRole::root}) {
    if (name == crypto::to_string(role)) {
      return role;
    }
  }
  return std::nullopt;
}

std::expected<std::vector<crypto::X509Certificate>, std::string> read(const std::string& file) {
  const auto octets = read_file(file, kMaxPemBytes);
  if (!octets) {
    return std::unexpected(octets.error());
  }
  return crypto::looks_like_der(*octets) ? crypto::read_der_certificate(*octets, kMaxPemBytes)
                                         : crypto::read_certificates(*octets, kMaxPemBytes, crypto::kMaxAnchors);
}

Json describe(X509& certificate, CertificateRole role, const std::vector<crypto::ProfileFinding>& findings) {
  Json document{{"role", crypto::to_string(role)}};
  const crypto::CertificateNames names = crypto::read_names(certificate);
  document["subject"] = names.subject;
  document["issuer"] = names.issuer;
  document["serial"] = names.serial;
  if (const auto validity = crypto::read_validity(certificate)) {
    document["not_before"] = validity->not_before;
    document["not_after"] = validity->not_after;
  }
  Json& list = document["findings"] = Json::array();
  for (const crypto::ProfileFinding& finding : findings) {
    list.push_back({{"rule", finding.rule}, {"severity", crypto::to_string(finding.severity)}, {"text", finding.text}});
  }
  return document;
}

// Prints one certificate; true if it has a hard finding.
bool lint(const std::string& file, std::size_t number, X509& certificate, const CertLintOptions& options) {
  const CertificateRole role = role_named(options.role).value_or(crypto::guess_role(certificate));
  const auto findings = crypto::lint(certificate, role);
  if (options.json) {
    Json line{{"file", file}, {"certificate", number}};
    line.update(describe(certificate, role, findings));
    fmt::print("{}\n", to_line(line));
  } else {
    fmt::print("{}, certificate {}: {}, {}{}\n", printable(file), number, crypto::to_string(role),
               printable(crypto::read_names(certificate).subject), findings.empty() ? ": clean" : "");
    for (const crypto::ProfileFinding& finding : findings) {
      fmt::print("  {} {}: {}\n", crypto::to_string(finding.severity), finding.rule, finding.text);
    }
  }
  bool hard = false;
  for (const crypto::ProfileFinding& finding : findings) {
    hard = hard || finding.severity == crypto::Severity::hard;
  }
  return hard;
}

int lint_files(const CertLintOptions& options) {
  int status = kExitOk;
  for (const std::string& file : options.files) {
    const auto certificates = read(file);
    if (!certificates) {
      fmt::print(stderr, "stirline cert lint: {}\n", printable(fmt::format("{}: {}", file, certificates.error())));
      return kExitUsage;
    }
    for (std::size_t i = 0; i < certificates->size(); ++i) {
      if (lint(file, i + 1, *(*certificates)[i], options)) {
        status = kExitRefused;
      }
    }
  }
  return status;
}

}  // namespace

void add_cert_lint(CLI::App& cert, int& status) {
  const auto options = std::make_shared<CertLintOptions>();
  CLI::App* verb = cert.add_subcommand("lint", "Compare certificates with the SHAKEN profile");
  verb->add_flag("--json", options->json, "one line of JSON for each certificate");
  verb->add_option("--as", options->role, "judge all as leaf, intermediate or root; by default each shows what it is")
      ->check(CLI::IsMember({"leaf", "intermediate", "root"}));
  verb->add_option("files", options->files, "PEM files, or DER with one certificate")->required();
  verb->callback([options, &status] { status = lint_files(*options); });
}

}  // namespace stirline::control::cli
