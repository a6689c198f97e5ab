// Is this a build for a sanitizer or for coverage? Such a one writes reports, starts programs and looks into itself,
// and is no program to be put on a network. Internal.
#pragma once

namespace stirline::config {

#ifdef STIRLINE_INSTRUMENTED
inline constexpr bool kInstrumented = true;
#else
inline constexpr bool kInstrumented = false;
#endif

}  // namespace stirline::config
