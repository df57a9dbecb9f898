// camera/simulation/scene_map.h - private: a scene at any resolution: the same leaves, more or less finely seen.
#pragma once

#include <cstdint>
#include <vector>

#include "camera/simulation/scenario.h"
#include "camera/simulation/sensor_color.h"

namespace argent {

/// Row-major.
struct SceneMap {
  Size size;
  std::vector<float> reflectance;      ///< luminance of the surface, white = 1
  std::vector<std::uint8_t> material;  ///< of its color: index into a Palette
  std::vector<Vec3> mixture;           ///< instead of `material`: red, green and blue primaries of luminance 1 together

  std::size_t at(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) + static_cast<std::size_t>(x);
  }
};

/// What the sensor sees of a place under white of level 1.
Vec3 color_at(const SceneMap& map, std::size_t place, const Palette& palette);

/// A procedural scene. Throws Error for a kind that isn't there.
SceneMap scene_map(const Scenario& scenario, Size size);

/// Dioptres of what is seen at height y of the field (0 top, 1 bottom): near things lie low.
float scene_dioptres(const SceneParams& scene, float y);

/// What moves before the scene: a bright spot or a grey subject. In units of the field's width and height.
struct MovingDisc {
  float x = 0, y = 0;
  float radius = 0;       ///< of the field's height; 0: nothing there
  float reflectance = 0;  ///< white = 1
};

/// Its aspect is width / height of the frame.
MovingDisc moving_disc(const SceneParams& scene, float aspect, int seed, double seconds);

/// Share of the second light at x: 0 left, 1 right.
float second_light_share(const LightParams& light, float x);

}  // namespace argent
