// calibration/profile/awb_modes.h - private: white balance's modes by the names that tuning files have for them.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "aaa/auto_white_balance_params.h"

namespace argent {

/// Raspberry Pi's names; libcamera's are "AwbAuto", "AwbIncandescent" ...: the same with a capital.
inline constexpr std::array<std::string_view, 7> kAwbModeNames{"auto",   "incandescent", "tungsten", "fluorescent",
                                                               "indoor", "daylight",     "cloudy"};

inline constexpr std::array<CctRange AwbModeRanges::*, 7> kAwbModeRanges{
    &AwbModeRanges::automatic, &AwbModeRanges::incandescent, &AwbModeRanges::tungsten, &AwbModeRanges::fluorescent,
    &AwbModeRanges::indoor,    &AwbModeRanges::daylight,     &AwbModeRanges::cloudy};

struct NamedRange {
  std::string_view name;
  CctRange range;
};

inline std::array<NamedRange, 7> named_ranges(const AwbModeRanges& modes) {
  std::array<NamedRange, 7> out;
  for (std::size_t i = 0; i < out.size(); i++) out[i] = {kAwbModeNames[i], modes.*kAwbModeRanges[i]};
  return out;
}

/// The ranges that a tuning for this curve says, its ends instead of open ones; not the usual ones of which the curve knows nothing.
inline std::vector<NamedRange> ranges_on(std::span<const CctPoint> curve, const AwbModeRanges& modes) {
  const auto ours = named_ranges(modes), usual = named_ranges({});
  const float first = curve.front().cct, last = curve.back().cct;
  std::vector<NamedRange> out;
  for (std::size_t i = 0; i < ours.size(); i++) {
    CctRange range = ours[i].range;
    const bool is_usual = range.min == usual[i].range.min && range.max == usual[i].range.max;
    if (is_usual && (range.min > last || range.max < first)) continue;
    if (range.max >= AwbModeRanges{}.automatic.max) range = {std::max(range.min, first), std::max(last, range.min)};
    out.push_back({ours[i].name, range});
  }
  return out;
}

}  // namespace argent
