// The wire between control and data plane, and between command line and control: messages over one Unix SOCK_SEQPACKET
// socket.
//
// Every message is one packet: Header, then `length` octets. Tables and long texts travel as sealed memfds
// (SCM_RIGHTS). A peer of another version or schema is told so and changes nothing (design.md 1).
#pragma once

#include <cstddef>
#include <cstdint>

namespace stirline::config::wire {

inline constexpr std::uint32_t kMagic = 0x4c525453;  // "STRL"
inline constexpr std::uint16_t kVersion = 8;
inline constexpr std::size_t kMaxPayload = 32'768;  // octets; what is longer travels in a memfd

enum class MessageType : std::uint16_t {
  hello = 1,    // first message of the connecting side: Hello
  result = 2,   // answer to any request: Result, text; may carry a memfd with a longer text (JSON)
  table = 3,    // TableOffer and the memfd of its image: staged, not yet used
  commit = 4,   // use what is staged, rules apart, all at once, as generation Commit::generation
  status = 5,   // ask for the status document: answered by result with JSON
  command = 6,  // command line to control: a verb as text ("status", "reload"), perhaps a sealed memfd with what it is
                // about: answered by result with JSON
  wanted = 7,   // data plane to control: a call needs the chain of an x5u, 1 to 512 octets of text; not answered
  records = 8,  // data plane to control: records of calls, one behind the other (call_record.hpp); not answered
  watch = 9,    // watch some messages, or no more: a request of watch.hpp, answered by result; one watch at a time
  watched =
      10,  // to who watches: what became of them, one event behind the other (watch.hpp); empty: the watch is over
  commit_rules = 11,  // use the tables of rules that are staged, beside those in use that were not sent again: Commit
  contacts = 12,      // data plane to control: whom users have reached, one behind the other (contact_record.hpp); not
                      // answered
  complaints = 13,  // calls that called users did not want, one behind the other (complaint_record.hpp): counted where
                    // their callers are known
};

struct Header {
  std::uint32_t magic = kMagic;
  std::uint16_t version = kVersion;
  std::uint16_t type = 0;
  std::uint32_t request_id = 0;  // chosen by the asker, repeated in the result
  std::uint32_t length = 0;      // octets behind the header
};
static_assert(sizeof(Header) == 16);

struct Hello {
  std::uint64_t schema_hash = 0;  // tables::schema_hash()
};

struct TableOffer {
  std::uint16_t kind = 0;  // tables::TableKind
  std::uint16_t reserved[3] = {};
  std::uint64_t bytes = 0;  // of the image in the memfd
};
static_assert(sizeof(TableOffer) == 16);

struct Commit {
  std::uint64_t generation = 0;
  std::uint32_t signing_stopped = 0;  // not 0: nothing is to be signed, control's clock is wrong (INL-AV-03)
  std::uint32_t reserved = 0;
};
static_assert(sizeof(Commit) == 16);

enum class ResultCode : std::uint32_t {
  ok = 0,
  bad_message = 1,  // not of the protocol: the connection is closed behind it
  wrong_version = 2,
  wrong_schema = 3,
  refused = 4,  // understood and turned down: the text says why; nothing has changed
  busy = 5,     // two generations are alive: try again
};

struct Result {
  std::uint32_t code = 0;  // ResultCode
  std::uint32_t memfd_bytes =
      0;  // 0: the text follows; else nothing follows and the memfd holds this many octets of it
  // followed by the text, UTF-8, without zero
};
static_assert(sizeof(Result) == 8);

}  // namespace stirline::config::wire
