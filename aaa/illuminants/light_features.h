// aaa/illuminants/light_features.h - private: what the learned estimators see of a frame: numbers that mean the same on every sensor.
//
// Colors are told as they look from each light that is possible, in log-chroma relative to a white surface under it: the profile's curve of
// whites takes the sensor away. Lights are the nodes of one grid over mired, of which a sensor's curve covers a part.
#pragma once

#include <array>
#include <vector>

#include "aaa/illuminants/surface_prior.h"

namespace argent {

/// Lights 0 .. kLights - 1, from daylight in the shade to candles.
inline constexpr int kLights = 66;
constexpr float mired_of_light(int light) { return 100 + 6 * static_cast<float>(light); }

struct LightFeatures {
  static constexpr int kSide = SurfacePrior::kSide, kTable = kSide * kSide, kCells = 2 * kTable;  ///< of colors, of edges
  static constexpr int kGrid = 32, kPlanes = 4;

  /// Those lights that the sensor's curve and the range of the prior know: `first` on the grid, and on. Empty without a curve.
  int first = 0;
  std::vector<CurveCandidate> candidates;
  /// Shares of the zones' (see color_votes()) and of the edges' colors: weights that add up to 1, or none.
  std::vector<ColorVote> colors, edges;
  /// kPlanes x kGrid x kGrid, zones of any grid by the nearest: 2 (log R/G, log B/G) relative to white at 200 mired, the log of the level
  /// relative to its mean over the zones, 1 where the zone is used; all 0 where it is not.
  std::vector<float> planes;
  /// log10 of lux less 2.3, and 1; or 0 and 0 when the strength of the light is not known.
  std::array<float, 2> strength{};
  ZoneColors zones;
  ZoneLooks looks;
  float evidence = 0;  ///< see evidence_of(); 0: nothing to see
  ColorCells cells;    ///< memory
};

LightFeatures light_features(const Statistics& statistics, const IlluminantPrior& prior);
void light_features(const Statistics& statistics, const IlluminantPrior& prior, LightFeatures& out);  ///< uses its memory again

/// candidates x kCells: the colors and the edges as they are seen from the candidate, in cells of SurfacePrior's table. What a filter over
/// it gives is what add_seen() with the filter gives.
std::vector<float> histograms_of(const LightFeatures& features);

}  // namespace argent
