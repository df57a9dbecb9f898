// aaa/request_names.h - what the modes of a request are called in files and on command lines: libcamera's names, in the enums' order.
#pragma once

#include <array>
#include <string_view>

namespace argent {

inline constexpr std::array<std::string_view, 4> kAeMeteringModeNames{"centre-weighted", "spot", "matrix", "custom"};
inline constexpr std::array<std::string_view, 4> kAeConstraintModeNames{"normal", "highlight", "shadows", "custom"};
inline constexpr std::array<std::string_view, 4> kAeExposureModeNames{"normal", "short", "long", "custom"};
inline constexpr std::array<std::string_view, 3> kAeFlickerModeNames{"off", "manual", "auto"};
inline constexpr std::array<std::string_view, 8> kAwbModeNames{"auto",   "incandescent", "tungsten", "fluorescent",
                                                               "indoor", "daylight",     "cloudy",   "custom"};
inline constexpr std::array<std::string_view, 3> kAfModeNames{"manual", "auto", "continuous"};
inline constexpr std::array<std::string_view, 3> kAfRangeNames{"normal", "macro", "full"};
inline constexpr std::array<std::string_view, 2> kAfSpeedNames{"normal", "fast"};
inline constexpr std::array<std::string_view, 2> kAfTriggerNames{"start", "cancel"};
inline constexpr std::array<std::string_view, 3> kAfPauseNames{"immediate", "deferred", "resume"};

}  // namespace argent
