#include "dataplane/poll/signed_requests.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "config/dataplane_config.hpp"

namespace stirline::dataplane {
namespace {

// The parts of a request's name in the order in which they are kept; with the method: CANCEL and ACK are no copies.
std::array<std::string_view, 7> parts_of(const NamedRequest& request, std::string_view trunk) {
  const auto part = [&](sip::Span span) { return sip::text(request.octets, span); };
  return {part(request.place.branch),
          part(request.place.host),
          part(request.place.port),
          part(request.place.method),
          part(request.place.call_id),
          part(request.place.from_tag),
          trunk};
}

// Each part ends in a zero, which no part holds: none can be taken for another.
bool is_name_of(std::string_view kept, const NamedRequest& request, std::string_view trunk) {
  for (const std::string_view part : parts_of(request, trunk)) {
    if (kept.size() <= part.size() || !kept.starts_with(part) || kept[part.size()] != '\0') {
      return false;
    }
    kept.remove_prefix(part.size() + 1);
  }
  return kept.empty();
}

}  // namespace

SignedRequests::SignedRequests(std::uint32_t kibibytes, int socket, std::uint64_t memory_cycles)
    : requests_(kibibytes, socket),
      index_(kibibytes, socket),
      by_age_(kibibytes, socket),
      text_(kibibytes * (config::kKib / sizeof(CacheLine)), socket),
      memory_cycles_(memory_cycles) {}

bool SignedRequests::remember(const NamedRequest& request, std::string_view trunk, std::uint32_t fingerprint,
                              const Inserted& inserted, std::uint64_t now_cycles) {
  const auto parts = parts_of(request, trunk);
  std::size_t name_length = parts.size();
  for (const std::string_view part : parts) {
    name_length += part.size();
  }
  const std::size_t octets = name_length + inserted.lines.size();
  const std::size_t length = (octets + sizeof(CacheLine) - 1) / sizeof(CacheLine);
  if (length > text_.size() || octets > std::numeric_limits<std::uint16_t>::max()) {
    return false;
  }
  const bool around = text_.size() - next_ < length;
  const std::size_t left_over = around ? text_.size() - next_ : 0;
  bool spared = true;
  while (index_.taken() == requests_.size() || text_.size() - used_ < left_over + length) {
    spared = forget_oldest(now_cycles) && spared;
  }
  const std::uint32_t slot = index_.take(request.hash());
  by_age_[(oldest_ + index_.taken() - 1) % by_age_.size()] = slot;
  const std::size_t begin = around ? 0 : next_;
  requests_[slot] = {.at = now_cycles,
                     .date = inserted.date,
                     .begin = begin,
                     .taken = left_over + length,
                     .cseq = request.place.cseq,
                     .fingerprint = fingerprint,
                     .name_length = static_cast<std::uint16_t>(name_length),
                     .lines_length = static_cast<std::uint16_t>(inserted.lines.size())};
  used_ += left_over + length;
  next_ = begin + length;
  UncachedWriter text(&text_[begin]);
  for (const std::string_view part : parts) {
    text.add(part);
    text.add({"", 1});
  }
  text.add(inserted.lines);
  text.finish();
  return spared;
}

std::optional<SignedRequests::Inserted> SignedRequests::find(const NamedRequest& request, std::string_view trunk,
                                                             std::uint32_t fingerprint,
                                                             std::uint64_t now_cycles) const {
  const std::uint32_t slot = slot_of(request, trunk, fingerprint);
  if (slot == kNoSlot || now_cycles - requests_[slot].at > memory_cycles_) {
    return std::nullopt;
  }
  const Request& found = requests_[slot];
  return Inserted{found.date, text(found.begin, found.name_length, found.lines_length)};
}

std::uint32_t SignedRequests::slot_of(const NamedRequest& request, std::string_view trunk,
                                      std::uint32_t fingerprint) const {
  return index_.find(request.hash(), [&](std::uint32_t slot) {
    const Request& kept = requests_[slot];
    return kept.fingerprint == fingerprint && kept.cseq == request.place.cseq &&
           is_name_of(text(kept.begin, 0, kept.name_length), request, trunk);
  });
}

bool SignedRequests::forget_oldest(std::uint64_t now_cycles) {
  const std::uint32_t slot = by_age_[oldest_];
  oldest_ = (oldest_ + 1) % by_age_.size();
  index_.give_back(slot);
  used_ -= requests_[slot].taken;
  return now_cycles - requests_[slot].at > memory_cycles_;
}

}  // namespace stirline::dataplane
