// calibration/evaluation/balance_score.h - how far white-balance answers are from labels: per picture, and in sum.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "calibration/evaluation/labelled_statistics.h"

namespace argent {

/// What stands in where an estimator had no answer: 215 mired, half way between lamps and clouds, whatever the sensor.
constexpr float kStandInKelvin = 1e6f / 215;

/// With less evidence than this an estimator has said nothing: the picture is black, clipped, or of one color to within a few thousandths.
constexpr float kLeastEvidence = 0.005f;

struct BalanceScore {
  std::string estimator, set, file, sensor;
  bool measured = false;          ///< the light's color is known, not only its place on the curve: then degrees are the score, else mired
  float true_kelvin = 0;          ///< 0: not known, and there is no error in mired
  float kelvin = 0;               ///< of the answer, on the curve
  float mired = 0, degrees = 0;   ///< errors, not negative; degrees: recovery angular error (Hordley and Finlayson 2006)
  std::array<float, 2> offset{};  ///< estimate less truth in (u, v); of a measured light
  float sigma = 0;                ///< mired, along the curve, as claimed; 0: the estimator says nothing
  float sigma_degrees = 0;        ///< rms, degrees, as claimed by the whole covariance; 0 as above. Of a measured light
  float mahalanobis = 0;          ///< distance of a measured light in (u, v), in the claimed covariance
  float evidence = 0;             ///< below kLeastEvidence: no answer was given, and kStandInKelvin stands in its place

  bool answered() const { return evidence >= kLeastEvidence; }
  bool has_mired() const { return true_kelvin > 0; }
  float error() const { return measured ? degrees : mired; }
  float claimed() const { return measured ? sigma_degrees : sigma; }
  /// An abstention says nothing, and a camera's own answer comes without a sigma.
  bool claims() const { return answered() && claimed() > 0 && (measured || has_mired()); }
  /// Content (0..1) of the smallest region that reaches the truth, by the claim: in (u, v) chi-square's with two degrees of freedom,
  /// 1 - exp(-d^2 / 2); along the curve a Gaussian's, erf(|error| / (sigma sqrt 2)). Of honest claims it is evenly spread over 0..1.
  double region() const;
  /// Estimate less truth, mired: above 0 the light was taken for warmer than it is.
  float signed_mired() const { return 1e6f / kelvin - 1e6f / true_kelvin; }
};

struct ErrorSummary {
  double mean = 0, median = 0, trimean = 0, best_quarter = 0, worst_quarter = 0;
};

/// For `mired` a light (log-chroma) is projected on the sensor's curve in the plane of R/G and B/G, as its label was, and clamped to the
/// curve's ends; `degrees` takes it as it is. Throws Error for a picture without a curve or without a label.
BalanceScore score_of(const LabelledStatistics& image, const Illuminant& light, std::string estimator);

/// The camera's own answer.
BalanceScore camera_score(const LabelledStatistics& image);

ErrorSummary summary_of(std::vector<double> errors);

/// Of numbers that rise, at least one; linear between them. `share` 0..1.
double quantile_of(std::span<const double> sorted, double share);

/// Whether a claimed sigma is an honest one: an error with that standard deviation, Gaussian. Only answers that claim one count.
struct Reliability {
  struct Bin {
    std::size_t answers = 0;
    double claimed = 0, seen = 0;  ///< rms of the claims and of the errors, in the unit of the score
  };
  std::size_t answers = 0;
  std::vector<Bin> bins{};                ///< by rising claim, as many answers in each
  double within_one = 0, within_two = 0;  ///< shares of the errors; see share_within
  double within_68 = 0, within_95 = 0;    ///< shares of the truths inside the claimed regions of 68 and of 95 %
  double confident_half = 0;              ///< mean error of the half with the smallest claims, over the mean of all; see confident_share
};
/// `bins`: at least 1; fewer where there are fewer answers.
Reliability reliability_of(std::span<const BalanceScore> scores, int bins = 5);

/// Share (0..1) of the answers that claim a sigma whose truth is in the region of that content (0..1).
double share_in_region(std::span<const BalanceScore> scores, double content);

/// The same of the region that holds as much as a Gaussian does within so many sigmas; and how much that is.
double share_within(std::span<const BalanceScore> scores, double sigmas);
double gaussian_share_within(double sigmas);

/// Mean errors of the most confident answers over the mean error of all that claim: element i of `steps` is of the (i + 1) / steps with the
/// smallest claims. 1 throughout: confidence says nothing. Empty without claims. Source: the risk-coverage curve of El-Yaniv and Wiener
/// 2010, "On the foundations of noise-free selective classification", with the error as risk.
std::vector<double> confident_shares(std::span<const BalanceScore> scores, int steps);

}  // namespace argent
