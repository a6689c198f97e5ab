// Any octets as a table image: what is accepted is exactly what would be written again, and what is found is inside.
// The first octet chooses the table.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "config/tables/certificate_table.hpp"
#include "config/tables/credential_table.hpp"
#include "config/tables/number_table.hpp"
#include "config/tables/records.hpp"
#include "config/tables/trunk_table.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::table_image {
namespace {

using namespace stirline::config::tables;

template <typename Table, typename Encode>
void expect_canonical(const std::expected<Table, TableError>& table, const Image& image, Encode&& encode) {
  if (table) {
    check(encode(*table) == image, "an accepted image is the one we write");
  } else {
    check(!table.error().text.empty(), "a refusal has a reason");
  }
}

void expect_numbers(const Image& image) {
  const auto table = NumberTable::open(image);
  expect_canonical(table, image, [](const NumberTable& numbers) {
    return encode_numbers({numbers.ranges().begin(), numbers.ranges().end()});
  });
  if (!table) {
    return;
  }
  for (const NumberRange& range : table->ranges()) {
    for (const std::uint64_t value : {range.first, range.last}) {
      const std::string digits = std::to_string(value);
      const std::string number = std::string(range.digits - digits.size(), '0') + digits;
      check(table->find(range.trunk, number) == &range, "the ends of a range are found in it");
    }
  }
}

int run(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const auto octets = std::as_bytes(std::span(data + 1, size - 1));
  Image image(octets.begin(), octets.end());
  // The fuzzer cannot guess the hash: it is put in where it is.
  if (const std::uint64_t schema = schema_hash(); image.size() >= sizeof(ImageHeader)) {
    std::memcpy(image.data() + offsetof(ImageHeader, schema), &schema, sizeof(schema));
  }
  switch (data[0] % 4) {
    case 0:
      expect_canonical(decode_trunks(image), image, encode_trunks);
      break;
    case 1:
      expect_numbers(image);
      break;
    case 2:
      expect_canonical(decode_credentials(image), image, encode_credentials);
      break;
    default:
      expect_canonical(decode_certificates(image), image, encode_certificates);
  }
  return 0;
}

const Target kTarget("table_image", run);

}  // namespace
}  // namespace stirline::fuzz::table_image
