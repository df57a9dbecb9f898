#include "calibration/training/light_training.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <numeric>

#include "aaa/illuminants/learned.h"
#include "aaa/illuminants/light_experts.h"
#include "models/formats/safetensors.h"
#include "models/runtime/context.h"
#include "models/runtime/error.h"
#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

/// Grey and colored blocks under lights along a curve.
std::vector<LabelledStatistics> pictures(int count) {
  std::vector<LabelledStatistics> all;
  tensor::Generator random(3);
  const std::vector<CctPoint> curve{{2500, .8f, .3f}, {4000, .6f, .5f}, {7000, .45f, .7f}};
  for (int i = 0; i < count; i++) {
    LabelledStatistics one;
    one.prior.curve = curve;
    one.prior.lux = one.lux = i % 3 == 0 ? 0 : 100;
    one.kelvin = 1e6f / (150 + 240 * static_cast<float>(i) / static_cast<float>(count));
    const Vec3 gains = *gains_of_cct(curve, one.kelvin);
    one.statistics.columns = 16;
    one.statistics.rows = 12;
    const std::vector<double> levels = uniform(random, {12, 4}, 0.1, 0.9).values();
    for (int y = 0; y < 12; y++) {
      for (int x = 0; x < 16; x++) {
        Statistics::Zone& zone = one.statistics.zone(x, y);
        const auto block = static_cast<std::size_t>(4 * (y / 4 * 4 + x / 4));
        for (std::size_t c = 0; c < 3; c++) {
          const double paint = levels[block] * (block % 8 == 0 ? 1 : levels[block + c + 1]);
          zone.mean[c] = zone.unclipped[c] = static_cast<float>(0.6 * paint * (1 + 0.05 * (x % 3))) / gains[c] / 2;
        }
        zone.count = zone.unclipped_count = {100, 200, 100};
      }
    }
    all.push_back(std::move(one));
  }
  return all;
}

constexpr LightTraining kShort{.color_steps = 20, .plane_steps = 6, .batch = 8};

class LightTrainerTest : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_ = fs::temp_directory_path() / ("argent_light_training_" + std::to_string(::getpid()));
};

std::vector<std::vector<double>> weights_of(LightModel& model) {
  std::vector<std::vector<double>> all;
  for (const auto& [name, tensor] : tensor::state(model)) all.push_back(tensor.values());
  return all;
}

TEST_F(LightTrainerTest, TheSameBitsForOneAndTwoThreads) {
  std::vector<std::vector<double>> first;
  for (const int threads : {1, 2}) {
    Context context(threads);
    const ContextScope scope(context);
    LightModel model(7);
    LightTrainer trainer(model, light_set(pictures(24)), kShort);
    while (!trainer.done()) trainer.step();
    if (threads == 1)
      first = weights_of(model);
    else
      EXPECT_EQ(weights_of(model), first);
  }
}

TEST_F(LightTrainerTest, LossFalls) {
  LightModel model(7);
  constexpr std::int64_t kSteps = 150;
  LightTrainer trainer(model, light_set(pictures(24)), {.color_steps = kSteps, .plane_steps = kSteps, .batch = 24});
  EXPECT_EQ(trainer.steps(), (1 + LightModel::kPlaneNets) * kSteps);
  std::vector<double> losses;
  while (!trainer.done()) losses.push_back(trainer.step().loss);
  for (std::int64_t net = 0; net <= LightModel::kPlaneNets; net++) {  // each step sees other changes of the pictures: means of some
    const auto first = losses.begin() + net * kSteps, end = first + kSteps;
    EXPECT_LT(std::accumulate(end - 15, end, 0.0), 0.9 * std::accumulate(first, first + 15, 0.0)) << net;
  }
}

TEST_F(LightTrainerTest, GoesOnBitForBitAfterAPause) {
  LightModel whole(7);
  LightTrainer straight(whole, light_set(pictures(24)), kShort);
  while (!straight.done()) straight.step();
  const fs::path file = folder_ / "pause.safetensors";
  for (const int pause : {3, 20, 23, 31}) {  // in the first network, between two, in the others
    LightModel before(7);
    LightTrainer trainer(before, light_set(pictures(24)), kShort);
    for (int i = 0; i < pause; i++) trainer.step();
    trainer.save(file);
    LightModel after(99);  // other weights: all must come from the file
    LightTrainer resumed(after, light_set(pictures(24)), kShort);
    resumed.resume(file);
    EXPECT_EQ(resumed.steps_done(), pause);
    while (!resumed.done()) resumed.step();
    EXPECT_EQ(weights_of(after), weights_of(whole)) << pause;
  }
  LightModel other(7);
  LightTrainer trainer(other, light_set(pictures(12)), kShort);
  EXPECT_THROW(trainer.resume(file), Error) << "of another set";
}

TEST_F(LightTrainerTest, AModelComesBackFromItsFile) {
  LightModel model(7);
  LightTrainer trainer(model, light_set(pictures(24)), kShort);
  while (!trainer.done()) trainer.step();
  const fs::path file = folder_ / "weights.safetensors";
  model.save(file, {{"data", "test"}}, Overwrite::kNo);
  const auto loaded = LightModel::load(file);
  tensor::set_mode(model, tensor::Mode::kEvaluation);
  LightExperts after(loaded), before(std::shared_ptr<const LightModel>(&model, [](const LightModel*) {}));
  for (const LabelledStatistics& picture : pictures(3)) {
    const LightFeatures features = light_features(picture.statistics, picture.prior);
    for (std::size_t c = 0; c < features.candidates.size(); c++) {
      EXPECT_EQ(after.by_colors(features)[c], before.by_colors(features)[c]);
      EXPECT_EQ(after.by_planes(features)[c], before.by_planes(features)[c]);
    }
    const Illuminant light = make_fused_with(loaded)->estimate(picture.statistics, picture.prior);
    EXPECT_TRUE(std::isfinite(light.mean[0]) && std::isfinite(light.mean[1]));
    EXPECT_GT(light.evidence, 0);
  }
}

