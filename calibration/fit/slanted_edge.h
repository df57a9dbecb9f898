// calibration/fit/slanted_edge.h - sharpness of lens and sensor from a slanted edge in the RAW mosaic, color by color, without demosaic.
//
// Source: ISO 12233:2017, annex D (e-SFR); how light across the edge comes of a mosaic's codes: calibration/fit/edge_spread.h. The spread's
// derivative is exact, so that no correction for finite differences is needed.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "isp/frame.h"
#include "isp/pipeline_params.h"

namespace argent {

/// Lens, pixel's area and whatever the sensor adds, along the edge's normal. Frequencies in cycles a pixel of the sensor.
struct EdgeResponse {
  static constexpr double kStep = 0.01;

  std::vector<double> mtf;  ///< at i * kStep, from 0 (1 there) to Nyquist, 0.5
  double mtf50 = 0;         ///< where it first falls to a half; a color's own sites are farther apart, the slant makes up for it
  double mtf50_error = 0;   ///< standard error, as of all errors here: of the pixels' noise alone
  double width = 0;         ///< pixels, from 10 % to 90 % of the edge
  double width_error = 0;
  double sigma = 0;  ///< pixels, of the Gaussian with the same MTF50
  double sigma_error = 0;
  double contrast = 0;         ///< (bright - dark) / (bright + dark)
  double signal_to_noise = 0;  ///< bright - dark, over one pixel's mean deviation
};

struct SlantedEdge {
  enum class Direction { kNearVertical, kNearHorizontal };
  Direction direction = Direction::kNearVertical;
  Rect area;                           ///< what of the frame was used
  double angle = 0;                    ///< degrees off the axis, 2 to 20; positive when the edge turns clockwise
  double bow = 0;                      ///< pixels that its middle lies off the chord
  std::array<EdgeResponse, 3> colors;  ///< R, G, B
};

/// The strongest edge of a frame, or of a rectangle in it, that can be measured: straight or slightly curved, 2 to 20 degrees off an axis,
/// 40 pixels long or more, nothing else within 16 pixels of it (or up to the rectangle's border: 6 at least). Throws Error when there is
/// none, with what is wrong with the strongest: clipped, too little contrast, too steep or too straight along the axis, not straight, too
/// short, too blurred.
SlantedEdge measure_slanted_edge(const RawFrame& frame, const std::optional<Rect>& area = std::nullopt);

/// MTF of a Gaussian's sigma in pixels at a frequency, and the sigma that halves it there.
double gaussian_mtf(double sigma, double frequency);
double sigma_of_mtf50(double mtf50);

/// What sharpening takes back of this blur. `radius` is the response's sigma, within the parameter's range. `amount` is the largest up to 1
/// (two whole steps of van Cittert's) with which the response times the sharpening's own (1 + (1 - B)(2 a - a^2 B), B the Gaussian's MTF)
/// stays below 1.05 up to Nyquist: more would ring. 0 where sigma is below the smallest radius: there is nothing to take back.
SharpenParams sharpening_of(const EdgeResponse& green);

}  // namespace argent
