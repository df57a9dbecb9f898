// samples/live/dashboard_commands.h - what the dashboard's page asks for, read from hostile JSON.
#pragma once

#include <string_view>

#include "samples/live/live_control.h"

namespace argent {

/// `request` with the controls that `json` names changed: {"ExposureValue": 0.5, "ExposureTime": "auto", "AfWindows": "0.4,0.4,0.2,0.2"},
/// names and values as set_control() takes them. Throws Error, which names the control: then nothing is changed.
Request changed(const Request& request, std::string_view json);

/// {"kind": "still", "format": "jpeg"}, {"kind": "burst", "format": "dng", "frames": 5}, {"kind": "bracket", "brackets": [-2, 0, 2]};
/// kind and format may be left out. At most kMostCaptures frames, brackets within +-8 EV. Throws Error.
CaptureJob capture_job_from(std::string_view json);

inline constexpr int kMostCaptures = 64;

}  // namespace argent
