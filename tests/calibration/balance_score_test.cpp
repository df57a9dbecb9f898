#include "calibration/evaluation/balance_score.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/kernels/philox.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

const std::vector<CctPoint> kCurve{{2500, .8f, .3f}, {5000, .5f, .6f}};

TEST(BalanceScore, SummaryOfKnownNumbers) {
  const ErrorSummary s = summary_of({8, 1, 7, 2, 6, 3, 5, 4});
  EXPECT_DOUBLE_EQ(s.mean, 4.5);
  EXPECT_DOUBLE_EQ(s.median, 4.5);
  EXPECT_DOUBLE_EQ(s.trimean, 4.5);
  EXPECT_DOUBLE_EQ(s.best_quarter, 1.5);
  EXPECT_DOUBLE_EQ(s.worst_quarter, 7.5);
  EXPECT_DOUBLE_EQ(summary_of({}).mean, 0);
}

TEST(BalanceScore, EstimatesAreProjectedAndClamped) {
  LabelledStatistics image;
  image.prior.curve = kCurve;
  image.kelvin = 5000;
  Illuminant light{{std::log(.5f), std::log(.6f)}, {.01f, 0, .01f}, 1};
  BalanceScore score = score_of(image, light, "x");
  EXPECT_NEAR(score.mired, 0, .01);
  EXPECT_NEAR(score.degrees, 0, .01);
  EXPECT_GT(score.sigma, 0);
  light.mean = {std::log(.1f), std::log(2.f)};  // far beyond the blue end
  score = score_of(image, light, "x");
  EXPECT_NEAR(score.mired, 0, .01);
  EXPECT_GT(score.degrees, 20);
  light.evidence = 0;
  EXPECT_NEAR(score_of(image, light, "x").mired, 15, .01);  // 215 mired stands in
  image.camera_kelvin = 2000;
  EXPECT_NEAR(camera_score(image).mired, 200, .01);
}

TEST(BalanceScore, AMeasuredLightIsTheTruth) {
  LabelledStatistics image;
  image.prior.curve = kCurve;
  image.light = {std::log(.65f), std::log(.45f)};  // on the curve
  const Illuminant right{*image.light, {.01f, 0, .01f}, 1};
  EXPECT_NEAR(score_of(image, right, "x").kelvin, 3750, .5);
  EXPECT_NEAR(score_of(image, right, "x").degrees, 0, .01);
  EXPECT_TRUE(score_of(image, right, "x").measured);
  EXPECT_FALSE(score_of(image, right, "x").has_mired()) << "no temperature is known";
  image.kelvin = 5000;
  EXPECT_NEAR(score_of(image, right, "x").mired, 1e6 / 3750 - 200, .1);
  image.kelvin = 0;
  image.light = {std::log(.65f), std::log(.60f)};  // off it: the same place on the curve cannot be right
  EXPECT_GT(score_of(image, right, "x").degrees, 3);
  image.light.reset();
  EXPECT_THROW(score_of(image, right, "x"), Error) << "no label at all";
}

TEST(BalanceScore, OnlyClaimsCountForReliability) {
  BalanceScore answer, abstention, camera;
  answer.true_kelvin = abstention.true_kelvin = camera.true_kelvin = 5000;
  answer.evidence = camera.evidence = 1;
  answer.sigma = abstention.sigma = 10;
  answer.mired = 15;
  abstention.mired = camera.mired = 100;
  const std::vector<BalanceScore> scores{answer, abstention, camera};
  const Reliability r = reliability_of(scores);
  EXPECT_EQ(r.answers, 1u);
  ASSERT_EQ(r.bins.size(), 1u);
  EXPECT_NEAR(r.bins[0].seen, 15, 1e-6);
  EXPECT_EQ(r.within_one, 0);
  EXPECT_EQ(r.within_two, 1);
  EXPECT_TRUE(reliability_of({}).bins.empty());
  EXPECT_NEAR(gaussian_share_within(1), .6827, 1e-4);
  EXPECT_NEAR(gaussian_share_within(2), .9545, 1e-4);
}

TEST(BalanceScore, TheCurveIsLinearInKelvinAsTheLabelsAre) {
  LabelledStatistics image;
  image.prior.curve = kCurve;
  image.kelvin = 4000;
  // 60 % along the curve in R/G and B/G, and 0.02 off it at a right angle.
  const float off = .02f * std::sqrt(.5f);
  const Illuminant light{{std::log(.62f + off), std::log(.48f + off)}, {.01f, 0, .01f}, 1};
  EXPECT_NEAR(score_of(image, light, "x").kelvin, 4000, .5);
}

/// The size of a Gaussian error that a share of all errors does not pass.
double gaussian_quantile(double share) {
  double low = 0, high = 10;
  for (int i = 0; i < 60; i++) (gaussian_share_within((low + high) / 2) < share ? low : high) = (low + high) / 2;
  return low;
}

