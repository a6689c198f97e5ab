#include "dataplane/poll/record_queue.hpp"

#include <cstring>

#include "config/wire/call_record.hpp"

namespace stirline::dataplane {

namespace wire = config::wire;

RecordQueue::RecordQueue(std::size_t bytes) : octets_(bytes) {
  const std::string zeros(bytes, '\0');
  octets_.push(zeros.data(), zeros.size());
  octets_.reset();
}

bool RecordQueue::push(std::string_view record) {
  return octets_.write_available() >= record.size() && octets_.push(record.data(), record.size()) == record.size();
}

void RecordQueue::take(std::string& batch, std::size_t most) {
  wire::RecordHead head;
  while (batch.size() + wire::kMaxRecordBytes <= most) {
    const std::size_t begin = batch.size();
    batch.resize(begin + sizeof(head));
    if (octets_.pop(&batch[begin], sizeof(head)) == 0) {
      batch.resize(begin);
      return;
    }
    // Records go in whole: behind a head lies the rest.
    std::memcpy(&head, &batch[begin], sizeof(head));
    batch.resize(begin + head.bytes);
    octets_.pop(&batch[begin + sizeof(head)], head.bytes - sizeof(head));
  }
}

}  // namespace stirline::dataplane
