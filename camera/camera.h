// camera/camera.h - where frames come from: live, simulated or recorded, all driven alike.
//
//   while (auto frame = camera.next()) {
//     const Statistics statistics = pipeline.measure(*frame, controls);
//     const Decision decision = controller.update(statistics, request);
//     camera.apply(decision.controls.sensor);
//   }
#pragma once

#include <chrono>
#include <optional>
#include <span>

#include "isp/frame.h"
#include "models/runtime/error.h"

namespace argent {

class Camera {
 public:
  virtual ~Camera() = default;

  /// The next frame, with the settings that were in force. nullopt: there are no more. Throws Error when the camera fails.
  virtual std::optional<RawFrame> next() = 0;

  /// Asks for settings, decided on the frame that next() gave last. They land some frames later, exposure and gain on the same one;
  /// which decision a frame shows stands in its Applied. Throws Error when the camera fails; next() does, too, from then on.
  virtual void apply(const SensorSettings& settings) = 0;

  /// As next(), without the pixels: for a caller who is late. False: there was none any more.
  virtual bool skip() { return next().has_value(); }

  /// As many frames in a row with these settings, each step a decision of its own; what apply() asks meanwhile lands behind them. Steps
  /// whose frames get lost come again. Throws Error when this camera has no settings to change.
  virtual void apply_bracket(std::span<const SensorSettings>) { throw Error("this camera can't take a bracket"); }

  /// Since when the frame that next() gave last could have been had; nullopt: the camera has no clock, it makes frames when asked.
  virtual std::optional<std::chrono::steady_clock::time_point> ready() const { return std::nullopt; }

  /// Which step of a bracket the frame shows that next() gave last; -1: none.
  virtual int bracket_step() const { return -1; }
};

}  // namespace argent
