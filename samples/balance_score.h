// samples/balance_score.h - how far white-balance answers are from labels: per picture, and in sum.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "samples/labelled_statistics.h"

namespace argent {

struct BalanceScore {
  std::string estimator, file, sensor;
  float true_kelvin = 0, kelvin = 0;
  float mired = 0, degrees = 0;  ///< errors, not negative
  float sigma = 0;               ///< mired, as predicted; 0: the estimator says nothing
  float evidence = 0;            ///< 0: no answer was given, and the middle of the curve stands in its place
};

struct ErrorSummary {
  double mean = 0, median = 0, trimean = 0, best_quarter = 0, worst_quarter = 0;
};

/// For `mired` a light (log-chroma) is projected on the sensor's curve in the plane of R/G and B/G, as its label was, and clamped to the
/// curve's ends; `degrees` takes it as it is.
BalanceScore score_of(const LabelledStatistics& image, const std::vector<CctPoint>& curve, const Illuminant& light, std::string estimator);

/// The camera's own answer.
BalanceScore camera_score(const LabelledStatistics& image, const std::vector<CctPoint>& curve);

ErrorSummary summary_of(std::vector<double> errors);

/// Predicted sigma against seen error, in fifths by predicted sigma; and how often an error is within one and two sigma.
struct Reliability {
  std::vector<std::array<double, 2>> fifths;  ///< rms predicted, rms seen
  double within_one = 0, within_two = 0;      ///< fractions; a Gaussian's are 0.68 and 0.95
};
Reliability reliability_of(std::span<const BalanceScore> scores);

}  // namespace argent