TEST_F(LightTrainerTest, ScenesAreTheLastRowsAndHaveTheirShare) {
  const LightSet set = light_set(pictures(10), nullptr, 4);
  EXPECT_EQ(set.scenes, 4);
  const std::vector<std::int64_t> some{1, 5, 6, 9};
  EXPECT_EQ(set.rows(some).size(), 4);
  EXPECT_EQ(set.rows(some).scenes, 2);
  // Without a share of their own, scenes change nothing; with all of it, the pictures don't.
  const std::vector<std::int64_t> both{0, 1, 6, 7, 8, 9}, others{2, 3, 6, 7, 8, 9};
  const auto trained = [&](const std::vector<std::int64_t>& rows, double share) {
    LightModel model(7);
    LightTraining options = kShort;
    options.scene_share = share;
    options.color_batch = options.batch = 8;
    LightTrainer trainer(model, set.rows(rows), options);
    while (!trainer.done()) trainer.step();
    return weights_of(model);
  };
  EXPECT_EQ(trained(both, 1), trained(others, 1));
  EXPECT_NE(trained(both, 0), trained(others, 0));
  EXPECT_NE(trained(both, 0.5), trained(both, 1));
}

TEST_F(LightTrainerTest, WhatWasTrainedIsWhatIsAsked) {
  // The experts read filters at colors and run planned networks; training multiplies histograms in eager ones.
  LightModel model(7);
  const std::vector<LabelledStatistics> seen = pictures(6);
  LightTrainer trainer(model, light_set(pictures(24)), kShort);
  while (!trainer.done()) trainer.step();
  tensor::set_mode(model, tensor::Mode::kEvaluation);
  const tensor::NoGrad off;
  LightExperts experts(std::shared_ptr<const LightModel>(&model, [](const LightModel*) {}));
  const LightSet set = light_set(seen);
  const tensor::Tensor colors = log_softmax(model.colors().forward(set.histograms, set.facts) + set.excluded, -1);
  const tensor::Tensor planes = log_softmax(model.planes(0).forward(set.planes, set.strength) + set.excluded, -1) +
                                log_softmax(model.planes(1).forward(set.planes, set.strength) + set.excluded, -1);
  for (std::size_t i = 0; i < seen.size(); i++) {
    const LightFeatures f = light_features(seen[i].statistics, seen[i].prior);
    const auto by_colors = experts.by_colors(f), by_planes = experts.by_planes(f);
    double offset = 0;
    for (std::size_t c = 0; c < f.candidates.size(); c++) {
      const auto at = static_cast<std::int64_t>(i) * kLights + f.first + static_cast<std::int64_t>(c);
      EXPECT_NEAR(by_colors[c], colors.data<float>()[at], 2e-4f);
      if (c == 0) offset = by_planes[c] - planes.data<float>()[at] / 2;
      EXPECT_NEAR(by_planes[c] - planes.data<float>()[at] / 2, offset, 2e-4) << "up to a constant";
    }
  }
}

TEST_F(LightTrainerTest, WrongFilesAreErrors) {
  LightModel model(7);
  const fs::path file = folder_ / "weights.safetensors", cut = folder_ / "cut.safetensors", other = folder_ / "other.safetensors";
  model.save(file, {}, Overwrite::kNo);
  fs::copy_file(file, cut);
  fs::resize_file(cut, fs::file_size(file) / 2);
  EXPECT_THROW(LightModel::load(cut), Error);
  EXPECT_THROW(LightModel::load(folder_ / "missing.safetensors"), Error);
  tensor::NamedTensors tensors = tensor::state(model);
  tensors.begin()->second = tensor::zeros({3});
  tensor::write_safetensors(other, tensors, {}, Overwrite::kNo);
  EXPECT_THROW(LightModel::load(other), Error) << "another shape";
  tensors = tensor::state(model);
  tensor::Tensor broken = tensors.begin()->second.clone();
  broken.mutable_data<float>()[0] = NAN;
  tensors.begin()->second = broken;
  tensor::write_safetensors(other, tensors, {}, Overwrite::kYes);
  EXPECT_THROW(LightModel::load(other), Error) << "no number";
}

TEST_F(LightTrainerTest, PicturesThatShowNothingAreLeftOut) {
  std::vector<LabelledStatistics> all = pictures(4);
  for (Statistics::Zone& zone : all[1].statistics.zones) zone.unclipped_count = {};
  all[2].prior.curve.clear();
  std::vector<std::int64_t> kept;
  const LightSet set = light_set(all, &kept);
  EXPECT_EQ(kept, (std::vector<std::int64_t>{0, 3}));
  EXPECT_EQ(set.size(), 2);
  const std::vector<double> sums = sum(set.target, {1}).values();
  for (double one : sums) EXPECT_NEAR(one, 1, 1e-5);
  LightModel model(7);
  EXPECT_THROW(LightTrainer(model, light_set({}), kShort), Error);
}

}  // namespace
}  // namespace argent
