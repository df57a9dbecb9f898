#include "calibration/training/synthetic_camera.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "calibration/training/scene_random.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/reflectances.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

/// What an infrared filter of another cut (nm, at half transmission) lets through: a sigmoid, 12 nm wide, as absorbing glass has it.
float infrared_filter(float nm, float cut) { return 1 / (1 + std::exp((nm - cut) / 12)); }

Sensitivities mixed(const SpectralWorld& world, SceneRandom& random) {
  const Sensitivities &a = world.cameras[random.below(world.cameras.size())].sensitivities,
                      &b = world.cameras[random.below(world.cameras.size())].sensitivities;
  const float share = random.uniform(0, 0.5f), cut = random.uniform(640, 760);
  Sensitivities out;
  for (std::size_t c = 0; c < 3; c++) {
    const float gain = c == 1 ? 1 : std::exp(0.1f * random.normal());
    for (std::size_t i = 0; i < kSamples; i++) {
      out[c][i] = gain * infrared_filter(wavelength(i), cut) * std::lerp(a[c][i], b[c][i], share);
    }
  }
  return out;
}

/// Calibrations differ in how far they reach and in how many lights they took.
std::vector<CctPoint> calibrated_curve(const Sensitivities& sensitivities, SceneRandom& random, float curve_error) {
  const float warmest = random.uniform(390, 500), coolest = random.uniform(100, 133);  // mired: 2000 to 2560 K, 7500 to 10000 K
  const auto points = 6 + random.below(15);
  const float red = std::exp(curve_error * random.normal()), blue = std::exp(curve_error * random.normal());
  std::vector<CctPoint> curve;
  for (std::size_t i = 0; i < points; i++) {
    const float cct = 1e6f / std::lerp(warmest, coolest, static_cast<float>(i) / static_cast<float>(points - 1));
    const Vec3 white = response(sensitivities, natural_light(cct), white_surface());
    curve.push_back({cct, red * white[0], blue * white[2]});
  }
  return curve;
}

}  // namespace

SyntheticCamera synthetic_camera(const SpectralWorld& world, std::uint64_t seed, std::uint64_t number, float curve_error) {
  if (world.cameras.empty()) throw Error("a spectral world without cameras, expected at least one");
  SceneRandom random(seed, SceneStream::kCamera, number);
  SyntheticCamera camera;
  if (random.chance(0.25f)) {
    const MeasuredCamera& measured = world.cameras[random.below(world.cameras.size())];
    camera.name = measured.name;
    camera.sensitivities = measured.sensitivities;
  } else {
    const std::string digits = std::to_string(number);
    camera.name = "mixed_" + std::string(4 - std::min<std::size_t>(digits.size(), 4), '0') + digits;
    camera.sensitivities = mixed(world, random);
  }
  camera.curve = calibrated_curve(camera.sensitivities, random, curve_error);
  return camera;
}

std::vector<ColorMatrix> color_matrices_of(const SyntheticCamera& camera, const SpectralWorld& world) {
  std::vector<ColorMatrix> matrices;
  for (const auto& [cct, light] : {std::pair{2856.0f, illuminant("A")}, std::pair{6504.0f, illuminant("D65")}}) {
    Mat3 camera_xyz{}, xyz_xyz{};
    const auto add = [&, &light = light](const Spectrum& surface, float weight) {
      const Vec3 xyz = xyz_of(light, surface), seen = response(camera.sensitivities, light, surface);
      for (std::size_t i = 0; i < 9; i++) {
        camera_xyz[i] += weight * seen[i / 3] * xyz[i % 3];
        xyz_xyz[i] += weight * xyz[i / 3] * xyz[i % 3];
      }
    };
    for (const Surface& surface : world.surfaces) add(surface.reflectance, 1);
    add(white_surface(), static_cast<float>(std::max<std::size_t>(world.surfaces.size(), 1)));
    const auto undone = inverse(xyz_xyz);
    if (!undone) throw Error("a spectral world of ", world.surfaces.size(), " surfaces, expected three that differ in color");
    matrices.push_back({cct, multiply(camera_xyz, *undone)});
  }
  return matrices;
}

}  // namespace argent
