// camera/camera.h - where frames come from: live, simulated or recorded, all driven alike.
//
//   while (auto frame = camera.next()) {
//     const Statistics statistics = pipeline.measure(*frame, controls);
//     const Decision decision = controller.update(statistics, request);
//     camera.apply(decision.controls.sensor);
//   }
#pragma once

#include <optional>

#include "isp/frame.h"

namespace argent {

class Camera {
 public:
  virtual ~Camera() = default;

  /// The next frame, with the settings that were in force. nullopt: there are no more. Throws Error when the camera fails.
  virtual std::optional<RawFrame> next() = 0;

  /// Asks for settings, decided on the frame that next() gave last. They land some frames later, exposure and gain on the same one;
  /// which decision a frame shows stands in its Applied.
  virtual void apply(const SensorSettings& settings) = 0;
};

}  // namespace argent
