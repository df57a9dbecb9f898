// camera/simulation/scene_pixels.h - private: the scene as the sensor's mosaic sees it, at several degrees of blur.
#pragma once

#include <optional>
#include <vector>

#include "camera/simulation/scene_view.h"
#include "camera/simulation/sensor_color.h"

namespace argent {

/// Levels under a light that makes green of white 1; RGGB. A blur is made when it is first asked for.
class ScenePixels {
 public:
  explicit ScenePixels(const Scenario& scenario);

  /// Where the camera looks at that time. True: set_light() has to follow.
  bool look(double seconds) { return view_.look(seconds); }

  void set_light(const Palette& first, const Palette& second);

  /// Two planes and the share of the second one that stand for a blur circle of a diameter in pixels.
  struct Blurred {
    const float* sharper = nullptr;
    const float* softer = nullptr;
    float share = 0;
  };
  Blurred blurred(float diameter);

  Size size() const { return view_.map().size; }
  double mean_luma() const;  ///< with gains that make white under the first light neutral

 private:
  static constexpr int kPad = 28;  ///< pixels on both sides, more than the widest blur's radius

  const std::vector<float>& plane(std::size_t level);
  std::vector<float> make_plane(float diameter) const;
  const float* sums(int channel, int row) const;

  SceneView view_;
  std::vector<float> second_;  ///< share of the second light by column
  Palette first_palette_{}, second_palette_{};
  std::array<std::vector<float>, 3> row_sums_;  ///< of each row, from its left, with borders repeated
  std::vector<std::vector<float>> planes_;      ///< by level of blur; empty: not made yet
};

}  // namespace argent
