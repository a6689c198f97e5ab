#include "control/policy/list_file.hpp"

#include <array>
#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "config/policy/rule.hpp"
#include "control/policy/date_time.hpp"

namespace stirline::control::policy {
namespace {

using config::policy::find_list;
using config::policy::kMaxTextBytes;

constexpr std::size_t kFields = 6;
constexpr std::string_view kHeader = "list,kind,subject,until,origin,note";
constexpr std::size_t kMaxRecordBytes = 4'096;
constexpr std::size_t kMistakesTold = 100;

// Records of a file, one at a time (RFC 4180 2). A quoted field may go over several lines.
class Records {
 public:
  explicit Records(std::istream& file) : file_(file) {}

  enum class Got : std::uint8_t { record, mistake, end };

  // Into fields(), or why() if this is none. Always goes on to the next line.
  Got next() {
    count_ = 0;
    why_.clear();
    fields_[0].clear();
    begin_ = line_ + 1;
    std::string text;
    if (!read_line(text)) {
      return Got::end;
    }
    bool is_quoted = false;
    std::size_t octets = 0;
    for (std::size_t i = 0;; ++i) {
      if (i == text.size()) {
        if (!is_quoted) {
          break;
        }
        if (!read_line(text)) {
          return mistake("a quoted field has no end");
        }
        fields_[count_] += '\n';
        i = static_cast<std::size_t>(-1);
        continue;
      }
      if (++octets > kMaxRecordBytes) {
        return mistake("is longer than 4,096 octets");
      }
      const char c = text[i];
      if (is_quoted) {
        if (c != '"') {
          fields_[count_] += c;
        } else if (i + 1 < text.size() && text[i + 1] == '"') {
          fields_[count_] += text[++i];
        } else {
          is_quoted = false;
          if (i + 1 < text.size() && text[i + 1] != ',') {
            return mistake("something follows the quotation mark at the end of a field");
          }
        }
      } else if (c == '"') {
        if (!fields_[count_].empty()) {
          return mistake("a quotation mark stands inside a field that does not begin with one");
        }
        is_quoted = true;
      } else if (c == ',') {
        if (count_ + 1 == kFields) {
          return mistake("has more than six fields");
        }
        fields_[++count_].clear();
      } else {
        fields_[count_] += c;
      }
    }
    return count_ + 1 == kFields ? Got::record : mistake("has fewer than six fields");
  }

  [[nodiscard]] const std::array<std::string, kFields>& fields() const { return fields_; }
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] std::size_t line() const { return begin_; }

 private:
  Got mistake(std::string why) {
    why_ = std::move(why);
    return Got::mistake;
  }

  // Without its end; of a line that is too long only so much that it is seen to be too long.
  bool read_line(std::string& text) {
    text.clear();
    std::streambuf& buffer = *file_.rdbuf();
    int c = buffer.sbumpc();
    if (c == std::char_traits<char>::eof()) {
      return false;
    }
    ++line_;
    for (; c != std::char_traits<char>::eof() && c != '\n'; c = buffer.sbumpc()) {
      if (text.size() <= kMaxRecordBytes) {
        text += static_cast<char>(c);
      }
    }
    if (!text.empty() && text.back() == '\r') {
      text.pop_back();
    }
    return true;
  }

  std::istream& file_;
  std::array<std::string, kFields> fields_;
  std::size_t count_ = 0;
  std::size_t line_ = 0;
  std::size_t begin_ = 0;
  std::string why_;
};

std::optional<SubjectKind> find_kind(std::string_view word) {
  for (std::size_t i = 0; i < kSubjectKinds; ++i) {
    if (to_string(static_cast<SubjectKind>(i)) == word) {
      return static_cast<SubjectKind>(i);
    }
  }
  return std::nullopt;
}

std::expected<ListEntry, std::string> entry_of(const std::array<std::string, kFields>& fields,
                                               const ListImportOptions& options) {
  const auto& [list_word, kind_word, subject, until, origin, note] = fields;
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
  Records records(file);
  ListImport import;
  std::string header;
  if (records.next() == Records::Got::record) {
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
    for (Records::Got got = records.next(); got != Records::Got::end; got = records.next()) {
      if (got == Records::Got::mistake) {
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
