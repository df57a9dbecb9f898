// calibration/fit/cct_curve_fit.h - a sensor's whites over temperature, from captures and from what its matrices say between them.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "isp/color.h"

namespace argent {

/// What a sensor saw of white under a light whose temperature is known.
struct WhiteCapture {
  float cct = 0;               ///< kelvin
  std::array<double, 2> uv{};  ///< log R/G, log B/G
  bool natural = true;         ///< on the locus: a lamp with a filament, the sky; not a tube, not a diode
};

struct CctCurveFit {
  std::vector<CctPoint> curve;        ///< by rising cct
  std::vector<double> off_curve;      ///< of each capture: distance from the curve in (u, v), greenish positive, once it is fitted
  std::vector<double> mired_off;      ///< of each capture: the curve's temperature nearest to it, minus its own, mired
  float transverse_positive = 0.01f;  ///< R/G, B/G: how far greenish and how far purplish off the curve lights were captured, with a margin
  float transverse_negative = 0.01f;
  float measured_from = 0, measured_to = 0;  ///< kelvin, of natural captures: beyond, the curve follows the matrices alone
};

/// The curve that the matrices give for natural light (aaa/cct_curve.h), moved in (u, v) so that it passes through the natural captures:
/// linear in mired between them, constant beyond. Captures at temperatures within 1 % count as one, and so do neighbors whose colors
/// do not follow their labels' order for being tinted. The matrices give the curve its shape
/// and the captures its place, so that three captures do where a polyline would need ten. Throws Error: no natural capture, no matrices, a
/// temperature outside of 1000 to 100000 K, a number that isn't finite, and whites that turn back: R/B has to fall with the temperature, or
/// a label is wrong; names the two temperatures.
CctCurveFit fit_cct_curve(std::span<const WhiteCapture> captures, std::span<const ColorMatrix> matrices);

}  // namespace argent
