#include "calibration/evaluation/balance_comparison.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/kernels/philox.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

BalanceGroup group(const char* estimator, const std::vector<float>& degrees, const char* set = "set", const char* sensor = "all") {
  BalanceGroup out{estimator, sensor, set, {}};
  for (std::size_t i = 0; i < degrees.size(); i++) {
    BalanceScore score;
    score.estimator = estimator;
    score.set = set;
    score.file = std::to_string(i);
    score.measured = true;
    score.degrees = degrees[i];
    score.mired = 1000;  // not the score
    score.evidence = 1;
    out.scores.push_back(score);
  }
  return out;
}

TEST(BalanceComparison, RatiosAreToTheSameSetAndSensor) {
  const std::vector<BalanceGroup> groups{group("grey_world", {2, 6}),     group("grey_edge", {4, 6}),
                                         group("bayes", {1, 2}),          group("grey_world", {1}, "set", "a"),
                                         group("bayes", {2}, "set", "a"), group("grey_world", {1}, "other")};
  EXPECT_DOUBLE_EQ(*ratio_to_best_classical(groups[2], groups), 1.5 / 4);
  EXPECT_DOUBLE_EQ(*ratio_to_grey_edge(groups[2], groups), 1.5 / 5);
  EXPECT_DOUBLE_EQ(*ratio_to_best_classical(groups[0], groups), 1);
  EXPECT_DOUBLE_EQ(*ratio_to_best_classical(groups[4], groups), 2);
  EXPECT_FALSE(ratio_to_grey_edge(groups[4], groups)) << "there is none for this sensor";
  const std::vector<BalanceGroup> perfect{group("grey_edge", {0}), group("bayes", {1})};
  EXPECT_FALSE(ratio_to_grey_edge(perfect[1], perfect)) << "of nothing";
}

TEST(BalanceComparison, TheBootstrapsIntervalIsThatOfTheMean) {
  // The differences are a Gaussian's of deviation 2: their mean's interval is 1.96 x 2 / sqrt(n) to each side.
  constexpr int kPictures = 1000;
  std::vector<float> a, b;
  for (int i = 0; i < kPictures; i++) {
    const auto words = kernels::philox(7, static_cast<std::uint64_t>(i));
    const auto [first, second] = kernels::normal_pair(words[0], words[1]);
    b.push_back(static_cast<float>(20 + 5 * second));  // far more than the difference: what pairing takes out
    a.push_back(b.back() + static_cast<float>(.5 + 2 * first));
  }
  const PairedDifference d = compare(group("a", a), group("b", b));
  EXPECT_EQ(d.pictures, 1000u);
  double mean = 0, square = 0;
  for (int i = 0; i < kPictures; i++) mean += (static_cast<double>(a[i]) - b[i]) / kPictures;
  for (int i = 0; i < kPictures; i++) square += std::pow(static_cast<double>(a[i]) - b[i] - mean, 2) / kPictures;
  EXPECT_NEAR(d.difference(), mean, 1e-5);
  const double half = 1.96 * std::sqrt(square / kPictures);
  EXPECT_NEAR(d.low, mean - half, .05 * half);
  EXPECT_NEAR(d.high, mean + half, .05 * half);
  const PairedDifference again = compare(group("a", a), group("b", b));
  EXPECT_EQ(again.low, d.low);
  EXPECT_EQ(again.high, d.high);
  EXPECT_NE(compare(group("a", a), group("b", b), {.seed = 2}).low, d.low);
  const PairedDifference narrow = compare(group("a", a), group("b", b), {.confidence = .5});
  EXPECT_NEAR(narrow.high - narrow.low, 2 * half * .6745 / 1.96, .1 * half);
}

TEST(BalanceComparison, OnlySharedPicturesCount) {
  BalanceGroup a = group("a", {1, 2, 30}), b = group("b", {2, 4});
  std::swap(b.scores[0], b.scores[1]);
  const PairedDifference d = compare(a, b);
  EXPECT_EQ(d.pictures, 2u);
  EXPECT_DOUBLE_EQ(d.difference(), -1.5) << "by name, not by place";
  EXPECT_GE(d.low, -2);
  EXPECT_LE(d.high, -1);
  EXPECT_THROW(compare(a, group("b", {1}, "other")), Error) << "another set's picture of the same name";
}

TEST(BalanceComparison, TheBestTwoAndTheBayesianAreWorthIt) {
  using Pairs = std::vector<EstimatorPair>;
  std::vector<BalanceGroup> groups{group("grey_world", {3}), group("grey_edge", {2}), group("bayes", {4}), group("grey_pixel", {5})};
  EXPECT_EQ(pairs_worth_comparing(groups), (Pairs{{"grey_edge", "grey_world"}, {"grey_edge", "bayes"}}));
  groups[2] = group("bayes", {1});
  EXPECT_EQ(pairs_worth_comparing(groups), (Pairs{{"bayes", "grey_edge"}}));
  groups.push_back(group("bayes_folds", {2.5}));
  EXPECT_EQ(pairs_worth_comparing(groups), (Pairs{{"grey_edge", "bayes_folds"}})) << "bayes has seen these";
  EXPECT_FALSE(competes(groups[2], groups));
  EXPECT_TRUE(pairs_worth_comparing({groups.data(), 1}).empty());
}

}  // namespace
}  // namespace argent
