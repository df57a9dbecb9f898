#include "calibration/evaluation/surface_prior_fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "calibration/evaluation/balance_evaluation.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

/// The bar: fitted in the folds, at most 19 mired on average and 47 in the worst quarter.
TEST(SurfacePriorFit, CrossValidatedOnRaspberryPisScenes) {
  const char* data = std::getenv("ARGENT_DATA");
  const fs::path root = fs::path(data ? data : ARGENT_SOURCE_DIR "/../shared/data") / "awb";
  if (!fs::exists(root / "pi_scenes/folds.csv")) GTEST_SKIP() << root << " is not here";
  const Tunings tunings = load_tunings(root / "pi_tunings/pisp");
  std::vector<LabelledStatistics> images;
  for (const auto& entry : fs::directory_iterator(root / "pi_scenes/pisp")) images.push_back(load_labelled(entry.path(), tunings));
  std::sort(images.begin(), images.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  read_folds(root / "pi_scenes/folds.csv", images);
  const std::vector<FitSample> samples = fit_samples(images);
  BalanceScores scores;
  for (const int fold : folds_of(images)) {
    for (const BalanceScore& score : held_out_scores(images, samples, fold)) scores.push_back(score);
  }
  const BalanceSummary summary = summary_of(scores);
  ASSERT_EQ(summary.all.images, 478u);
  EXPECT_EQ(summary.answered.images, 478u);
  EXPECT_LT(summary.all.mired.mean, 19);
  EXPECT_LT(summary.all.mired.worst_quarter, 47);
  for (const Reliability::Bin& bin : reliability_of(scores).bins) {
    EXPECT_GT(bin.claimed / bin.seen, .7);
    EXPECT_LT(bin.claimed / bin.seen, 1.4);
  }
}

TEST(SurfacePriorFit, TheSourceFileHoldsEveryNumber) {
  SurfacePrior prior;
  prior.surface[5] = 1.25f;
  prior.light.back() = -2.5f;
  const std::string source = source_of(prior);
  std::size_t numbers = 0;
  for (std::size_t at = source.find("f,"); at != std::string::npos; at = source.find("f,", at + 1)) numbers++;
  EXPECT_EQ(numbers, prior.surface.size() + prior.light.size());
  EXPECT_NE(source.find("1.250f,"), std::string::npos);
  EXPECT_NE(source.find("-2.500f,"), std::string::npos);
}

}  // namespace
}  // namespace argent
