#include "tests/support/lab_tables.hpp"

#include <stdexcept>

#include "config/wire/channel.hpp"

namespace stirline::test {
namespace {

namespace tables = config::tables;
namespace wire = config::wire;

tables::NumberRange range_of(std::uint64_t first, char attest) {
  tables::NumberRange range;
  range.first = first;
  range.last = first + 9'999;
  range.credential = 0;
  range.digits = 11;
  range.attest = attest;
  return range;
}

// A key that exists nowhere else: its scalar is 1, 2, 3 ... 32, so that golden files reproduce.
tables::Credential lab_credential() {
  tables::Credential credential;
  credential.name = "lab";
  credential.x5u = kLabX5u;
  credential.not_before = 0;
  credential.not_after = 4'000'000'000;
  for (std::size_t i = 0; i < credential.scalar.size(); ++i) {
    credential.scalar[i] = static_cast<std::uint8_t>(i + 1);
  }
  // The public point of that scalar (04, x, y), computed once with OpenSSL.
  constexpr std::string_view kPoint =
      "04"
      "515C3D6EB9E396B904D3FECA7F54FDCD0CC1E997BF375DCA515AD0A6C3B4035F"
      "4536BE3A50F318FBF9A5475902A221502BEF0D57E08C53B2CC0A56F17D9F9354";
  for (std::size_t i = 0; i < credential.point.size(); ++i) {
    credential.point[i] = static_cast<std::uint8_t>(std::stoul(std::string(kPoint.substr(2 * i, 2)), nullptr, 16));
  }
  return credential;
}

}  // namespace

wire::MappedImage mapped(const tables::Image& image) {
  auto fd = wire::make_sealed_memfd("lab", image);
  if (!fd) {
    throw std::runtime_error(fd.error().text);
  }
  auto map = wire::MappedImage::map(*fd, image.size());
  if (!map) {
    throw std::runtime_error(map.error().text);
  }
  return std::move(*map);
}

dataplane::StagedTables LabTables::staged() const {
  dataplane::StagedTables staged;
  staged.trunks = mapped(tables::encode_trunks(trunks));
  staged.numbers = mapped(tables::encode_numbers(numbers));
  staged.credentials = mapped(tables::encode_credentials(credentials));
  staged.certificates = mapped(tables::encode_certificates(certificates));
  staged.signing_stopped = signing_stopped;
  return staged;
}

LabTables lab_tables() {
  LabTables lab;
  tables::Trunk trunk;
  trunk.name = "peer";
  trunk.pair = "wire";
  trunk.side = tables::Side::b;
  trunk.role = tables::Role::both;
  trunk.peers = {*config::parse_prefix("198.51.100.0/24"), *config::parse_prefix("2001:db8:b::/48")};
  trunk.ports = {5060};
  lab.trunks.push_back(std::move(trunk));
  lab.numbers = {range_of(12155550000, 'A'), range_of(12165550000, 'B'), range_of(12175550000, 'C')};
  lab.credentials.push_back(lab_credential());
  lab.certificates.push_back({.x5u = kLabX5u,
                              .standing = crypto::Reason::verified,
                              .point = lab.credentials.front().point,
                              .not_before = 0,
                              .not_after = 4'000'000'000,
                              .scope = {{.kind = crypto::TnEntry::Kind::spc, .value = "1234", .count = 1}},
                              .constraints = {},
                              .subject = kLabSubject});
  return lab;
}

}  // namespace stirline::test
