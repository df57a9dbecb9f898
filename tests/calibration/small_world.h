// tests/calibration/small_world.h - a spectral world that needs no files: enough to make scenes, too small to train on.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "calibration/training/spectral_world.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/reflectances.h"

namespace argent {

inline SpectralWorld small_world() {
  SpectralWorld world;
  for (const int shift : {0, 1, 2}) {  // of 5 nm
    MeasuredCamera camera{"small_" + std::to_string(shift), analytic_sensitivities()};
    for (Spectrum& channel : camera.sensitivities) std::rotate(channel.begin(), channel.begin() + shift, channel.end());
    world.cameras.push_back(camera);
  }
  world.lights = {{"A", LightKind::kTungsten, illuminant("A")},          {"FL2", LightKind::kFluorescent, illuminant("FL2")},
                  {"FL11", LightKind::kFluorescent, illuminant("FL11")}, {"LED-B1", LightKind::kLed, illuminant("LED-B1")},
                  {"LED-B5", LightKind::kLed, illuminant("LED-B5")},     {"2000 K", LightKind::kDischarge, planck(2000)}};
  for (std::size_t i = 0; i < checker_reflectances().size(); i++) {
    const SurfaceKind kind = i >= 18  ? SurfaceKind::kGrey
                             : i == 3 ? SurfaceKind::kFoliage
                             : i < 2  ? SurfaceKind::kEarth
                                      : SurfaceKind::kPaint;
    world.surfaces.push_back({checker_reflectances()[i], kind});
  }
  return world;
}

/// Of real data: $ARGENT_DATA, or beside the checkout.
inline std::filesystem::path data_folder() {
  const char* data = std::getenv("ARGENT_DATA");
  return data != nullptr ? data : ARGENT_SOURCE_DIR "/../shared/data";
}

}  // namespace argent
