// camera/simulation/scene_view.h - private: the map of what the camera sees, procedural or out of a panorama, which may pan.
#pragma once

#include <optional>

#include "camera/simulation/panorama.h"
#include "camera/simulation/scene_map.h"

namespace argent {

class SceneView {
 public:
  /// `size`: of the map. Throws Error for a panorama that cannot be.
  SceneView(const Scenario& scenario, Size size);

  const SceneMap& map() const { return map_; }

  /// Turns to where the camera looks at that time since the start. True: the map is another one now.
  bool look(double seconds);

  /// The finest detail there is, of the field's width; 0: finer than any map.
  float finest() const { return panorama_ ? panorama_->finest(scene_) : 0; }

 private:
  SceneParams scene_;
  float aspect_;  ///< width / height of the field
  std::optional<Panorama> panorama_;
  SceneMap map_;
};

}  // namespace argent
