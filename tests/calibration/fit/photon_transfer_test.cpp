#include "calibration/fit/photon_transfer.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"
#include "tests/calibration/fit/known_frames.h"

namespace argent {
namespace {

/// Pairs at these levels, all with one gain.
struct Pairs {
  std::vector<RawFrame> frames;
  std::vector<FramePair> pairs() const {
    std::vector<FramePair> out;
    for (std::size_t i = 0; i + 1 < frames.size(); i += 2) out.push_back({&frames[i], &frames[i + 1]});
    return out;
  }
};

Pairs ramp(const KnownCamera& camera, double gain, std::initializer_list<double> levels) {
  Pairs out;
  std::uint64_t seed = 10;
  for (int i = 0; i < 2; i++) out.frames.push_back(dark_frame(camera, seed++, gain));
  for (const double level : levels) {
    for (int i = 0; i < 2; i++) out.frames.push_back(even_frame(camera, level, seed++, gain));
  }
  return out;
}

TEST(PhotonTransfer, ShotAndReadNoiseApartAtEveryGain) {
  KnownCamera camera = small_camera({640, 480});
  camera.sensor.defects = random_defects(camera.sensor.size, 100, 7);
  for (const double gain : {1.0, 4.0, 8.0}) {
    const Pairs captures = ramp(camera, gain, {0.05, 0.2, 0.5, 0.8});
    const PhotonTransfer fit = fit_photon_transfer(captures.pairs(), true_black(camera));
    const NoiseModel truth = noise_of(camera.sensor, gain);
    EXPECT_NEAR(fit.noise.shot / truth.shot, 1, 0.02) << gain;
    EXPECT_NEAR(fit.noise.read / truth.read, 1, 0.05) << gain;
    EXPECT_LT(std::abs(static_cast<double>(fit.noise.shot - truth.shot)), 6 * fit.shot_error) << gain;
    EXPECT_LT(fit.misfit, 0.03) << gain;
    EXPECT_EQ(fit.pairs, 5);
  }
}

TEST(PhotonTransfer, FixedPatternAndFlickerAreNoNoise) {
  KnownCamera camera = small_camera({640, 480});
  camera.sensor.green_imbalance = 0.03;
  Pairs captures = ramp(camera, 1, {0.1, 0.6});
  // The lamp is 1 % brighter in every other frame.
  captures.frames.push_back(even_frame(camera, 0.400, 90));
  captures.frames.push_back(even_frame(camera, 0.404, 91));
  const PhotonTransfer fit = fit_photon_transfer(captures.pairs(), true_black(camera));
  EXPECT_NEAR(fit.noise.shot / noise_of(camera.sensor, 1).shot, 1, 0.02);
}

TEST(PhotonTransfer, RefusesWhatCannotTell) {
  const KnownCamera camera = small_camera();
  Pairs one;
  one.frames.push_back(dark_frame(camera, 1));
  one.frames.push_back(dark_frame(camera, 2));
  EXPECT_THROW(fit_photon_transfer(one.pairs(), true_black(camera)), Error) << "no light";
  EXPECT_THROW(fit_photon_transfer({}, true_black(camera)), Error);
  Pairs clipped;
  clipped.frames.push_back(even_frame(camera, 5, 1));
  clipped.frames.push_back(even_frame(camera, 5, 2));
  EXPECT_THROW(fit_photon_transfer(clipped.pairs(), true_black(camera)), Error);
}

}  // namespace
}  // namespace argent
