// camera/simulation/frame_truth.h - what is true of a simulated frame: what contestants are judged by and never see.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "isp/statistics.h"

namespace argent {

struct FrameTruth {
  std::uint64_t sequence = 0;
  std::uint64_t decision = 0;  ///< number of the apply() that this frame shows, counted from 1; 0: the start settings

  /// The same frame without noise, mains flicker and defects, saturation kept: means, clipping, histograms.
  const Statistics* clean = nullptr;
  double scene_luma = 0;  ///< Rec. 709 luma of the whole field with gains that make white neutral, per microsecond x gain, never saturated

  float cct = 0;                        ///< kelvin, of the main light
  std::array<float, 2> white{};         ///< (log R/G, log B/G) of a white surface under it
  std::array<float, 2> second_white{};  ///< of the second light; equal to `white` when there is none
  /// The same of the mixture that falls on each zone, columns x rows, row-major; empty: one light everywhere, or no zones here.
  std::vector<std::array<float, 2>> zone_white;

  double flicker_modulation = 0;  ///< amplitude in this frame's row sums, relative to their mean
  float flicker_period_us = 0;    ///< of the light; 0: steady

  float lens_position = 0;   ///< dioptres, where the lens really was (mid exposure)
  float sharpest = 0;        ///< dioptres, the lens position that focuses the middle of the field (af window) best
  float depth_of_field = 0;  ///< dioptres, whole width: blur below one circle of confusion
};

}  // namespace argent
