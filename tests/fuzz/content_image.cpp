// Any octets as a table of trained corpora: refused, or everything can be asked of it. The schema is put right, so that
// what lies behind it is reached.
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "config/policy/content/content_table.hpp"
#include "config/tables/records.hpp"
#include "config/wire/paged_image.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/target.hpp"

namespace stirline::fuzz::content_image {
namespace {

int run(const std::uint8_t* data, std::size_t size) {
  namespace tables = stirline::config::tables;
  using stirline::config::policy::content::ContentTable;
  if (size < sizeof(tables::ImageHeader)) {
    return 0;
  }
  tables::Image image(size);
  std::memcpy(image.data(), data, size);
  const std::uint64_t schema = tables::schema_hash();
  std::memcpy(image.data() + offsetof(tables::ImageHeader, schema), &schema, sizeof(schema));
  const auto memory = stirline::config::wire::PagedImage::copy(image);
  check(memory.has_value(), "there is memory");
  const auto table = ContentTable::open(memory->view());
  if (!table) {
    check(!table.error().text.empty(), "a refusal has a reason");
    return 0;
  }
  for (const std::string_view name : {"a", "one", "two"}) {
    if (const auto corpus = table->find(name)) {
      check(corpus->number() < table->corpora(), "a corpus has its place");
      for (std::size_t at = 0; at + 8 <= size; at += 8) {
        std::uint64_t key = 0;
        std::memcpy(&key, data + at, sizeof(key));
        corpus->prefetch(key);
        static_cast<void>(corpus->share(key));
      }
    }
  }
  static_cast<void>(table->of_trunk("peer"));
  return 0;
}

const Target kTarget("content_image", run);

}  // namespace
}  // namespace stirline::fuzz::content_image
