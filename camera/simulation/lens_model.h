// camera/simulation/lens_model.h - a voice coil: where the lens really is, frame after frame, and what that blurs.
#pragma once

#include "camera/simulation/scenario.h"

namespace argent {

/// Steps by frames. A command that has reached the motor (the ledger counts its latency) is followed with lag and overshoot; friction
/// makes the place where it rests depend on the way it came.
class LensModel {
 public:
  explicit LensModel(const LensParams& params);

  /// One frame with the command in force, dioptres. Returns the position in the middle of the frame.
  float step(float command);

  float position() const { return static_cast<float>(position_); }  ///< dioptres, at the end of the last frame

 private:
  double destination(double command);

  LensParams params_;
  double damping_ = 1, frequency_ = 0;  ///< of the second order system; only with overshoot
  double position_, velocity_ = 0;
  double command_;
  double offset_ = 0;  ///< of the friction
};

/// Diameter of the blur circle in pixels for a defocus of one dioptre: thin lens, focal length squared / f-number.
float blur_per_dioptre(const LensParams& lens);

/// Dioptres, whole width within which the blur is at most two pixels, one quad of the mosaic.
float depth_of_field(const LensParams& lens);

/// Light that is left at a place of the field (0..1): 1 in the middle, 1 - shading in the corners, quadratic.
float falloff(const LensParams& lens, float x, float y);

}  // namespace argent
