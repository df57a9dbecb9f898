// calibration/chart/color_matrix_fit.h - from charts to a camera's color matrix.
#pragma once

#include <span>
#include <vector>

#include "calibration/chart/color_checker.h"
#include "camera/spectral/spectrum.h"
#include "isp/color.h"
#include "isp/sensor_info.h"

namespace argent {

/// What lay over a chart beside its patches' own colors: light that falls off across it, and light scattered in the lens.
struct ChartExposure {
  double slope_x = 0, slope_y = 0;  ///< relative change of brightness over the chart's length and height
  std::array<double, 3> flare{};    ///< R G B, in units of the sensor picture; not negative
  std::array<double, 3> white{};    ///< R G B of a white surface in the chart's middle without flare, same units
};

struct PatchDifference {
  std::size_t chart = 0, patch = 0;
  float delta_e = 0;  ///< CIEDE2000
};

struct ColorMatrixFit {
  ColorMatrix matrix;            ///< DNG's ColorMatrix of this light, sensor's green of white = 1; its cct is the light's
  Mat3 camera_to_xyz{};          ///< white-balanced camera RGB to XYZ under this light; (1, 1, 1) becomes the light's white, Y = 1
  Mat3 camera_to_srgb{};         ///< white-balanced camera RGB to linear sRGB: surfaces as they look in D65; rows sum to 1
  std::array<float, 2> light{};  ///< (u, v) of white without flare, mean of the charts
  std::vector<ChartExposure> exposures;
  std::vector<PatchDifference> differences;  ///< of all patches that were used
  float mean_delta_e = 0, worst_delta_e = 0;
  float day_delta_e = 0;  ///< of camera_to_srgb: mean CIEDE2000 from what the patches look like in D65
  /// What noise adds to that, mean of the patches, of 4x4 pixels in a picture whose white is saturation; 0: unknown.
  float noise_delta_e = 0;
};

/// One matrix for charts under one light, whose spectrum is given: what it is known to be, or taken for. The curve of whites that follows
/// (aaa/cct_curve.h) passes through the charts' own white whatever the spectrum; a wrong one moves the temperatures along it: 5500 or 8000
/// K taken for D65 move all by 30 mired, and no white further than 0.03 off the curve.
///
/// How far whites of natural light then lie off the curve in log chroma (rms over the 38 cameras of rawtoaces-data; 0.01 is 0.5 degrees):
///   matrices of   2500 K  2856 K  4200 K  5000 K  6504 K  8000 K   the tubes FL2, FL11   LED-B1, LED-B5
///   D65            0.034   0.025   0.007   0.008   0.002   0.004   0.08, 0.05            0.02, 0.05
///   A              0.008   0.002   0.019   0.019   0.031   0.042   0.11, 0.07            0.04, 0.07
///   A and D65      0.008   0.002   0.008   0.002   0.002   0.004   0.09, 0.06            0.04, 0.05
/// Light under trees and beside walls is off as well: 0.04 each way in two real scenes of one garden.
///
/// 1. Of each chart the slope of brightness and the flare: m = (1 + s.p) C x + f for patches of color x at p, least squares by turns.
/// 2. Camera to XYZ: least squares weighted by 1 / (Y + 0.05), white exact by elimination (three rows of two unknowns).
/// 3. The mean CIEDE2000 over all patches by Nelder and Mead's simplex over the same six, with each chart's level.
/// 4. Camera to sRGB in the same way, to the patches under D65. Bradford's adaptation of what they are under another light would leave them
///    off by a mean of 2.0 and at most 4.6 under A, 3.3 and 8.9 under FL2: a picture is to show what things look like by day. Here noise
///    counts as an error, too: the mean over patches of the root of (difference^2 + noise^2), noise being what kSeenPixels of it leave of
///    `noise`, a pixel's, to the eye. A matrix that amplifies it for little is not chosen. {}: colors alone count.
///
/// Patches that are clipped (kMostClipped) or not positive are left out. Throws Error when a chart has fewer than 12 others, no grey among
/// them, or colors that no matrix fits.
ColorMatrixFit fit_color_matrix(std::span<const ColorChecker> charts, const Spectrum& light, const NoiseModel& noise = {});

/// What the sensor saw of patch number `i` without slope and flare, in units of a white surface: what camera_to_xyz and camera_to_srgb act
/// on.
Vec3 balanced_color(const ColorChecker& checker, std::size_t i, const ChartExposure& exposure);

/// How far a matrix is off on patches that it wasn't fitted to: the columns of the chart are left out one after the other, each with its
/// grey. Throws Error as above, also when it is for want of the column.
std::vector<PatchDifference> differences_left_out(std::span<const ColorChecker> charts, const Spectrum& light);

}  // namespace argent
