// samples/live/machine_camera.h - a camera of this machine, by libcamera.
#pragma once

#include "aaa/controller.h"
#include "camera/live/live_camera.h"
#include "camera/live/sensor_control.h"
#include "samples/live/live_source.h"

namespace argent {

/// The controllers ask for no more than sensor and lens can do, nor for more than `params` allowed before.
void limit(ControllerParams& params, const SensorLimits& limits);

/// What the profile knows of lens and sensor replaces what would be assumed.
LiveCameraOptions camera_options(const LiveSourceOptions& options, const CameraProfile& profile);

/// options.camera: its id, the beginning of that, or its sensor's model, as `argent list` shows them; "auto": the only one there is.
/// What sensor and lens can do limits the controllers. Throws Error.
LiveSource open_machine_camera(const LiveSourceOptions& options);

}  // namespace argent
