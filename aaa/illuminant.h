// aaa/illuminant.h - guess the color of the light from one frame's statistics.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "aaa/light_fusion_params.h"
#include "isp/statistics.h"

namespace argent {

/// What an estimator that searches the sensor's curve of whites believes of its points.
struct CurvePosterior {
  static constexpr int kMost = 66;
  int size = 0;                                     ///< 0: it does not search the curve
  std::array<float, kMost> mired{}, probability{};  ///< of the first `size`, by rising mired; probabilities add up to 1
  bool operator==(const CurvePosterior&) const = default;
};

/// A belief about the light, in log-chroma (u, v) = (log R/G, log B/G) of a white surface as this sensor sees it.
struct Illuminant {
  std::array<float, 2> mean{};
  std::array<float, 3> covariance{};  ///< uu, uv, vv
  float evidence = 0;                 ///< 0: none (dark, all clipped): the controller holds; 1: plenty
  CurvePosterior posterior{};
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

/// The part of white balance that comes in flavours. No state between calls: the same statistics give the same answer. An estimator may
/// use memory of its own again, so that one thread at a time asks it.
class IlluminantEstimator {
 public:
  virtual ~IlluminantEstimator() = default;
  virtual Illuminant estimate(const Statistics& statistics, const IlluminantPrior& prior) = 0;
};

/// Weights of the learned estimators, as `argent train awb` makes them. Throws Error "<path>: ..." for anything else.
class LightModel;
std::shared_ptr<const LightModel> load_light_model(const std::filesystem::path& path);

/// One of the names in illuminant.cpp's table. Throws Error, which lists them, for any other. `weights`: of learned estimators, which have
/// built-in ones where there are none; others leave them alone. `fusion`: of `bayes` and `fused`.
std::unique_ptr<IlluminantEstimator> make_illuminant_estimator(std::string_view name, std::shared_ptr<const LightModel> weights = nullptr,
                                                               const LightFusionParams& fusion = {});
std::span<const std::string_view> illuminant_estimator_names();

}  // namespace argent
