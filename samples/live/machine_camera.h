// samples/live/machine_camera.h - a camera of this machine, by libcamera.
#pragma once

#include "samples/live/live_source.h"

namespace argent {

/// options.camera: its id, the beginning of that, or its sensor's model, as `argent list` shows them; "auto": the only one there is.
/// What sensor and lens can do limits the controllers. Throws Error.
LiveSource open_machine_camera(const LiveSourceOptions& options);

}  // namespace argent
