#include "calibration/evaluation/balance_evaluation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/runtime/error.h"

namespace argent {
namespace {

BalanceScore score(const char* estimator, const char* sensor, float mired, float evidence) {
  BalanceScore out;
  out.estimator = estimator;
  out.sensor = sensor;
  out.mired = mired;
  out.true_kelvin = 5000;
  out.degrees = mired / 10;
  out.evidence = evidence;
  return out;
}

LabelledStatistics image(int fold, float kelvin) {
  LabelledStatistics out;
  out.sensor = "imx1";
  out.fold = fold;
  out.kelvin = out.camera_kelvin = kelvin;
  out.lux = out.prior.lux = 100;
  out.prior.curve = {{2500, .8f, .3f}, {5000, .5f, .6f}};
  out.statistics.columns = out.statistics.rows = 4;
  return out;
}

class Sure : public IlluminantEstimator {
 public:
  Illuminant estimate(const Statistics&, const IlluminantPrior& prior) override {
    EXPECT_EQ(prior.lux, 100) << "the picture's own";
    return {{std::log(prior.curve.back().red), std::log(prior.curve.back().blue)}, {.01f, 0, .01f}, 1};
  }
};

TEST(BalanceEvaluation, GroupsAreAllThenEachSensor) {
  const BalanceScores scores{score("b", "z", 1, 1), score("a", "z", 2, 1), score("b", "x", 3, 1)};
  const std::vector<BalanceGroup> groups = groups_of(scores);
  std::string names;
  for (const BalanceGroup& group : groups) names += group.sensor + "/" + group.estimator + "/" + std::to_string(group.scores.size()) + " ";
  EXPECT_EQ(names, "all/b/2 all/a/1 x/b/1 z/b/1 z/a/1 ");
}

TEST(BalanceEvaluation, SetsAreApartAndMeasuredOnesTogetherToo) {
  BalanceScores scores;
  for (const char* set : {"one", "two", "pi", "vc"}) {
    scores.push_back(score("a", "x", 1, 1));
    scores.back().set = set;
    scores.back().measured = set[2] != '\0';
  }
  const std::vector<BalanceGroup> groups = groups_of(scores);
  std::string names;
  for (const BalanceGroup& group : groups) names += group.set + "/" + group.sensor + "/" + std::to_string(group.scores.size()) + " ";
  EXPECT_EQ(names, "one/all/1 one/x/1 two/all/1 two/x/1 pi/all/1 pi/x/1 vc/all/1 vc/x/1 all sets/all/2 all sets/x/2 ");
  EXPECT_EQ(sets_of(groups).size(), 5u);
  EXPECT_EQ(sets_of(groups)[1].front().set, "two");
  EXPECT_STREQ(unit_of(groups[0]), "degrees");
  EXPECT_STREQ(unit_of(groups[4]), "mired");
}

TEST(BalanceEvaluation, MiredIsOfKnownTemperatures) {
  BalanceScores scores{score("a", "x", 10, 1), score("a", "x", 90, 1)};
  scores[1].true_kelvin = 0;
  const BalanceSummary s = summary_of(scores);
  EXPECT_EQ(s.all.in_mired, 1u);
  EXPECT_DOUBLE_EQ(s.all.mired.mean, 10);
  EXPECT_NEAR(s.all.degrees.mean, 5, 1e-6) << "of both";
}

TEST(BalanceEvaluation, WhatIsNotKnownIsLeftOut) {
  std::vector<LabelledStatistics> images{image(0, 5000)};
  images[0].camera_kelvin = 0;
  EXPECT_TRUE(camera_scores(images).empty());
  images[0].kelvin = 0;
  images[0].light = {0, 0};
  EXPECT_THROW(fit_samples(images), Error);
}

TEST(BalanceEvaluation, AbstentionsAreScoredApart) {
  const BalanceScores scores{score("a", "x", 10, 1), score("a", "x", 20, .1f), score("a", "x", 90, 0)};
  const BalanceSummary s = summary_of(scores);
  EXPECT_EQ(s.all.images, 3u);
  EXPECT_DOUBLE_EQ(s.all.mired.mean, 40);
  EXPECT_EQ(s.answered.images, 2u);
  EXPECT_DOUBLE_EQ(s.answered.mired.mean, 15);
  EXPECT_EQ(s.abstained.images, 1u);
  EXPECT_DOUBLE_EQ(s.abstained.mired.mean, 90);
  EXPECT_NEAR(s.abstained.degrees.mean, 9, 1e-6);
}

TEST(BalanceEvaluation, EstimatorsAreToldThePicturesLux) {
  const std::vector<LabelledStatistics> images{image(0, 5000), image(-1, 2500)};
  Sure sure;
  const BalanceScores scores = estimator_scores(images, sure, "sure");
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_NEAR(scores[0].mired, 0, .01);
  EXPECT_NEAR(scores[1].mired, 200, .01);
  EXPECT_NEAR(scores[1].signed_mired(), -200, .01) << "taken for too cool a light";
  EXPECT_NEAR(camera_scores(images)[1].mired, 0, .01);
}

TEST(BalanceEvaluation, AFoldHoldsItsOwnPictures) {
  const std::vector<LabelledStatistics> images{image(0, 5000), image(1, 2500), image(-1, 2500), image(1, 4000)};
  EXPECT_EQ(folds_of(images), (std::set<int>{0, 1}));
  const BalanceScores scores = held_out_scores(images, fit_samples(images), 1);
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_EQ(scores[0].true_kelvin, 2500);
  EXPECT_EQ(scores[1].true_kelvin, 4000);
}

}  // namespace
}  // namespace argent
