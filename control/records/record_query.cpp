#include "control/records/record_query.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace stirline::control {
using Json = nlohmann::ordered_json;

namespace {

using config::wire::Descriptor;

Descriptor open_to_read(const std::filesystem::path& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat facts{};
  return file.valid() && ::fstat(file.get(), &facts) == 0 && S_ISREG(facts.st_mode) ? std::move(file) : Descriptor();
}

bool is_same_file(const Descriptor& a, const Descriptor& b) {
  struct stat first{};
  struct stat second{};
  return a.valid() && b.valid() && ::fstat(a.get(), &first) == 0 && ::fstat(b.get(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

bool has_text(const Json& record, const char* name, const std::string& text) {
  const auto found = record.find(name);
  return found != record.end() && found->is_string() && found->get_ref<const std::string&>() == text;
}

class Search {
 public:
  Search(const RecordQuery& query, const std::function<bool(const Json&)>& visit) : query_(query), visit_(visit) {
    for (const std::string& identity : query.identities) {
      needles_.push_back(Json(identity).dump(-1, ' ', true, Json::error_handler_t::replace));
    }
  }

  // False: enough.
  bool read(const Descriptor& file) {
    ++facts.files;
    LineReader reader(file.get());
    bool more = true;
    while (more) {
      const auto line = reader.next();
      if (!line) {
        break;
      }
      more = take(*line);
    }
    facts.unreadable += reader.skipped();
    return more;
  }

  QueryFacts facts;

 private:
  bool take(std::string_view line) {
    ++facts.lines;
    // Most lines are about others: they are not worth being parsed.
    if (std::ranges::none_of(needles_, [&](const std::string& needle) { return line.contains(needle); })) {
      return true;
    }
    const Json record = Json::parse(line, nullptr, false);
    const auto time = record.is_object() ? record.find("time") : record.end();
    if (!record.is_object() || time == record.end() || !time->is_number_integer()) {
      ++facts.unreadable;
      return true;
    }
    const auto seconds = time->get<std::int64_t>();
    const bool fits = query_.times.overlaps({seconds, seconds}) &&
                      (query_.verdict.empty() || has_text(record, "verdict", query_.verdict)) &&
                      std::ranges::any_of(query_.identities, [&](const std::string& identity) {
                        return has_text(record, "orig", identity) || has_text(record, "dest", identity) ||
                               has_text(record, "target", identity);
                      });
    return !fits || visit_(record);
  }

  const RecordQuery& query_;
  const std::function<bool(const Json&)>& visit_;
  std::vector<std::string> needles_;  // the identities as they stand in a line
};

}  // namespace

std::expected<QueryFacts, std::string> find_records(const std::filesystem::path& folder, const RecordQuery& query,
                                                    const std::function<bool(const Json& record)>& visit) {
  Search search(query, visit);
  // Opened before the others are listed: it may be closed, and get another name, in between.
  const Descriptor current = open_to_read(current_file(folder, kCallFiles));
  const bool has_current = current.valid() || errno == ENOENT;
  const auto closed = list_closed(folder, kCallFiles);
  if (!closed) {
    return std::unexpected(closed.error());
  }
  std::uint64_t unopened = has_current ? 0 : 1;
  for (const ClosedFile& file : *closed) {
    if (!file.times.overlaps(query.times)) {
      continue;
    }
    const Descriptor opened = open_to_read(file.path);
    if (!opened.valid()) {
      unopened += errno == ENOENT ? 0U : 1U;  // too old meanwhile
    } else if (!is_same_file(opened, current) && !search.read(opened)) {
      return search.facts;
    }
  }
  if (current.valid()) {
    search.read(current);
  }
  search.facts.unreadable += unopened;
  if (search.facts.files == 0 && unopened > 0) {
    return std::unexpected(fmt::format("{}: its files cannot be read", folder.string()));
  }
  return search.facts;
}

}  // namespace stirline::control
