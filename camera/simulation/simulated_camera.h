// camera/simulation/simulated_camera.h - the simulated camera with pixels: Bayer frames of a scenario.
//
//   SimulatedCamera camera(scenario);
//   params.shading = {camera.shading()};
#pragma once

#include <memory>
#include <span>

#include "camera/camera.h"
#include "camera/simulation/frame_truth.h"
#include "camera/simulation/scenario.h"
#include "isp/pipeline_params.h"

namespace argent {

class SimulatedCamera : public Camera {
 public:
  /// Throws Error for a scenario that can't be.
  explicit SimulatedCamera(const Scenario& scenario);
  ~SimulatedCamera() override;
  SimulatedCamera(SimulatedCamera&&) noexcept;

  /// Ends after as many frames as the scenario has.
  std::optional<RawFrame> next() override;
  void apply(const SensorSettings& settings) override;

  bool skip() override;
  void apply_bracket(std::span<const SensorSettings> steps) override;
  int bracket_step() const override;

  /// Of the frame that next() gave last; `clean` is absent: there are no zones here.
  FrameTruth truth() const;

  /// What undoes the lens's falloff, as a calibration would find it.
  ShadingMesh shading() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace argent
