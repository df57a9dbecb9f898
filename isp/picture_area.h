// isp/picture_area.h - which part of the sensor a picture, or a part of it, shows.
#pragma once

#include "isp/frame.h"
#include "isp/geometry.h"
#include "isp/pipeline_params.h"

namespace argent {

/// Whether a turn exchanges left and right, and perhaps turns besides.
bool is_mirrored(Orientation orientation);

/// The turn that is left when `first` and then `second` are done: orientations are the eight ways a picture can be turned.
Orientation then(Orientation first, Orientation second);

/// Where a part of the upright picture lies in the stored one, whose size is given. Throws Error when it is not wholly inside.
Rect stored_part(Rect upright, Size stored, Orientation orientation);

/// The camera's own picture in the active array, or all of it if the output wants that. Throws Error when a crop lies outside.
Rect whole_picture(const RawFrame& frame, const OutputParams& output);

/// What becomes the picture: whole_picture() or, when it is rotated, the largest part of its shape inside of that, and of it output.crop.
/// Pixels of the active array, those of a picture that is not rotated and has no lens correction. Throws Error when a crop lies outside.
Rect picture_area(const RawFrame& frame, const PipelineParams& params);

/// The part of the active array that `part` of the whole picture shows: full size, upright, as if output had no crop. Where the picture is
/// rotated or its lens corrected, a part of the same size about the place where its middle was recorded.
Rect sensor_area(const RawFrame& frame, const PipelineParams& params, Rect part);

}  // namespace argent
