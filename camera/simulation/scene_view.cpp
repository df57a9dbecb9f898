#include "camera/simulation/scene_view.h"

namespace argent {

SceneView::SceneView(const Scenario& scenario, Size size)
    : scene_(scenario.scene), aspect_(float(scenario.sensor.size.width) / float(scenario.sensor.size.height)) {
  if (scene_.kind != "panorama") {
    map_ = scene_map(scenario, size);
    return;
  }
  panorama_.emplace(scene_.panorama);
  map_ = panorama_->view(scene_, size, aspect_, 0);
}

bool SceneView::look(double seconds) {
  if (!panorama_ || scene_.pan == 0) return false;
  map_ = panorama_->view(scene_, map_.size, aspect_, seconds);
  return true;
}

}  // namespace argent
