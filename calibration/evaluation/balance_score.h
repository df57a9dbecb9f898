// calibration/evaluation/balance_score.h - how far white-balance answers are from labels: per picture, and in sum.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "calibration/evaluation/labelled_statistics.h"

namespace argent {

/// What stands in where an estimator had no answer: 215 mired, half way between lamps and clouds, whatever the sensor.
constexpr float kStandInKelvin = 1e6f / 215;

struct BalanceScore {
  std::string estimator, file, sensor;
  float true_kelvin = 0, kelvin = 0;
  float mired = 0, degrees = 0;  ///< errors, not negative
  float sigma = 0;               ///< mired, as predicted; 0: the estimator says nothing
  float evidence = 0;            ///< 0: no answer was given, and kStandInKelvin stands in its place

  bool answered() const { return evidence > 0; }
  /// Estimate less truth, mired: above 0 the light was taken for warmer than it is.
  float signed_mired() const { return 1e6f / kelvin - 1e6f / true_kelvin; }
};

struct ErrorSummary {
  double mean = 0, median = 0, trimean = 0, best_quarter = 0, worst_quarter = 0;
};

/// For `mired` a light (log-chroma) is projected on the sensor's curve in the plane of R/G and B/G, as its label was, and clamped to the
/// curve's ends; `degrees` takes it as it is.
BalanceScore score_of(const LabelledStatistics& image, const Illuminant& light, std::string estimator);

/// The camera's own answer.
BalanceScore camera_score(const LabelledStatistics& image);

ErrorSummary summary_of(std::vector<double> errors);

/// Whether a claimed sigma is an honest one: an error with that standard deviation, Gaussian. Only answers that claim one count.
struct Reliability {
  struct Bin {
    std::size_t answers = 0;
    double claimed = 0, seen = 0;  ///< mired, rms: of the sigmas, of the errors
  };
  std::size_t answers = 0;
  std::vector<Bin> bins{};                ///< by rising sigma, as many answers in each
  double within_one = 0, within_two = 0;  ///< shares of the errors; see gaussian_share_within
};
/// `bins`: at least 1; fewer where there are fewer answers.
Reliability reliability_of(std::span<const BalanceScore> scores, int bins = 5);

/// Share (0..1) of the answers that claim a sigma whose error is at most `sigmas` of it; and what a Gaussian's share is.
double share_within(std::span<const BalanceScore> scores, double sigmas);
double gaussian_share_within(double sigmas);

}  // namespace argent