TEST(BalanceScore, ReliabilityOfAGaussianIsHonest) {
  std::vector<BalanceScore> scores;
  for (int i = 0; i < 1000; i++) {
    BalanceScore score;
    score.sigma = i % 2 == 0 ? 10 : 20;
    score.evidence = 1;
    score.true_kelvin = 5000;
    score.mired = score.sigma * static_cast<float>(gaussian_quantile((i / 2 + 0.5) / 500));
    scores.push_back(score);
  }
  const Reliability r = reliability_of(scores, 2);
  ASSERT_EQ(r.bins.size(), 2u);
  for (std::size_t bin = 0; bin < 2; bin++) {
    EXPECT_EQ(r.bins[bin].answers, 500u);
    EXPECT_DOUBLE_EQ(r.bins[bin].claimed, bin == 0 ? 10 : 20);
    EXPECT_NEAR(r.bins[bin].seen / r.bins[bin].claimed, 1, .005);
  }
  EXPECT_NEAR(r.within_one, gaussian_share_within(1), .002);
  EXPECT_NEAR(r.within_two, gaussian_share_within(2), .002);
  for (BalanceScore& score : scores) score.mired *= 2;
  EXPECT_NEAR(reliability_of(scores, 2).bins[0].seen, 20, .1) << "what claims too much is seen";
  EXPECT_NEAR(share_within(scores, 2), gaussian_share_within(1), .002);
}

TEST(BalanceScore, AClaimedCovarianceIsAnAngleAndAnEllipse) {
  LabelledStatistics image;
  image.prior.curve = kCurve;
  image.light = {std::log(.6f), std::log(.5f)};
  Illuminant light{{(*image.light)[0] + .02f, (*image.light)[1] - .01f}, {.0004f, .0001f, .0009f}, 1};
  const BalanceScore score = score_of(image, light, "x");
  EXPECT_NEAR(score.offset[0], .02, 1e-6);
  EXPECT_NEAR(score.offset[1], -.01, 1e-6);
  // By hand: the inverse of [4 1; 1 9] 1e-4 is [9 -1; -1 4] 1e4 / 35.
  const double square = (9 * 4 + 2 * 2 + 4 * 1) / 35.0;
  EXPECT_NEAR(score.mahalanobis, std::sqrt(square), 1e-4);
  EXPECT_NEAR(score.region(), 1 - std::exp(-square / 2), 1e-4);
  // The claimed angle: rms of the errors when the light is moved by the covariance's square root, which has two columns.
  const double l11 = .02, l21 = .0001 / .02, l22 = std::sqrt(.0009 - l21 * l21);
  const auto angle = [&](double du, double dv) {
    image.light = {static_cast<float>(light.mean[0] + du), static_cast<float>(light.mean[1] + dv)};
    return static_cast<double>(score_of(image, light, "x").degrees);
  };
  EXPECT_NEAR(score.sigma_degrees, std::hypot((angle(l11, l21) + angle(-l11, -l21)) / 2, (angle(0, l22) + angle(0, -l22)) / 2), .005);
  for (const std::array<float, 3>& none : {std::array<float, 3>{0, 0, 0}, {.01f, .02f, .01f}, {-.01f, 0, -.01f}, {NAN, 0, 1}}) {
    light.covariance = none;
    EXPECT_FALSE(score_of(image, light, "x").claims()) << "no covariance";
  }
}

/// A Gaussian cloud of errors with the covariance that is claimed, or `stretched`.
std::vector<BalanceScore> cloud(double stretched) {
  LabelledStatistics image;
  image.prior.curve = kCurve;
  image.light = {std::log(.6f), std::log(.5f)};
  std::vector<BalanceScore> scores;
  for (std::uint64_t i = 0; i < 4000; i++) {
    const auto words = kernels::philox(3, i);
    const auto [first, second] = kernels::normal_pair(words[0], words[1]);
    const float size = i % 2 == 0 ? .01f : .03f;
    Illuminant light{*image.light, {size * size, .5f * size * size, size * size}, 1};
    light.mean[0] += static_cast<float>(stretched * size * first);
    light.mean[1] += static_cast<float>(stretched * size * (.5 * first + std::sqrt(.75) * second));
    scores.push_back(score_of(image, light, "x"));
  }
  return scores;
}

TEST(BalanceScore, RegionsOfAGaussianAreHonest) {
  const Reliability honest = reliability_of(cloud(1), 2), bold = reliability_of(cloud(2), 2);
  EXPECT_EQ(honest.answers, 4000u);
  EXPECT_NEAR(honest.within_68, .68, .02);
  EXPECT_NEAR(honest.within_95, .95, .01);
  EXPECT_NEAR(honest.bins[0].seen / honest.bins[0].claimed, 1, .03);
  EXPECT_NEAR(honest.bins[1].seen / honest.bins[1].claimed, 1, .03);
  EXPECT_NEAR(honest.confident_half, .5, .02) << "1 and 3: the surer half over the mean of 2";
  // An ellipse of content p that is a factor 2 too small holds 1 - (1 - p)^(1/4).
  EXPECT_NEAR(bold.within_68, 1 - std::pow(.32, .25), .02);
  EXPECT_NEAR(bold.within_95, 1 - std::pow(.05, .25), .02);
}

TEST(BalanceScore, TheSurestAnswersShowWhetherConfidenceIsWorthSomething) {
  std::vector<BalanceScore> scores;
  for (int i = 1; i <= 4; i++) {
    BalanceScore score;
    score.evidence = 1;
    score.true_kelvin = 5000;
    score.sigma = static_cast<float>(5 - i);
    score.mired = static_cast<float>(10 * (5 - i));
    scores.push_back(score);
  }
  EXPECT_EQ(confident_shares(scores, 4), (std::vector<double>{10 / 25.0, 15 / 25.0, 20 / 25.0, 1}));
  EXPECT_DOUBLE_EQ(reliability_of(scores).confident_half, 15 / 25.0);
  for (BalanceScore& score : scores) score.sigma = 5 - score.sigma;
  EXPECT_DOUBLE_EQ(reliability_of(scores).confident_half, 35 / 25.0) << "sure where it is wrong";
  EXPECT_TRUE(confident_shares({}, 4).empty());
}

}  // namespace
}  // namespace argent
