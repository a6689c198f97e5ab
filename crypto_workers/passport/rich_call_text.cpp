#include "crypto_workers/passport/rich_call_text.hpp"

#include <array>
#include <string_view>
#include <utility>

#include <simdjson.h>

#include "crypto_workers/passport/json_members.hpp"
#include "crypto_workers/passport/json_object.hpp"
#include "crypto_workers/passport/rich_call_data.hpp"
#include "crypto_workers/passport/text_writer.hpp"

namespace stirline::crypto {

namespace dom = simdjson::dom;

bool is_well_made(const RichCallText& text) {
  if (text.crn.size() + text.rcd.size() + text.rcdi.size() > kMaxRichCallTextBytes) {
    return false;
  }
  std::string payload = "{";
  for (const auto& [name, value] :
       {std::pair<std::string_view, const std::string&>{"crn", text.crn}, {"rcd", text.rcd}, {"rcdi", text.rcdi}}) {
    if (!value.empty()) {
      payload += payload.size() == 1 ? "\"" : ",\"";
      payload += name;
      payload += "\":" + value;
    }
  }
  payload += '}';
  dom::parser parser;
  dom::object object;
  if (parser.parse(payload).get(object) != simdjson::SUCCESS || object.size() > 3 ||
      (has(object, "crn") && !member<std::string_view>(object, "crn"))) {
    return false;
  }
  // One member too many would be a claim that nobody looked at.
  for (const dom::key_value_pair entry : object) {
    if (entry.key != "crn" && entry.key != "rcd" && entry.key != "rcdi") {
      return false;
    }
  }
  std::array<char, 2 * kMaxRichCallTextBytes> scratch;
  TextWriter again(scratch);
  write_deterministic(object, again);
  if (again.overflow() || again.view() != payload) {
    return false;
  }
  IntegrityDigest digests;
  const RichCallData judged = judge_rich_call_data(object, digests, scratch);
  return judged == RichCallData::plain || judged == RichCallData::intact || judged == RichCallData::none;
}

}  // namespace stirline::crypto
