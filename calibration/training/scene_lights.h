// calibration/training/scene_lights.h - private: where a synthetic scene is, and so which lights it has, how strong, and what of them is
// seen itself.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "calibration/training/scene_random.h"
#include "calibration/training/spectral_world.h"

namespace argent {

/// Something bright in the picture that shines by itself: sky, window, lamp.
struct Emitter {
  enum class Shape { kTop, kRectangle, kDisc };  ///< everything above a skyline; one in the picture
  Shape shape = Shape::kTop;
  Spectrum light{};
  float luminance = 1;  ///< a white surface under the first light is 1
};

struct SceneLights {
  std::string_view situation;  ///< "sun", "window", ...
  float lux = 0;               ///< of the first light
  Spectrum first{}, second{};  ///< on the surfaces; `second` counts where `ratio` is above 0
  float ratio = 0;             ///< strength of the second, the first is 1; 0: there is one light
  bool outdoors = false;       ///< sunlight and shadow have the shapes of what throws them: dapples
  std::optional<Emitter> emitter{};
  std::array<float, 4> surfaces{};  ///< weights of SurfaceKind
};

/// Throws Error when the world has no light of a kind that is asked for.
SceneLights draw_lights(const SpectralWorld& world, SceneRandom& random);

}  // namespace argent
