// calibration/synthesis/test_target.h - what stands before a synthetic camera, exact to the fraction of a pixel.
//
// A target is geometry: surfaces, and how much of each a blurred pixel sees, in closed form (calibration/synthesis/edge_coverage.h), so
// that nothing is resampled.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "camera/spectral/spectrum.h"
#include "isp/geometry.h"

namespace argent {

class TestTarget {
 public:
  virtual ~TestTarget() = default;

  /// Reflectances.
  virtual std::span<const Spectrum> surfaces() const = 0;

  /// Mixture of `levels`, one for each surface, that a pixel sees at (x, y): pixels, the first one's middle is at 0.5. `blur`: sigma of a
  /// Gaussian, pixels, beside the pixel's own square.
  virtual double light(std::span<const double> levels, double x, double y, double blur) const = 0;
};

using TargetPointer = std::shared_ptr<const TestTarget>;

/// One surface, everywhere.
TargetPointer even_target(const Spectrum& surface);

/// How a chart lies in the picture.
struct ChartPlace {
  double x = 0.5, y = 0.5;  ///< its middle, fractions of the picture
  double width = 0.6;       ///< of the picture's width, before it is turned and tilted
  double turn = 0;          ///< degrees clockwise, in its own plane
  double tilt = 0;          ///< degrees about an upright axis: the left half comes nearer
};

/// x, y, fractions of the picture: the outer corners of the patches 0, 5, 23, 18, as in calibration/chart/color_checker.h.
std::array<std::array<double, 2>, 4> chart_corners(const ChartPlace& place, Size picture);

/// ColorCheckers Classic with these patches in black frames on a grey table.
TargetPointer chart_target(std::span<const Spectrum, 24> patches, std::span<const ChartPlace> places, Size picture);
/// 24 smooth spectra that are no ColorChecker.
std::array<Spectrum, 24> random_patches(std::uint64_t seed);

/// A dark square (reflectance 0.1 on 0.6) in the middle, its side half of the picture's height, turned by `degrees`.
TargetPointer edge_target(Size picture, double degrees);

/// Black dots on white, in a square grid about the middle. Pixels.
TargetPointer dots_target(Size picture, double pitch = 40, double radius = 9);

/// Waves of five lengths, from 4 to 33 pixels, in as many directions: something to focus on.
TargetPointer grating_target(Size picture);

}  // namespace argent
