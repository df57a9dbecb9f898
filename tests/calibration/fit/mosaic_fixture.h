// calibration/fit/mosaic_fixture.h - mosaics whose truth is known: a scene, a lens's blur, a pixel's area, noise.
#pragma once

#include <functional>

#include "isp/frame.h"

namespace argent {

/// Light (1 = saturation) at a place in pixels, pixel (0, 0) from 0 to 1; channel 0 red, 1 green, 2 blue.
using SceneLight = std::function<double(double x, double y, int channel)>;

struct MosaicFixture {
  Size size{128, 128};
  CfaPattern cfa = CfaPattern::kRggb;
  float black = 256, white = 4095;
  double blur = 0;        ///< standard deviation of the lens's Gaussian, pixels
  double electrons = 0;   ///< at saturation, which sets the shot noise; 0: no noise
  double read_noise = 0;  ///< electrons
  int seed = 1;
  int samples = 8;  ///< of the scene, along a pixel's side
};

/// Codes are whole and end at 0 and at white. Light is integrated over a pixel's area after the blur, with samples x samples points a
/// pixel; shot noise is Poisson's.
RawFrame mosaic_of(const SceneLight& scene, const MosaicFixture& fixture);

}  // namespace argent
