#include "aaa/focus_search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace argent {
namespace {

/// A narrow peak and a lower one, on a background that drifts.
float scene(float x, float peak, float other, float width) {
  const float d = (x - peak) / width, e = (x - other) / width;
  return 10 / (1 + d * d) + 5 / (1 + e * e) + 0.3f + 0.002f * x;
}

TEST(FocusSearch, FindsTheHigherOfTwoPeaksWithinItsVisits) {
  std::mt19937 random(3);
  int right = 0;
  constexpr int kRuns = 400;
  for (int run = 0; run < kRuns; run++) {
    const float peak = static_cast<float>(random() % 1000) / 10, other = static_cast<float>(random() % 1000) / 10;
    FocusSearch search({0, 99, 1, 14, 20});
    while (const auto next = search.next()) {
      ASSERT_GE(*next, 0);
      ASSERT_LE(*next, 99);
      search.add({*next, scene(*next, peak, other, 1.2f)});
    }
    ASSERT_LE(search.samples().size(), 20u);
    right += std::abs(search.best().position - peak) <= 1 || std::abs(peak - other) < 6;
  }
  EXPECT_GE(right, kRuns * 9 / 10);
}

TEST(FocusSearch, NeverLooksTwiceAndStopsByItself) {
  FocusSearch search({0, 99, 1, 14, 1000});
  while (const auto next = search.next()) {
    for (const FocusSample& s : search.samples()) ASSERT_NE(s.position, *next);
    search.add({*next, scene(*next, 41, 73, 1)});
  }
  EXPECT_LT(search.samples().size(), 60u);
  EXPECT_EQ(search.best().position, 41);
  EXPECT_LT(search.missed(), 0.5f);
}

TEST(FocusSearch, ASweepCanEndEarly) {
  FocusSearch search({0, 12, 0.1f, 12, 100});
  for (int i = 0; i < 4; i++) search.add({*search.next(), 1});
  EXPECT_TRUE(search.coarse());
  search.end_coarse();
  EXPECT_FALSE(search.coarse());
}

TEST(FocusSearch, SurvivesOddPlansAndScores) {
  for (const FocusPlan& plan : {FocusPlan{0, 0, 0, 0, 5}, FocusPlan{5, 1, -1, 3, 5}, FocusPlan{0, 12, 0, 2, 9}}) {
    FocusSearch search(plan);
    for (float score : {0.0f, std::nanf(""), -1.0f, 1e38f, INFINITY, 0.0f, 1e-38f, 0.0f, 1.0f, 2.0f}) {
      const auto next = search.next();
      if (next) {
        EXPECT_TRUE(std::isfinite(*next));
      }
      search.add({next.value_or(0), score});
      EXPECT_TRUE(std::isfinite(search.missed()));
    }
  }
}

}  // namespace
}  // namespace argent
