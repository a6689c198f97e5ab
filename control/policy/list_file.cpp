#include "control/policy/list_file.hpp"

#include <array>
#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "config/policy/rule.hpp"
#include "control/policy/csv_reader.hpp"
#include "control/policy/date_time.hpp"
#include "control/policy/line_reader.hpp"

namespace stirline::control::policy {
namespace {

using config::policy::find_list;
using config::policy::kMaxTextBytes;
using Got = CsvReader::Got;

constexpr std::size_t kFields = 6;
constexpr std::string_view kHeader = "list,kind,subject,until,origin,note";

std::optional<SubjectKind> find_kind(std::string_view word) {
  for (std::size_t i = 0; i < kSubjectKinds; ++i) {
    if (to_string(static_cast<SubjectKind>(i)) == word) {
      return static_cast<SubjectKind>(i);
    }
  }
  return std::nullopt;
}

std::expected<ListEntry, std::string> entry_of(const std::vector<std::string>& fields,
                                               const ListImportOptions& options) {
  if (fields.size() != kFields) {
    return std::unexpected("has fewer than six fields");
  }
  const std::string& list_word = fields[0];
  const std::string& kind_word = fields[1];
  const std::string& subject = fields[2];
  const std::string& until = fields[3];
  const std::string& origin = fields[4];
  const std::string& note = fields[5];
  const auto list = find_list(list_word);
  if (!list) {
    return std::unexpected("\"" + list_word.substr(0, 64) + "\" is no list");
  }
  const auto kind = find_kind(kind_word);
  if (!kind) {
    return std::unexpected("\"" + kind_word.substr(0, 64) + "\" is no kind of subject");
  }
  auto canonical = canonical_subject(*kind, subject, options.dial_plan);
  if (!canonical) {
    return std::unexpected("\"" + subject.substr(0, 64) + "\" " + canonical.error());
  }
  ListEntry entry{.owner = options.owner,
                  .list = *list,
                  .kind = *kind,
                  .subject = std::move(*canonical),
                  .origin = origin.empty() ? options.origin : origin,
                  .note = note};
  if (!until.empty()) {
    entry.until = seconds_of_date_time(until);
    if (!entry.until) {
      return std::unexpected("\"" + until.substr(0, 64) + "\" is no date and time with its zone");
    }
  }
  if (entry.origin.size() > kMaxTextBytes || entry.note.size() > kMaxTextBytes) {
    return std::unexpected("origin or note has more than 255 octets");
  }
  return entry;
}

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) {
    return field;
  }
  std::string text = "\"";
  for (const char c : field) {
    text.append(c == '"' ? 2 : 1, c);
  }
  return text + "\"";
}

}  // namespace

std::expected<ListImport, std::string> import_lists(std::istream& file, const ListImportOptions& options,
                                                    ListStore& store) {
  CsvReader records(file, kFields);
  ListImport import;
  std::string header;
  if (records.next() == Got::record) {
    header = fmt::format("{}", fmt::join(records.fields(), ","));
  }
  if (header != kHeader) {
    return std::unexpected(fmt::format("the first line is not \"{}\"", kHeader));
  }
  std::string failure;
  const auto tell = [&](std::string text) {
    ++import.mistakes;
    if (import.told.size() < kMistakesTold) {
      import.told.push_back({records.line(), std::move(text)});
    }
  };
  const auto changed = store.change([&](const ListStore::Put& put) -> ListStore::Done {
    for (Got got = records.next(); got != Got::end; got = records.next()) {
      if (got == Got::mistake) {
        tell(records.why());
        continue;
      }
      auto entry = entry_of(records.fields(), options);
      if (!entry) {
        tell(std::move(entry.error()));
        continue;
      }
      if (import.mistakes != 0 && !options.skip_mistakes) {
        continue;  // nothing will be taken: only further mistakes are of interest
      }
      if (auto done = put(*entry); !done) {
        failure = done.error();
        return done;
      }
      ++import.taken;
    }
    return import.mistakes != 0 && !options.skip_mistakes ? ListStore::Done(std::unexpected("mistakes"))
                                                          : ListStore::Done();
  });
  if (changed) {
    return import;
  }
  if (!failure.empty() || import.mistakes == 0 || options.skip_mistakes) {
    return std::unexpected(changed.error());
  }
  import.taken = 0;
  return import;
}

std::expected<std::size_t, std::string> export_lists(const ListStore& store, const ListFilter& filter,
                                                     std::ostream& file) {
  std::size_t written = 0;
  file << kHeader << "\r\n";
  const auto read = store.each(filter, [&](const ListEntry& entry) {
    const std::string until =
        entry.until ? fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(*entry.until))) : "";
    file << fmt::format("{},{},{},{},{},{}\r\n", config::policy::to_string(entry.list), to_string(entry.kind),
                        quoted(entry.subject), until, quoted(entry.origin), quoted(entry.note));
    ++written;
    return file.good();
  });
  if (!read) {
    return std::unexpected(read.error());
  }
  return file.flush().good() ? std::expected<std::size_t, std::string>(written)
                             : std::unexpected("the file cannot be written");
}

}  // namespace stirline::control::policy
