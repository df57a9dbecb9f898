// The built-in weights on a folder of linear thumbnails whose lights are exact: scenes that no training has seen, of cameras known by their
// matrices alone, in the layout in which sets of real pictures are exchanged.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <map>

#include "calibration/evaluation/balance_evaluation.h"
#include "calibration/evaluation/labelled_folder.h"
#include "calibration/training/synthetic_scenes.h"
#include "calibration/training/thumbnail_writer.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

TEST(SyntheticThumbnails, TheLearnedEstimateIsBetterThanAnyClassicalOne) {
  const fs::path spectra = fs::path(ARGENT_SOURCE_DIR) / "../shared/data/spectral";
  if (!fs::exists(spectra)) GTEST_SKIP() << "the spectra are absent";
  const SpectralWorld world = load_spectral_world(spectra);
  const SyntheticOptions options{.cameras = 12};
  std::vector<LabelledStatistics> images;
  CameraMatrices cameras;
  for (std::uint64_t i = 0; i < 300; i++) {
    images.push_back(synthetic_scene(world, 20261127, i, options));
    images.back().prior.lux = 0;
    const SyntheticCamera camera = camera_of_scene(world, 20261127, i, options);
    cameras[camera.name] = color_matrices_of(camera, world);
  }
  const fs::path path = fs::temp_directory_path() / ("synthetic_thumbnails_" + std::to_string(getpid()));
  write_thumbnails(path, images, cameras, Overwrite::kNo);
  const LabelledFolder folder(path, {});
  EXPECT_TRUE(folder.problems().empty());
  ASSERT_EQ(folder.size(), images.size());
  std::vector<LabelledStatistics> read;
  for (std::size_t i = 0; i < folder.size(); i++) read.push_back(folder.load(i));
  fs::remove_all(path);

  std::map<std::string_view, double> degrees;
  double best_classical = 90;
  for (const std::string_view name : illuminant_estimator_names()) {
    const auto estimator = make_illuminant_estimator(name);
    const BalanceSummary summary = summary_of(estimator_scores(read, *estimator, name));
    degrees[name] = summary.all.degrees.mean;
    std::printf("%-18s %5.2f degrees, worst quarter %5.2f\n", std::string(name).c_str(), summary.all.degrees.mean,
                summary.all.degrees.worst_quarter);
    if (name.starts_with("grey") || name == "shades_of_grey" || name == "white_patch")
      best_classical = std::min(best_classical, degrees[name]);
  }
  EXPECT_LT(degrees["fused"], 2.4);
  EXPECT_LT(degrees["fused"], 0.85 * best_classical);
  EXPECT_LT(degrees["fused"], degrees["bayes"]);
}

}  // namespace
}  // namespace argent
