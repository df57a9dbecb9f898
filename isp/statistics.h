// isp/statistics.h - what 3A knows about a frame: no pixels, no pointers. Written to disk, replayed, compared.
//
// Light is linear: 0 = black level, 1 = saturation of the sensor; after lens shading (corners may pass 1), before white balance.
// Clipped and dark are judged on the sensor's code, before anything else. Coordinates are those of the active array, 0..1.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "isp/frame.h"

namespace argent {

struct Statistics {
  static constexpr int kVersion = 2;
  static constexpr int kMaxGrid = 32, kBins = 1024, kMaxBands = 1024, kMaxPhaseColumns = 16, kMaxPhaseRows = 12;

  struct Zone {
    std::array<float, 3> mean{};       ///< R, G, B of all pixels: for exposure
    std::array<float, 3> unclipped{};  ///< R, G, B of pixels whose quad (X-Trans: 3x3 cell) has no code at saturation: for white balance
    std::array<std::uint32_t, 3> count{};            ///< pixels in mean
    std::array<std::uint32_t, 3> unclipped_count{};  ///< pixels in unclipped
    float clipped = 0, dark = 0;                     ///< fractions of the zone's pixels at saturation, and in the lowest 1/512 of the range
    /// Contrast at two scales, divided by level squared, noise removed; >= 0. The coarse one is of every second row of quads. Of the
    /// frame's first two columns of quads and its last three none is measured.
    std::array<float, 2> focus{};
  };

  struct Phase {
    float disparity = 0;   ///< pixels; sign says which way to move
    float confidence = 0;  ///< 0..1
  };

  int columns = 32, rows = 24;                    ///< of zones, at most kMaxGrid each
  std::array<Zone, kMaxGrid * kMaxGrid> zones{};  ///< row-major, `columns` a row
  /// Whether columns and rows are such: who takes statistics from others asks before it walks the zones.
  bool has_grid() const { return columns >= 1 && columns <= kMaxGrid && rows >= 1 && rows <= kMaxGrid; }

  std::array<std::uint32_t, kBins> luma{};  ///< Rec. 709 luma after luma_gains; the last bin holds everything from 1023/1024 up
  std::array<std::array<std::uint32_t, kBins>, 3> channels{};  ///< R, G, B before gains
  std::array<float, 3> luma_gains{1, 1, 1};
  int histogram_step = 1;  ///< one quad or cell in step x step is counted

  int bands = 0, band_rows = 0;              ///< row sums: `bands` bands of `band_rows` whole sensor rows; the last may be shorter
  std::array<float, kMaxBands> row_means{};  ///< mean green level of a band: for flicker

  int phase_columns = 0, phase_rows = 0;  ///< 0: the sensor has no phase detection
  std::array<Phase, kMaxPhaseColumns * kMaxPhaseRows> phases{};

  Applied applied;

  const Zone& zone(int column, int row) const { return zones[static_cast<std::size_t>(row * columns + column)]; }
  Zone& zone(int column, int row) { return zones[static_cast<std::size_t>(row * columns + column)]; }
};

static_assert(std::is_trivially_copyable_v<Statistics>);

}  // namespace argent
