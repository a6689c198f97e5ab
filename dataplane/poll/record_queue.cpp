#include "dataplane/poll/record_queue.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "config/wire/contact_record.hpp"
#include "config/wire/watch.hpp"

namespace stirline::dataplane {

namespace {

static_assert(offsetof(config::wire::RecordHead, bytes) == 0 && offsetof(config::wire::WatchEventHead, bytes) == 0 &&
              offsetof(config::wire::ContactHead, bytes) == 0);

// How many octets of `octets` are whole records.
std::size_t whole_records(std::string_view octets) {
  std::uint16_t bytes = 0;
  std::size_t whole = 0;
  while (octets.size() - whole >= sizeof(bytes)) {
    std::memcpy(&bytes, &octets[whole], sizeof(bytes));
    if (bytes > octets.size() - whole) {
      break;
    }
    whole += bytes;
  }
  return whole;
}

}  // namespace

RecordQueue::RecordQueue(std::size_t bytes) : octets_(bytes) {
  const std::string zeros(bytes, '\0');
  octets_.push(zeros.data(), zeros.size());
  octets_.reset();
}

bool RecordQueue::push(std::string_view record) {
  return octets_.write_available() >= record.size() && octets_.push(record.data(), record.size()) == record.size();
}

// One look at the queue a batch, however many records: each look takes a cache line away from the poll core.
void RecordQueue::take(std::string& batch, std::size_t most) {
  const std::size_t begin = batch.size();
  if (begin + cut_.size() > most) {
    return;
  }
  batch += cut_;
  const std::size_t had = batch.size();
  const std::size_t fits = std::min(octets_.read_available(), most - had);
  batch.resize_and_overwrite(had + fits, [&](char* octets, std::size_t) {
    octets_.pop(octets + had, fits);
    return had + fits;
  });
  const std::size_t whole = begin + whole_records(std::string_view(batch).substr(begin));
  cut_.assign(batch, whole);
  batch.resize(whole);
}

}  // namespace stirline::dataplane
