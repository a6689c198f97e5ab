// Entries of the base point's table, chosen by secret digits: every window is read whole, whatever the digits.
//
// The table is cut into octets: octet o of all 128 entries of a window lie together. A shuffle (pshufb) then picks, for
// sixteen digits at once, one octet out of sixteen entries; eight of them, each silent where the entry is not its own,
// cover the window. Processors without SSSE3 mask entry by entry instead, at a dozen times the price.
#pragma once

#include "crypto_workers/p256/kernel.hpp"

namespace stirline::crypto::scalar {

inline constexpr unsigned kSignWindow = 8;  // bits
inline constexpr std::size_t kSignWindows = windows_of(kSignWindow);
inline constexpr std::size_t kSignEntries = entries_of_window(kSignWindow);
inline constexpr std::size_t kAtOnce = 16;  // digits
static_assert(kSignWindows * 8 == 256 && kSignEntries == 128 && kKernelJobs % kAtOnce == 0);

struct SignWindow {
  alignas(64) std::uint8_t octet[sizeof(TableEntry)][kSignEntries];
};
struct SignTable {  // 256 KB
  SignWindow window[kSignWindows];
};

void cut_sign_table(const TableEntry* entries, SignTable& table);

// found[i] <- entry[i] of the window; entries are below 128.
using LookUp = void (*)(const SignWindow& window, const std::uint8_t (&entry)[kAtOnce], TableEntry (&found)[kAtOnce]);
void look_up_by_shuffles(const SignWindow& window, const std::uint8_t (&entry)[kAtOnce], TableEntry (&found)[kAtOnce]);
void look_up_by_masks(const SignWindow& window, const std::uint8_t (&entry)[kAtOnce], TableEntry (&found)[kAtOnce]);

}  // namespace stirline::crypto::scalar
