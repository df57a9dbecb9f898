// isp/picture_area.h - which part of the sensor a picture, or a part of it, shows.
#pragma once

#include "isp/frame.h"
#include "isp/geometry.h"
#include "isp/pipeline_params.h"

namespace argent {

/// The turn that is left when `first` and then `second` are done: orientations are the eight ways a picture can be turned.
Orientation then(Orientation first, Orientation second);

/// Where a part of the upright picture lies in the stored one, whose size is given. Throws Error when it is not wholly inside.
Rect stored_part(Rect upright, Size stored, Orientation orientation);

/// The part of the active array that becomes the picture: the camera's crop or all, of that output.crop. Throws Error when a crop lies
/// outside.
Rect picture_area(const RawFrame& frame, const OutputParams& output);

/// The part of the active array that `part` of the whole picture shows: full size, upright, as if output had no crop.
Rect sensor_area(const RawFrame& frame, const OutputParams& output, Rect part);

}  // namespace argent
