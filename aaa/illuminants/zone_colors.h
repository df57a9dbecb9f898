// aaa/illuminants/zone_colors.h - private: which zones may speak about the light, and what they say.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "aaa/illuminant.h"

namespace argent {

enum class ZoneUse {
  kUsed,
  kDark,      ///< the black level's error would show in the ratios
  kClipped,   ///< less than half of the pixels are below saturation, or they are nearly there
  kOffCurve,  ///< too far from where white can lie, when that is known
  kInvalid,   ///< no pixels, or not numbers
};

/// A zone that is used.
struct ZoneColor {
  int column = 0, row = 0;
  std::array<float, 3> rgb{};  ///< mean of the unclipped pixels, before white balance
  float u = 0, v = 0;          ///< log R/G, log B/G
  float log_level = 0;         ///< mean of log R, log G, log B: log R = log_level + u - (u + v) / 3
};

struct ZoneColors {
  int columns = 0, rows = 0;
  std::vector<ZoneColor> used;
  std::vector<int> index;                   ///< columns x rows: place in `used`, or -1
  std::vector<std::array<float, 2>> curve;  ///< log_curve() of the prior
  int dark = 0, clipped = 0, off_curve = 0, invalid = 0;
  float spread = 0;  ///< mean squared distance in (u, v) from the mean, of the zones used or off the curve

  int total() const { return columns * rows; }
  void clear();
  /// The used zone there; nullptr outside the grid and where the zone isn't used.
  const ZoneColor* at(int column, int row) const;
};

/// Never fails: a grid of impossible size has no zones. The second uses the memory of `out` again.
ZoneColors zone_colors(const Statistics& statistics, const IlluminantPrior& prior);
void zone_colors(const Statistics& statistics, const IlluminantPrior& prior, ZoneColors& out);

/// Where white can lie, seen from a point of the (u, v) plane.
struct CurveOffset {
  std::array<float, 2> to_curve{};  ///< vector to the nearest point of the curve; zero without a curve
  float distance = 0;
  std::array<float, 2> normal{};  ///< of the curve there, length 1; zero beyond its ends, where only `to_curve` means something
};
CurveOffset curve_offset(const IlluminantPrior& prior, float u, float v);

/// The same for many points: the curve's logarithms are taken once.
std::vector<std::array<float, 2>> log_curve(const IlluminantPrior& prior);
void log_curve(const IlluminantPrior& prior, std::vector<std::array<float, 2>>& out);  ///< uses its memory again
CurveOffset curve_offset(std::span<const std::array<float, 2>> curve, float u, float v);

/// A zone that lies farther from the curve than this says nothing about the light: 0.2 in log units is half the way from grey to a
/// muted green, and four times what window tint and unit variation do to a white.
inline constexpr float kCurveReach = 0.2f;

/// How much a picture's zones can know about its light: 0 where none is used, less where few are used, where all are near black,
/// and where all have one color (a wall tells its paint from its light no better than we do).
float evidence_of(const ZoneColors& zones);

/// What an average over zones is worth: `scatter` (uu, uv, vv) over the number of zones that are independent, plus what such a
/// method is wrong by when the scene isn't grey on average.
std::array<float, 3> covariance_of_mean(const std::array<float, 3>& scatter, float zones);

/// The belief behind a color of the light; evidence 0 when it is no color.
Illuminant illuminant_of(const ZoneColors& zones, const std::array<double, 3>& light);

}  // namespace argent
