// aaa/illuminant.h - guess the color of the light from one frame's statistics.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>

#include "isp/statistics.h"

namespace argent {

/// A belief about the light, in log-chroma (u, v) = (log R/G, log B/G) of a white surface as this sensor sees it.
struct Illuminant {
  std::array<float, 2> mean{};
  std::array<float, 3> covariance{};  ///< uu, uv, vv
  float evidence = 0;                 ///< 0: none (dark, all clipped): the controller holds; 1: plenty
  bool operator==(const Illuminant&) const = default;
};

/// How likely each temperature is in light of some strength: log-probability over cct, linear between.
struct LuxPrior {
  struct Point {
    float cct = 0, log_probability = 0;
  };
  float lux = 0;
  std::vector<Point> points{};  ///< by rising cct
};

/// What is known before the zones are looked at: of the sensor where white can lie, and of the frame how much light there was.
/// Empty: nothing is known.
struct IlluminantPrior {
  std::vector<CctPoint> curve{};                                   ///< the sensor's whites by rising cct
  std::vector<LuxPrior> lux_priors{};                              ///< by rising lux; of a Raspberry Pi tuning, for rpi_bayes
  float transverse_positive = 0.01f, transverse_negative = 0.01f;  ///< how far off the curve rpi_bayes searches, R/G and B/G
  float lux = 0;                                                   ///< of the frame; 0: not known
  float min_cct = 0, max_cct = 1e6f;                               ///< part of the curve that is searched
};

/// The part of white balance that comes in flavours. No state between calls: the same statistics give the same answer.
class IlluminantEstimator {
 public:
  virtual ~IlluminantEstimator() = default;
  virtual Illuminant estimate(const Statistics& statistics, const IlluminantPrior& prior) const = 0;
};

/// One of the names in illuminant.cpp's table. Throws Error, which lists them, for any other.
std::unique_ptr<IlluminantEstimator> make_illuminant_estimator(std::string_view name);
std::span<const std::string_view> illuminant_estimator_names();

}  // namespace argent
