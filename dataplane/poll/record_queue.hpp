// From a poll core to the main thread: records of decisions, or events of watched messages, as the octets in which they
// go on to control. Each begins with its length, two octets.
//
// Bounded; a record goes in whole or not at all. One producer (the poll core), one consumer (main); no lock, no heap
// after construction.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/lockfree/spsc_queue.hpp>

namespace stirline::dataplane {

class RecordQueue {
 public:
  // Touches its memory, so that the poll core meets no page for the first time.
  explicit RecordQueue(std::size_t bytes);

  // False: no room.
  [[nodiscard]] bool push(std::string_view record);

  // Appends whole records to `batch`, which is no longer than `most` octets then.
  void take(std::string& batch, std::size_t most);

  [[nodiscard]] std::size_t queued() const { return octets_.read_available(); }  // octets; the consumer asks

 private:
  boost::lockfree::spsc_queue<char> octets_;
  std::string cut_;  // the consumer's: the beginning of a record whose end fitted into no batch yet
};

}  // namespace stirline::dataplane
