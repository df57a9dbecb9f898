#include "calibration/evaluation/balance_score.h"

#include <gtest/gtest.h>

#include <cmath>

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
  EXPECT_NEAR(score_of(image, right, "x").true_kelvin, 3750, .5);
  EXPECT_NEAR(score_of(image, right, "x").degrees, 0, .01);
  image.light = {std::log(.65f), std::log(.60f)};  // off it: the same place on the curve cannot be right
  EXPECT_GT(score_of(image, right, "x").degrees, 3);
  image.light.reset();
  EXPECT_THROW(score_of(image, right, "x"), Error) << "no label at all";
}

TEST(BalanceScore, OnlyClaimsCountForReliability) {
  BalanceScore answer, abstention, camera;
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

}  // namespace
}  // namespace argent
