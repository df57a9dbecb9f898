// calibration/training/synthetic_scenes.h - frames' statistics with an exactly known light, for training white balance on any sensor.
//
//   const SpectralWorld world = load_spectral_world("shared/data/spectral");
//   for (std::uint64_t i = 0; i < 10'000; i++) train_on(synthetic_scene(world, 1, i));
//
// By spectra: a camera (measured, or a mixture of two), one or two lights, surfaces as dead leaves, sky, windows and lamps in the picture,
// shading, highlights, exposure, noise. What varies how much stands in scene_lights.cpp, scene_layout.cpp and zone_exposure.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "calibration/evaluation/labelled_statistics.h"
#include "calibration/training/spectral_world.h"
#include "calibration/training/synthetic_camera.h"

namespace argent {

struct SyntheticOptions {
  int columns = 32, rows = 24;   ///< zones, 1 to Statistics::kMaxGrid each
  std::uint64_t cameras = 4096;  ///< how many there are, at least 1
  float curve_error = 0.01f;     ///< log units, one standard deviation: synthetic_camera(); >= 0
  float unknown_lux = 0.1f;      ///< share of scenes whose lux is 0, 0..1
  float min_share = 0.65f;       ///< of all light on the zones, from the stronger of two lights, 0.5 to 0.9: less is no clear answer
  float max_off_curve = 0.3f;    ///< log units, of the truth from the curve; above 0. No camera balances low-pressure sodium
};

/// Scene `index` of `seed`. Depends on nothing but its arguments: any order, any number of threads. The random numbers are the
/// same on every machine; what is made of them goes through libm's exp, log, pow and erfc and the compiler's contractions, so that another
/// build agrees to about 1e-5, except where a scene lies on an edge (dropped or not, this surface or that).
///
/// `light` is exact: log R/G and log B/G of a white surface under the light that gives most to the zones. `kelvin` is the nearest point of
/// the camera's curve. `prior` has the curve, and as `lux` what a light meter behind the lens would say: the scene's mean taken for 18 %
/// grey. `sensor` is the camera's name, `scene` the situation ("sun", "lamps"), `user` "synthetic", `file` a name for a picture. No
/// histograms, row sums, focus. Zones without unclipped pixels have unclipped_count 0.
/// Another grid shows the same place with other grain.
/// A draw without a clear answer (see options) is drawn anew. Throws Error: options out of range, a world that lacks something.
LabelledStatistics synthetic_scene(const SpectralWorld& world, std::uint64_t seed, std::uint64_t index,
                                   const SyntheticOptions& options = {});

/// The camera that took scene `index`: for its matrices.
SyntheticCamera camera_of_scene(const SpectralWorld& world, std::uint64_t seed, std::uint64_t index, const SyntheticOptions& options = {});

}  // namespace argent
