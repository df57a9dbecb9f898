// camera/simulation/zone_scene.h - private: the scene as zones: a few surfaces in each, with their texture and depth.
#pragma once

#include <vector>

#include "camera/simulation/scene_view.h"
#include "camera/simulation/sensor_color.h"

namespace argent {

class ZoneScene {
 public:
  static constexpr int kCells = 8;  ///< surfaces of a zone: its pixels in the order of their reflectance, in as many equal parts

  struct Zone {
    std::array<std::array<float, kCells>, 3> color{};  ///< R, G, B of the cells under a light that makes green of white 1
    std::array<float, 2> texture{};                    ///< focus scores of the sharp, noiseless zone
    float dioptres = 0;
    float falloff = 1;
    float second_light = 0;  ///< its mean share
  };

  explicit ZoneScene(const Scenario& scenario);

  /// Where the camera looks at that time. True: set_light() has to follow, and row_profile() is another one.
  bool look(double seconds);

  /// Colors under these lights (the second one where there is one).
  void set_light(const Palette& first, const Palette& second);

  const std::vector<Zone>& zones() const { return zones_; }

  /// Quads over which an edge rises when it is in focus.
  float edge() const { return 1 + view_.finest() * float(scenario_.sensor.size.width) / 2; }

  /// Mean reflectance of a band of rows relative to that of its zone row, `bands` from top to bottom.
  std::vector<float> row_profile(int bands) const;

 private:
  static constexpr int kSide = 10;  ///< samples of a zone's side

  void sort_into_cells();
  void measure_texture();

  Scenario scenario_;
  SceneView view_;
  std::vector<Zone> zones_;
  std::vector<std::uint8_t> cell_;  ///< of each sample
  std::vector<float> second_;       ///< share of the second light, by sample column
};

}  // namespace argent
