#include "calibration/evaluation/surface_prior_fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "aaa/illuminants/bayes.h"
#include "calibration/evaluation/balance_score.h"

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
  std::vector<FitSample> samples;
  for (const LabelledStatistics& image : images) {
    samples.push_back(fit_sample(image.statistics, tunings.at(image.sensor).camera.aaa.white_balance.prior, image.lux, image.kelvin));
  }
  std::vector<double> errors;
  std::vector<BalanceScore> scores;
  for (int fold = 0; fold < 5; fold++) {
    std::vector<const FitSample*> others;
    for (std::size_t i = 0; i < images.size(); i++) {
      if (images[i].fold != fold) others.push_back(&samples[i]);
    }
    const auto estimator = make_bayes_with(fit_surface_prior(others));
    for (const LabelledStatistics& image : images) {
      if (image.fold != fold) continue;
      IlluminantPrior prior = tunings.at(image.sensor).camera.aaa.white_balance.prior;
      prior.lux = image.lux;
      scores.push_back(score_of(image, prior.curve, estimator->estimate(image.statistics, prior), "bayes_folds"));
      errors.push_back(scores.back().mired);
    }
  }
  ASSERT_EQ(errors.size(), 478u);
  const ErrorSummary summary = summary_of(errors);
  EXPECT_LT(summary.mean, 19);
  EXPECT_LT(summary.worst_quarter, 47);
  for (const auto& [predicted, seen] : reliability_of(scores).fifths) {
    EXPECT_GT(predicted / seen, .7);
    EXPECT_LT(predicted / seen, 1.4);
  }
}

TEST(SurfacePriorFit, TheSourceFileHoldsEveryNumber) {
  SurfacePrior prior;
  prior.surface[5] = 1.25f;
  prior.light.back() = -2.5f;
  const std::string source = source_of(prior);
  EXPECT_EQ(std::count(source.begin(), source.end(), 'f') > 0, true);
  EXPECT_NE(source.find("1.250f,"), std::string::npos);
  EXPECT_NE(source.find("-2.500f,"), std::string::npos);
}

}  // namespace
}  // namespace argent
